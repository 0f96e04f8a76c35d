"""The database file that was opened, and whether it still stands where it did.

A file that is taken away or put another in the place of goes on taking writes for as long as
somebody has it open, and all of it is gone when they let go. This module only asks; it never opens
a file.
"""

from pathlib import Path

from gateway.errors import LocalFault


class OpenedFile:
    """One database file of ours, by its device and number from when it was first opened."""

    def __init__(self, path: Path, code: str) -> None:
        self.path = path
        self._code = code
        self._known: tuple[int, int] | None = None

    def opened(self) -> None:
        """A connection has the file open: from now on it is this one that must stand."""
        if self._known is None:
            self._known = self._stands()
        self.check()

    def closed(self) -> None:
        """Nobody here has it open any more: what is opened next is what stands."""
        self._known = None

    def check(self) -> None:
        """Raise LocalFault with the file's own code when it is gone, or another stands there."""
        if self._known is not None and self._stands() != self._known:
            raise LocalFault(self._code, place=self.path.name)

    def _stands(self) -> tuple[int, int] | None:
        try:
            found = self.path.stat()
        except OSError:
            return None
        return found.st_dev, found.st_ino
