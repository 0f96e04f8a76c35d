"""The inbox: one file per package, sealed as it came, durable before the sender hears of it.

A file is written beside, flushed to the disk and renamed, so that a crash leaves a whole package
or none. Names tell the order of arrival and nothing else.
"""

import contextlib
import os
import re
import threading
import time
import uuid
from pathlib import Path

from gateway.errors import LocalFault, Transient

_NAME = re.compile(r"^\d{20}-[0-9a-f]{32}\.p7m$")
_KEPT_REFUSED = 200
_SHARES, _SMALL, _SMALL_BYTES = 4, 100, 1 << 28
_REFUSED_DAYS = 30.0
_DAY = 86_400.0


class Innboks:
    """A folder of packages. Several processes may use it."""

    def __init__(self, folder: Path, most: int, most_bytes: int = 1 << 62) -> None:
        self._folder = folder
        self._most_bytes = most_bytes
        self._whose: dict[str, str] = {}
        self._lock = threading.Lock()
        self._refused = folder / "avvist"
        self._most = most
        try:
            self._refused.mkdir(parents=True, exist_ok=True)
        except OSError:
            folder = None  # type: ignore[assignment]
        if folder is None:
            raise LocalFault("DATAMAPPE_UTILGJENGELIG", place="innboks")
        self._tidy()

    def keep(self, package: bytes, whose: str = "") -> None:
        """Store one package durably. Raises Transient("INNBOKS_FULL"), LocalFault("DISK_FULL").

        `whose` tells senders apart while this process lives; it is written nowhere.
        """
        if self._is_full(len(package), whose):
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
            with self._lock:
                self._whose[name] = whose
            stored = True
        except OSError:
            beside.unlink(missing_ok=True)
        if not stored:
            raise LocalFault("DISK_FULL", place="innboks")

    def _is_full(self, coming: int, whose: str) -> bool:
        """Many small packages fill a box, and a few large ones the disk it shares with us. In a
        box of some size no sender has more than its share."""
        sizes: dict[str, int] = {}
        for entry in os.scandir(self._folder):
            if _NAME.match(entry.name):
                with contextlib.suppress(FileNotFoundError):
                    sizes[entry.name] = entry.stat().st_size
        with self._lock:
            self._whose = {name: who for name, who in self._whose.items() if name in sizes}
            known = self._whose
            own = [size for name, size in sizes.items() if whose and known.get(name) == whose]
        return (
            len(sizes) >= self._most
            or sum(sizes.values()) + coming > self._most_bytes
            or len(own) >= max(self._most // _SHARES, _SMALL)
            or sum(own) + coming > max(self._most_bytes // _SHARES, _SMALL_BYTES)
        )

    def _tidy(self) -> None:
        """What a crash left half written, and what was refused so long ago that nobody asks."""
        now = time.time()
        for entry in os.scandir(self._folder):
            if _NAME.match(entry.name[1:]) and entry.name[0] == ".":
                with contextlib.suppress(FileNotFoundError):
                    if now - entry.stat().st_mtime > _DAY:
                        os.unlink(entry.path)
        self._forget_refused()

    def _forget_refused(self) -> None:
        old = f"{int((time.time() - _REFUSED_DAYS * _DAY) * 1e9):020d}"
        kept = sorted(entry.name for entry in os.scandir(self._refused))
        for name in kept:
            if name < old or name in kept[:-_KEPT_REFUSED]:
                (self._refused / name).unlink(missing_ok=True)

    def size(self, ref: str) -> int:
        """Bytes of a waiting package; 0 when another process has taken it."""
        try:
            return (self._folder / _safe(ref)).stat().st_size
        except FileNotFoundError:
            return 0

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
            with contextlib.suppress(FileNotFoundError):
                path.replace(self._refused / path.name)
        self._forget_refused()

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
