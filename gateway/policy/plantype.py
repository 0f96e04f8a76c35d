"""Only a stafettlogg that is open or closed may move: other plans and unsigned shells stay."""

from gateway.policy.context import Policyramme
from gateway.policy.verdict import Finding
from schemas.stafettlogg.kodeverk import Loggstatus, Plantype
from schemas.stafettlogg.logg import Stafettlogg


def plantype(logg: Stafettlogg, _ramme: Policyramme) -> tuple[Finding, ...]:
    """Hold anything that is not a stafettlogg, or that never became one (R-003, E-1)."""
    if logg.plantype != Plantype.STAFETTLOGG:
        return (Finding("P-70", ("D-1",), hold=True),)
    if logg.status not in (Loggstatus.AKTIV, Loggstatus.PASSIV):
        return (Finding("P-71", ("R-003", "E-1"), hold=True),)
    return ()
