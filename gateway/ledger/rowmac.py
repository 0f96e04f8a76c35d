"""The keyed hash of one row, and reading rows for it: the same for whoever writes and proves.

A row is its table's name and its columns that hold something, by name. A column nobody has filled
is not of it, so that a column added later changes nothing of what stands. Nothing here writes.
"""

import hmac
import json
from binascii import b2a_base64
from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa

from gateway.ledger.covered import Key, Shape

_BATCH = 200
GONE = ""
"""In the place of a hash: there is no such row."""


def plain(value: Any) -> dict[str, str]:
    """Bytes for JSON, and told apart from a text of the same digits: SQLite keeps bytes in a column
    of text, where no question finds them."""
    return {"bytes": bytes(value).hex()}


_JSON = json.JSONEncoder(separators=(",", ":"), ensure_ascii=True, default=plain).encode


def mac(key: bytes, shape: Shape, row: Sequence[Any]) -> str:
    """HMAC-SHA256 over a row read in the order of `shape.columns`; its first 16 bytes, base64."""
    filled = {
        name: int(value) if value is True or value is False else value
        for name, value in zip(shape.columns, row, strict=True)
        if value is not None
    }
    text = f"{shape.table}\x1f{_JSON(filled)}"
    made = hmac.digest(key, text.encode(), "sha256")[:16]
    return b2a_base64(made, newline=False).decode("ascii").rstrip("=")


def by_key(
    connection: sa.Connection, shape: Shape, keys: Sequence[Key]
) -> Iterator[tuple[Key, Sequence[Any]]]:
    """The rows that stand under these keys."""
    at = [shape.columns.index(name) for name in shape.key]
    for start in range(0, len(keys), _BATCH):
        some = keys[start : start + _BATCH]
        found = connection.exec_driver_sql(
            _asking(connection.dialect.name, shape, len(some)),
            tuple(value for key in some for value in key),
        )
        for row in found.all():
            yield tuple(row[n] for n in at), row


def _asking(dialect: str, shape: Shape, count: int) -> str:
    mark = "%s" if dialect == "postgresql" else "?"
    one = ", ".join([mark] * len(shape.key))
    if len(shape.key) > 1:
        one = f"({one})"
    listed = ", ".join([one] * count)
    # SQLite takes a list of rows as values only, PostgreSQL types it as the columns only bare.
    values = "values " if dialect != "postgresql" and len(shape.key) > 1 else ""
    names = ", ".join(shape.key)
    return (
        f"select {', '.join(shape.columns)} from {shape.table} "  # noqa: S608
        f"where ({names}) in ({values}{listed})"
    )


def all_rows(
    connection: sa.Connection, shape: Shape, owners: Sequence[str] | None = None
) -> Iterator[tuple[Key, Sequence[Any]]]:
    """Every row of a table, or every row of some owners', a page at a time."""
    at = [shape.columns.index(name) for name in shape.key]
    every = f"select {', '.join(shape.columns)} from {shape.table}"  # noqa: S608
    asked: list[tuple[str, tuple[str, ...]]] = [(every, ())]
    if owners is not None and shape.owner >= 0:
        mark = "%s" if connection.dialect.name == "postgresql" else "?"
        parts = [tuple(owners[n : n + _BATCH]) for n in range(0, len(owners), _BATCH)]
        named = f"{every} where {shape.key[shape.owner]} in"
        asked = [(f"{named} ({', '.join([mark] * len(part))})", part) for part in parts]
    for query, words in asked:
        found = connection.exec_driver_sql(query, words, execution_options={"yield_per": 1000})
        for row in found:
            yield tuple(row[n] for n in at), row
