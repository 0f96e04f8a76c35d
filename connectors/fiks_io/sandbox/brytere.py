"""How this platform misbehaves: switches that count down, each off until it is set.

Set with `POST /_sandbox/switches` or `app.switch({...})`, which replaces them all. A number is how
many times it strikes; -1 is without end.
"""

import threading
from collections.abc import Mapping
from typing import Any

KNOWN = frozenset(
    {
        "tidsavbrudd",  # the message expires in the queue before anybody fetches it
        "serverfeil",  # the platform gives the message up
        "dobbelt",  # the message is put in the queue twice, with one id
        "taper_dokument",  # what went to the document store is gone
        "ekko",  # receipts carry the sender's own headers too
        "dokumentlager",  # bytes above which content goes to the document store
    }
)


class Brytere:
    """The switches in force; thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._left: dict[str, int] = {}

    def replace(self, values: Mapping[str, Any]) -> None:
        """Put these in force. Raises KeyError or TypeError for one that is not understood."""
        for name, value in values.items():
            if name not in KNOWN:
                raise KeyError(name)
            if isinstance(value, bool) or not isinstance(value, int):
                raise TypeError(name)
        with self._lock:
            self._left = dict(values)

    def value(self, name: str, otherwise: int) -> int:
        """A switch that is a size."""
        return self._left.get(name, otherwise)

    def strikes(self, name: str) -> bool:
        """Whether `name` strikes this time."""
        with self._lock:
            left = self._left.get(name, 0)
            if left > 0:
                self._left[name] = left - 1
            return left != 0
