"""Who is at the door and who is inside: how many, for how long, and how much at once.

A stranger may knock and is given seconds to show a certificate. Who has shown one shares the room
with the others: no counterpart can take all of it, drip a package for ever, or make us hold more
in memory than a few packages.
"""

import contextlib
import hashlib
import socket
import ssl
import threading
import time
from collections import Counter
from collections.abc import Iterator

KNOCKING = 256
"""Connections at most, those included that have not shown a certificate yet."""
INSIDE = 64
EACH = 16
"""Connections of one certificate; a gateway keeps one per worker."""
LIFE = 300.0
"""Seconds one connection may last, whatever is said on it."""
PACKAGES = 4
"""Packages of the largest size that may be under way at once."""


class Gjester:
    """Counts; decides who may come in, and when somebody has been here long enough."""

    def __init__(self, most: int) -> None:
        self._lock = threading.Lock()
        self._knocking = 0
        self._inside: dict[ssl.SSLSocket, tuple[bytes, float]] = {}
        self._each: Counter[bytes] = Counter()
        self._room = PACKAGES * most

    def knock(self) -> bool:
        """A connection wants in. Whoever is let in leaves again (`leave`)."""
        with self._lock:
            if self._knocking >= KNOCKING:
                return False
            self._knocking += 1
            return True

    def enter(self, line: ssl.SSLSocket, certificate: bytes) -> bool:
        """A certificate has been shown: is there room for this one too?"""
        who = hashlib.sha256(certificate).digest()
        with self._lock:
            if len(self._inside) >= INSIDE or self._each[who] >= EACH:
                return False
            self._each[who] += 1
            self._inside[line] = (who, time.monotonic() + LIFE)
            return True

    def leave(self, line: ssl.SSLSocket | None = None) -> None:
        """The connection is over."""
        with self._lock:
            self._knocking -= 1
            known = self._inside.pop(line, None) if line is not None else None
            if known is not None:
                self._each[known[0]] -= 1
                self._each += Counter()

    @contextlib.contextmanager
    def room_for(self, size: int) -> Iterator[bool]:
        """Room in memory for a package of this size, or False."""
        with self._lock:
            room = size <= self._room
            self._room -= size if room else 0
        try:
            yield room
        finally:
            with self._lock:
                self._room += size if room else 0

    def send_home(self) -> None:
        """End the connections that have had their time."""
        now = time.monotonic()
        with self._lock:
            for line, (_, until) in self._inside.items():
                if until <= now:
                    _end(line, socket.SHUT_RDWR)

    def close(self) -> None:
        """Nobody says anything more; an answer that is under way is given."""
        with self._lock:
            for line in self._inside:
                _end(line, socket.SHUT_RD)


def _end(line: ssl.SSLSocket, how: int) -> None:
    # The plain socket's own: TLS' would forget its keys while another thread uses them.
    with contextlib.suppress(OSError):
        socket.socket.shutdown(line, how)
