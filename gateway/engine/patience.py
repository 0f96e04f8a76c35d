"""The same step again when our database is away for a moment: a failover, a deadlock, a full pool.

What is written goes through intents and receipts, so a chunk may be begun again at any point. A
system that is away has been waited for where it was asked, and is not waited for here. This module
must not know what the step does.
"""

from collections.abc import Callable
from typing import TypeVar

from gateway.errors import Transient

T = TypeVar("T")

_AWAY = "DATABASE_OPPTATT"
PAUSES = (0.5, 2.0, 8.0, 20.0)
"""Seconds before each further try: a failover of PostgreSQL takes some ten of them."""


def patiently(step: Callable[[], T], pause: Callable[[float], None]) -> T:
    """What the step gives, tried once more after each pause while the database is away. Raises the
    last failure, and anything else at once."""
    for seconds in PAUSES:
        try:
            return step()
        except Transient as error:
            if error.code != _AWAY:
                raise
        pause(seconds)
    return step()
