"""A search that lags: what was made a moment ago is not shown yet, though a read by id shows it.

An index that is filled after the write has been answered is how most systems search. The times
are kept in memory: what an earlier process made is old. It must not know what is stored.
"""

import threading
import time
from collections.abc import Callable


class Fresh:
    """When things were made here, by an id of the application's own; thread-safe."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._made: dict[str, float] = {}

    def made(self, ident: str) -> None:
        """Something was made, or what it is found by was set, now."""
        with self._lock:
            self._made.pop(ident, None)  # the newest stands last
            self._made[ident] = self._clock()

    def hidden(self, lag: float) -> frozenset[str]:
        """What an index that is `lag` seconds behind does not show."""
        found: set[str] = set()
        if lag:
            with self._lock:
                since = self._clock() - lag
                for ident, at in reversed(self._made.items()):
                    if at <= since:
                        break
                    found.add(ident)
        return frozenset(found)
