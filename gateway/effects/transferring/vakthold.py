"""The guards of a row, answered now: the log as it stands, the register, the rules, the archive.

What is asked of the world is asked once, before the step; the answers are values.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from gateway.arkiv.innhold import content_sha
from gateway.effects.archiving import where
from gateway.effects.archiving.confirm import reads
from gateway.effects.transferring.rader import Rad
from gateway.effects.transferring.verk import Overfoeringsverk
from gateway.errors import Conflict, GatewayError, Rejected
from gateway.overfoering import vakter
from gateway.overfoering.grunnlag import Aktoer, Grunnlag
from gateway.overfoering.tilstand import Vakt
from gateway.policy.context import Policyramme
from gateway.policy.rules import judge
from gateway.policy.tidspunkt import tidspunkt, unreadable
from gateway.ports.connector import Document
from schemas.stafettlogg.kodeverk import Loggstatus
from schemas.stafettlogg.logg import Stafettlogg

YES = ""
UNKNOWN = "VET_IKKE"
"""A guard nobody has an answer to: no."""


@dataclass(frozen=True, slots=True)
class Sett:
    """The sender's log as it stands now, and the frame it is judged in."""

    document: Document = field(repr=False)
    logg: Stafettlogg = field(repr=False)
    ramme: Policyramme = field(repr=False)


def look(verk: Overfoeringsverk, rad: Rad) -> Sett:
    """Read the log and ask the register. Raises what the source raises."""
    document, logg = verk.read_now(rad.verdi["ref"])
    if logg.id != rad.verdi["logg"]:
        raise Rejected("FEIL_LOGG", place=rad.id)
    return Sett(document, logg, verk.ramme(logg))


def answers(table: Mapping[Vakt, str]) -> Callable[[Vakt], str]:
    """Answers from a table; what is not in it is not known, and so no."""
    return lambda one: table.get(one, UNKNOWN)


def of_sender(verk: Overfoeringsverk, rad: Rad, sett: Sett, aktoer: Aktoer) -> dict[Vakt, str]:
    """Every guard that making ready and sending ask."""
    valgt = rad.grunnlag()
    return {
        Vakt.FULLMAKT: authority(verk, sett.logg, aktoer),
        Vakt.GRUNNLAG: basis(sett.logg, valgt, sett.ramme, on_paper(verk, str(rad.verdi["kanal"]))),
        Vakt.VERN: vakter.vern(sett.logg, sett.ramme),
        Vakt.SAMTYKKE: vakter.samtykke(sett.logg, valgt, sett.ramme, verk.krav(valgt.mottaker)),
        Vakt.MOTTAKER: verk.knows(valgt.mottaker),
        Vakt.ARKIVERT: unarchived(verk, sett.logg),
    }


def basis(logg: Stafettlogg, valgt: Grunnlag, ramme: Policyramme, paa_papir: bool) -> str:
    """A log to hand over, and every time in it readable: the receiver's system would refuse it."""
    found = vakter.grunnlag(logg, valgt, ramme, paa_papir=paa_papir)
    return found or judge(logg, ramme, (tidspunkt,)).code


def unread_time(logg: Stafettlogg) -> str:
    """Where the first time is that nobody can read; empty when there is none."""
    return next((f"{entity} {field}" for entity, field in unreadable(logg, logg.id)), "")


def on_paper(verk: Overfoeringsverk, kanal: str) -> bool:
    """Whether a log about somebody pregnant may go this way (B-17)."""
    return kanal in ("manuell", "intern") or verk.arkiv.kommune.overfoering.gravid_digitalt


def disclosing(verk: Overfoeringsverk, rad: Rad) -> dict[Vakt, str]:
    """Protection and consent at this moment, for what discloses: a log that cannot be read now,
    or is gone, or is no longer active, is not handed over (I2, C-4)."""
    try:
        sett = look(verk, rad)
    except (Rejected, Conflict):
        return {Vakt.VERN: YES, Vakt.SAMTYKKE: "LOGG_BORTE"}
    valgt = rad.grunnlag()
    # That the evidence is archived was proved when the row became KLAR; it does not come undone.
    consent = vakter.samtykke(sett.logg, valgt, sett.ramme, verk.krav(valgt.mottaker))
    if not consent and sett.logg.status is not Loggstatus.AKTIV:
        consent = "LOGG_IKKE_AKTIV"
    return {Vakt.VERN: vakter.vern(sett.logg, sett.ramme), Vakt.SAMTYKKE: consent}


def authority(verk: Overfoeringsverk, logg: Stafettlogg, aktoer: Aktoer) -> str:
    """Whether the staff list gives this person the role, in the unit that is responsible.

    A unit the list does not know gives nobody authority but its municipality's leaders.
    """
    ansatt = verk.ansatt(aktoer.ref)
    if ansatt is None:
        return "IKKE_FULLMAKT"
    unit = next((v for v in logg.virksomheter if v.id == logg.ansvarlig_virksomhet), None)
    number = unit.orgnr if unit is not None else None
    if number and number != ansatt.virksomhet:
        return "IKKE_FULLMAKT"
    if not number and aktoer.rolle != "leder":
        return "IKKE_FULLMAKT"
    return vakter.fullmakt(logg, aktoer, ansatt.roller) or vakter.habil(ansatt, logg)


def archived(verk: Overfoeringsverk, logg: Stafettlogg) -> bool:
    """Whether every archive the municipality names holds this very content (R-119, R-153)."""
    wanted = verk.arkiv.kommune.arkiv.maal
    if not wanted:
        return False
    return set(wanted) <= where.held_by(verk.arkiv, logg.id, content_sha(logg))


def unarchived(verk: Overfoeringsverk, logg: Stafettlogg) -> str:
    """Why the log is not archived, or nothing: it waits for the archive, or for a person, where it
    is frozen and an archive that lacks it gives no bytes back."""
    if archived(verk, logg):
        return YES
    arkiv, content = verk.arkiv, content_sha(logg)
    wanted = arkiv.kommune.arkiv.maal
    left = set(wanted) - where.held_by(arkiv, logg.id, content)
    if left and where.frozen(arkiv.database, verk.tenant, logg.id, content):
        with suppress(GatewayError):
            if not all(reads(arkiv.archives[name]) for name in sorted(left & {*arkiv.archives})):
                return "UTTAK_VENTER_PAA_MENNESKE"
    return "UTTAK_IKKE_ARKIVERT"


def quiet(error: GatewayError) -> str:
    """The public code of a fault, for a row."""
    return error.code[:60]
