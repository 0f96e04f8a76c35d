"""Is there room in the data folder for another piece of work?

Asked before each job and each piece of one, so that what stops for want of room stops while there
is still room to write down that it did. A ledger in PostgreSQL has a disk of its own; what is asked
about is the folder of ours. Writes nothing.
"""

import shutil
from pathlib import Path

from gateway.errors import LocalFault

LEAST = 256 * 1024
"""Bytes without which not even the end of a piece of work can be written down."""


def require(folder: Path, least: int) -> None:
    """Raise LocalFault: "DISK_FULL" when fewer than `least` bytes are free, and
    "DATAMAPPE_UTILGJENGELIG" for a folder that cannot be asked."""
    try:
        free = shutil.disk_usage(folder).free
    except OSError:
        raise LocalFault("DATAMAPPE_UTILGJENGELIG") from None
    if free < least:
        raise LocalFault("DISK_FULL", place="data")
