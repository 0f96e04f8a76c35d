"""Counts of requests per method and path pattern: what an outside observer sees.

It must not keep an id: a pattern has `{id}` where the path had one.
"""

import re
import threading
from collections import Counter
from typing import Any

_VERSION = re.compile(r"v\d+")


def pattern(path: str) -> str:
    """The path with every segment that looks like an id replaced."""
    return "/".join("{id}" if _is_id(segment) else segment for segment in path.split("/"))


def _is_id(segment: str) -> bool:
    if _VERSION.fullmatch(segment):
        return False
    return len(segment) > 24 or any(char.isdigit() for char in segment)


class Counts:
    """Thread-safe counts since the server started."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._paths: Counter[str] = Counter()

    def note(self, method: str, path: str) -> None:
        """One more request."""
        key = f"{method} {pattern(path)}"
        with self._lock:
            self._paths[key] += 1

    def data(self) -> dict[str, Any]:
        """{"total": n, "paths": {"METHOD /pattern": n}}."""
        with self._lock:
            return {"total": self._paths.total(), "paths": dict(sorted(self._paths.items()))}
