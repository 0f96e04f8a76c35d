"""Nothing moves while the text of a measure may still be edited at the source (R-077).

The window is counted from when the measure was made. Where nobody wrote that, it cannot be younger
than its last change, nor than the last change of the log: the window is counted from there.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from gateway.policy.context import Policyramme
from gateway.policy.tidspunkt import unknown
from gateway.policy.verdict import Finding
from schemas import tid
from schemas.stafettlogg.innhold import Tiltak
from schemas.stafettlogg.logg import Stafettlogg

SLACK = timedelta(days=1)
"""How far ahead of ours a source's clock may be before its time is a wrong one."""


def measures(logg: Stafettlogg) -> Iterator[Tiltak]:
    """Every measure of the log, in order."""
    for concern in logg.oppmerksomheter:
        for goal in concern.maal:
            yield from goal.tiltak


def settled_by(logg: Stafettlogg, tiltak: Tiltak) -> tuple[str, str]:
    """(entity id, `Kind.field`) of what says when the text of a measure is locked; the field is
    empty when nothing says it."""
    for name in ("tekst_laast_fra", "opprettet", "endret"):
        if getattr(tiltak, name):
            return tiltak.id, f"Tiltak.{name}"
    return (logg.id, "Stafettlogg.sist_oppdatert") if logg.sist_oppdatert else (tiltak.id, "")


def locked_from(logg: Stafettlogg, tiltak: Tiltak, hours: int) -> datetime | None:
    """When the text is locked; None when the source does not say, or says what is no time."""
    if tiltak.tekst_laast_fra:
        return tid.moment(tiltak.tekst_laast_fra)
    made = tid.moment(tiltak.opprettet or tiltak.endret or logg.sist_oppdatert)
    try:
        return None if made is None else made + timedelta(hours=hours)
    except OverflowError:
        return None


def redigeringsvindu(logg: Stafettlogg, ramme: Policyramme) -> tuple[Finding, ...]:
    """Hold until the last open edit window closes. The window is a setting (version-dependent).

    A window whose end nobody can read, or that ends further ahead than any window can, may be
    open: it holds too, and no time removes that. Of a measure nobody knows the age of, where the
    log does not say when it was last changed, no time would ever say more: it is told, once.
    """
    return (*_open(logg, ramme), *_untold(logg))


def _open(logg: Stafettlogg, ramme: Policyramme) -> tuple[Finding, ...]:
    """What holds: the first time that is wrong, else the last window to close."""
    latest: datetime | None = None
    ahead = timedelta(hours=ramme.redigering_timer) + SLACK
    for tiltak in measures(logg):
        entity, field = settled_by(logg, tiltak)
        if not field:
            continue
        locked = locked_from(logg, tiltak, ramme.redigering_timer)
        if locked is None:
            return (unknown(entity, field),)
        if locked - ramme.now > ahead:
            return (Finding("P-32", ("R-077",), hold=True, entity=entity, field=field),)
        if locked > ramme.now and (latest is None or locked > latest):
            latest = locked
    return () if latest is None else (Finding("P-30", ("R-077",), hold=True, until=latest),)


def _untold(logg: Stafettlogg) -> tuple[Finding, ...]:
    """A note about the first measure whose window nobody can count."""
    for tiltak in measures(logg):
        entity, field = settled_by(logg, tiltak)
        if not field:
            return (
                Finding("P-31", ("R-077",), hold=False, entity=entity, field="Tiltak.opprettet",
                        note=True),
            )  # fmt: skip
    return ()
