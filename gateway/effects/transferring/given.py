"""What a person gives when a hand-over is started, held against what there is: found out then.

A consent that is not in the log, a unit nobody has and a person nobody knows would otherwise be
found when the package is sent, or by a family that waits. Asks the log and the staff; decides
nothing of whether the consent is enough.
"""

from gateway.effects.transferring.verk import Overfoeringsverk
from gateway.errors import LocalFault
from gateway.overfoering.grunnlag import Aktoer, Grunnlag
from gateway.staff import orgnr
from gateway.staff.roles import StaffRole
from gateway.staff.staff import Staff
from schemas.overfoering.koder import Rettet
from schemas.stafettlogg.logg import Stafettlogg

_READS = frozenset(StaffRole) - {StaffRole.LESETILGANG}


def known(verk: Overfoeringsverk, logg: Stafettlogg, valgt: Grunnlag, aktoer: Aktoer) -> str:
    """The public code of the first that does not exist, or an empty string: SAMTYKKE_UKJENT,
    ENHET_UKJENT, ORGNR_KONTROLLSIFFER, LESER_UKJENT (the role that has read the form),
    PERSON_UKJENT, PAA_VEGNE_AV."""
    if valgt.samtykke and valgt.samtykke not in {one.id for one in logg.samtykker}:
        return "SAMTYKKE_UKJENT"
    ours = valgt.mottaker == verk.tenant
    staff = verk.ansatte()
    if code := orgnr.fault(valgt.enhet.orgnr, "ENHET_UKJENT"):
        return code
    if ours and all(one.virksomhet != valgt.enhet.orgnr for one in staff):
        return "ENHET_UKJENT"
    if valgt.lest_av and valgt.lest_av not in {role.value for role in _READS}:
        return "LESER_UKJENT"
    if ours and valgt.rettet is Rettet.PERSON and verk.ansatt(valgt.person) is None:
        return "PERSON_UKJENT"
    if aktoer.paa_vegne_av and not _ever(verk, aktoer.paa_vegne_av):
        return "PAA_VEGNE_AV"
    return ""


def _ever(verk: Overfoeringsverk, ref: str) -> bool:
    """Whether somebody works here or has (R-017: also staff who left)."""
    try:
        people = verk.ansatte.all() if isinstance(verk.ansatte, Staff) else verk.ansatte()
    except LocalFault:
        return False
    return any(one.ref == ref for one in people)
