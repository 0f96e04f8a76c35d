"""What a plan was signed under and a run has been carried out under, and what has changed since.

The hashes stand in the chain's own entries (`sign`, `begin`, `ramme`), by the names of settings;
what is told is names. Plans from before, and routes that say nothing, are held to nothing.
"""

import json
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from gateway.errors import Rejected
from gateway.ledger import tables as t
from gateway.ledger.chain import Fact, append
from gateway.ledger.database import Database

KEY = "under"
"""The key of an entry's body."""
CHANGED = "ramme"
"""The kind of the entry that a run goes on under something else."""


def changed(before: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    """The names of what is not as it was, what has come and what is gone included; none when one
    of the two says nothing."""
    if not before or not now:
        return []
    return sorted(name for name in before.keys() | now.keys() if before.get(name) != now.get(name))


def _last(connection: sa.Connection, own: str, kinds: tuple[str, ...]) -> dict[str, str]:
    body = connection.execute(
        sa.select(t.entry.c.body)
        .where(t.entry.c.run_id == own, t.entry.c.kind.in_(kinds))
        .order_by(t.entry.c.seq.desc())
        .limit(1)
    ).scalar()
    return dict(json.loads(body).get(KEY, {})) if body else {}


def same(database: Database, plan: Mapping[str, Any], now: Mapping[str, str]) -> None:
    """Raise Rejected("RAMME_ENDRET"), with the names, when the newest signature was given under
    something else: it must be given again."""
    with database.look() as connection:
        signed = _last(connection, str(plan["plan_id"]), ("sign",))
    if names := changed(signed, now):
        raise Rejected("RAMME_ENDRET", place=", ".join(names)[:200])


def goes_on(database: Database, run_id: str, now: Mapping[str, str], at: str) -> list[str]:
    """A run is gone on with: what has changed since it last was is an entry. Returns the names."""
    with database.look() as connection:
        before = _last(connection, run_id, ("begin", CHANGED))
    names = changed(before, now)
    if names:
        body = {"endret": names, KEY: dict(now)}
        with database.begin() as connection:
            append(connection, at, [Fact(CHANGED, run_id, body=body)])
    return names
