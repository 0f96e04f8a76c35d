"""The inbox: one file per package, sealed as it came, durable before the sender hears of it.

A file is written beside, flushed to the disk and renamed, so that a crash leaves a whole package
or none. A name tells the order of arrival and, under a key of ours, which counterpart's line it
came by: remembered, so that each has its own turn and share after a restart too, and told to nobody
who has only the folder.
"""

import contextlib
import hashlib
import os
import re
import threading
import time
import uuid
from collections import Counter
from pathlib import Path

from connectors.stafett_https import turn
from connectors.stafett_https.bortlagt import Bortlagte
from gateway.errors import LocalFault, Transient

_NAME = re.compile(r"^\d{20}-(?:([0-9a-f]{16})-)?[0-9a-f]{32}\.p7m$")
_KEPT_REFUSED = 200
_KEPT_EACH = 50
_REFUSED_DAYS = 30.0
_DAY = 86_400.0


class Innboks:
    """A folder of packages. Several processes may use it."""

    def __init__(
        self, folder: Path, most: int, most_bytes: int = 1 << 62, key: bytes = b""
    ) -> None:
        self._folder = folder
        self._most_bytes = most_bytes
        self._key = key
        self._lock = threading.Lock()
        self._refused = folder / "avvist"
        self._most = most
        try:
            self._refused.mkdir(parents=True, exist_ok=True)
        except OSError:
            folder = None  # type: ignore[assignment]
        if folder is None:
            raise LocalFault("DATAMAPPE_UTILGJENGELIG", place="innboks")
        self._closed = Bortlagte(self._folder / "lukket", whose, self._set_aside)
        self._tidy()

    def keep(self, package: bytes, whose: str = "") -> None:
        """Store one package durably. Raises Transient("INNBOKS_FULL"), LocalFault("DISK_FULL").

        `whose` tells senders apart; what is written of it is made with our key.
        """
        who = self.who(whose)
        with self._lock:
            if self._is_full(len(package), who):
                raise Transient("INNBOKS_FULL", place="innboks", retry_after=60.0)
        name = f"{time.time_ns():020d}-{who}-{uuid.uuid4().hex}.p7m"
        beside = self._folder / f".{name}"
        stored = False
        try:
            with open(beside, "xb", opener=_ours_alone) as file:
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

    def who(self, whose: str) -> str:
        """What a sender is called in names; `whose` is the hash of the certificate shown."""
        return hashlib.blake2b(whose.encode(), key=self._key[:64], digest_size=8).hexdigest()

    def _is_full(self, coming: int, who: str) -> bool:
        """Many small packages fill a box, and a few large ones the disk it shares with us. In a
        box of some size no sender has more than its share, and one who fouls has less."""
        sizes: dict[str, int] = {}
        for entry in os.scandir(self._folder):
            if _NAME.match(entry.name):
                with contextlib.suppress(FileNotFoundError):
                    sizes[entry.name] = entry.stat().st_size
        own = [size for name, size in sizes.items() if whose(name) == who]
        packages, size = turn.share(self._most, self._most_bytes, self._fouled(who))
        return (
            len(sizes) >= self._most
            or sum(sizes.values()) + coming > self._most_bytes
            or len(own) >= packages
            or sum(own) + coming > size
        )

    def _fouled(self, who: str) -> int:
        """How much of a sender's was put aside in the last day."""
        since = f"{int((time.time() - _DAY) * 1e9):020d}"
        names = (entry.name for entry in os.scandir(self._refused))
        return sum(1 for name in names if name >= since and whose(name) == who)

    def _tidy(self) -> None:
        """What a crash left half written, and what was refused so long ago that nobody asks."""
        now = time.time()
        for entry in os.scandir(self._folder):
            if _NAME.match(entry.name[1:]) and entry.name[0] == ".":
                with contextlib.suppress(FileNotFoundError):
                    if now - entry.stat().st_mtime > _DAY:
                        os.unlink(entry.path)
        self._closed.forget_old()
        self._forget_refused()

    def _forget_refused(self) -> None:
        """The old go, and of what is kept nobody's crowds out another's."""
        old = f"{int((time.time() - _REFUSED_DAYS * _DAY) * 1e9):020d}"
        kept = sorted((entry.name for entry in os.scandir(self._refused)), reverse=True)
        each: Counter[str] = Counter()
        for place, name in enumerate(kept):
            each[whose(name)] += 1
            if name < old or place >= _KEPT_REFUSED or each[whose(name)] > _KEPT_EACH:
                (self._refused / name).unlink(missing_ok=True)

    def size(self, ref: str) -> int:
        """Bytes of a waiting package; 0 when another process has taken it."""
        try:
            return (self._folder / _safe(ref)).stat().st_size
        except FileNotFoundError:
            return 0

    def refs(self, most: int) -> list[str]:
        """Names of waiting packages, in the order they are to be taken."""
        names = [entry.name for entry in os.scandir(self._folder) if _NAME.match(entry.name)]
        return turn.order((whose(name), name) for name in names)[:most]

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
        self._set_aside(self._folder / _safe(ref))
        self._forget_refused()

    def _set_aside(self, path: Path) -> None:
        with contextlib.suppress(FileNotFoundError):
            path.replace(self._refused / path.name)

    def put_by(self, ref: str, mark: str) -> bool:
        """Put a package by that no key of this set opens; False when it is here already."""
        try:
            return self._closed.put(self._folder / _safe(ref), mark)
        except OSError:
            raise LocalFault("DISK_FULL", place="innboks") from None

    def bring_back(self, mark: str) -> int:
        """What was put by under another set of keys waits again. How many."""
        return self._closed.bring_back(self._folder, mark)

    def closed(self) -> dict[str, int]:
        """How many are put by of each sender."""
        return dict(self._closed.each())

    def _flush_folder(self) -> None:
        handle = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _ours_alone(path: str, flags: int) -> int:
    """Sealed as it is, what came is nobody's to read but ours."""
    return os.open(path, flags, 0o600)


def whose(name: str) -> str:
    """Which counterpart's line a package came by, as its name tells it; "" in one from before."""
    found = _NAME.match(name)
    return (found.group(1) or "") if found else ""


def _safe(ref: str) -> str:
    if not _NAME.match(ref):
        raise LocalFault("UGYLDIG_REFERANSE", place="innboks")
    return ref
