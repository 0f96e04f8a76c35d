"""The command that proves the ledger, and the one act that sets its anchor anew.

What is wrong is told by code, with where it is: a table and a row's key, an entry's number, a
payload's id. An id that reads as somebody's number is not repeated.
"""

import json
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from gateway.app import House
from gateway.cli.console import Speaker
from gateway.cli.doubting import key_of
from gateway.cli.exits import BROKEN, OK, TO_DO
from gateway.cli.opening import acting, house
from gateway.errors import GatewayError, Rejected
from gateway.ledger import tables as t
from gateway.ledger.anchor import Anchor, found_in
from gateway.ledger.anchored import doubted
from gateway.ledger.anew import KIND, Anew, every
from gateway.ledger.chain import Fact, append
from gateway.ledger.proof import Whole, prove
from gateway.ledger.replay import Wrong
from gateway.staff.roles import Act
from gateway.texts.catalogue import Catalogue

_SHOWN = 20
GIVEN_UP = "ANKERLINJE_GITT_OPP"


def verify(
    against: str | None, anew: bool, by: str, config: Path | None, kommune: str, as_json: bool
) -> None:
    """Prove everything; hold it to the anchors in `against`, a line or a file; with `anew`, set the
    anchor anew first, by who says so. An empty `against` is a variable nobody filled, and no
    anchor: Rejected("INGEN_ANKERLINJE")."""
    if against is not None and not against.strip():
        raise Rejected("INGEN_ANKERLINJE", place="--against")
    with house(config, kommune, stating=False) as opened:
        told = Speaker(as_json=as_json, language=opened.settings.gateway.language)
        anchors, entries = _given(against) if against else ([], [])
        if anew:
            _anew(opened, by, [one.line for one in _passing(opened, anchors)], told)
        whole = prove(opened.database, opened.store)
        past = _passing(opened, anchors)
        wrong = [Wrong(one.code, "--against", (one.line.link,)) for one in past if not one.anew]
        wrong += [*_standing(opened, entries), *whole.wrong]
        _tell(whole, wrong, len(anchors), told)
        gone = _gave_up([one for one in past if one.anew], told)
        _means(opened, told, whole=not wrong, passes=len(anchors) > len(past))
        told.end(BROKEN if wrong else TO_DO if gone else OK)


def _given(text: str) -> tuple[list[Anchor], list[dict[str, Any]]]:
    """The anchors of a line, or of a file that holds some, and the entries a file of proof has.
    Raises Rejected when there is no anchor."""
    found, whole = found_in(text), ""
    if not found:
        try:
            whole = Path(text).read_text(encoding="utf-8", errors="replace")
        except (IsADirectoryError, PermissionError):
            raise Rejected("FIL_KAN_IKKE_LESES", place="--against") from None
        except (OSError, ValueError):  # no such file, or no name of one: a line half copied
            raise Rejected("INGEN_ANKERLINJE", place="--against") from None
        found = found_in(whole)
    if not found:
        raise Rejected("INGEN_ANKERLINJE", place="--against")
    try:
        read = json.loads(whole)
    except ValueError:
        read = None
    listed = read.get("hovedbok") if isinstance(read, dict) else None
    entries = listed if isinstance(listed, list) else []
    return [*dict.fromkeys(found)], [one for one in entries if isinstance(one, dict)]


_AS_TOLD = {"nr": "seq", "tid": "at", "kjøring": "run_id", "logg": "logg", "hva": "kind",
            "innhold": "body", "forrige": "prev", "hash": "hash"}  # fmt: skip
"""An entry's fields in a file of proof, and in the ledger."""


def _standing(opened: House, entries: list[dict[str, Any]]) -> list[Wrong]:
    """The entries of a file of proof that do not stand in the ledger as the file has them."""
    wrong = []
    with opened.database.look_still() as connection:
        for one in entries:
            nr = one.get("nr")
            asked = sa.select(t.entry).where(t.entry.c.seq == (nr if isinstance(nr, int) else -1))
            row = connection.execute(asked).first()
            if row is None or any(
                one.get(told) != row._mapping[name] for told, name in _AS_TOLD.items()
            ):
                wrong.append(Wrong("BEVIS_POST_ULIK", "--against", (nr,)))
    return wrong


@dataclass(frozen=True, slots=True)
class _Past:
    """A line the ledger does not pass through, and the act that gave its history up, if any."""

    line: Anchor
    code: str
    anew: Anew | None


def _passing(opened: House, anchors: list[Anchor]) -> list[_Past]:
    """Those of the lines that the ledger does not pass through."""
    with opened.database.look_still() as connection:
        codes = [(one, doubted(connection, one)) for one in anchors]
        acts = every(connection) if any(code for _, code in codes) else []
    return [
        _Past(one, code, next((act for act in acts if act.gave_up(one)), None))
        for one, code in codes
        if code
    ]


def _gave_up(past: list[_Past], told: Speaker) -> bool:
    """Say which lines are of a history a person gave up: nothing is to be done about them."""
    text = Catalogue(told.language).code(GIVEN_UP)
    rows = [(one.line.link, one.anew.entry, one.anew.at, one.anew.by) for one in past if one.anew]
    told.give(given_up=[dict(zip(("link", "entry", "at", "by"), row, strict=True)) for row in rows])
    if rows:
        told.say(f"\n{GIVEN_UP} ({len(rows)}): {text.what}\n  Gjør dette: {text.do}")
        for link, entry, at, by in rows:
            told.say(f"  --against {link}: post {entry}, {at[:10]}, {by}")
    return bool(rows)


def _means(opened: House, told: Speaker, *, whole: bool, passes: bool) -> None:
    """What the anchor proves of a ledger that is whole, and since when it counts where a person
    has set it; `passes`, that it was held to a line from outside and goes through it."""
    texts = Catalogue(told.language)
    with opened.database.look_still() as connection:
        acts = every(connection) if whole else []
    told.give(anew=[{"entry": one.entry, "at": one.at, "by": one.by} for one in acts])
    if not whole:
        return
    if passes:
        told.say(texts.label("anchor_passes"))
    if acts:
        said = texts.label("anchored_anew")
        told.say(said.format(at=acts[-1].at[:10], by=acts[-1].by, entry=acts[-1].entry))
    elif not passes:
        told.say(texts.label("anchor_means"))


def _anew(opened: House, by: str, past: list[Anchor], told: Speaker) -> None:
    """Set the anchor where the ledger now ends, and write who said so, what it said before, and
    which lines it does not pass through (`past`)."""
    who = acting(opened, by, Act.ANCHOR)
    anchored = opened.database.anchored
    try:
        before = str(anchored.file.read() or "")
    except GatewayError as error:
        before = error.code
    body = {"av": who.ref, "rolle": who.rolle, "foer": before, "hvorfor": anchored.doubt,
            "oppgitt": [str(one) for one in past]}  # fmt: skip
    at = opened.clock.now().isoformat(timespec="milliseconds")
    with anchored.renewing(), opened.database.begin() as connection:
        append(connection, at, [Fact(KIND, body=body)])
    told.give(anchored_by=who.ref)
    told.say(f"Ankeret er satt på nytt av {who.ref}, og det står i hovedboken.")


def _tell(whole: Whole, wrong: list[Wrong], against: int, told: Speaker) -> None:
    texts = Catalogue(told.language)
    told.give(
        entries=whole.entries, head=whole.head, broken_at=whole.broken_at, links=whole.links,
        anchor=str(whole.anchor), against=against, more=whole.more,
        anchored_from=None if whole.since is None else dict(zip(("entry", "at"), whole.since,
                                                                strict=True)),
        wrong=[{"kode": one.code, "hvor": one.table, "id": [*key_of(one)],
                "betyr": texts.code(one.code).what, "gjør dette": texts.code(one.code).do}
               for one in wrong],
    )  # fmt: skip
    if not wrong:
        entries = "1 post" if whole.entries == 1 else f"{whole.entries} poster"
        told.say(f"Hovedboken er hel: {entries}.\nSiste hash {whole.head}")
        told.say(f"Anker {whole.anchor}")
        _since(whole, texts, told)
        return
    told.say("Hovedboken stemmer IKKE.")
    grouped: dict[str, list[Wrong]] = defaultdict(list)
    for one in wrong:
        grouped[one.code].append(one)
    for code, some in grouped.items():
        text = texts.code(code)
        told.say(f"\n{code} ({len(some)}): {text.what}\n  Gjør dette: {text.do}")
        for one in some[:_SHOWN]:
            told.say(f"  {one.table} {' '.join(key_of(one))}")
        if len(some) > _SHOWN:
            told.say("  …")
    if whole.more:
        told.say(f"\n+ {whole.more}")
    _since(whole, texts, told)


def _since(whole: Whole, texts: Catalogue, told: Speaker) -> None:
    if whole.since is not None:
        entry, at = whole.since
        told.say(texts.label("anchored_from").format(entry=entry, at=at[:10]))
