"""The practice archive's data: folders, records and files in one SQLite file.

It keeps every row it is told to, also twice: whether a key may stand there twice is the caller's
rule, and a test counts what came of it.
"""

import hashlib
import sqlite3
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from connectors.sandbox.lag import Fresh
from connectors.sandbox.lagerfil import Lagerfil

_SCHEMA = """
CREATE TABLE IF NOT EXISTS mappe (
  nr INTEGER PRIMARY KEY AUTOINCREMENT, system_id TEXT UNIQUE NOT NULL, fagsystem TEXT NOT NULL,
  noekkel TEXT NOT NULL, tittel TEXT NOT NULL, klasser TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS mappe_noekkel ON mappe (fagsystem, noekkel);
CREATE TABLE IF NOT EXISTS journalpost (
  nr INTEGER PRIMARY KEY AUTOINCREMENT, system_id TEXT UNIQUE NOT NULL, fagsystem TEXT NOT NULL,
  noekkel TEXT NOT NULL, mappe INTEGER NOT NULL, tittel TEXT NOT NULL, type TEXT NOT NULL,
  status TEXT NOT NULL, dato TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS journalpost_noekkel ON journalpost (fagsystem, noekkel);
CREATE TABLE IF NOT EXISTS dokument (
  objekt_id TEXT PRIMARY KEY, system_id TEXT NOT NULL, journalpost INTEGER NOT NULL,
  nummer INTEGER NOT NULL, tittel TEXT NOT NULL, rolle TEXT NOT NULL, filnavn TEXT NOT NULL,
  format TEXT NOT NULL, mime TEXT NOT NULL, variant TEXT NOT NULL, sjekksum TEXT NOT NULL,
  data BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS dokument_journalpost ON dokument (journalpost, nummer);
CREATE TABLE IF NOT EXISTS sett (
  klientmelding TEXT NOT NULL, plass INTEGER NOT NULL, type TEXT NOT NULL, navn TEXT NOT NULL,
  xml BLOB NOT NULL, PRIMARY KEY (klientmelding, plass));
CREATE TABLE IF NOT EXISTS tapt (objekt_id TEXT PRIMARY KEY);
CREATE TABLE IF NOT EXISTS versjon (objekt_id TEXT PRIMARY KEY, nummer INTEGER NOT NULL);
"""


@dataclass(frozen=True, slots=True)
class Dokument:
    """One file of a record, as it came."""

    nummer: int
    tittel: str
    rolle: str
    filnavn: str
    format: str
    mime: str
    variant: str
    data: bytes = field(repr=False)


Row = sqlite3.Row


class Lager(Lagerfil):
    """Data on disk in `folder`; thread-safe, one transaction per `writing`."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder / "arkiv.sqlite", _SCHEMA)
        self.fresh = Fresh()
        """Folders and records by systemID."""
        self._db.row_factory = sqlite3.Row

    def _all(self, sql: str, values: Sequence[Any]) -> list[Row]:
        with self._lock:
            return self._db.execute(sql, values).fetchall()

    def folders(self, fagsystem: str, key: str, lag: float = 0.0) -> list[Row]:
        """Every folder with this key, as an index that is `lag` seconds behind has them."""
        sql = "SELECT * FROM mappe WHERE fagsystem = ? AND noekkel = ? ORDER BY nr"
        return self._known(self._all(sql, (fagsystem, key)), lag)

    def folder(self, nr: int) -> Row:
        """The folder with this number."""
        return self._all("SELECT * FROM mappe WHERE nr = ?", (nr,))[0]

    def add_folder(self, fagsystem: str, key: str, title: str, classes: str) -> Row:
        """A new folder."""
        with self._lock:
            done = self._db.execute(
                "INSERT INTO mappe (system_id, fagsystem, noekkel, tittel, klasser)"
                " VALUES (?, ?, ?, ?, ?)",
                (str(uuid.uuid4()), fagsystem, key, title, classes),
            )
            made = self.folder(int(done.lastrowid or 0))
            self.fresh.made(made["system_id"])
            return made

    def records(self, fagsystem: str, key: str, lag: float = 0.0) -> list[Row]:
        """Every record with this key, likewise."""
        sql = "SELECT * FROM journalpost WHERE fagsystem = ? AND noekkel = ? ORDER BY nr"
        return self._known(self._all(sql, (fagsystem, key)), lag)

    def _known(self, rows: list[Row], lag: float) -> list[Row]:
        hidden = self.fresh.hidden(lag)
        return [row for row in rows if row["system_id"] not in hidden]

    def add_record(self, values: Mapping[str, str | int], documents: Sequence[Dokument]) -> Row:
        """A new record with its files."""
        with self._lock:
            done = self._db.execute(
                "INSERT INTO journalpost"
                " (system_id, fagsystem, noekkel, mappe, tittel, type, status, dato)"
                " VALUES"
                " (:system_id, :fagsystem, :noekkel, :mappe, :tittel, :type, :status, :dato)",
                {"system_id": str(uuid.uuid4()), **values},
            )
            nr = int(done.lastrowid or 0)
            for one in documents:
                self._db.execute(
                    "INSERT INTO dokument VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    (
                        str(uuid.uuid4()),
                        str(uuid.uuid4()),
                        nr,
                        one.nummer,
                        one.tittel,
                        one.rolle,
                        one.filnavn,
                        one.format,
                        one.mime,
                        one.variant,
                        hashlib.sha256(one.data).hexdigest(),
                        one.data,
                    ),
                )
            made = self._all("SELECT * FROM journalpost WHERE nr = ?", (nr,))[0]
            self.fresh.made(made["system_id"])
            return made

    def documents(self, record: int) -> list[Row]:
        """The files of a record, without their bytes."""
        sql = (
            "SELECT d.objekt_id, system_id, d.nummer, tittel, rolle, filnavn, format, mime,"
            " variant, sjekksum, length(data) AS stoerrelse, coalesce(v.nummer, 1) AS versjon"
            " FROM dokument d LEFT JOIN versjon v ON v.objekt_id = d.objekt_id"
            " WHERE journalpost = ? ORDER BY d.nummer, versjon DESC"
        )
        return self._all(sql, (record,))

    def document(self, object_id: str) -> Row | None:
        """A file with its bytes; None for one whose bytes are lost."""
        sql = (
            "SELECT * FROM dokument WHERE objekt_id = ?"
            " AND objekt_id NOT IN (SELECT objekt_id FROM tapt)"
        )
        found = self._all(sql, (object_id,))
        return found[0] if found else None

    def damage(self, record: int, how: Callable[[bytes], bytes | None]) -> int:
        """What a failing store does to every file of a record: other bytes, or none. Everything
        said of them stands. Returns how many."""
        with self._lock:
            held = self._all(
                "SELECT objekt_id, data FROM dokument WHERE journalpost = ?", (record,)
            )
            for row in held:
                after = how(row["data"])
                if after is None:
                    self._db.execute("INSERT OR IGNORE INTO tapt VALUES (?)", (row["objekt_id"],))
                else:
                    self._db.execute(
                        "UPDATE dokument SET data = ? WHERE objekt_id = ?",
                        (after, row["objekt_id"]),
                    )
        return len(held)

    def numbered(self, key: str) -> list[int]:
        """The records under a key, whoever's it is."""
        sql = "SELECT nr FROM journalpost WHERE noekkel = ? ORDER BY nr"
        return [row["nr"] for row in self._all(sql, (key,))]

    def add_variant(self, record: int, variant: str, data: bytes) -> int:
        """Another form of every document of a record, newer than the one that came with it, with
        what was said of that one. Returns how many."""
        with self._lock:
            held = self._all("SELECT * FROM dokument WHERE journalpost = ?", (record,))
            for row in held:
                made = str(uuid.uuid4())
                values = {**dict(row), "objekt_id": made, "variant": variant, "data": data}
                names = ", ".join(values)
                marks = ", ".join(f":{name}" for name in values)
                self._db.execute(f"INSERT INTO dokument ({names}) VALUES ({marks})", values)  # noqa: S608
                self._db.execute("INSERT INTO versjon VALUES (?, 2)", (made,))
        return len(held)

    def seen(self, message: str) -> list[Row]:
        """The replies given to this klientMeldingId before."""
        return self._all("SELECT * FROM sett WHERE klientmelding = ? ORDER BY plass", (message,))

    def remember(self, message: str, replies: Sequence[tuple[str, str, bytes]]) -> None:
        """Keep the (type, file name, XML) replies given to a message."""
        with self._lock:
            for place, reply in enumerate(replies):
                self._db.execute(
                    "INSERT OR REPLACE INTO sett VALUES (?, ?, ?, ?, ?)", (message, place, *reply)
                )

    def tally(self, table: str) -> dict[str, int]:
        """How many rows stand under each key, in `mappe` or `journalpost`."""
        if table not in {"mappe", "journalpost"}:
            raise ValueError(table)
        sql = f"SELECT noekkel, count(*) FROM {table} GROUP BY noekkel ORDER BY noekkel"  # noqa: S608
        return {row[0]: row[1] for row in self._all(sql, ())}

    def tally_documents(self) -> dict[str, int]:
        """How many files stand under each record's key."""
        sql = (
            "SELECT j.noekkel, count(*) FROM dokument d JOIN journalpost j ON j.nr = d.journalpost"
            " GROUP BY j.noekkel ORDER BY j.noekkel"
        )
        return {row[0]: row[1] for row in self._all(sql, ())}
