"""Who is at the door and who is inside: how many, for how long, and how much at once.

A stranger may knock and is given seconds to show a certificate; when many knock, the one who has
stood there longest goes, so that whoever has a certificate always gets to show it. Who has shown
one shares the room with the others: no counterpart can take all of it, drip a package for ever, or
make us hold more in memory than a few packages.
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
        self._knocking: dict[socket.socket, socket.socket] = {}
        self._inside: dict[ssl.SSLSocket, tuple[bytes, float]] = {}
        self._each: Counter[bytes] = Counter()
        self._room = PACKAGES * most
        self._share = self._room // 2
        self._held: Counter[bytes] = Counter()

    def knock(self, line: socket.socket) -> None:
        """A connection wants in. When too many stand there, the first of them is sent away."""
        with self._lock:
            if len(self._knocking) >= KNOCKING:
                _end(self._knocking.pop(next(iter(self._knocking))), socket.SHUT_RDWR)
            self._knocking[line] = line

    def shows(self, knocked: socket.socket, line: ssl.SSLSocket) -> bool:
        """The connection goes on as `line`, and shows who it is; False when it was sent away."""
        with self._lock:
            if knocked not in self._knocking:
                return False
            self._knocking[knocked] = line
            return True

    def enter(self, knocked: socket.socket, line: ssl.SSLSocket, certificate: bytes) -> bool:
        """A certificate has been shown: is there room for this one too? Where the room is full,
        whoever has most lines in it gives up the one that has stood longest."""
        who = hashlib.sha256(certificate).digest()
        with self._lock:
            if self._knocking.pop(knocked, None) is None or self._each[who] >= EACH:
                return False
            if len(self._inside) >= INSIDE and not self._makes_room(who):
                return False
            self._each[who] += 1
            self._inside[line] = (who, time.monotonic() + LIFE)
            return True

    def _makes_room(self, who: bytes) -> bool:
        greedy, lines = self._each.most_common(1)[0]
        if lines <= self._each[who] + 1:
            return False
        oldest = next(line for line, (whose, _) in self._inside.items() if whose == greedy)
        _end(oldest, socket.SHUT_RDWR)
        self._forget(oldest)
        return True

    def leave(self, knocked: socket.socket, line: ssl.SSLSocket | None = None) -> None:
        """The connection is over."""
        with self._lock:
            self._knocking.pop(knocked, None)
            if line is not None:
                self._forget(line)

    def _forget(self, line: ssl.SSLSocket) -> None:
        known = self._inside.pop(line, None)
        if known is not None:
            self._each[known[0]] -= 1
            self._each += Counter()

    @contextlib.contextmanager
    def room_for(self, size: int, certificate: bytes) -> Iterator[bool]:
        """Room in memory for a package of this size, or False. Nobody has more than half of it."""
        who = hashlib.sha256(certificate).digest()
        with self._lock:
            room = size <= self._room and self._held[who] + size <= self._share
            self._room -= size if room else 0
            self._held[who] += size if room else 0
        try:
            yield room
        finally:
            with self._lock:
                self._room += size if room else 0
                self._held[who] -= size if room else 0
                self._held += Counter()

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


def _end(line: socket.socket, how: int) -> None:
    # The plain socket's own: TLS' would forget its keys while another thread uses them.
    with contextlib.suppress(OSError):
        socket.socket.shutdown(line, how)
