"""Counts of requests per method and path pattern: what an outside observer sees.

It must not keep an id: a pattern has `{id}` where the path had one.
"""

import re
import threading
from collections import Counter
from collections.abc import Mapping
from typing import Any

_VERSION = re.compile(r"v\d+")


def words_of(openapi: Mapping[str, Any]) -> frozenset[str]:
    """The fixed segments of a description's paths."""
    segments = {segment for path in openapi.get("paths", {}) for segment in path.split("/")}
    return frozenset(segment for segment in segments if not segment.startswith("{"))


def pattern(path: str, words: frozenset[str] = frozenset()) -> str:
    """The path with every segment that is an id replaced.

    With `words` (the fixed segments of the contract) everything else is an id; without, whatever
    has a digit or a hyphen or is long.
    """
    return "/".join("{id}" if _is_id(part, words) else part for part in path.split("/"))


def _is_id(segment: str, words: frozenset[str]) -> bool:
    if words:
        return segment not in words
    if _VERSION.fullmatch(segment):
        return False
    return len(segment) > 24 or any(char.isdigit() or char == "-" for char in segment)


class Counts:
    """Thread-safe counts since the server started."""

    def __init__(self, words: frozenset[str] = frozenset()) -> None:
        self._words = words
        self._lock = threading.Lock()
        self._paths: Counter[str] = Counter()

    def note(self, method: str, path: str) -> None:
        """One more request."""
        key = f"{method} {pattern(path, self._words)}"
        with self._lock:
            self._paths[key] += 1

    def data(self) -> dict[str, Any]:
        """{"total": n, "paths": {"METHOD /pattern": n}}."""
        with self._lock:
            return {"total": self._paths.total(), "paths": dict(sorted(self._paths.items()))}
