"""Dates and instants for generated data: always inside a window, in the texts systems write.

The same instant is written as `Z`, with an offset or with fractions, because a gateway must give
back the text it was given. This module must not read the clock.
"""

from datetime import UTC, date, datetime, timedelta, timezone
from random import Random

EARLIEST = datetime(2024, 1, 15, 7, 0, tzinfo=UTC)
LATEST = datetime(2026, 8, 25, 15, 0, tzinfo=UTC)


def moment(rng: Random, start: datetime = EARLIEST, end: datetime = LATEST) -> datetime:
    """A working-hours instant in the window (in `start`'s hour when the window is empty)."""
    minutes = max(0, int((end - start).total_seconds() // 60))
    chosen = start + timedelta(minutes=rng.randint(0, minutes))
    return min(end, chosen.replace(second=rng.randint(0, 59))) if minutes else start


def after(rng: Random, start: datetime, low: int, high: int, end: datetime = LATEST) -> datetime:
    """An instant `low` to `high` days after `start`, not after `end` nor before `start`."""
    shift = timedelta(days=rng.randint(low, high), minutes=rng.randint(1, 300))
    return max(start, min(end, start + shift))


def instant(rng: Random, at: datetime) -> str:
    """The instant as text: mostly `Z`, some with offset, a few with fractions."""
    kind = rng.random()
    if kind < 0.7:
        return f"{at:%Y-%m-%dT%H:%M:%S}Z"
    if kind < 0.95:
        hours = 2 if 4 <= at.month <= 10 else 1
        local = at.astimezone(timezone(timedelta(hours=hours)))
        return f"{local:%Y-%m-%dT%H:%M:%S}+0{hours}:00"
    return f"{at:%Y-%m-%dT%H:%M:%S}.{rng.randint(1, 999):03d}Z"


def day(at: datetime) -> str:
    """The date part as text."""
    return f"{at:%Y-%m-%d}"


def birth(rng: Random, age: int) -> date:
    """A birth date that gives `age` whole years on every day from September to December 2026."""
    return date(2026 - age, rng.randint(1, 8), rng.randint(1, 28))
