"""Nothing moves while the text of a measure may still be edited at the source (R-077)."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from gateway.policy.context import Policyramme
from gateway.policy.tidspunkt import unknown
from gateway.policy.verdict import Finding
from schemas import tid
from schemas.stafettlogg.innhold import Tiltak
from schemas.stafettlogg.logg import Stafettlogg


def measures(logg: Stafettlogg) -> Iterator[Tiltak]:
    """Every measure of the log, in order."""
    for concern in logg.oppmerksomheter:
        for goal in concern.maal:
            yield from goal.tiltak


def settled_by(tiltak: Tiltak) -> str:
    """The field that says when the text of a measure is locked; empty when none says it."""
    return next((name for name in ("tekst_laast_fra", "opprettet") if getattr(tiltak, name)), "")


def locked_from(tiltak: Tiltak, hours: int) -> datetime | None:
    """When the text is locked; None when the source does not say, or says what is no time."""
    if tiltak.tekst_laast_fra:
        return tid.moment(tiltak.tekst_laast_fra)
    made = tid.moment(tiltak.opprettet)
    try:
        return None if made is None else made + timedelta(hours=hours)
    except OverflowError:
        return None


def redigeringsvindu(logg: Stafettlogg, ramme: Policyramme) -> tuple[Finding, ...]:
    """Hold until the last open edit window closes. The window is a setting (version-dependent).

    A window whose end nobody can read may be open: it holds too, and no time removes that.
    """
    latest: datetime | None = None
    for tiltak in measures(logg):
        field = settled_by(tiltak)
        if not field:
            continue
        locked = locked_from(tiltak, ramme.redigering_timer)
        if locked is None:
            return (unknown(tiltak.id, f"Tiltak.{field}"),)
        if locked > ramme.now and (latest is None or locked > latest):
            latest = locked
    return () if latest is None else (Finding("P-30", ("R-077",), hold=True, until=latest),)
