"""What in a log may still be edited at the source when it is frozen (R-077)."""

from datetime import datetime, timedelta

from gateway.policy.redigeringsvindu import measures
from gateway.snapshot.ramme import Ramme
from schemas.stafettlogg.innhold import Tiltak
from schemas.stafettlogg.logg import Stafettlogg


def locked_from(tiltak: Tiltak, ramme: Ramme) -> datetime | None:
    """When the text of a measure is locked; None when the source does not say."""
    if tiltak.tekst_laast_fra:
        return datetime.fromisoformat(tiltak.tekst_laast_fra)
    if tiltak.opprettet:
        return datetime.fromisoformat(tiltak.opprettet) + timedelta(hours=ramme.redigering_timer)
    return None


def editable(logg: Stafettlogg, ramme: Ramme) -> dict[str, datetime]:
    """Measure id -> when its text is locked, for those still open at the moment of freezing."""
    found = {}
    for tiltak in measures(logg):
        locked = locked_from(tiltak, ramme)
        if locked is not None and locked > ramme.frosset:
            found[tiltak.id] = locked
    return found
