"""The sandbox's own data: persons, events and their documents, in one SQLite file.

It must not know the rules. Synthetic persons only.
"""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from connectors.sandbox.lagerfil import Lagerfil

_SCHEMA = """
CREATE TABLE IF NOT EXISTS person (nummer TEXT PRIMARY KEY, body TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS hendelse (
  seq INTEGER PRIMARY KEY, dokument TEXT NOT NULL, body TEXT NOT NULL, fullt TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS hendelse_dokument ON hendelse (dokument);
"""


class Lager(Lagerfil):
    """Data on disk in `folder`; thread-safe."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder / "folkeregister.sqlite", _SCHEMA)

    def put_person(self, number: str, body: dict[str, Any]) -> None:
        """A person as the register has one now."""
        with self.writing():
            self._db.execute(
                "INSERT OR REPLACE INTO person VALUES (?, ?)", (number, json.dumps(body))
            )

    def person(self, number: str) -> dict[str, Any] | None:
        """The person, or None."""
        with self._lock:
            row = self._db.execute("SELECT body FROM person WHERE nummer = ?", (number,)).fetchone()
        return None if row is None else dict(json.loads(row[0]))

    def forget(self, number: str) -> None:
        """The register does not know the person any more."""
        with self.writing():
            self._db.execute("DELETE FROM person WHERE nummer = ?", (number,))

    def forget_events(self) -> None:
        """Another environment behind the same address: the events begin anew."""
        with self.writing():
            self._db.execute("DELETE FROM hendelse")

    def last(self) -> int:
        """The newest event's number; 0 when there is none."""
        with self._lock:
            row = self._db.execute("SELECT max(seq) FROM hendelse").fetchone()
        return int(row[0] or 0)

    def add(self, rows: Iterable[tuple[int, str, dict[str, Any], dict[str, Any]]]) -> None:
        """Events: number, document id, what the feed says, what the document says."""
        with self.writing():
            self._db.executemany(
                "INSERT INTO hendelse VALUES (?, ?, ?, ?)",
                [(seq, doc, json.dumps(body), json.dumps(full)) for seq, doc, body, full in rows],
            )

    def events(self, seq: int, most: int) -> list[tuple[int, dict[str, Any]]]:
        """Events from a number on."""
        with self._lock:
            rows = self._db.execute(
                "SELECT seq, body FROM hendelse WHERE seq >= ? ORDER BY seq LIMIT ?", (seq, most)
            ).fetchall()
        return [(int(row[0]), dict(json.loads(row[1]))) for row in rows]

    def document(self, ident: str) -> dict[str, Any] | None:
        """An event document, or None."""
        with self._lock:
            row = self._db.execute(
                "SELECT fullt FROM hendelse WHERE dokument = ?", (ident,)
            ).fetchone()
        return None if row is None else dict(json.loads(row[0]))
