"""Real numbers never reach a test environment, synthetic ones never reach production (C-6)."""

from gateway.policy.context import Policyramme
from gateway.policy.verdict import Finding
from schemas.stafettlogg.identifikator import NUMBERED, allowed
from schemas.stafettlogg.logg import Stafettlogg


def identifikator(logg: Stafettlogg, ramme: Policyramme) -> tuple[Finding, ...]:
    """Hold a log with a number that is wrong or belongs to the other environment (R-046, C-6)."""
    environment = "production" if ramme.production else "test"
    for person in logg.personer:
        for ident in person.identifikatorer:
            if ident.type in NUMBERED and not allowed(ident.verdi, environment):
                return (Finding("P-60", ("R-046", "C-6"), hold=True, entity=person.id),)
    return ()
