"""Address protection stops automation, and failing to know is the same as knowing (C-4).

The finding's code says only that a person must handle the log; neither who nor why.
"""

from gateway.policy.context import Policyramme
from gateway.policy.verdict import Finding
from schemas.stafettlogg.identifikator import NUMBERED
from schemas.stafettlogg.kodeverk import Adressebeskyttelse, Rolle
from schemas.stafettlogg.logg import Stafettlogg

_FAMILY = frozenset({Rolle.FORESATT.value, Rolle.HOVEDPERSON.value})


def family(logg: Stafettlogg) -> frozenset[str]:
    """Person ids whose address the log could reveal: the main person and the guardians."""
    guardians = {d.person for d in logg.deltakelser if d.rolle in _FAMILY}
    return frozenset(guardians | {logg.hovedperson.person})


def known_protection(logg: Stafettlogg, ramme: Policyramme) -> tuple[Finding, ...]:
    """Hold what goes back where it stood unless the register has said `ingen` for everybody of the
    family it can be asked about. Who has no number is nobody the register knows: keeping a
    mother's line from coming back where it was written would protect nobody (C-4)."""
    numbered = {p.id for p in logg.personer if any(i.type in NUMBERED for i in p.identifikatorer)}
    for person in sorted(family(logg)):
        grade = ramme.protection.get(person, Adressebeskyttelse.UKJENT)
        nobody = grade is Adressebeskyttelse.UKJENT and person not in numbered
        if grade is not Adressebeskyttelse.INGEN and not nobody:
            return (Finding("P-20", ("C-4",), hold=True),)
    return ()


def adressebeskyttelse(logg: Stafettlogg, ramme: Policyramme) -> tuple[Finding, ...]:
    """Hold unless the register has said `ingen` for every person of the family (C-4)."""
    for person in sorted(family(logg)):
        grade = ramme.protection.get(person, Adressebeskyttelse.UKJENT)
        if grade is not Adressebeskyttelse.INGEN:
            return (Finding("P-20", ("C-4",), hold=True),)
    return ()
