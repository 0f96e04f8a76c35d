"""The sandbox's own data: plans, their parts, blobs and accounts in one SQLite file.

Bodies are stored as JSON text and are sent as they stand. One lock, one connection; every request
that writes is one transaction. This module must not know the vendor's rules.
"""

import hashlib
import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from connectors.sandbox.lag import Fresh
from connectors.sandbox.lagerfil import Lagerfil
from connectors.sandbox.tampering import Tampering

_SCHEMA = """
CREATE TABLE IF NOT EXISTS plan (
  place INTEGER PRIMARY KEY AUTOINCREMENT, plan_id TEXT UNIQUE NOT NULL, body TEXT NOT NULL,
  reference TEXT, number TEXT, plan_type TEXT, created_by TEXT, status TEXT NOT NULL,
  version INTEGER NOT NULL, change INTEGER NOT NULL, change_id TEXT, change_base INTEGER,
  gone INTEGER NOT NULL DEFAULT 0, made INTEGER NOT NULL DEFAULT 0);
CREATE INDEX IF NOT EXISTS plan_reference ON plan (reference);
CREATE INDEX IF NOT EXISTS plan_number ON plan (number);
CREATE INDEX IF NOT EXISTS plan_change ON plan (change);
CREATE TABLE IF NOT EXISTS item (
  part TEXT NOT NULL, item_id TEXT NOT NULL, plan_id TEXT NOT NULL, place INTEGER NOT NULL,
  body TEXT NOT NULL, PRIMARY KEY (part, item_id));
CREATE INDEX IF NOT EXISTS item_plan ON item (plan_id, part, place);
CREATE TABLE IF NOT EXISTS blob (
  document_id TEXT PRIMARY KEY, plan_id TEXT NOT NULL, sha256 TEXT NOT NULL, data BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS account (key TEXT PRIMARY KEY, person_id TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS counter (name TEXT PRIMARY KEY, value INTEGER NOT NULL);
"""

_SHOWN = "plan_id NOT IN (SELECT value FROM json_each(?))"


def dump(value: Any) -> str:
    """JSON text, compact."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


class Store(Lagerfil):
    """Plans on disk in `folder`. Thread-safe through `writing` and `reading`."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder / "samspill.sqlite", _SCHEMA)
        self.fresh = Fresh()
        """Plans by id, and what they were given after that as `<id>/reference`."""
        self._makers: dict[str, str] = {}

    @contextmanager
    def reading(self) -> Iterator[None]:
        """A consistent look at the data."""
        with self._lock:
            yield

    # -- counters -------------------------------------------------------------------------------
    def count(self, name: str, step: int = 1) -> int:
        """Add to a counter and give its new value."""
        row = self._db.execute(
            "INSERT INTO counter VALUES (?, ?) ON CONFLICT(name) DO UPDATE "
            "SET value = value + excluded.value RETURNING value",
            (name, step),
        ).fetchone()
        return int(row[0])

    def counted(self, name: str) -> int:
        """A counter's value."""
        row = self._db.execute("SELECT value FROM counter WHERE name = ?", (name,)).fetchone()
        return int(row[0]) if row else 0

    def account(self, number: str | None, person_id: str) -> str:
        """The person's id: the one the number already has, else `person_id`."""
        if number is None:
            return person_id
        self._db.execute("INSERT OR IGNORE INTO account VALUES (?, ?)", (number, person_id))
        row = self._db.execute("SELECT person_id FROM account WHERE key = ?", (number,)).fetchone()
        return str(row[0])

    # -- plans ----------------------------------------------------------------------------------
    def insert_plan(self, body: dict[str, Any], version: int, *, made: bool) -> None:
        """Add a plan; `made` marks one created through the interface."""
        self._db.execute(
            "INSERT INTO plan (plan_id, body, status, version, change, made) VALUES (?,?,?,?,?,?)",
            (body["planId"], "", "", version, self.count("change"), int(made)),
        )
        self._write_plan(body)
        if made:
            self.fresh.made(body["planId"])
            self._makers[body["planId"]] = body["createdBy"]

    def _write_plan(self, body: dict[str, Any]) -> None:
        self._db.execute(
            "UPDATE plan SET body=?, reference=?, number=?, plan_type=?, created_by=?, status=? "
            "WHERE plan_id=?",
            (
                dump(body), body["externalReference"], body["mainPerson"]["nationalId"],
                body["planTypeId"], body["createdBy"], body["status"], body["planId"],
            ),
        )  # fmt: skip

    def update_plan(self, body: dict[str, Any]) -> None:
        """Replace a plan's own fields."""
        before = self._db.execute(
            "SELECT reference FROM plan WHERE plan_id=?", (body["planId"],)
        ).fetchone()
        self._write_plan(body)
        if before[0] != body["externalReference"]:
            self.fresh.made(f"{body['planId']}/reference")

    def touch(self, plan_id: str, change_id: str | None) -> int:
        """Note that a plan or a part of it changed; gives the new content version.

        `change_id` names the piece of work the write belongs to; the version before its first
        write is kept as its base.
        """
        row = self._db.execute(
            "UPDATE plan SET change_base = CASE WHEN ? IS NULL THEN NULL "
            "WHEN change_id IS ? THEN change_base ELSE version END, "
            "change_id = ?, version = version + 1, change = ? WHERE plan_id = ? RETURNING version",
            (change_id, change_id, change_id, self.count("change"), plan_id),
        ).fetchone()
        return int(row[0])

    def plan(self, plan_id: str) -> sqlite3.Row | None:
        """(body, version, change_id, change_base) of a plan that is there."""
        row: sqlite3.Row | None = self._db.execute(
            "SELECT body, version, change_id, change_base FROM plan WHERE plan_id=? AND gone=0",
            (plan_id,),
        ).fetchone()
        return row

    def delete_plan(self, plan_id: str) -> None:
        """Remove a plan with all parts; a tombstone without content stays for the change feed."""
        self.touch(plan_id, None)
        self._db.execute(
            "UPDATE plan SET gone=1, body='', number=NULL, reference=NULL, status='deleted' "
            "WHERE plan_id=?",
            (plan_id,),
        )
        self._db.execute("DELETE FROM item WHERE plan_id=?", (plan_id,))
        self._db.execute("DELETE FROM blob WHERE plan_id=?", (plan_id,))

    def plans(self, after: int, limit: int, lag: float = 0.0) -> list[tuple[int, str, int, str]]:
        """(place, plan_id, version, status) in the order they were made, `lag` seconds ago."""
        return self._db.execute(
            f"SELECT place, plan_id, version, status FROM plan WHERE gone=0 AND {_SHOWN} "  # noqa: S608 - a constant
            "AND place>? ORDER BY place LIMIT ?",
            (self._hidden(lag), after, limit),
        ).fetchall()

    def plan_count(self, lag: float = 0.0) -> int:
        """How many plans there are, or were `lag` seconds ago."""
        sql = f"SELECT COUNT(*) FROM plan WHERE gone=0 AND {_SHOWN}"  # noqa: S608 - a constant
        return int(self._db.execute(sql, (self._hidden(lag),)).fetchone()[0])

    def _hidden(self, lag: float) -> str:
        return dump(list(self.fresh.hidden(lag)))

    def newest_change(self) -> int:
        """The number of the last change; 0 before the first."""
        return int(self._db.execute("SELECT COALESCE(MAX(change), 0) FROM plan").fetchone()[0])

    def changes(self, after: int, limit: int) -> list[tuple[int, str, int, str]]:
        """(change, plan_id, version, status), each plan once at its last change."""
        return self._db.execute(
            "SELECT change, plan_id, version, status FROM plan WHERE change>? "
            "ORDER BY change LIMIT ?",
            (after, limit),
        ).fetchall()

    def search(
        self,
        *,
        reference: str | None = None,
        number: str | None = None,
        plan_type: str = "",
        lag: float = 0.0,
    ) -> list[tuple[str, int, str | None, str | None]]:
        """(plan_id, version, reference, created_by) by reference, or by person and plan type.

        An index that lags does not know a plan that is newer, and one that has been given its
        reference since is known as it was made.
        """
        where, values = "reference=?", [reference]
        if reference is None:
            where, values = "number=? AND plan_type=?", [number, plan_type]
        rows = self._db.execute(
            "SELECT plan_id, version, reference, created_by FROM plan "  # noqa: S608 - constants
            f"WHERE gone=0 AND {where} ORDER BY place",
            values,
        ).fetchall()
        hidden = self.fresh.hidden(lag)
        known = [
            (r[0], r[1], None, self._makers.get(r[0], r[3]))
            if f"{r[0]}/reference" in hidden
            else tuple(r)
            for r in rows
            if r[0] not in hidden
        ]
        return [r for r in known if reference in (None, r[2])]

    def made(self) -> list[str]:
        """Ids of all plans ever created through the interface."""
        return [r[0] for r in self._db.execute("SELECT plan_id FROM plan WHERE made=1")]

    def per_reference(self) -> dict[str, int]:
        """How many plans carry each external reference."""
        return dict(
            self._db.execute(
                "SELECT reference, COUNT(*) FROM plan WHERE reference IS NOT NULL GROUP BY 1"
            ).fetchall()
        )

    def per_person(self) -> dict[str, int]:
        """How many plans each main person has; the key is a hash of the number."""
        rows = self._db.execute(
            "SELECT number, COUNT(*) FROM plan WHERE number IS NOT NULL AND gone=0 GROUP BY 1"
        )
        return {hashlib.sha256(number.encode()).hexdigest()[:16]: n for number, n in rows}

    # -- parts ----------------------------------------------------------------------------------
    def items(self, plan_id: str, part: str) -> list[dict[str, Any]]:
        """All resources of one part, in order."""
        return [json.loads(text) for text in self.texts(plan_id, part)]

    def texts(self, plan_id: str, part: str, after: int = 0, limit: int = -1) -> list[str]:
        """The same as JSON texts, from number `after` in the order."""
        rows = self._db.execute(
            "SELECT body FROM item WHERE plan_id=? AND part=? ORDER BY place LIMIT ? OFFSET ?",
            (plan_id, part, limit, after),
        )
        return [row[0] for row in rows]

    def ids(self, plan_id: str, part: str) -> frozenset[str]:
        """The ids of one part."""
        rows = self._db.execute(
            "SELECT item_id FROM item WHERE plan_id=? AND part=?", (plan_id, part)
        )
        return frozenset(row[0] for row in rows)

    def item_count(self, plan_id: str, part: str) -> int:
        """How many resources the part has."""
        row = self._db.execute(
            "SELECT COUNT(*) FROM item WHERE plan_id=? AND part=?", (plan_id, part)
        ).fetchone()
        return int(row[0])

    def item(self, plan_id: str, part: str, item_id: str) -> dict[str, Any] | None:
        """One resource."""
        row = self._db.execute(
            "SELECT body FROM item WHERE part=? AND item_id=? AND plan_id=?",
            (part, item_id, plan_id),
        ).fetchone()
        return json.loads(row[0]) if row else None

    def put_item(self, plan_id: str, part: str, item_id: str, body: dict[str, Any]) -> None:
        """Add a resource at the end, or replace it where it stands."""
        self._db.execute(
            "INSERT INTO item VALUES (?, ?, ?, (SELECT COALESCE(MAX(place), 0) + 1 FROM item "
            "WHERE plan_id=? AND part=?), ?) ON CONFLICT(part, item_id) DO UPDATE "
            "SET body = excluded.body",
            (part, item_id, plan_id, plan_id, part, dump(body)),
        )

    def delete_item(self, part: str, item_id: str) -> None:
        """Remove one resource, and its bytes."""
        self._db.execute("DELETE FROM item WHERE part=? AND item_id=?", (part, item_id))
        if part == "documents":
            self._db.execute("DELETE FROM blob WHERE document_id=?", (item_id,))

    def order(self, part: str, ids: list[str]) -> None:
        """Put a part's resources in this order."""
        self._db.executemany(
            "UPDATE item SET place=? WHERE part=? AND item_id=?",
            [(place, part, item_id) for place, item_id in enumerate(ids, 1)],
        )

    # -- bytes ----------------------------------------------------------------------------------
    def put_blob(self, plan_id: str, document_id: str, sha256: str, data: bytes) -> None:
        """Store a document's bytes."""
        self._db.execute(
            "INSERT OR REPLACE INTO blob VALUES (?, ?, ?, ?)", (document_id, plan_id, sha256, data)
        )

    def tamper(self, plan_id: str, how: Tampering, document_id: str | None = None) -> int:
        """Lose or change the content of a plan's documents, or of one of them; how many."""
        rows = self._db.execute(
            "SELECT document_id, data FROM blob "
            "WHERE plan_id=? AND document_id=ifnull(?, document_id)",
            (plan_id, document_id),
        ).fetchall()
        for found, data in rows:
            left = how(bytes(data))
            if left is None:
                self._db.execute("DELETE FROM blob WHERE document_id=?", (found,))
            else:
                self._db.execute("UPDATE blob SET data=? WHERE document_id=?", (left, found))
        return len(rows)

    def drop_blob(self, document_id: str) -> None:
        """Forget a document's bytes: its metadata names others now."""
        self._db.execute("DELETE FROM blob WHERE document_id=?", (document_id,))

    def blob(self, document_id: str, sha256: str) -> bytes | None:
        """A document's bytes, if those stored are the ones its metadata names."""
        row = self._db.execute(
            "SELECT data FROM blob WHERE document_id=? AND sha256=?", (document_id, sha256)
        ).fetchone()
        return row[0] if row else None
