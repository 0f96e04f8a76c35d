"""A hand-over that was sent and that nobody has answered: told, for two may come to hold the log.

Until it is accepted the sender is responsible (R-011), so the log may move; but whoever it was sent
to may accept it where it stood. What was accepted after it has answered it: one is open at a time.
"""

from datetime import datetime

from gateway.policy.context import Policyramme
from gateway.policy.verdict import Finding
from schemas import tid
from schemas.stafettlogg.logg import Stafettlogg
from schemas.stafettlogg.spor import Overfoering

_OVER = frozenset({"AKSEPTERT", "FULLFOERT", "AVVIST", "UTLOEPT", "TRUKKET", "FEILET"})
"""States in which it is accepted, or will never be (rules.md E-2)."""


def ubesvart(logg: Stafettlogg, _ramme: Policyramme) -> tuple[Finding, ...]:
    """Tell of each that lies unanswered (R-011, R-130)."""
    accepted = [
        at
        for o in logg.overfoeringer
        if _accepted(o) and (at := tid.moment(o.akseptert)) is not None
    ]
    return tuple(
        Finding("P-81", ("R-011", "R-130"), hold=False, entity=o.id, note=True)
        for o in logg.overfoeringer
        if o.sendt and not _accepted(o) and o.status not in _OVER and not _answered(o, accepted)
    )


def _accepted(one: Overfoering) -> bool:
    """True when it was accepted, and not before it was sent: that is no order of things. A time
    nobody can read holds the log by itself."""
    sent, at = tid.moment(one.sendt), tid.moment(one.akseptert)
    return bool(one.akseptert) and (sent is None or at is None or at >= sent)


def _answered(one: Overfoering, accepted: list[datetime]) -> bool:
    """True when one was accepted after this was sent."""
    sent = tid.moment(one.sendt)
    return sent is not None and any(at > sent for at in accepted)
