"""Destroy sealed bytes that no row points at: what a crash left between the bytes and the row.

Bytes are written before the rows that name them, so what looks unnamed may be on its way. An
orphan is therefore noted at one sweep and destroyed at a later one, at the earliest a day after,
and only if still nothing points at it. Nothing here reads content.
"""

from datetime import datetime, timedelta

import sqlalchemy as sa

from gateway.ledger import archive_tables as a
from gateway.ledger import tables as t
from gateway.ledger.database import Database
from gateway.ledger.owners import POINTERS
from gateway.ledger.store import PayloadStore
from gateway.ledger.upsert import insert_new

REST = timedelta(hours=24)


def sweep(database: Database, store: PayloadStore, now: datetime) -> int:
    """Note new orphans and destroy those noted a day ago or more. Returns how many went."""
    with database.look_bulk() as connection:
        kept = set(connection.execute(sa.select(t.payload.c.id)).scalars())
    gone: list[str] = []
    with database.begin() as connection:
        for pointer in POINTERS:
            named = connection.execute(sa.select(pointer.column)).scalars()
            kept.difference_update(p for p in named if p)
        noted = {
            row.payload: datetime.fromisoformat(row.noted)
            for row in connection.execute(sa.select(a.orphan))
        }
        for payload in sorted(kept - noted.keys()):
            insert_new(connection, a.orphan, {"payload": payload, "noted": now.isoformat()})
        gone = sorted(p for p, at in noted.items() if p in kept and now - at >= REST)
        found_again = [p for p in noted if p not in kept]
        for start in range(0, len(found_again), 500):
            part = found_again[start : start + 500]
            connection.execute(a.orphan.delete().where(a.orphan.c.payload.in_(part)))
    for start in range(0, len(gone), 500):
        store.delete(gone[start : start + 500])
    if gone:
        with database.begin() as connection:
            for start in range(0, len(gone), 500):
                part = gone[start : start + 500]
                connection.execute(a.orphan.delete().where(a.orphan.c.payload.in_(part)))
    return len(gone)
