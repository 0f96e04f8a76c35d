"""Who has the ledger open on this machine: many at once, or one alone.

A lock on a file of the data folder, which the system lets go of when a process ends, however it
ends. On one machine only: two machines on one PostgreSQL database do not see each other's. The
folder is made for its owner only, and so is what is made in it.
"""

import fcntl
import os
from dataclasses import dataclass
from pathlib import Path

from gateway.errors import LocalFault
from gateway.ledger.keys import retired

_NAME = "i-bruk"


@dataclass(slots=True)
class Presence:
    """A lock that is held until `leave`."""

    handle: int

    def leave(self) -> None:
        """Let go; once is enough."""
        if self.handle >= 0:
            os.close(self.handle)
            self.handle = -1


def enter(folder: Path, *, alone: bool = False) -> Presence:
    """Be present in a data folder, which is made if it is not there.

    Raises LocalFault: "HOVEDBOK_I_BRUK" when somebody is alone, or to be alone when somebody is
    there; "DATAMAPPE_UTILGJENGELIG" for a folder that cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(folder / _NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError:
        raise LocalFault("DATAMAPPE_UTILGJENGELIG") from None
    try:
        fcntl.flock(handle, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)
    except OSError:
        os.close(handle)
        raise LocalFault("HOVEDBOK_I_BRUK") from None
    return Presence(handle)


def too_open(folder: Path, key_file: Path | None) -> list[Path]:
    """What others on this machine may read of what is ours: the folder, the databases, the key and
    those it replaced. A journal has its database's mode."""
    rings = [key_file, *retired(key_file)] if key_file else []
    own = [folder, *sorted(folder.glob("*.db")), *rings]
    return [path for path in own if path.exists() and path.stat().st_mode & 0o077]
