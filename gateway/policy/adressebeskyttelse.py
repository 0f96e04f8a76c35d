"""Address protection stops automation, and failing to know is the same as knowing (C-4).

The finding's code says only that a person must handle the log; neither who nor why.
"""

from gateway.policy.context import Policyramme
from gateway.policy.verdict import Finding
from schemas.stafettlogg.kodeverk import Adressebeskyttelse, Rolle
from schemas.stafettlogg.logg import Stafettlogg

_FAMILY = frozenset({Rolle.FORESATT.value, Rolle.HOVEDPERSON.value})


def family(logg: Stafettlogg) -> frozenset[str]:
    """Person ids whose address the log could reveal: the main person and the guardians."""
    guardians = {d.person for d in logg.deltakelser if d.rolle in _FAMILY}
    return frozenset(guardians | {logg.hovedperson.person})


def adressebeskyttelse(logg: Stafettlogg, ramme: Policyramme) -> tuple[Finding, ...]:
    """Hold unless the register has said `ingen` for every person of the family (C-4)."""
    for person in sorted(family(logg)):
        grade = ramme.protection.get(person, Adressebeskyttelse.UKJENT)
        if grade is not Adressebeskyttelse.INGEN:
            return (Finding("P-20", ("C-4",), hold=True),)
    return ()
