"""The same step again when the database is away for a moment: a failover, a deadlock, a full pool.

What is written goes through intents and receipts, so a chunk may be begun again at any point. Only
Transient is waited for, and only for so long; whoever calls has given up the rest. This module must
not know what the step does.
"""

from collections.abc import Callable
from typing import TypeVar

from gateway.errors import Transient

T = TypeVar("T")

PAUSES = (0.5, 2.0, 8.0, 20.0)
"""Seconds before each further try: a failover of PostgreSQL takes some ten of them."""


def patiently(step: Callable[[], T], pause: Callable[[float], None]) -> T:
    """What the step gives, tried once more after each pause. Raises the last Transient, and
    anything else at once."""
    for seconds in PAUSES:
        try:
            return step()
        except Transient:
            pause(seconds)
    return step()
