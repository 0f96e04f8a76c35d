"""The command that proves the ledger, and the one act that sets its anchor anew.

What is wrong is told by code, with where it is: a table and a row's key, an entry's number, a
payload's id. An id that reads as somebody's number is not repeated.
"""

from collections import defaultdict
from pathlib import Path

from gateway.app import House
from gateway.cli.console import BROKEN, OK, Speaker
from gateway.cli.opening import acting, house, speaker
from gateway.errors import GatewayError, LocalFault, Rejected
from gateway.ledger.anchor import Anchor, found_in
from gateway.ledger.anchored import doubted
from gateway.ledger.chain import Fact, append
from gateway.ledger.proof import Whole, prove
from gateway.ledger.replay import Wrong
from gateway.staff.roles import Act
from gateway.texts.catalogue import Catalogue
from schemas.nummer import is_somebodys_number

_SHOWN = 20


def verify(
    against: str, anew: bool, by: str, config: Path | None, kommune: str, as_json: bool
) -> None:
    """Prove everything; hold it to the anchors in `against`, a line or a file; with `anew`, set the
    anchor anew first, by who says so."""
    with house(config, kommune) as opened:
        told = speaker(opened, as_json=as_json)
        anchors = _given(against) if against else []
        if anew:
            _anew(opened, by, told)
        whole = prove(opened.database, opened.store)
        wrong = [*_passing(opened, anchors), *whole.wrong]
        _tell(whole, wrong, len(anchors), told)
        told.end(BROKEN if wrong else OK)


def _given(text: str) -> list[Anchor]:
    """The anchors of a line, or of a file that holds some. Raises Rejected when there are none."""
    found = found_in(text)
    if not found:
        try:
            found = found_in(Path(text).read_text(encoding="utf-8", errors="replace"))
        except (OSError, ValueError):
            raise Rejected("FIL_KAN_IKKE_LESES", place="--against") from None
    if not found:
        raise Rejected("INGEN_ANKERLINJE", place="--against")
    return [*dict.fromkeys(found)]


def _passing(opened: House, anchors: list[Anchor]) -> list[Wrong]:
    with opened.database.look_still() as connection:
        codes = [(one, doubted(connection, one)) for one in anchors]
    return [Wrong(code, "--against", (one.link,)) for one, code in codes if code]


def _anew(opened: House, by: str, told: Speaker) -> None:
    """Set the anchor where the ledger now ends, and write who said so and what it said before."""
    who = acting(opened, by, Act.ANCHOR)
    anchored = opened.database.anchored
    try:
        before = str(anchored.file.read() or "")
    except GatewayError as error:
        before = error.code
    body = {"av": who.ref, "rolle": who.rolle, "foer": before, "hvorfor": anchored.doubt}
    at = opened.clock.now().isoformat(timespec="milliseconds")
    with anchored.renewing(), opened.database.begin() as connection:
        append(connection, at, [Fact("anker", body=body)])
    told.give(anchored_by=who.ref)
    told.say(f"Ankeret er satt på nytt av {who.ref}, og det står i hovedboken.")


def _tell(whole: Whole, wrong: list[Wrong], against: int, told: Speaker) -> None:
    texts = Catalogue(told.language)
    told.give(
        entries=whole.entries, head=whole.head, broken_at=whole.broken_at, links=whole.links,
        anchor=str(whole.anchor), against=against, more=whole.more,
        anchored_from=None if whole.since is None else dict(zip(("entry", "at"), whole.since,
                                                                strict=True)),
        wrong=[{"kode": one.code, "hvor": one.table, "id": [*_key(one)],
                "betyr": texts.code(one.code).what, "gjør dette": texts.code(one.code).do}
               for one in wrong],
    )  # fmt: skip
    if not wrong:
        told.say(f"Hovedboken er hel: {whole.entries} poster.\nSiste hash {whole.head}")
        told.say(f"Anker {whole.anchor}")
        if against:
            told.say(texts.label("anchor_passes"))
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
            told.say(f"  {one.table} {' '.join(_key(one))}")
        if len(some) > _SHOWN:
            told.say("  …")
    if whole.more:
        told.say(f"\n+ {whole.more}")
    _since(whole, texts, told)


def _since(whole: Whole, texts: Catalogue, told: Speaker) -> None:
    if whole.since is not None:
        entry, at = whole.since
        told.say(texts.label("anchored_from").format(entry=entry, at=at[:10]))


def _key(wrong: Wrong) -> list[str]:
    """What it is known by; never what may be somebody's number."""
    words = [str(value)[:60] for value in wrong.key]
    return ["?" if is_somebodys_number(word) else word for word in words]


def first_doubt(told: Speaker, wrong: Wrong | None) -> None:
    """Say in the first line, and to a program, that what follows is not as it was proved."""
    if wrong is None:
        return
    text = Catalogue(told.language).code(wrong.code)
    told.give(doubt={"kode": wrong.code, "hvor": wrong.table, "id": _key(wrong)})
    told.say(f"STEMMER IKKE – {wrong.code} ({wrong.table}): {text.what}\n  Gjør dette: {text.do}\n")


def refuse(wrong: Wrong | None) -> None:
    """Stop a command that would go on from what is not as it was proved. Raises LocalFault."""
    if wrong is not None:
        raise LocalFault(wrong.code, place=" ".join([wrong.table, *_key(wrong)]))
