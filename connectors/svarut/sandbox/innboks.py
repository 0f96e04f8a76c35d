"""SvarInn for practice: the boxes of receiving systems, in one SQLite file.

A shipment is encrypted to its receiver when it comes in, and is offered until it is acknowledged
or refused for good. It must not know HTTP.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from connectors.sandbox.lagerfil import Lagerfil

_SCHEMA = """
CREATE TABLE IF NOT EXISTS ventende (
  plass INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT UNIQUE NOT NULL, bruker TEXT NOT NULL,
  meta TEXT NOT NULL, cms BLOB NOT NULL, status TEXT NOT NULL);
"""
MOST = 200
"""How many shipments one answer lists."""


class Innboks(Lagerfil):
    """Data on disk in `folder`; thread-safe."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder / "svarinn.sqlite", _SCHEMA)

    def add(self, ident: str, user: str, meta: Any, cms: bytes, status: str) -> None:
        """A shipment for a receiving system."""
        with self._lock:
            self._db.execute(
                "INSERT INTO ventende (id, bruker, meta, cms, status) VALUES (?, ?, ?, ?, ?)",
                (ident, user, json.dumps(meta), cms, status),
            )

    def waiting(self, user: str) -> list[Mapping[str, Any]]:
        """What is offered to a system."""
        with self._lock:
            rows = self._db.execute(
                "SELECT meta FROM ventende WHERE bruker = ? AND status = 'KLAR_FOR_MOTTAK' "
                "ORDER BY plass LIMIT ?",
                (user, MOST),
            ).fetchall()
        return [json.loads(row[0]) for row in rows]

    def content(self, user: str, ident: str) -> bytes | None:
        """The encrypted content of a shipment that is offered."""
        with self._lock:
            row = self._db.execute(
                "SELECT cms FROM ventende WHERE bruker = ? AND id = ? "
                "AND status = 'KLAR_FOR_MOTTAK'",
                (user, ident),
            ).fetchone()
        return None if row is None else bytes(row[0])

    def settle(self, user: str, ident: str, status: str) -> bool:
        """A system is done with a shipment; False when it is not offered."""
        with self._lock:
            done = self._db.execute(
                "UPDATE ventende SET status = ? WHERE bruker = ? AND id = ? "
                "AND status = 'KLAR_FOR_MOTTAK'",
                (status, user, ident),
            )
            return done.rowcount == 1

    def status_of(self, ident: str) -> str:
        """How far a shipment came; empty for one that never came here."""
        with self._lock:
            row = self._db.execute("SELECT status FROM ventende WHERE id = ?", (ident,)).fetchone()
        return "" if row is None else str(row[0])

    def empty(self) -> None:
        """Nothing waits for anybody."""
        with self._lock:
            self._db.execute("DELETE FROM ventende")
