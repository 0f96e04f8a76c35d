"""The moment a snapshot shows: derived from the log itself, so that one version has one moment.

A log at rest was settled when its last text left the edit window (R-077); a log still within the
window is shown as of now, and its snapshot says that it is provisional.
"""

from datetime import UTC, datetime, timedelta

from schemas import tid
from schemas.stafettlogg.flat import leaves
from schemas.stafettlogg.logg import Stafettlogg

_TIMES = frozenset({"opprettet", "endret", "sist_oppdatert", "tid", "fra", "trukket"})


def last_change(logg: Stafettlogg, now: datetime) -> datetime | None:
    """The latest instant the log itself tells of that is not in the future; None without any."""
    found = []
    for _entity, _kind, name, value in leaves(logg):
        if name in _TIMES and value is not None:
            at = tid.moment(value)
            if at is not None and at <= now:
                found.append(at)
    return max(found, default=None)


def stand(logg: Stafettlogg, now: datetime, hours: int) -> datetime:
    """The moment shown: when the log came to rest, or now while it has not."""
    last = last_change(logg, now)
    if last is None:
        return datetime(now.year, now.month, now.day, tzinfo=UTC)
    rest = last.astimezone(UTC) + timedelta(hours=hours)
    if rest.microsecond:
        # A page shows whole seconds; rounding down would put the last text back in its window.
        rest = rest.replace(microsecond=0) + timedelta(seconds=1)
    return min(rest, now.astimezone(UTC).replace(microsecond=0))
