"""What can be seen of hand-overs: one, the inbox, the proof, the letter, and a request."""

from pathlib import Path

from gateway import app
from gateway.cli.console import Speaker
from gateway.cli.doubting import telling
from gateway.cli.exits import BROKEN, OK, TO_DO
from gateway.cli.opening import acting, may_see, speaker
from gateway.cli.transferring import WAITS, state, works
from gateway.cli.typed import no_number
from gateway.effects.transferring import brev, etterspoersler, kanalvakt, oversikt, rader, varslet
from gateway.effects.transferring.rader import Rad
from gateway.errors import LocalFault, Rejected
from gateway.ledger import trust
from gateway.ledger.access import Ground, Shown, note
from gateway.overfoering.bevis import Bevis, chain, compare
from gateway.overfoering.grunnlag import Aktoer
from gateway.overfoering.tilstand import Side, Tilstand
from gateway.staff.roles import Act
from gateway.texts.catalogue import Catalogue


def show(own: str, by: str, config: Path | None, kommune: str, as_json: bool) -> None:
    """One hand-over, on the sides we have of it. Who the other one is, is for somebody who says
    who they are."""
    with works(config, kommune) as (opened, verk):
        told = speaker(opened, as_json=as_json)
        texts = Catalogue(told.language)
        with telling(told, trust.of_transfers(opened.database, verk.arkiv.tenant, own)):
            found = [r for s in Side if (r := rader.load(verk, s, own)) is not None]
            if not found:
                raise Rejected("UKJENT_OVERFOERING", place=own[:40])
            who, ground = may_see(opened, by, Act.TRANSFER), Ground.ANSVARSOVERFOERING
            if who is not None:
                logg = str(found[0].verdi["logg"])
                note(opened.database, verk.stamp(), who, Shown.OVERFOERING, own, ground, logg=logg)
            for rad in found:
                state(told, verk, rad)
                other = oversikt.counterpart(verk, rad) if who else ""
                told.say(f"  {texts.label('motpart')}: {other or texts.label('skjult')}")
                if rad.verdi["frist"]:
                    told.say(f"  {texts.label('frist')}: {rad.verdi['frist']}")
            rows = [
                (one["nr"], one["tid"], one.get("side", ""), one.get("hendelse", ""),
                 one.get("til", ""), one.get("av", ""), one.get("kode", ""))
                for one in oversikt.timeline(verk, own)
            ]  # fmt: skip
            told.say()
            told.table(("nr", "tid", "side", "hendelse", "til", "av", "kode"), rows, "timeline")
            told.end(OK)


def inbox(everything: bool, config: Path | None, kommune: str, as_json: bool) -> None:
    """What goes on, and what waits for somebody."""
    with works(config, kommune) as (opened, verk):
        told = speaker(opened, as_json=as_json)
        with telling(told, trust.of_transfers(opened.database, verk.arkiv.tenant)):
            rows = oversikt.rows(verk, alle=everything)
            lines = [oversikt.summary(rad) for rad in rows]
            columns = ("overfoering", "side", "forsoek", "tilstand", "ansvarlig", "begrunnelse",
                       "antall", "frist", "kode")  # fmt: skip
            told.table(columns, [[one[c] for c in columns] for one in lines], "transfers")
            asked = etterspoersler.waiting(verk)
            if asked:
                told.say()
                told.table(
                    ("etterspørsel", "tid", "virksomhet", "referanse"),
                    [(one["id"], one["tid"], one["virksomhet"], one["ref"]) for one in asked],
                    "requests",
                )
            channels = kanalvakt.shown(verk)
            if channels:
                told.say()
                words = ("sted", "kode", "antall", "siden", "id")
                told.table(words, [[one[c] for c in words] for one in channels], "channels")
                texts = Catalogue(told.language)
                for code in sorted({one["kode"] for one in channels} - {""}):
                    text = texts.code(code)
                    told.say(f"{code}: {text.what}\n  Gjør dette: {text.do}")
            waits = (
                bool(asked)
                or any(one["kode"] for one in channels)
                or any(r.verdi["kode"] or _for_us(r) for r in rows)
            )
            told.end(TO_DO if waits else OK)


def _for_us(rad: Rad) -> bool:
    return rad.tilstand in WAITS and (rad.side is Side.MOTTAKER or rad.tilstand is Tilstand.SPERRET)


def proof(
    own: str,
    out: Path | None,
    against: Path | None,
    config: Path | None,
    kommune: str,
    as_json: bool,
) -> None:
    """Our proof, and the other side's beside it."""
    with works(config, kommune) as (opened, verk):
        told = speaker(opened, as_json=as_json)
        rad = rader.load(verk, Side.AVGIVER, own) or rader.existing(verk, Side.MOTTAKER, own)
        bevis = oversikt.proof(verk, rad)
        for name in ("fra_avgiver", "fra_mottaker"):
            found = chain(getattr(bevis, name))
            told.say(f"{name}: {found.lengde} meldinger, {found.hode}")
            told.give(**{name: {"count": found.lengde, "head": found.hode}})
        anchor = opened.database.anchor_line()
        told.say(anchor)
        told.give(anchor=anchor)
        if out is not None:
            try:
                out.parent.mkdir(parents=True, exist_ok=True)
                out.write_text(oversikt.to_json(bevis, anchor), encoding="utf-8")
            except OSError:
                raise LocalFault("MAPPE_UTILGJENGELIG", place="--out") from None
            told.say(str(out))
        if against is None:
            told.end(OK)
        told.end(_compared(told, bevis, against))


def _compared(told: Speaker, ours: Bevis, against: Path) -> int:
    try:
        theirs = oversikt.from_json(against.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise LocalFault("FIL_MANGLER", place="--against") from None
    found = compare(ours, theirs)
    text = Catalogue(told.language).code(found.kode or "BEVIS_LIKT")
    told.say(f"{found.kode or 'BEVIS_LIKT'} {found.sted}: {text.what}\n  Gjør dette: {text.do}")
    told.give(compared=found.kode or "BEVIS_LIKT", place=found.sted)
    return BROKEN if found.kode in {"BEVIS_BRUTT", "BEVIS_ULIKT"} else OK


def message(
    own: str,
    out: Path,
    language: str,
    by: str,
    config: Path | None,
    kommune: str,
    as_json: bool,
) -> None:
    """The letter to the family."""
    with works(config, kommune) as (opened, verk):
        told = speaker(opened, as_json=as_json)
        rad = rader.load(verk, Side.MOTTAKER, own) or rader.existing(verk, Side.AVGIVER, own)
        who, ground = acting(opened, by, Act.LETTER), Ground.ANSVARSOVERFOERING
        app.open_staff(opened).belongs(who, varslet.unit_of(verk, rad))
        logg = str(rad.verdi["logg"])
        access = note(opened.database, verk.stamp(), who, Shown.BREV, own, ground, logg=logg)
        paths = brev.write(verk, rad, language, out, access)
        if rad.verdi["brev"]:
            varslet.written(verk, rad, Aktoer(who.ref, who.rolle))
        for path in paths:
            told.say(str(path))
        told.give(files=[str(path) for path in paths])
        told.end(OK)


def ask(
    to: str,
    unit: str,
    reference: str,
    by: str,
    config: Path | None,
    kommune: str,
    as_json: bool,
) -> None:
    """A request."""
    with works(config, kommune) as (opened, verk):
        acting(opened, by, Act.ASK)
        no_number(reference, "--reference")
        told = speaker(opened, as_json=as_json)
        own = etterspoersler.ask(verk, to, unit, reference)
        told.say(f"{own}: spurt. Svaret, om det kommer, er et tilbud.")
        told.give(request=own)
        told.end(OK)
