"""Time and new ids, injected everywhere. No other module of the gateway may read the clock."""

import time
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """What the gateway asks of time."""

    def now(self) -> datetime:
        """The instant, aware."""
        ...

    def monotonic(self) -> float:
        """Seconds that never go backwards; for durations only."""
        ...

    def new_id(self) -> str:
        """A fresh random id."""
        ...


@dataclass(frozen=True, slots=True)
class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The instant, aware, UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Seconds that never go backwards."""
        return time.monotonic()

    def new_id(self) -> str:
        """A fresh random id, 32 hex digits."""
        return uuid.uuid4().hex
