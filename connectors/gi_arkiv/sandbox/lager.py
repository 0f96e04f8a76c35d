"""The sandbox's own data: folders, records and documents in one SQLite file.

What was sent is stored as XML text and given back in the standard's order. One lock, one
connection, one transaction per request that writes. This module must not know the rules.
"""

import json
import uuid
from collections.abc import Callable
from pathlib import Path

from connectors.sandbox.lag import Fresh
from connectors.sandbox.lagerfil import Lagerfil

_SCHEMA = """
CREATE TABLE IF NOT EXISTS enhet (
  place INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT UNIQUE NOT NULL, kind TEXT NOT NULL,
  parent TEXT, key TEXT NOT NULL, number INTEGER NOT NULL, xml BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS enhet_key ON enhet (kind, key);
CREATE INDEX IF NOT EXISTS enhet_parent ON enhet (kind, parent);
CREATE TABLE IF NOT EXISTS fil (id TEXT PRIMARY KEY, data BLOB NOT NULL);
"""


class Rad:
    """One stored thing: `number` is its place among its kind, or within its parent."""

    __slots__ = ("ident", "number", "parent", "xml")

    def __init__(self, ident: str, parent: str | None, number: int, xml: bytes) -> None:
        self.ident = ident
        self.parent = parent
        self.number = number
        self.xml = xml


class Lager(Lagerfil):
    """Data on disk in `folder`; thread-safe through `writing` and its own lock."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder / "gi_arkiv.sqlite", _SCHEMA)
        self.fresh = Fresh()
        """Folders, records and documents by systemID."""

    def add(self, kind: str, parent: str | None, key: str, xml: bytes) -> Rad:
        """A new one."""
        number = 1 + int(
            self._db.execute(
                "SELECT count(*) FROM enhet WHERE kind = ? AND parent IS ?", (kind, parent)
            ).fetchone()[0]
        )
        made = Rad(str(uuid.uuid4()), parent, number, xml)
        self._db.execute(
            "INSERT INTO enhet (id, kind, parent, key, number, xml) VALUES (?, ?, ?, ?, ?, ?)",
            (made.ident, kind, parent, key, number, xml),
        )
        self.fresh.made(made.ident)
        return made

    def change(self, ident: str, xml: bytes) -> None:
        """Other contents of one."""
        self._db.execute("UPDATE enhet SET xml = ? WHERE id = ?", (xml, ident))

    def store(self, ident: str, data: bytes) -> None:
        """The bytes of a document."""
        self._db.execute("INSERT INTO fil VALUES (?, ?)", (ident, data))

    def bytes_of(self, ident: str) -> bytes | None:
        """The bytes of a document."""
        with self._lock:
            row = self._db.execute("SELECT data FROM fil WHERE id = ?", (ident,)).fetchone()
        return None if row is None else bytes(row[0])

    def tamper(self, key: str, how: Callable[[bytes], bytes | None]) -> int:
        """What a failing store does to the files of a record, by its key; returns to how many."""
        with self._lock:
            held = self._db.execute(
                "SELECT f.id, f.data FROM fil f JOIN enhet e ON e.id = f.id WHERE e.key LIKE ?",
                (f"{key}/%",),
            ).fetchall()
            for ident, data in held:
                after = how(bytes(data))
                if after is None:
                    self._db.execute("DELETE FROM fil WHERE id = ?", (ident,))
                else:
                    self._db.execute("UPDATE fil SET data = ? WHERE id = ?", (after, ident))
        return len(held)

    def convert(self, key: str, data: bytes) -> int:
        """Another document beside each of a record's, listed before it, of which the same is said,
        with these bytes. Returns how many."""
        with self._lock:
            held = self._db.execute(
                "SELECT parent, key, xml FROM enhet WHERE kind = 'dokument' AND key LIKE ?",
                (f"{key}/%",),
            ).fetchall()
            for parent, own, xml in held:
                made = self.add("dokument", parent, own, bytes(xml))
                self._db.execute("UPDATE enhet SET place = -place WHERE id = ?", (made.ident,))
                self.store(made.ident, data)
        return len(held)

    def get(self, kind: str, ident: str) -> Rad | None:
        """One by its id."""
        found = self._rows("kind = ? AND id = ?", (kind, ident), 0.0)
        return found[0] if found else None

    def keyed(self, kind: str, key: str, lag: float = 0.0) -> list[Rad]:
        """Those that carry a key, as an index that is `lag` seconds behind has them."""
        return self._rows("kind = ? AND key = ?", (kind, key), lag)

    def under(self, kind: str, parent: str, lag: float = 0.0) -> list[Rad]:
        """Those that lie in one, likewise."""
        return self._rows("kind = ? AND parent = ?", (kind, parent), lag)

    def tally(self, kind: str) -> dict[str, int]:
        """How many of a kind carry each key."""
        sql = "SELECT key, count(*) FROM enhet WHERE kind = ? GROUP BY key"
        with self._lock:
            return dict(self._db.execute(sql, (kind,)).fetchall())

    def _rows(self, where: str, values: tuple[str, ...], lag: float) -> list[Rad]:
        sql = (
            f"SELECT id, parent, number, xml FROM enhet WHERE {where} "  # noqa: S608 - fixed texts above
            "AND id NOT IN (SELECT value FROM json_each(?)) ORDER BY place"
        )
        hidden = json.dumps(list(self.fresh.hidden(lag)))
        with self._lock:
            found = self._db.execute(sql, (*values, hidden)).fetchall()
        return [Rad(row[0], row[1], row[2], bytes(row[3])) for row in found]
