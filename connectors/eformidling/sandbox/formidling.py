"""What lies between and inside the integrasjonspunkt: messages, files, locks and statuses.

One SQLite file for all of them. It carries; it must not know HTTP or what an error looks like.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from connectors.sandbox.lagerfil import Lagerfil

_SCHEMA = """
CREATE TABLE IF NOT EXISTS ut (
  id TEXT PRIMARY KEY, org TEXT NOT NULL, sbd TEXT NOT NULL, sendt INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS fil (
  melding TEXT NOT NULL, navn TEXT NOT NULL, type TEXT NOT NULL, innhold BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS inn (
  plass INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL, org TEXT NOT NULL,
  sbd TEXT NOT NULL, prosess TEXT NOT NULL, asic BLOB, laast REAL, utloeper REAL);
CREATE TABLE IF NOT EXISTS status (
  id INTEGER PRIMARY KEY AUTOINCREMENT, org TEXT NOT NULL, melding TEXT NOT NULL,
  samtale TEXT NOT NULL, status TEXT NOT NULL, tid TEXT NOT NULL, koe INTEGER NOT NULL DEFAULT 1);
"""


class Formidling(Lagerfil):
    """Data on disk in `folder`; thread-safe. Times are seconds since the epoch."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder / "eformidling.sqlite", _SCHEMA)

    def create(self, org: str, ident: str, sbd: Mapping[str, Any]) -> bool:
        """A new outgoing message; False when its id has been used before, ever."""
        with self.writing():
            known = self._db.execute(
                "SELECT 1 FROM status WHERE melding = ? UNION SELECT 1 FROM ut WHERE id = ?",
                (ident, ident),
            ).fetchone()
            if known is not None:
                return False
            self._db.execute(
                "INSERT INTO ut (id, org, sbd) VALUES (?, ?, ?)", (ident, org, json.dumps(sbd))
            )
            return True

    def outgoing(self, org: str, ident: str) -> dict[str, Any] | None:
        """The document of a message that is not sent yet."""
        with self._lock:
            row = self._db.execute(
                "SELECT sbd FROM ut WHERE id = ? AND org = ? AND sendt = 0", (ident, org)
            ).fetchone()
        return None if row is None else json.loads(row[0])

    def add_file(self, ident: str, name: str, media: str, data: bytes) -> bool:
        """A file of an outgoing message; False when it has one of that name."""
        with self.writing():
            if any(name == known for known, _, _ in self.files(ident)):
                return False
            self._db.execute("INSERT INTO fil VALUES (?, ?, ?, ?)", (ident, name, media, data))
            return True

    def files(self, ident: str) -> list[tuple[str, str, bytes]]:
        """(name, media type, content) of a message's files."""
        with self._lock:
            return self._db.execute(
                "SELECT navn, type, innhold FROM fil WHERE melding = ?", (ident,)
            ).fetchall()

    def sent(self, ident: str) -> None:
        """The message has left, and its files with it."""
        with self.writing():
            self._db.execute("UPDATE ut SET sendt = 1 WHERE id = ?", (ident,))
            self._db.execute("DELETE FROM fil WHERE melding = ?", (ident,))

    def put_in(
        self, org: str, ident: str, sbd: Any, process: str, asic: bytes | None, until: float
    ) -> None:
        """An incoming message; `asic` is None for one without content."""
        with self._lock:
            self._db.execute(
                "INSERT INTO inn (id, org, sbd, prosess, asic, utloeper) VALUES (?, ?, ?, ?, ?, ?)",
                (ident, org, json.dumps(sbd), process, asic, until),
            )

    def lock_next(
        self, org: str, process: str, ident: str, now: float, seconds: float
    ) -> tuple[bool, Any]:
        """Lock the oldest free message; (whether there is one, its document)."""
        with self.writing():
            row = self._db.execute(
                "SELECT plass, sbd FROM inn WHERE org = ? AND (laast IS NULL OR laast <= ?) "
                "AND (? = '' OR prosess = ?) AND (? = '' OR id = ?) ORDER BY plass LIMIT 1",
                (org, now, process, process, ident, ident),
            ).fetchone()
            if row is None:
                return False, None
            self._db.execute("UPDATE inn SET laast = ? WHERE plass = ?", (now + seconds, row[0]))
            return True, json.loads(row[1])

    def locked(self, org: str, ident: str, now: float) -> tuple[bool, bytes | None] | None:
        """(whether it is locked, its container) of an incoming message."""
        with self._lock:
            row = self._db.execute(
                "SELECT laast, asic FROM inn WHERE org = ? AND id = ?", (org, ident)
            ).fetchone()
        return None if row is None else (row[0] is not None and row[0] > now, row[1])

    def take_out(self, org: str, ident: str) -> dict[str, Any]:
        """Remove an incoming message; its document."""
        with self.writing():
            row = self._db.execute(
                "SELECT sbd FROM inn WHERE org = ? AND id = ?", (org, ident)
            ).fetchone()
            self._db.execute("DELETE FROM inn WHERE org = ? AND id = ?", (org, ident))
        found: dict[str, Any] = json.loads(row[0])
        return found

    def expired(self, now: float) -> list[str]:
        """Remove what nobody fetched in time; the ids."""
        with self.writing():
            rows = self._db.execute("SELECT id FROM inn WHERE utloeper <= ?", (now,)).fetchall()
            self._db.execute("DELETE FROM inn WHERE utloeper <= ?", (now,))
        return [row[0] for row in rows]

    def owner(self, ident: str) -> tuple[str, str] | None:
        """(organisation, conversation) of a message that was sent here."""
        with self._lock:
            row = self._db.execute(
                "SELECT org, samtale FROM status WHERE melding = ? ORDER BY id LIMIT 1", (ident,)
            ).fetchone()
        return None if row is None else (row[0], row[1])

    def add_status(self, org: str, ident: str, conversation: str, status: str, now: str) -> None:
        """A status, in the history and in the queue."""
        with self._lock:
            self._db.execute(
                "INSERT INTO status (org, melding, samtale, status, tid) VALUES (?, ?, ?, ?, ?)",
                (org, ident, conversation, status, now),
            )

    def statuses(self, org: str, ident: str) -> list[tuple[int, str, str, str, str]]:
        """(number, message, conversation, status, time) of a message, oldest first."""
        with self._lock:
            return self._db.execute(
                "SELECT id, melding, samtale, status, tid FROM status "
                "WHERE org = ? AND melding = ? ORDER BY id",
                (org, ident),
            ).fetchall()

    def queue_head(self, org: str) -> tuple[int, str, str, str, str] | None:
        """The head of an organisation's status queue."""
        with self._lock:
            row: tuple[int, str, str, str, str] | None = self._db.execute(
                "SELECT id, melding, samtale, status, tid FROM status "
                "WHERE org = ? AND koe = 1 ORDER BY id LIMIT 1",
                (org,),
            ).fetchone()
            return row

    def unqueue(self, org: str, number: int) -> bool:
        """Take a status off the queue."""
        with self._lock:
            done = self._db.execute(
                "UPDATE status SET koe = 0 WHERE org = ? AND id = ? AND koe = 1", (org, number)
            )
            return done.rowcount == 1

    def empty(self) -> None:
        """Nothing waits for anybody, and no status is unread."""
        with self.writing():
            self._db.execute("DELETE FROM inn")
            self._db.execute("UPDATE status SET koe = 0")

    def tally(self) -> dict[str, int]:
        """How many messages wait for each organisation."""
        with self._lock:
            return dict(self._db.execute("SELECT org, count(*) FROM inn GROUP BY org").fetchall())
