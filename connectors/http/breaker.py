"""Circuit breaker: after enough failures in a row, leave the system alone for a while.

What is counted is how many different places (logs, listings) failed with no answer between them:
one log the system cannot answer for, however often it is asked about, is not an ill system.
Thread-safe; it must not sleep and must not touch the wire.
"""

import threading
from collections.abc import Callable

from gateway.errors import Transient


class CircuitOpen(Transient):
    """Raised without a call; the caller's own schedule decides when to come back."""


class Breaker:
    """Closed, open for `pause` seconds, then half-open: one call is let through to try."""

    def __init__(self, failures: int, pause: float, clock: Callable[[], float]) -> None:
        self._limit = failures
        self._pause = pause
        self._clock = clock
        self._lock = threading.Lock()
        self._places: set[str] = set()
        self._open_until: float | None = None
        self._trying = False

    def enter(self, place: str) -> None:
        """Before a call. Raises CircuitOpen("KRETS_AAPEN") with the seconds that remain."""
        with self._lock:
            if self._open_until is None:
                return
            remaining = self._open_until - self._clock()
            if remaining <= 0 and not self._trying:
                self._trying = True
                return
        wait = remaining if remaining > 0 else min(self._pause, 1.0)
        raise CircuitOpen("KRETS_AAPEN", place=place, retry_after=wait)

    def leave(self, place: str, *, healthy: bool | None) -> None:
        """After a call: the system answered, failed, or (None) nothing was learnt."""
        with self._lock:
            tried, self._trying = self._trying, False
            if healthy is None:
                return
            if healthy:
                self._places.clear()
                self._open_until = None
                return
            self._places.add(place)
            if tried or len(self._places) >= self._limit:
                self._open_until = self._clock() + self._pause
