"""Dates and instants as people in Norway read them, with the standard library's arithmetic alone.

The summer time rule is written out (EU directive 2000/84: last Sunday of March and of October at
01:00 UTC, in Norway since 1996), because the bytes of a snapshot must not depend on which time
zone database a machine happens to have.
"""

from datetime import UTC, date, datetime, timedelta, timezone

from schemas import tid

MONTHS = (
    "januar", "februar", "mars", "april", "mai", "juni",
    "juli", "august", "september", "oktober", "november", "desember",
)  # fmt: skip


def norwegian(moment: datetime) -> datetime:
    """The same instant on a clock in Oslo. `moment` must be aware."""
    utc = moment.astimezone(UTC)
    summer = _last_sunday(utc.year, 3) <= utc < _last_sunday(utc.year, 10)
    return utc.astimezone(timezone(timedelta(hours=2 if summer else 1)))


def _last_sunday(year: int, month: int) -> datetime:
    last = date(year, month, 31)
    return datetime(
        year, month, last.day - (last.weekday() + 1) % 7, 1, tzinfo=UTC
    )  # fmt: skip


def date_text(iso: str) -> str:
    """`2026-03-02` as `2. mars 2026`; a date that no calendar has is left as it is written."""
    found = tid.day(iso)
    if found is None:
        return iso
    return f"{found.day}. {MONTHS[found.month - 1]} {iso[:4]}"


def instant_text(iso: str) -> str:
    """`2026-03-02T08:00:00Z` as `2. mars 2026 kl. 09.00`; seconds only where there are any."""
    found = tid.moment(iso)
    try:
        local = None if found is None else norwegian(found)
    except OverflowError:  # the last hours of the calendar, in Oslo
        local = None
    if local is None:
        return iso
    clock = f"{local:%H.%M}"
    if local.second or local.microsecond:
        clock += f".{local:%S}"
    if local.microsecond:
        clock += "," + f"{local.microsecond:06d}".rstrip("0")
    return f"{local.day}. {MONTHS[local.month - 1]} {local.year} kl. {clock}"


def moment_text(moment: datetime) -> str:
    """An aware moment in the same words."""
    return instant_text(moment.isoformat())
