"""The sandbox's own data: arkivenheter, files and begun uploads in one SQLite file.

Bodies are stored as JSON text. One lock, one connection, one transaction per request that writes.
This module must not know the rules of the interface.
"""

import json
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

from connectors.sandbox.lag import Fresh
from connectors.sandbox.lagerfil import Lagerfil

_SCHEMA = """
CREATE TABLE IF NOT EXISTS enhet (
  place INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT UNIQUE NOT NULL, kind TEXT NOT NULL,
  parent TEXT, etag INTEGER NOT NULL DEFAULT 0, body TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS enhet_parent ON enhet (parent, kind);
CREATE INDEX IF NOT EXISTS enhet_kind ON enhet (kind, place);
CREATE TABLE IF NOT EXISTS verdi (
  kind TEXT NOT NULL, field TEXT NOT NULL, value TEXT NOT NULL, id TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS verdi_value ON verdi (kind, field, value);
CREATE TABLE IF NOT EXISTS fil (id TEXT PRIMARY KEY, data BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS opplasting (
  id TEXT PRIMARY KEY, enhet TEXT NOT NULL, media TEXT NOT NULL, size INTEGER NOT NULL,
  turn INTEGER NOT NULL, data BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS teller (name TEXT PRIMARY KEY, value INTEGER NOT NULL);
"""

Enhet = dict[str, Any]


class Lager(Lagerfil):
    """Data on disk in `folder`; thread-safe through `writing` and its own lock."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder / "noark5.sqlite", _SCHEMA)
        self.fresh = Fresh()
        """Everything that has a systemID, by it."""

    # -- arkivenheter ---------------------------------------------------------------------------
    def add(self, kind: str, parent: str | None, body: Enhet, index: dict[str, str]) -> Enhet:
        """A new one; gives it with its systemID. `index` is what may be filtered on."""
        made = {"systemID": str(uuid.uuid4()), **body}
        self._db.execute(
            "INSERT INTO enhet (id, kind, parent, body) VALUES (?, ?, ?, ?)",
            (made["systemID"], kind, parent, json.dumps(made, ensure_ascii=False)),
        )
        rows = [(kind, f, v, made["systemID"]) for f, v in (index | _own(made)).items()]
        self._db.executemany("INSERT INTO verdi VALUES (?, ?, ?, ?)", rows)
        self.fresh.made(made["systemID"])
        return made

    def put(self, ident: str, body: Enhet) -> None:
        """The whole new body; the ETag grows."""
        self._db.execute(
            "UPDATE enhet SET body = ?, etag = etag + 1 WHERE id = ?",
            (json.dumps(body, ensure_ascii=False), ident),
        )

    def get(self, ident: str) -> tuple[str, str | None, int, Enhet] | None:
        """(kind, parent, etag, body) of one."""
        with self._lock:
            row = self._db.execute(
                "SELECT kind, parent, etag, body FROM enhet WHERE id = ?", (ident,)
            ).fetchone()
        return None if row is None else (row[0], row[1], row[2], json.loads(row[3]))

    def rows(
        self,
        kind: str,
        parent: str | None,
        where: tuple[str, str] | None,
        skip: int,
        top: int,
        lag: float = 0.0,
    ) -> list[Enhet]:
        """One page of a listing, in the order they were made, as it stood `lag` seconds ago."""
        sql = "SELECT body FROM enhet WHERE id NOT IN (SELECT value FROM json_each(?)) AND kind = ?"
        values = [json.dumps(list(self.fresh.hidden(lag))), kind]
        if parent is not None:
            sql, values = sql + " AND parent = ?", [*values, parent]
        if where is not None:
            sql += " AND id IN (SELECT id FROM verdi WHERE kind = ? AND field = ? AND value = ?)"
            values = [*values, kind, *where]
        with self._lock:
            found = self._db.execute(
                f"{sql} ORDER BY place LIMIT {int(top)} OFFSET {int(skip)}", values
            ).fetchall()
        return [json.loads(row[0]) for row in found]

    def count(self, kind: str, parent: str | None = None) -> int:
        """How many there are."""
        sql = "SELECT count(*) FROM enhet WHERE kind = ? AND (? IS NULL OR parent = ?)"
        with self._lock:
            return int(self._db.execute(sql, (kind, parent, parent)).fetchone()[0])

    def below(self, ident: str) -> int:
        """How many things lie directly below one."""
        with self._lock:
            row = self._db.execute("SELECT count(*) FROM enhet WHERE parent = ?", (ident,))
            return int(row.fetchone()[0])

    def remove(self, ident: str) -> None:
        """Take one away, its file with it."""
        for table in ("enhet", "verdi", "fil"):
            self._db.execute(f"DELETE FROM {table} WHERE id = ?", (ident,))  # noqa: S608

    def tally(self, kind: str, field: str) -> dict[str, int]:
        """How many of a kind have each value of a field."""
        sql = "SELECT value, count(*) FROM verdi WHERE kind = ? AND field = ? GROUP BY value"
        with self._lock:
            return dict(self._db.execute(sql, (kind, field)).fetchall())

    def tally_places(self) -> dict[str, int]:
        """How many dokumentobjekter lie below each document, by its `eksternReferanse`."""
        sql = (
            "SELECT v.value, count(*) FROM enhet o JOIN verdi v ON v.id = o.parent AND "
            "v.field = 'eksternReferanse' WHERE o.kind = 'dokumentobjekt' GROUP BY v.value"
        )
        with self._lock:
            return dict(self._db.execute(sql).fetchall())

    def next(self, name: str) -> int:
        """A counter's next value."""
        row = self._db.execute(
            "INSERT INTO teller VALUES (?, 1) ON CONFLICT (name) DO UPDATE SET value = value + 1 "
            "RETURNING value",
            (name,),
        ).fetchone()
        return int(row[0])

    # -- files ----------------------------------------------------------------------------------
    def store(self, ident: str, data: bytes) -> None:
        """The bytes of a dokumentobjekt; once."""
        self._db.execute("INSERT INTO fil VALUES (?, ?)", (ident, data))

    def bytes_of(self, ident: str) -> bytes | None:
        """The bytes of a dokumentobjekt; None before they came."""
        with self._lock:
            row = self._db.execute("SELECT data FROM fil WHERE id = ?", (ident,)).fetchone()
        return None if row is None else bytes(row[0])

    def tamper(self, reference: str, how: Callable[[bytes], bytes | None]) -> int:
        """What a failing store does to the files of the documents whose `eksternReferanse` begins
        so: other bytes, or none. Everything said of them stays. Returns how many."""
        with self._lock:
            held = self._db.execute(
                "SELECT f.id, f.data FROM fil f JOIN enhet o ON o.id = f.id JOIN verdi v "
                "ON v.id = o.parent AND v.field = 'eksternReferanse' WHERE v.value LIKE ?",
                (f"{reference}/%",),
            ).fetchall()
            for ident, data in held:
                after = how(bytes(data))
                if after is None:
                    self._db.execute("DELETE FROM fil WHERE id = ?", (ident,))
                else:
                    self._db.execute("UPDATE fil SET data = ? WHERE id = ?", (after, ident))
        return len(held)

    def convert(self, reference: str, data: bytes) -> int:
        """Another dokumentobjekt beside each of the documents' so referred to, listed before it,
        of which the same is said, with these bytes. Returns how many."""
        with self._lock:
            held = self._db.execute(
                "SELECT o.parent, o.body FROM enhet o JOIN verdi v ON v.id = o.parent "
                "AND v.field = 'eksternReferanse' WHERE o.kind = 'dokumentobjekt' "
                "AND v.value LIKE ?",
                (f"{reference}/%",),
            ).fetchall()
            for parent, body in held:
                said = {k: v for k, v in json.loads(body).items() if k != "systemID"}
                made = self.add("dokumentobjekt", parent, said, {"sjekksum": said["sjekksum"]})
                self._db.execute(
                    "UPDATE enhet SET place = -place WHERE id = ?", (made["systemID"],)
                )
                self.store(made["systemID"], data)
        return len(held)

    def begin(self, ident: str, media: str, size: int) -> str:
        """A begun upload in pieces; its id."""
        made = uuid.uuid4().hex
        self._db.execute(
            "INSERT INTO opplasting VALUES (?, ?, ?, ?, 0, ?)", (made, ident, media, size, b"")
        )
        return made

    def begun(self, session: str) -> tuple[str, str, int, int, bytes] | None:
        """(dokumentobjekt, media type, size, turn, bytes so far)."""
        with self._lock:
            row = self._db.execute(
                "SELECT enhet, media, size, turn, data FROM opplasting WHERE id = ?", (session,)
            ).fetchone()
        return None if row is None else (row[0], row[1], row[2], row[3], bytes(row[4]))

    def grow(self, session: str, data: bytes) -> None:
        """The bytes so far, one turn later."""
        self._db.execute(
            "UPDATE opplasting SET data = ?, turn = turn + 1 WHERE id = ?", (data, session)
        )

    def forget(self, session: str) -> None:
        """Throw a begun upload away."""
        self._db.execute("DELETE FROM opplasting WHERE id = ?", (session,))

    def leftovers(self) -> int:
        """Begun uploads that were neither finished nor thrown away."""
        with self._lock:
            return int(self._db.execute("SELECT count(*) FROM opplasting").fetchone()[0])


def _own(body: Enhet) -> dict[str, str]:
    return {"systemID": body["systemID"]}
