"""An active log always has exactly one relay holder; in doubt it stays where it is (R-010)."""

from gateway.policy.context import Policyramme
from gateway.policy.verdict import Finding
from schemas.stafettlogg.kodeverk import Deltakerstatus, Loggstatus, Rolle
from schemas.stafettlogg.logg import Stafettlogg


def holder(logg: Stafettlogg, _ramme: Policyramme) -> tuple[Finding, ...]:
    """Hold an active log without exactly one holder (R-010, R-013)."""
    if logg.status is not Loggstatus.AKTIV:
        return ()
    holders = [
        d
        for d in logg.deltakelser
        if d.rolle == Rolle.STAFETTHOLDER.value and d.status is not Deltakerstatus.AVSLUTTET
    ]
    if len(holders) == 1 and logg.stafettholder == holders[0].id:
        return ()
    return (Finding("P-80", ("R-010", "R-013"), hold=True),)
