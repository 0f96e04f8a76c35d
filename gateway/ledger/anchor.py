"""The anchor: one line outside the database that says how far the covers had come.

A ledger that does not pass through its anchor is an older copy, or one somebody has cut or
rewritten. The line is of one length and written in place under a lock, so that no moment leaves
half of it, and it never goes backwards. Whoever holds a line from a report or a receipt holds an
anchor too. It has numbers and a keyed hash in it, and nothing of anybody.
"""

import fcntl
import os
import re
from dataclasses import dataclass
from pathlib import Path

from gateway.errors import LocalFault

_LINE = re.compile(r"stafett-anker-1:(\d{1,15}):(\d{1,15}):([0-9a-f]{32})(?![0-9a-f])")
_WIDTH = 95
NONE = "0" * 32


@dataclass(frozen=True, slots=True)
class Anchor:
    """A point of the covers: the link's number, the last entry's number then, the link's hash."""

    link: int
    entry: int
    mac: str
    """The first 32 hex digits."""

    def __str__(self) -> str:
        return f"stafett-anker-1:{self.link}:{self.entry}:{self.mac}"


START = Anchor(0, 0, NONE)
"""Before the first link: every ledger passes through it."""


def found_in(text: str) -> list[Anchor]:
    """Every anchor line in a text, in order: a file that holds one, or a whole report."""
    return [Anchor(int(m[1]), int(m[2]), m[3]) for m in _LINE.finditer(text)]


class AnchorFile:
    """The anchor where it stands."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self) -> Anchor | None:
        """The line; None when there is no file. Raises LocalFault for one that cannot be read."""
        try:
            with self.path.open("rb") as file:
                fcntl.flock(file, fcntl.LOCK_SH)
                return self._parsed(file.read(_WIDTH + 1))
        except FileNotFoundError:
            return None
        except OSError:
            raise LocalFault("ANKER_ULESELIG", place=self.path.name) from None

    def _parsed(self, data: bytes) -> Anchor:
        found = found_in(data.decode("ascii", "replace"))
        if len(found) != 1 or len(data) > _WIDTH:
            raise LocalFault("ANKER_ULESELIG", place=self.path.name)
        return found[0]

    def create(self, anchor: Anchor) -> None:
        """Write it where there may be none, or one a person has given up. Raises LocalFault."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            handle = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
            try:
                fcntl.flock(handle, fcntl.LOCK_EX)
                os.ftruncate(handle, 0)
                self._write(handle, anchor)
                os.fsync(handle)
            finally:
                os.close(handle)
        except OSError:
            raise LocalFault("ANKER_UTILGJENGELIG", place=self.path.name) from None

    def advance(self, to: Anchor, known: Anchor) -> Anchor:
        """Move it forward to `to`, unless it is there or beyond. Returns what stood there: the
        caller knows `known` to be of its own ledger, and must ask about anything else."""
        try:
            handle = os.open(self.path, os.O_RDWR)
        except OSError:
            raise LocalFault("ANKER_UTILGJENGELIG", place=self.path.name) from None
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            stood = self._parsed(os.pread(handle, _WIDTH + 1, 0))
            if stood == known and to.link > stood.link:
                self._write(handle, to)
            return stood
        except OSError:
            raise LocalFault("ANKER_UTILGJENGELIG", place=self.path.name) from None
        finally:
            os.close(handle)

    @staticmethod
    def _write(handle: int, anchor: Anchor) -> None:
        os.pwrite(handle, str(anchor).ljust(_WIDTH - 1).encode() + b"\n", 0)
