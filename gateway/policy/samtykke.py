"""Valid consent: signed by everybody who must sign, in force, not withdrawn.

Who must sign follows the age of the main person and the municipality's settings (B-01 to B-03):
"fyller N aar" is inclusive, so N is reached on the birthday. Age is counted on the day of
signing for who signs, and validity on the day of the verdict. A consent given the day before the
birthday therefore stays valid with the guardians' signatures alone. Not knowing the age means no,
and so does a time nobody can read: it is never taken for one that is not there.
"""

from datetime import date

from gateway.policy.alder import ADULT, age
from gateway.policy.context import Policyramme, Samtykkeregler, Signatar
from gateway.policy.deltakere import guardians
from gateway.policy.tidspunkt import UKJENT, unknown, unreadable
from gateway.policy.trukket import doubtful, revoked, withdrawn
from gateway.policy.verdict import Finding
from schemas import tid
from schemas.stafettlogg.kodeverk import (
    Hovedpersontype,
    Samtykkeomfang,
    Samtykkestatus,
    Signaturstatus,
)
from schemas.stafettlogg.logg import Stafettlogg
from schemas.stafettlogg.samtykke import Samtykke

NEEDED = frozenset({Samtykkeomfang.OPPRETTE.value, Samtykkeomfang.DELE.value})
"""What consents must cover together for a log to move (R-003)."""
_RULES = ("R-003", "R-110", "R-111", "R-112", "R-113", "R-115")
DOUBT = "P-16"
"""Somebody took it back, or a signature in it, and nobody knows when."""
LOST = frozenset({"P-10", "P-11", "P-12", "P-13", "P-14", DOUBT})
"""Public codes that say a consent does not hold (R-110 to R-116)."""


def signed_on(samtykke: Samtykke, fallback: date) -> date | None:
    """The day the last signature was given, else the first day of validity, else `fallback`; None
    when one of them is no time."""
    days = _signing_days(samtykke)
    if days is None:
        return None
    if days:
        return max(days)
    return tid.day(samtykke.gyldig_fra) if samtykke.gyldig_fra else fallback


def _signing_days(samtykke: Samtykke) -> list[date] | None:
    """The days of the signatures that have a time; None when one of them cannot be read."""
    times = [s.tid for s in samtykke.signatarer if s.tid and s.status is Signaturstatus.SIGNERT]
    days = [day for t in times if (day := tid.oslo_day(t)) is not None]
    return days if len(days) == len(times) else None


def enough(
    signed: frozenset[str], logg: Stafettlogg, years: int | None, regler: Samtykkeregler
) -> bool:
    """True when the signatures suffice for a main person of `years` (None: not known)."""
    main = logg.hovedperson.person
    if logg.hovedperson.type is Hovedpersontype.GRAVID:
        return main in signed
    if years is None:
        return False
    if years >= ADULT:
        return main in signed
    band = regler.fra if years >= regler.egen_alder else regler.under
    parents = guardians(logg)
    by_parents = bool(parents) and (
        parents <= signed if regler.alle_foresatte else bool(parents & signed)
    )
    match band:
        case Signatar.FORESATTE:
            return by_parents
        case Signatar.UNGDOM:
            return main in signed
        case Signatar.BEGGE:
            return by_parents and main in signed


def born(logg: Stafettlogg, ramme: Policyramme) -> date | None:
    """The log's own birth date field, else the register's; never the number (C-6). A field that
    says what is no date is not answered for by the register: the two may not agree."""
    for person in logg.personer:
        if person.id == logg.hovedperson.person and person.foedselsdato:
            return tid.day(person.foedselsdato)
    return (ramme.born or {}).get(logg.hovedperson.person)


def _problem(samtykke: Samtykke, logg: Stafettlogg, ramme: Policyramme) -> str:
    """The public code of what is wrong with one consent, or an empty string."""
    today = ramme.now.astimezone(tid.OSLO).date()
    if withdrawn(samtykke):
        return "P-12"
    if doubtful(samtykke):
        return DOUBT
    ends, begins = tid.day(samtykke.gyldig_til), tid.day(samtykke.gyldig_fra)
    if samtykke.status is Samtykkestatus.UTLOEPT or (ends and ends < today):
        return "P-11"
    if (samtykke.gyldig_til and not ends) or (samtykke.gyldig_fra and not begins):
        return UKJENT
    if samtykke.status is not Samtykkestatus.GYLDIG:
        return "P-13"
    if not samtykke.fil and not samtykke.tekst_signert:
        return "P-14"
    if begins and begins > today:
        return "P-13"
    birth, given = born(logg, ramme), signed_on(samtykke, today)
    if given is None:
        return UKJENT
    years = age(birth, given) if birth else None
    signed = frozenset(s.person for s in samtykke.signatarer if s.status is Signaturstatus.SIGNERT)
    return "" if enough(signed, logg, years, ramme.samtykke) else "P-13"


def valid_consents(logg: Stafettlogg, ramme: Policyramme) -> tuple[Samtykke, ...]:
    """The consents of the log that hold now, whatever they cover.

    A withdrawal stands until consents given after it replace it: an older one does not revive,
    and when nobody knows the time of the withdrawal, none can be known to be newer (R-116). One
    that may have been withdrawn, nobody knows when, is the same.
    """
    valid = tuple(s for s in logg.samtykker if not _problem(s, logg, ramme))
    taken_back = [s.trukket for s in logg.samtykker if revoked(s)]
    days = [day for t in taken_back if (day := tid.oslo_day(t)) is not None]
    if len(days) < len(taken_back):
        return ()
    if not days:
        return valid
    return tuple(s for s in valid if _given_after(s, max(days)))


def samtykke(logg: Stafettlogg, ramme: Policyramme) -> tuple[Finding, ...]:
    """Hold unless valid consents together cover both creating and sharing (R-003, R-110..116)."""
    covered = {o for s in valid_consents(logg, ramme) for o in s.omfang}
    if covered >= NEEDED:
        return ()
    problems = [_problem(s, logg, ramme) for s in logg.samtykker]
    for code in ("P-12", DOUBT, "P-11", UKJENT, "P-13", "P-14"):
        if code not in problems:
            continue
        first = logg.samtykker[problems.index(code)]
        if code == UKJENT:
            return (_unknown(first),)
        return (Finding(code, _RULES, hold=True, entity=first.id if code == DOUBT else ""),)
    return (Finding("P-10", _RULES, hold=True),)


def _unknown(samtykke: Samtykke) -> Finding:
    """The first time of a consent that cannot be read."""
    for place in unreadable(samtykke, samtykke.id):
        return unknown(*place)
    return unknown(samtykke.id, "Samtykke.signatarer")  # the calendar in Oslo ends before it


def _given_after(samtykke: Samtykke, day: date) -> bool:
    """True when every signature was given after the day; the day itself is too early to tell."""
    days = _signing_days(samtykke)
    if days is None:
        return False
    first = min(days) if days else tid.day(samtykke.gyldig_fra)
    return first is not None and first > day
