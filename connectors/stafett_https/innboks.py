"""The inbox: one file per package, sealed as it came, durable before the sender hears of it.

A file is written beside, flushed to the disk and renamed, so that a crash leaves a whole package
or none. Names tell the order of arrival and nothing else.
"""

import os
import re
import time
import uuid
from pathlib import Path

from gateway.errors import LocalFault, Transient

_NAME = re.compile(r"^\d{20}-[0-9a-f]{32}\.p7m$")
_KEPT_REFUSED = 200


class Innboks:
    """A folder of packages. Several processes may use it."""

    def __init__(self, folder: Path, most: int) -> None:
        self._folder = folder
        self._refused = folder / "avvist"
        self._most = most
        try:
            self._refused.mkdir(parents=True, exist_ok=True)
        except OSError:
            folder = None  # type: ignore[assignment]
        if folder is None:
            raise LocalFault("DATAMAPPE_UTILGJENGELIG", place="innboks")

    def keep(self, package: bytes) -> None:
        """Store one package durably. Raises Transient("INNBOKS_FULL"), LocalFault("DISK_FULL")."""
        if len(self.refs(self._most)) >= self._most:
            raise Transient("INNBOKS_FULL", place="innboks", retry_after=60.0)
        name = f"{time.time_ns():020d}-{uuid.uuid4().hex}.p7m"
        beside = self._folder / f".{name}"
        stored = False
        try:
            with beside.open("xb") as file:
                file.write(package)
                file.flush()
                os.fsync(file.fileno())
            beside.rename(self._folder / name)
            self._flush_folder()
            stored = True
        except OSError:
            beside.unlink(missing_ok=True)
        if not stored:
            raise LocalFault("DISK_FULL", place="innboks")

    def refs(self, most: int) -> list[str]:
        """Names of waiting packages, oldest first."""
        names = [entry.name for entry in os.scandir(self._folder) if _NAME.match(entry.name)]
        return sorted(names)[:most]

    def read(self, ref: str) -> bytes | None:
        """The package, or None when another process has taken it."""
        try:
            return (self._folder / _safe(ref)).read_bytes()
        except FileNotFoundError:
            return None

    def drop(self, ref: str) -> None:
        """The package has been taken. Again does no harm."""
        (self._folder / _safe(ref)).unlink(missing_ok=True)

    def refuse(self, ref: str) -> None:
        """Put a package aside that nobody could open; the oldest of those go after a while."""
        path = self._folder / _safe(ref)
        if path.exists():
            path.replace(self._refused / path.name)
        kept = sorted(entry.name for entry in os.scandir(self._refused))
        for name in kept[:-_KEPT_REFUSED]:
            (self._refused / name).unlink(missing_ok=True)

    def _flush_folder(self) -> None:
        handle = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _safe(ref: str) -> str:
    if not _NAME.match(ref):
        raise LocalFault("UGYLDIG_REFERANSE", place="innboks")
    return ref
