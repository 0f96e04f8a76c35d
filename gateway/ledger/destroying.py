"""Destroy one log: its owners' keys, and with them everything that was ever sealed under those.

The chain says it first, and by whom; the proof takes a destroyed key for right only when the chain
says it. Killed between, it is done again: what is said twice is destroyed once. Rows and hashes
stay. Who may is the caller's to ask.
"""

import json

import sqlalchemy as sa

from gateway.ledger import owners
from gateway.ledger import tables as t
from gateway.ledger.chain import Fact, append
from gateway.ledger.database import Database
from gateway.ledger.store import PayloadStore

DESTROYED = "oedelagt"
"""The kind of the entry."""


def destroy_log(
    database: Database, store: PayloadStore, tenant: str, logg: str, by: str, at: str
) -> int:
    """Destroy what a municipality's log has here, by a person's reference. Returns how many keys
    there were. It cannot be undone."""
    with database.begin() as connection:
        mine = sorted(owners.of_log(connection, tenant, logg))
        body = {"tenant": tenant, "av": by, "eiere": mine}
        append(connection, at, [Fact(DESTROYED, logg=logg, body=body)])
    return store.destroy(mine)


def destroyed(connection: sa.Connection) -> set[str]:
    """Every owner the chain says is destroyed."""
    query = sa.select(t.entry.c.body).where(t.entry.c.kind == DESTROYED)
    return {str(one) for body in connection.execute(query).scalars() for one in _owners(body)}


def _owners(body: object) -> list[object]:
    # A body somebody has changed may be anything; the chain's own proof tells of it.
    try:
        read = json.loads(str(body))
    except ValueError:
        return []
    found = read.get("eiere") if isinstance(read, dict) else None
    return found if isinstance(found, list) else []
