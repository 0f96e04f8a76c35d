"""A sandbox's data on disk: one SQLite file, one lock, and a transaction that is all or nothing.

What stands in it is each sandbox's own; this module must not know any table.
"""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class Lagerfil:
    """The file at `path`, made with `schema` when it is new. Thread-safe through its lock."""

    def __init__(self, path: Path, schema: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._lock = threading.RLock()
        self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=NORMAL")
        self._db.executescript(schema)

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._db.close()

    @contextmanager
    def writing(self) -> Iterator[None]:
        """All or nothing of what happens inside; one writer at a time."""
        with self._lock:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                # Whatever it was, also Ctrl-C: nothing of it is kept, and it goes on its way.
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")
