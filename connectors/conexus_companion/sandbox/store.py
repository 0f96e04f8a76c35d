"""The sandbox's data: one SQLite file in its folder, with a change feed and the counters.

Thread-safe through one lock; it survives a restart. It must not know the vendor's rules.
"""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from connectors.sandbox.lag import Fresh
from connectors.sandbox.lagerfil import Lagerfil
from connectors.sandbox.tampering import Tampering

_SCHEMA = """
CREATE TABLE IF NOT EXISTS logg (
  nr INTEGER PRIMARY KEY AUTOINCREMENT, logg_id TEXT NOT NULL UNIQUE, nokkel TEXT,
  etag TEXT NOT NULL, status TEXT NOT NULL, sist_oppdatert TEXT, dokument BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS logg_nokkel ON logg (nokkel);
CREATE TABLE IF NOT EXISTS fil (
  logg_id TEXT NOT NULL, fil_id TEXT NOT NULL, sha256 TEXT NOT NULL, innhold BLOB NOT NULL,
  PRIMARY KEY (logg_id, fil_id, sha256));
CREATE TABLE IF NOT EXISTS endring (
  nr INTEGER PRIMARY KEY AUTOINCREMENT, logg_id TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS endring_logg ON endring (logg_id, nr);
CREATE TABLE IF NOT EXISTS nokkel (
  idempotens TEXT PRIMARY KEY, logg_id TEXT NOT NULL, kropp TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS opprettet (logg_id TEXT PRIMARY KEY, antall INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS teller (navn TEXT PRIMARY KEY, antall INTEGER NOT NULL);
"""

_SHOWN = "logg_id NOT IN (SELECT value FROM json_each(?))"


@dataclass(frozen=True, slots=True)
class Rad:
    """A log as stored. `nr` grows with creation; `dokument` is canonical JSON."""

    nr: int
    logg_id: str
    etag: str
    status: str
    sist_oppdatert: str | None
    dokument: bytes = field(repr=False)


class Store(Lagerfil):
    """All reads and writes of one sandbox. Use `writing()` around what belongs together."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder / "conexus.sqlite", _SCHEMA)
        self.fresh = Fresh()
        """Logs by id."""

    def _all(self, sql: str, *values: Any) -> list[Any]:
        with self._lock:
            return self._db.execute(sql, values).fetchall()

    def _one(self, sql: str, *values: Any) -> Any:
        rows = self._all(sql, *values)
        return rows[0] if rows else None

    def logg(self, logg_id: str) -> Rad | None:
        """One log."""
        row = self._one(
            "SELECT nr, logg_id, etag, status, sist_oppdatert, dokument FROM logg "
            "WHERE logg_id = ?",
            logg_id,
        )
        return Rad(*row) if row else None

    def page(self, after: int, size: int, lag: float = 0.0) -> list[Rad]:
        """Logs made after number `after`, oldest first, without their documents; as an index
        that is `lag` seconds behind has them."""
        sql = (
            "SELECT nr, logg_id, etag, status, sist_oppdatert, x'' FROM logg "  # noqa: S608 - a constant
            f"WHERE {_SHOWN} AND nr > ? ORDER BY nr LIMIT ?"
        )
        return [Rad(*row) for row in self._all(sql, self._hidden(lag), after, size)]

    def count(self, lag: float = 0.0) -> int:
        """How many logs there are, or were `lag` seconds ago."""
        sql = f"SELECT count(*) FROM logg WHERE {_SHOWN}"  # noqa: S608 - a constant
        return int(self._one(sql, self._hidden(lag))[0])

    def by_key(self, nokkel: str, lag: float = 0.0) -> list[Rad]:
        """Logs that carry an external key, without their documents."""
        sql = (
            "SELECT nr, logg_id, etag, status, sist_oppdatert, x'' FROM logg "  # noqa: S608 - a constant
            f"WHERE {_SHOWN} AND nokkel = ? ORDER BY nr"
        )
        return [Rad(*row) for row in self._all(sql, self._hidden(lag), nokkel)]

    def _hidden(self, lag: float) -> str:
        return json.dumps(list(self.fresh.hidden(lag)))

    def save(self, logg: dict[str, Any], etag: str, dokument: bytes) -> None:
        """Store a log, drop the files it no longer names, and tell the feed."""
        self._db.execute(
            "INSERT INTO logg (logg_id, nokkel, etag, status, sist_oppdatert, dokument) "
            "VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (logg_id) DO UPDATE SET "
            "nokkel = excluded.nokkel, etag = excluded.etag, status = excluded.status, "
            "sist_oppdatert = excluded.sist_oppdatert, dokument = excluded.dokument",
            (
                logg["loggId"],
                logg["eksternNokkel"],
                etag,
                logg["status"],
                logg["sistOppdatert"],
                dokument,
            ),
        )
        named = json.dumps([[fil["filId"], fil["sha256"]] for fil in logg["filer"]])
        self._db.execute(
            "DELETE FROM fil WHERE logg_id = ? AND (fil_id, sha256) NOT IN "
            "(SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]') FROM json_each(?))",
            (logg["loggId"], named),
        )
        self._db.execute("INSERT INTO endring (logg_id) VALUES (?)", (logg["loggId"],))

    def remove(self, logg_id: str) -> None:
        """Delete a log with its files, and tell the feed. The key that made it fits no body more,
        whatever gets its id after it."""
        self._db.execute("DELETE FROM logg WHERE logg_id = ?", (logg_id,))
        self._db.execute("DELETE FROM fil WHERE logg_id = ?", (logg_id,))
        self._db.execute("UPDATE nokkel SET kropp = '' WHERE logg_id = ?", (logg_id,))
        self._db.execute("INSERT INTO endring (logg_id) VALUES (?)", (logg_id,))

    def put_file(self, logg_id: str, fil_id: str, sha256: str, innhold: bytes) -> None:
        """Keep a binary; it shows when a log names it with this digest."""
        self._db.execute(
            "INSERT OR REPLACE INTO fil VALUES (?, ?, ?, ?)", (logg_id, fil_id, sha256, innhold)
        )

    def file(self, logg_id: str, fil_id: str, sha256: str) -> bytes | None:
        """The bytes of a binary."""
        row = self._one(
            "SELECT innhold FROM fil WHERE logg_id = ? AND fil_id = ? AND sha256 = ?",
            logg_id,
            fil_id,
            sha256,
        )
        return bytes(row[0]) if row else None

    def tamper(self, logg_id: str, how: Tampering) -> int:
        """Lose or change the content of a log's binaries; how many."""
        rows = self._all("SELECT rowid, innhold FROM fil WHERE logg_id = ?", logg_id)
        for row_id, innhold in rows:
            left = how(bytes(innhold))
            if left is None:
                self._db.execute("DELETE FROM fil WHERE rowid = ?", (row_id,))
            else:
                self._db.execute("UPDATE fil SET innhold = ? WHERE rowid = ?", (left, row_id))
        return len(rows)

    def has_file(self, logg_id: str, fil_id: str, sha256: str) -> bool:
        """True when the binary is here."""
        sql = "SELECT 1 FROM fil WHERE logg_id = ? AND fil_id = ? AND sha256 = ?"
        return self._one(sql, logg_id, fil_id, sha256) is not None

    def last_change(self) -> int:
        """The newest number of the change feed."""
        return int(self._one("SELECT coalesce(max(nr), 0) FROM endring")[0])

    def changes(self, after: int, size: int) -> list[tuple[int, str]]:
        """(number, log id) of each log changed after `after`, once, by its newest change."""
        sql = (
            "SELECT max(nr) AS siste, logg_id FROM endring WHERE nr > ? "
            "GROUP BY logg_id ORDER BY siste LIMIT ?"
        )
        return [(int(nr), str(logg_id)) for nr, logg_id in self._all(sql, after, size)]

    def changes_left(self, after: int) -> int:
        """How many logs have changed after `after`."""
        sql = "SELECT count(DISTINCT logg_id) FROM endring WHERE nr > ?"
        return int(self._one(sql, after)[0])

    def seen(self, idempotens: str) -> tuple[str, str] | None:
        """(log id, body digest) of an earlier creation with this key."""
        row = self._one("SELECT logg_id, kropp FROM nokkel WHERE idempotens = ?", idempotens)
        return (str(row[0]), str(row[1])) if row else None

    def created(self, logg_id: str, idempotens: str | None, kropp: str) -> None:
        """Count a creation, and remember its key."""
        self.fresh.made(logg_id)
        self._db.execute(
            "INSERT INTO opprettet VALUES (?, 1) "
            "ON CONFLICT (logg_id) DO UPDATE SET antall = antall + 1",
            (logg_id,),
        )
        if idempotens:
            self._db.execute("INSERT INTO nokkel VALUES (?, ?, ?)", (idempotens, logg_id, kropp))

    def add(self, navn: str, antall: int = 1) -> None:
        """Add to a counter."""
        self._db.execute(
            "INSERT INTO teller VALUES (?, ?) "
            "ON CONFLICT (navn) DO UPDATE SET antall = antall + excluded.antall",
            (navn, antall),
        )

    def journal(self) -> dict[str, Any]:
        """The counters and what is created, for an outside observer."""
        counts = {"epost": 0, "skrivinger": 0, **dict(self._all("SELECT * FROM teller"))}
        keys = "SELECT nokkel, count(*) FROM logg WHERE nokkel IS NOT NULL GROUP BY nokkel"
        return {
            "opprettet": dict(self._all("SELECT * FROM opprettet")),
            "eksternNokkel": dict(self._all(keys)),
            **counts,
        }
