"""The parts of an SQLite database, as SQLite itself has understood them.

What it does not tell by a pragma (a CHECK, a collation, a conflict clause) stands in a table's own
text and is known by its word there; no table of ours has any of them. The text is looked at for
those words only, so that what wrote it does not matter.
"""

import re
import sqlite3
from contextlib import closing
from functools import cache
from typing import Any

import sqlalchemy as sa

from gateway.ledger.form_parts import (
    COLUMN,
    INDEX,
    PRAGMA,
    TABLE,
    TRIGGER,
    VIEW,
    Parts,
    plain,
)

_PRAGMAS = ("user_version", "application_id")
_STATISTICS = re.compile(r"sqlite_stat[14]")
"""What ANALYZE makes, which anybody may run and nothing is decided by."""
_ASIDE = re.compile(r"""--[^\n]*|/\*.*?(?:\*/|\Z)|'[^']*'|"[^"]*"|`[^`]*`|\[[^\]]*\]""", re.DOTALL)
_WORDS = frozenset(
    {"check", "collate", "references", "foreign", "generated", "conflict", "autoincrement",
     "without", "strict", "virtual", "deferrable"}
)  # fmt: skip


def stands(connection: sa.Connection) -> Parts:
    """The parts of this connection's database."""
    raw: Any = connection.connection.driver_connection
    return _parts(raw)


def damaged(connection: sa.Connection) -> bool:
    """True when the file does not hang together: an index, for one, without some of its rows."""
    return bool(connection.exec_driver_sql("pragma integrity_check(1)").scalar() != "ok")


def running(connection: sa.Connection) -> Parts:
    """Triggers and views only."""
    found = connection.exec_driver_sql(
        "select type, name, tbl_name from main.sqlite_master where type in ('trigger', 'view')"
    ).all()
    return {(table, kind, name if kind == TRIGGER else ""): () for kind, name, table in found}


@cache
def expected(metas: tuple[sa.MetaData, ...], versions: tuple[str, ...]) -> Parts:
    """The parts of a database the code makes now."""
    made = sa.create_engine("sqlite://")
    with made.begin() as connection:
        for meta in metas:
            meta.create_all(connection)
        for name in versions:
            # As Alembic makes it.
            column = sa.Column("version_num", sa.String(32), primary_key=True)
            sa.Table(name, sa.MetaData(), column).create(connection)
        parts = stands(connection)
    made.dispose()
    return parts


def _parts(raw: sqlite3.Connection) -> Parts:
    parts: Parts = {}
    with closing(raw.cursor()) as cursor:
        cursor.row_factory = None
        for name in _PRAGMAS:
            parts["", PRAGMA, name] = tuple(cursor.execute(f"pragma main.{name}").fetchone())
        listed = cursor.execute(
            "select type, name, tbl_name, sql from main.sqlite_master"
        ).fetchall()
        texts = {name: sql or "" for kind, name, _, sql in listed if kind == INDEX}
        for kind, name, table, sql in listed:
            if kind == TABLE and not _STATISTICS.fullmatch(name):
                parts[name, TABLE, ""] = tuple(sorted(_words(sql or "")))
                _columns(cursor, name, parts)
                _indexes(cursor, name, texts, parts)
            elif kind in (TRIGGER, VIEW):
                parts[table, kind, name if kind == TRIGGER else ""] = ()
    return parts


def _words(text: str) -> frozenset[str]:
    """The words of a table's text that no table of ours has."""
    return _WORDS & set(re.findall(r"[a-z]+", _ASIDE.sub(" ", text).lower()))


def _columns(cursor: sqlite3.Cursor, table: str, parts: Parts) -> None:
    for _, name, kind, notnull, default, key, hidden in cursor.execute(
        "select * from pragma_table_xinfo(?, 'main')", (table,)
    ).fetchall():
        parts[table, COLUMN, name] = (kind.upper(), notnull, plain(default), key, hidden)


def _indexes(cursor: sqlite3.Cursor, table: str, texts: dict[str, str], parts: Parts) -> None:
    for _, name, unique, origin, partial in cursor.execute(
        "select * from pragma_index_list(?, 'main')", (table,)
    ).fetchall():
        columns = cursor.execute(
            "select name, \"desc\", coll from pragma_index_xinfo(?, 'main') where key = 1", (name,)
        ).fetchall()
        where = plain(re.split(r"\bwhere\b", texts.get(name, "").lower())[-1]) if partial else ""
        own = name if origin == "c" else origin
        parts[table, INDEX, own] = (unique, origin, where, *columns)
