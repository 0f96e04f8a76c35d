"""The sandbox's own data: shipments and the files they carried, in one SQLite file.

One lock, one connection, one transaction per request that writes. It must not know the rules.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from connectors.sandbox.lag import Fresh
from connectors.sandbox.lagerfil import Lagerfil

_SCHEMA = """
CREATE TABLE IF NOT EXISTS forsendelse (
  place INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT UNIQUE NOT NULL, ekstern TEXT NOT NULL,
  mappe TEXT NOT NULL, dato TEXT NOT NULL, endret TEXT NOT NULL, steg INTEGER NOT NULL,
  sealed INTEGER NOT NULL, body TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS forsendelse_ekstern ON forsendelse (ekstern);
CREATE TABLE IF NOT EXISTS fil (
  forsendelse TEXT NOT NULL, name TEXT NOT NULL, sha256 TEXT NOT NULL, size INTEGER NOT NULL);
"""


class Lager(Lagerfil):
    """Data on disk in `folder`; thread-safe."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder / "svarut.sqlite", _SCHEMA)
        self.fresh = Fresh()
        """Shipments by id."""

    def add(
        self, ident: str, body: Mapping[str, Any], files: list[tuple[str, str, int]], now: str
    ) -> None:
        """A new shipment with (name, SHA-256, bytes) of each file as it is in the clear."""
        with self.writing():
            self._db.execute(
                "INSERT INTO forsendelse (id, ekstern, mappe, dato, endret, steg, sealed, body) "
                "VALUES (?, ?, ?, ?, ?, 0, ?, ?)",
                (
                    ident,
                    body["eksternReferanse"],
                    body["korrelasjonsid"],
                    now,
                    now,
                    int(body["kryptert"]),
                    json.dumps(body, ensure_ascii=False),
                ),
            )
            self._db.executemany(
                "INSERT INTO fil VALUES (?, ?, ?, ?)", [(ident, *row) for row in files]
            )
            self.fresh.made(ident)

    def with_reference(self, reference: str, lag: float = 0.0) -> list[tuple[str, str]]:
        """(id, date) of shipments with an external reference, as they stood `lag` seconds ago."""
        with self._lock:
            rows = self._db.execute(
                "SELECT id, dato FROM forsendelse WHERE ekstern = ? ORDER BY place", (reference,)
            ).fetchall()
        hidden = self.fresh.hidden(lag)
        return [row for row in rows if row[0] not in hidden]

    def step(self, ident: str, last: int, now: str) -> tuple[int, str] | None:
        """(step, when it changed) of a shipment, and one step on for the next time."""
        with self._lock:
            row = self._db.execute(
                "SELECT steg, endret FROM forsendelse WHERE id = ?", (ident,)
            ).fetchone()
            if row is not None and row[0] < last:
                self._db.execute(
                    "UPDATE forsendelse SET steg = steg + 1, endret = ? WHERE id = ?", (now, ident)
                )
            return None if row is None else (int(row[0]), str(row[1]))

    def tally(self, column: str) -> dict[str, int]:
        """How many shipments have each value of `ekstern` or `mappe`."""
        if column not in {"ekstern", "mappe"}:
            raise ValueError(column)
        sql = f"SELECT {column}, count(*) FROM forsendelse GROUP BY {column}"  # noqa: S608 - checked above
        with self._lock:
            return dict(self._db.execute(sql).fetchall())

    def files(self, reference: str) -> dict[str, str]:
        """Name to SHA-256 of the files a reference's shipments carried."""
        sql = "SELECT name, sha256 FROM fil JOIN forsendelse ON forsendelse = id WHERE ekstern = ?"
        with self._lock:
            return dict(self._db.execute(sql, (reference,)).fetchall())

    def sealed(self) -> int:
        """How many shipments came encrypted."""
        with self._lock:
            return int(self._db.execute("SELECT sum(sealed) FROM forsendelse").fetchone()[0] or 0)
