"""Lay one small file in a folder that another system fetches from."""

import os
from pathlib import Path

from gateway.errors import LocalFault


def drop(folder: Path, name: str, data: bytes) -> None:
    """One file, whole or not at all. Raises LocalFault when the folder cannot be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        half = folder / f".{name}"
        half.write_bytes(data)
        os.replace(half, folder / name)
    except OSError:
        raise LocalFault("MAPPE_UTILGJENGELIG", place=folder.name[:40]) from None
