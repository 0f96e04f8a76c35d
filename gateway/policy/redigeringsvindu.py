"""Nothing moves while the text of a measure may still be edited at the source (R-077)."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from gateway.policy.context import Policyramme
from gateway.policy.verdict import Finding
from schemas.stafettlogg.innhold import Tiltak
from schemas.stafettlogg.logg import Stafettlogg


def measures(logg: Stafettlogg) -> Iterator[Tiltak]:
    """Every measure of the log, in order."""
    for concern in logg.oppmerksomheter:
        for goal in concern.maal:
            yield from goal.tiltak


def redigeringsvindu(logg: Stafettlogg, ramme: Policyramme) -> tuple[Finding, ...]:
    """Hold until the last open edit window closes. The window is a setting (version-dependent)."""
    window = timedelta(hours=ramme.redigering_timer)
    latest: datetime | None = None
    for tiltak in measures(logg):
        if tiltak.tekst_laast_fra:
            locked = datetime.fromisoformat(tiltak.tekst_laast_fra)
        elif tiltak.opprettet:
            locked = datetime.fromisoformat(tiltak.opprettet) + window
        else:
            continue
        if locked > ramme.now and (latest is None or locked > latest):
            latest = locked
    return () if latest is None else (Finding("P-30", ("R-077",), hold=True, until=latest),)
