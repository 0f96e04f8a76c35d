"""Seal anew, by the ring's first key, what an older key of the ring sealed.

Small pieces, each a commit of its own: stopped anywhere and begun again, it goes on with what is
left. A room says where it keeps what it seals (`SealedColumn`); settings and payloads are the
ledger's own. It opens what it seals anew and looks at nothing of it.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from gateway.ledger import tables as t
from gateway.ledger.database import Database
from gateway.ledger.keys import KeyRing
from gateway.ledger.owners import POINTERS
from gateway.ledger.store import PayloadStore

_MOST = 200
ORPHAN = "orphan"
"""The owner of a payload nothing points at, until the sweep takes it."""


@dataclass(frozen=True, slots=True)
class SealedColumn:
    """A column whose values the ring seals itself, and the label of each by its row."""

    column: sa.Column[Any]
    label: Callable[[sa.Row[Any]], str]


SETTINGS = SealedColumn(t.setting.c.value, lambda row: str(row.name))
"""The canary and the ledger's own keys, each labelled by its name; other settings are no seals."""


def column(database: Database, ring: KeyRing, one: SealedColumn) -> int:
    """Seal a column's older values anew. Returns how many there were."""
    table = one.column.table
    keys = list(table.primary_key.columns)
    with database.look() as connection:
        old = connection.execute(sa.select(*keys).where(_older(one.column, ring))).all()
    for start in range(0, len(old), _MOST):
        with database.begin() as connection:
            for values in old[start : start + _MOST]:
                mine = [key == value for key, value in zip(keys, values, strict=True)]
                row = connection.execute(sa.select(table).where(*mine)).one()
                label = one.label(row)
                sealed = ring.seal(ring.open(row._mapping[one.column.name], label), label)
                connection.execute(sa.update(table).where(*mine).values({one.column.name: sealed}))
    return len(old)


def payloads(database: Database, store: PayloadStore) -> int:
    """Wrap every owner's key anew, and seal what stands under the ring itself under its owner's.
    Returns how many there were."""
    count = 0
    for pointer in POINTERS if _without_owner(database) else ():
        with database.look() as connection:
            rows = connection.execute(pointer.query).all()
        for start in range(0, len(rows), _MOST):
            part = rows[start : start + _MOST]
            count += store.take_over((pointer.owner(row), str(row[0])) for row in part)
    while found := _without_owner(database):
        count += store.take_over((ORPHAN, one) for one in found)
    return count + store.rewrap(_MOST)


def _without_owner(database: Database) -> list[str]:
    with database.look_bulk() as connection:
        query = sa.select(t.payload.c.id).where(t.payload.c.key.is_(None)).limit(_MOST)
        return [str(one) for one in connection.execute(query).scalars()]


def _older(value: sa.ColumnElement[Any], ring: KeyRing) -> sa.ColumnElement[bool]:
    # True in a row whose value a key of the ring that is not the first sealed.
    older = [kid.encode() + b"\0" for kid in ring.keys if kid != ring.first]
    return sa.or_(sa.false(), *(sa.func.substr(value, 1, len(p)) == p for p in older))


def sealed_otherwise(database: Database, ring: KeyRing, columns: Iterable[SealedColumn]) -> int:
    """How many values the first key of the ring does not open: it must be none before the others
    are taken away."""
    newest = ring.first.encode() + b"\0"
    count = 0
    for one in columns:
        wrong = sa.func.substr(one.column, 1, len(newest)) != newest
        if one.column is SETTINGS.column:
            wrong = _older(one.column, ring)
        query = sa.select(sa.func.count()).select_from(one.column.table)
        with database.look() as connection:
            count += int(
                connection.execute(query.where(one.column.is_not(None), wrong)).scalar_one()
            )
    with database.look_bulk() as connection:
        own = t.payload_key.c.wrapped
        keys = (
            sa.select(sa.func.count())
            .select_from(t.payload_key)
            .where(own.is_not(None), sa.func.substr(own, 1, len(newest)) != newest)
        )
        bare = sa.select(sa.func.count()).select_from(t.payload).where(t.payload.c.key.is_(None))
        count += sum(int(connection.execute(query).scalar_one()) for query in (keys, bare))
    return count
