"""What in a log may still be edited at the source when it is frozen (R-077)."""

from datetime import datetime

from gateway.policy.redigeringsvindu import locked_from, measures
from gateway.snapshot.ramme import Ramme
from schemas.stafettlogg.logg import Stafettlogg


def editable(logg: Stafettlogg, ramme: Ramme) -> dict[str, datetime]:
    """Measure id -> when its text is locked, for those still open at the moment of freezing. One
    whose time nobody can read is shown as it is written, and not as open."""
    found = {}
    for tiltak in measures(logg):
        locked = locked_from(logg, tiltak, ramme.redigering_timer)
        if locked is not None and locked > ramme.frosset:
            found[tiltak.id] = locked
    return found
