"""The covers played again: what each row was last said to be, against what stands.

Held in a temporary database of this process, so that a large ledger does not have to fit in
memory; keys and keyed hashes only. Nothing here writes to the ledger.
"""

import json
import sqlite3
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from gateway.ledger import rowmac
from gateway.ledger import tables as t
from gateway.ledger.cover import GENESIS, as_bytes, link_mac, unpacked
from gateway.ledger.covered import Key, Shape

_TEXT = json.JSONEncoder(default=rowmac.plain).encode
"""A key as text."""
_OWNERS = 500
ROW_MISSING, ROW_CHANGED, ROW_FOREIGN = "RAD_MANGLER", "RAD_ENDRET", "RAD_FREMMED"


@dataclass(frozen=True, slots=True)
class Wrong:
    """Something that is not as it was proved: a code, and where: a table and a row's key, an
    entry's or link's number, a payload's id."""

    code: str
    table: str = ""
    key: Key = ()


def _named(found: dict[str, str]) -> str:
    """What somebody put in a key that is no text or number, as it is shown."""
    return f"X'{found['bytes']}'"


class Replayed:
    """What the covers say last of every row."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._c = connection
        for name in ("said", "stands"):
            connection.execute(
                f"create table {name} (tab text, pk text, mac text, primary key (tab, pk)) "
                "without rowid"
            )

    def said(self, rows: Iterable[tuple[str, Key, str]]) -> None:
        """A link says this of these rows."""
        self._c.executemany(
            "insert or replace into said values (?, ?, ?)",
            ((table, _TEXT(key), mac) for table, key, mac in rows),
        )

    def stands(self, table: str, rows: Iterable[tuple[Key, str]]) -> None:
        """These rows stand."""
        self._c.executemany(
            "insert or replace into stands values (?, ?, ?)",
            ((table, _TEXT(key), mac) for key, mac in rows),
        )

    def wrong(self) -> Iterator[Wrong]:
        """Where the two do not agree."""
        gone = rowmac.GONE
        for code, question in (
            (ROW_MISSING, "select tab, pk from said s where mac <> ? and not exists "
             "(select 1 from stands w where w.tab = s.tab and w.pk = s.pk)"),
            (ROW_CHANGED, "select s.tab, s.pk from said s join stands w on w.tab = s.tab "
             "and w.pk = s.pk where s.mac <> ? and s.mac <> w.mac"),
            (ROW_FOREIGN, "select w.tab, w.pk from stands w left join said s on s.tab = w.tab "
             "and s.pk = w.pk where coalesce(s.mac, '') = ?"),
        ):  # fmt: skip
            for table, key in self._c.execute(question, (gone,)):
                yield Wrong(code, table, tuple(json.loads(key, object_hook=_named)))


@contextmanager
def replayed() -> Iterator[Replayed]:
    """A place to hold it, gone afterwards."""
    with closing(sqlite3.connect("", isolation_level=None)) as connection:
        connection.execute("begin")
        yield Replayed(connection)


REWRITTEN, TRUNCATED = "HOVEDBOK_OMSKREVET", "HOVEDBOK_AVKORTET"


def _links(connection: sa.Connection, owners: Iterable[str] | None) -> Iterator[sa.Row[Any]]:
    """All links in order; or those of some owners, an owner's own in order."""
    asked = sa.select(t.cover).order_by(t.cover.c.seq)
    queries = [asked]
    if owners is not None:
        named = sorted(set(owners))
        parts = (named[n : n + _OWNERS] for n in range(0, len(named), _OWNERS))
        queries = [asked.where(t.cover.c.owner.in_(part)) for part in parts]
    for query in queries:
        yield from connection.execute(query, execution_options={"yield_per": 200})


def links(
    connection: sa.Connection, key: bytes, into: Replayed, owners: Iterable[str] | None = None
) -> Iterator[Wrong]:
    """Play the links again, all of them or those of some owners, and say which are not whole. With
    all of them each must follow the one before; what a broken link says is not taken."""
    every = owners is None
    prev, number = GENESIS, 0
    for row in _links(connection, owners):
        link: dict[str, Any] = {**row._mapping, "rows": as_bytes(row.rows)}
        number += 1
        if row.mac != link_mac(key, link) or (every and (row.seq, row.prev) != (number, prev)):
            yield Wrong(REWRITTEN, t.cover.name, (row.seq,))
            number = row.seq
        else:
            try:
                into.said(unpacked(link["rows"]))
            except (ValueError, zlib.error):
                yield Wrong(REWRITTEN, t.cover.name, (row.seq,))
        prev = row.mac


def rows(
    connection: sa.Connection,
    key: bytes,
    into: Replayed,
    shapes: Iterable[Shape],
    owners: Sequence[str] | None = None,
) -> None:
    """Read the rows that stand, all of them or those of some owners."""
    for shape in shapes:
        if owners is not None and shape.owner < 0 and shape.table not in owners:
            continue
        found = rowmac.all_rows(connection, shape, owners)
        into.stands(shape.table, ((own, rowmac.mac(key, shape, row)) for own, row in found))
