"""How long a session may wait in all before it gives up retrying; thread-safe.

It must not sleep itself.
"""

import threading
from collections import deque
from collections.abc import Callable

WINDOW = 300.0
"""Seconds: waiting further back than this no longer counts."""


class RetryBudget:
    """At most `seconds` of waiting within any WINDOW."""

    def __init__(self, seconds: float, clock: Callable[[], float]) -> None:
        self._seconds = seconds
        self._clock = clock
        self._lock = threading.Lock()
        self._waits: deque[tuple[float, float]] = deque()
        self._spent = 0.0

    def take(self, wait: float) -> bool:
        """True when `wait` seconds may be spent; they are then counted."""
        now = self._clock()
        with self._lock:
            while self._waits and self._waits[0][0] <= now - WINDOW:
                self._spent -= self._waits.popleft()[1]
            if self._spent + wait > self._seconds:
                return False
            self._waits.append((now, wait))
            self._spent += wait
            return True
