"""Is the relay holder a guardian of the child? One number under two ids is one person.

Told where a log moves; the hand-over asks the same and lets the leader decide instead (R-012,
R-017). Whoever has no number can only be compared by id.
"""

from gateway.policy.context import Policyramme
from gateway.policy.deltakere import guardians
from gateway.policy.verdict import Finding
from schemas.stafettlogg.logg import Stafettlogg


def holder_is_guardian(logg: Stafettlogg) -> bool | None:
    """Whether the holder is one of the guardians; None when nobody knows who the holder is."""
    own = next((d for d in logg.deltakelser if d.id == logg.stafettholder), None)
    if own is None:
        return None
    family = guardians(logg)
    if own.person in family:
        return True
    numbers = {p.id: {i.verdi for i in p.identifikatorer} for p in logg.personer}
    mine = numbers.get(own.person, set())
    return any(mine & numbers.get(person, set()) for person in family)


def habilitet(logg: Stafettlogg, _ramme: Policyramme) -> tuple[Finding, ...]:
    """Tell of a holder who is a guardian (R-012)."""
    if not holder_is_guardian(logg):
        return ()
    return (Finding("P-82", ("R-012",), hold=False, entity=logg.stafettholder or "", note=True),)
