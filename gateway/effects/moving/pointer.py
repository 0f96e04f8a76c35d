"""How far the feed is read: one row per municipality, moved in the same commit as what came of it.

`round` marks a round that is under way; one that is still there when the next begins was killed.
`reconcile` says why everybody must be looked up, and stands until that is done.
"""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from gateway.effects.moving.flytteverk import Flytteverk
from gateway.ledger import moving_tables as m
from gateway.ledger.upsert import insert_new

OMSTART = "omstart"
HULL = "hull"
FORELDET = "pekerForeldet"
OENSKET = "oensket"


@dataclass(frozen=True, slots=True)
class Peker:
    """The row, as it was read."""

    seq: int
    etag: str
    reconcile: str
    round: str
    watched_at: str


def read(verk: Flytteverk) -> Peker | None:
    """The row, or None before the first round."""
    with verk.database.look() as connection:
        row = connection.execute(
            sa.select(m.pointer).where(m.pointer.c.tenant == verk.tenant)
        ).first()
    if row is None:
        return None
    return Peker(row.seq, row.etag, row.reconcile, row.round, row.watched_at)


def begin(verk: Flytteverk) -> Peker:
    """The row, made at the first round. It begins at the newest event: what was before is covered
    by looking everybody up once, and that comes after."""
    found = read(verk)
    if found is not None:
        return found
    row = {
        "tenant": verk.tenant,
        "seq": verk.register.newest() + 1,
        "etag": "",
        "reconcile": "",
        "round": "",
        "watched_at": "",
        "read_at": verk.now(),
    }
    with verk.database.begin() as connection:
        insert_new(connection, m.pointer, row)
    made = read(verk)
    assert made is not None
    return made


def note(verk: Flytteverk, **values: Any) -> None:
    """Set columns of the row."""
    with verk.database.begin() as connection:
        connection.execute(
            m.pointer.update().where(m.pointer.c.tenant == verk.tenant).values(**values)
        )


def hold(connection: sa.Connection, verk: Flytteverk) -> None:
    """Take the row for this transaction: one writer of hints at a time in a municipality, or two
    processes that look everybody up would each make a proposal of one move."""
    connection.execute(
        sa.select(m.pointer.c.seq).where(m.pointer.c.tenant == verk.tenant).with_for_update()
    )


def move(connection: sa.Connection, verk: Flytteverk, old: int, **values: Any) -> bool:
    """Set columns if the pointer is where we read from. False: another process has read on."""
    done = connection.execute(
        m.pointer.update()
        .where(m.pointer.c.tenant == verk.tenant, m.pointer.c.seq == old)
        .values(read_at=verk.now(), **values)
    )
    return done.rowcount == 1
