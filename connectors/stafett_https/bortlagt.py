"""What no key of ours opens, put by beside the inbox: whole, out of the way, and to be tried again.

One folder for each set of keys it was tried with, so that another set finds what it has not tried.
It counts in nobody's share of the inbox; each sender has a small room of its own here, and what a
sender says again in the same bytes is kept once.
"""

import contextlib
import hashlib
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

MOST, MOST_BYTES = 100, 1 << 28
"""Packages and bytes put by of one sender; the oldest beyond that are treated as refused."""
_DAYS = 30.0
_MARK = re.compile(r"^[0-9a-f]{16}$")


class Bortlagte:
    """The folder. `whose` tells a package's sender by its name; `refuse` takes what there is no
    room for. Several processes may use it."""

    def __init__(
        self, folder: Path, whose: Callable[[str], str], refuse: Callable[[Path], None]
    ) -> None:
        self._folder, self._whose, self._refuse = folder, whose, refuse

    def put(self, path: Path, mark: str) -> bool:
        """Put a waiting package by. False when its bytes are here, or another process took it."""
        if not _MARK.match(mark):
            raise ValueError("not a mark of keys")
        into = self._folder / mark
        into.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            if self._same(path):
                path.unlink()
                return False
            path.chmod(0o600)
            path.replace(into / path.name)
        except FileNotFoundError:
            return False
        self._make_room(self._whose(path.name))
        return True

    def bring_back(self, inbox: Path, mark: str) -> int:
        """Everything that was tried with another set of keys than `mark` waits again."""
        count = 0
        for path in list(self._all()):
            if path.parent.name != mark:
                with contextlib.suppress(FileNotFoundError):
                    path.replace(inbox / path.name)
                    count += 1
        return count

    def each(self) -> Counter[str]:
        """How many of each sender's are here."""
        return Counter(self._whose(path.name) for path in self._all())

    def forget_old(self) -> None:
        """What has been here so long that nobody asks, is treated as refused and goes."""
        old = f"{int((time.time() - _DAYS * 86_400) * 1e9):020d}"
        for path in list(self._all()):
            if path.name < old:
                self._refuse(path)

    def _all(self) -> Iterator[Path]:
        return self._folder.glob("*/*.p7m")

    def _same(self, path: Path) -> bool:
        size, digest = path.stat().st_size, ""
        for one in self._of(self._whose(path.name)):
            with contextlib.suppress(FileNotFoundError):
                if one.stat().st_size == size:
                    digest = digest or _digest(path)
                    if _digest(one) == digest:
                        return True
        return False

    def _of(self, who: str) -> list[Path]:
        return [one for one in self._all() if self._whose(one.name) == who]

    def _make_room(self, who: str) -> None:
        """The newest are kept: what is older has been said again, or is given up."""
        total = 0
        for number, path in enumerate(sorted(self._of(who), key=lambda p: p.name, reverse=True)):
            with contextlib.suppress(FileNotFoundError):
                total += path.stat().st_size
                if number >= MOST or (number and total > MOST_BYTES):
                    self._refuse(path)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
