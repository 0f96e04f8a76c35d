"""Answers to the guards of the tables, from facts read just now. Pure; not knowing means no.

The disclosure rules of both municipalities are asked, and the stricter holds because both must
say yes (rules.md B). A public code is the answer no; an empty string is yes.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from gateway.overfoering.grunnlag import Aktoer, Grunnlag
from gateway.policy.adressebeskyttelse import family
from gateway.policy.context import Policyramme, Samtykkeregler
from gateway.policy.deltakere import STAFF
from gateway.policy.foedselsdato import foedselsdato
from gateway.policy.habilitet import holder_is_guardian
from gateway.policy.holder import holder
from gateway.policy.identifikator import identifikator
from gateway.policy.plantype import plantype
from gateway.policy.redigeringsvindu import redigeringsvindu
from gateway.policy.rules import Rule, judge
from gateway.policy.samtykke import valid_consents
from gateway.staff.member import Ansatt
from schemas.overfoering.koder import Maaltype, Rettet
from schemas.stafettlogg.kodeverk import (
    Adressebeskyttelse,
    Hovedpersontype,
    Loggstatus,
    Samtykkeomfang,
)
from schemas.stafettlogg.logg import Stafettlogg
from schemas.stafettlogg.samtykke import Samtykke

_LOGG: tuple[Rule, ...] = (identifikator, plantype, holder, redigeringsvindu)
_UFOEDT = frozenset({Hovedpersontype.GRAVID, Hovedpersontype.UFOEDT})
_OMFANG = {
    Maaltype.SAMME_VIRKSOMHET: frozenset(
        {Samtykkeomfang.OVERFOERE_VIRKSOMHET.value, Samtykkeomfang.OVERFOERE_KOMMUNE.value}
    ),
    Maaltype.ANNEN_VIRKSOMHET_SAMME_KOMMUNE: frozenset({Samtykkeomfang.OVERFOERE_VIRKSOMHET.value}),
    Maaltype.ANNEN_KOMMUNE: frozenset({Samtykkeomfang.OVERFOERE_KOMMUNE.value}),
}


@dataclass(frozen=True, slots=True)
class Krav:
    """The rules of consent of both municipalities, and the rule within one unit (B-26)."""

    regler: tuple[Samtykkeregler, ...]
    samme_virksomhet_krever_samtykke: bool = False


def household(logg: Stafettlogg) -> frozenset[str]:
    """Person ids whose protection stops the hand-over: the family, and everybody in the log who
    is not there as staff (siblings, others who read; somebody whose part in it nobody has said)."""
    private = {d.person for d in logg.deltakelser if d.rolle not in STAFF and not d.virksomhet}
    placed = {d.person for d in logg.deltakelser} | {v.leder for v in logg.virksomheter}
    return family(logg) | private | {p.id for p in logg.personer if p.id not in placed}


def vern(logg: Stafettlogg, ramme: Policyramme) -> str:
    """`MANUELL` unless the register has said `ingen` for each of the household (C-4), and could
    say when they are born: a register that is down stops a hand-over, it ends none."""
    if ramme.born is None:
        return "MANUELL"
    for person in household(logg):
        if ramme.protection.get(person) is not Adressebeskyttelse.INGEN:
            return "MANUELL"
    return ""


def vern_hos_mottaker(logg: Stafettlogg, ramme: Policyramme, *, svarte: bool) -> str:
    """Empty when our register has said `ingen` for each of the household, asked as the package
    opens. `MANUELL` when it has said something else of one of them, or answered (`svarte`) and did
    not know one; `REGISTER_VET_IKKE` when nobody has been able to say, so that it is asked again.
    """
    grades = [ramme.protection.get(person, Adressebeskyttelse.UKJENT) for person in household(logg)]
    if set(grades) <= {Adressebeskyttelse.INGEN}:
        return ""
    known = {Adressebeskyttelse.INGEN, Adressebeskyttelse.UKJENT}
    return "REGISTER_VET_IKKE" if set(grades) <= known and not svarte else "MANUELL"


def grunnlag(
    logg: Stafettlogg, valgt: Grunnlag, ramme: Policyramme, *, paa_papir: bool = True
) -> str:
    """Is there a log to hand over, a selection of it, and a receiver of the right kind?

    A log about somebody pregnant or unborn goes on paper, unless the municipality has said
    otherwise (B-17); `paa_papir` is true where it does, or may go as any other.
    """
    if logg.hovedperson.type in _UFOEDT and not paa_papir:
        return "GRAVID_PAA_PAPIR"
    if logg.status is not Loggstatus.AKTIV:
        return "LOGG_IKKE_AKTIV"
    if not valgt.utvalg:
        return "INGEN_OPPMERKSOMHET_VALGT"
    if not set(valgt.utvalg) <= {c.id for c in logg.oppmerksomheter}:
        return "UKJENT_OPPMERKSOMHET"
    if valgt.rettet is Rettet.PERSON and not valgt.person:
        return "PERSON_MANGLER"
    if valgt.maaltype is Maaltype.SAMME_VIRKSOMHET and not _same_unit(logg, valgt):
        return "MAALTYPE_PASSER_IKKE"
    return judge(logg, ramme, _LOGG).code


def _same_unit(logg: Stafettlogg, valgt: Grunnlag) -> bool:
    """Only within the unit that has the log are the guardians told and not asked (R-119)."""
    unit = next((v for v in logg.virksomheter if v.id == logg.ansvarlig_virksomhet), None)
    if unit is None:
        return False
    if unit.orgnr:
        return unit.orgnr == valgt.enhet.orgnr
    return bool(unit.navn) and _plain(unit.navn) == _plain(valgt.enhet.navn)


def fullmakt(logg: Stafettlogg, aktoer: Aktoer, roller: frozenset[str]) -> str:
    """May this person hand the log over? The holder, or the leader (R-012, R-017).

    `roller` are the roles the staff list gives the person in the responsible unit. A holder who
    is also a guardian of the child is not the one to decide: then the leader does.
    """
    if aktoer.rolle not in ("stafettholder", "leder") or aktoer.rolle not in roller:
        return "IKKE_FULLMAKT"
    if aktoer.rolle == "stafettholder" and holder_is_guardian(logg) is not False:
        return "HABILITET"
    return ""


def samtykke(logg: Stafettlogg, valgt: Grunnlag, ramme: Policyramme, krav: Krav) -> str:
    """Consent for this type, this receiver and this selection, in force (R-119).

    That its evidence is archived is the guard ARKIVERT: the snapshot holds the signed form. Within
    one unit the guardians must have been told; a municipality may ask for more (B-26).
    """
    if valgt.maaltype is Maaltype.SAMME_VIRKSOMHET and not krav.samme_virksomhet_krever_samtykke:
        return "" if _has_been(valgt.informert, ramme) else "FORESATTE_IKKE_INFORMERT"
    if not valgt.samtykke:
        return "SAMTYKKE_MANGLER"
    if doubt := judge(logg, ramme, (foedselsdato,)).code:
        return doubt
    for regler in krav.regler:
        found = valid_consents(logg, replace(ramme, samtykke=regler))
        one = next((s for s in found if s.id == valgt.samtykke), None)
        if one is None:
            return "SAMTYKKE_GJELDER_IKKE"
        if code := _covers(one, valgt):
            return code
    return "" if krav.regler else "SAMTYKKE_GJELDER_IKKE"


def _has_been(when: str, ramme: Policyramme) -> bool:
    """A day that has come: nobody has been told on a day that is yet to be."""
    return bool(when) and when[:10] <= (ramme.now + timedelta(days=1)).date().isoformat()


def _covers(samtykke: Samtykke, valgt: Grunnlag) -> str:
    """Where the vendor has no field, somebody must have read the form; a field that says
    otherwise is never overruled."""
    wanted = _OMFANG[valgt.maaltype]
    overfoerer = {o for o in samtykke.omfang if o.startswith("overfoere")}
    if overfoerer and not (overfoerer & wanted):
        return "SAMTYKKE_ANNET_FORMAAL"
    receivers = {_plain(m.virksomhet) for m in samtykke.mottakere if m.virksomhet}
    named = {_plain(valgt.enhet.navn), valgt.enhet.orgnr}
    if overfoerer and receivers and not (receivers & named):
        return "SAMTYKKE_ANNEN_MOTTAKER"
    listed = set(samtykke.oppmerksomheter)
    if listed and not set(valgt.utvalg) <= listed:
        return "SAMTYKKE_ANNET_UTVALG"
    if not (overfoerer and receivers & named and listed) and not valgt.lest_av:
        return "SAMTYKKE_IKKE_LEST"
    return ""


def _plain(text: str | None) -> str:
    """Letter by letter the same name; "Barnehage A" is not "Barnehage A avd. 2"."""
    return " ".join((text or "").casefold().split())


def person(ansatt: Ansatt | None, enhet: str, innlogging: str) -> str:
    """May this person accept? Registered as relay holder in the unit, and strongly signed in."""
    if ansatt is None or "stafettholder" not in ansatt.roller or ansatt.virksomhet != enhet:
        return "IKKE_REGISTRERT_STAFETTHOLDER"
    return "" if innlogging == "hoey" else "FOR_SVAK_INNLOGGING"


def habil(ansatt: Ansatt, logg: Stafettlogg) -> str:
    """Is the new holder too near the family? Asked when the log can be read."""
    inner = family(logg)
    for one in logg.personer:
        if one.id in inner and any(i.verdi in ansatt.numre for i in one.identifikatorer):
            return "HABILITET"
    return ""


def first(answers: Sequence[str]) -> str:
    """The first no, or an empty string."""
    return next((one for one in answers if one), "")
