"""Level 1 has participants of its own service only (R-032): others are told of, not taken away.

Who leads or administers a unit does not act in its logs. Another service is another unit than the
one that has the log, or staff the system itself marks as
registered under a unit that does not employ them (R-044). A unit nobody has named is no other.
"""

from gateway.policy.context import Policyramme
from gateway.policy.deltakere import responsible_unit, staff
from gateway.policy.verdict import Finding
from schemas.stafettlogg.kodeverk import Rolle
from schemas.stafettlogg.logg import Stafettlogg

_LEADS = frozenset(
    {Rolle.VIRKSOMHETSLEDER.value, Rolle.KOMMUNEADMINISTRATOR.value, Rolle.SUPERBRUKER.value}
)


def nivaa(logg: Stafettlogg, _ramme: Policyramme) -> tuple[Finding, ...]:
    """Tell of each participation of another service in a log at level 1."""
    if logg.nivaa != 1:
        return ()
    own = responsible_unit(logg)
    external = {p.id for p in logg.personer if p.ekstern}
    return tuple(
        Finding("P-43", ("R-032", "R-044"), hold=False, entity=d.id, note=True)
        for d in staff(logg)
        if d.rolle not in _LEADS
        and (d.person in external or (own and d.virksomhet and d.virksomhet != own))
    )
