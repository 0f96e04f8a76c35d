"""Sealed payloads and their keys: each is a seal of ours, and what a row points at is there.

A payload is bound to its id by its seal, so one that opens is the one that was put there; where the
row has the hash of the content that is held to it too. A key is bound to its owner in the same
way. One whose key is destroyed is right when the chain says that its owner is. What nothing points
at is asked too: sealed by us it is no fault, for a crash leaves such, and anything else is
somebody's. The bytes are forgotten at once.
"""

import hashlib
from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa

from gateway.errors import LocalFault
from gateway.ledger import archive_tables as a
from gateway.ledger import tables as t
from gateway.ledger.database import Database
from gateway.ledger.destroying import destroyed
from gateway.ledger.owners import POINTERS
from gateway.ledger.replay import Wrong
from gateway.ledger.store import DESTROYED, KEY_CHANGED, UNOPENED, PayloadStore

OTHER = "NYTTELAST_ENDRET"
_BATCH = 16
_SHA: dict[sa.Column[Any], sa.Column[Any]] = {
    t.record.c.payload: t.record.c.sha,
    t.file.c.payload: t.file.c.sha,
    a.snapshot_file.c.payload: a.snapshot_file.c.sha,
}
"""Columns beside a payload that hold the hash of its content."""


class _Ended:
    """The owners the chain says are destroyed: as it was when the proof began, and asked again for
    one it did not know then, for the chain says so before the key goes."""

    def __init__(self, connection: sa.Connection, database: Database) -> None:
        self._known = destroyed(connection)
        self._database = database

    def __contains__(self, owner: str) -> bool:
        if owner not in self._known:
            with self._database.look() as connection:
                self._known |= destroyed(connection)
        return owner in self._known


def payloads(connection: sa.Connection, database: Database, store: PayloadStore) -> Iterator[Wrong]:
    """What is wrong with what is sealed: keys, what the rows point at, and the rest."""
    ended = _Ended(connection, database)
    yield from _keys(store, ended)
    pointed: set[str] = set()
    yield from _pointed(connection, store, ended, pointed)
    left = [one for one in store.ids() if one not in pointed]
    for one in left:
        if not isinstance(one, str):
            yield Wrong(UNOPENED, t.payload.name)
    named = [one for one in left if isinstance(one, str)]
    for start in range(0, len(named), _BATCH):
        some = [(one, None) for one in named[start : start + _BATCH]]
        for payload, code in _of(store, some):
            # Gone since is the sweep's; of one whose key is destroyed the key's own row tells.
            if code == UNOPENED or (code == DESTROYED and not store.owner(payload)):
                yield Wrong(UNOPENED, t.payload.name, (payload,))


def _keys(store: PayloadStore, ended: _Ended) -> Iterator[Wrong]:
    for key in store.key_states():
        if key.there is key.destroyed or (key.there and not key.opens):
            yield Wrong(KEY_CHANGED, t.payload_key.name, (key.key_id,))
        elif not key.there and key.owner not in ended:
            yield Wrong(DESTROYED, t.payload_key.name, (key.key_id,))


def _pointed(
    connection: sa.Connection, store: PayloadStore, ended: _Ended, pointed: set[str]
) -> Iterator[Wrong]:
    for pointer in (one.column for one in POINTERS):
        sha = _SHA.get(pointer)
        asked = sa.select(pointer, sa.null() if sha is None else sha)
        if pointer is a.snapshot_file.c.payload:
            # Of a log that is deleted the rows stay, and say that the bytes are gone.
            frozen = a.snapshot.c.snapshot_id == a.snapshot_file.c.snapshot_id
            asked = asked.where(sa.not_(sa.exists().where(frozen, a.snapshot.c.erased)))
        found = connection.execute(asked, execution_options={"yield_per": 1000})
        for part in found.partitions(_BATCH):
            rows = [(str(row[0]), row[1]) for row in part if row[0]]
            pointed.update(payload for payload, _ in rows)
            for payload, code in _of(store, rows):
                if code != DESTROYED or store.owner(payload) not in ended:
                    yield Wrong(code, str(pointer.table.name), (payload,))


def _of(store: PayloadStore, rows: Sequence[tuple[str, str | None]]) -> Iterator[tuple[str, str]]:
    opened = store.get_each(payload for payload, _ in rows)
    for payload, sha in rows:
        body = opened[payload]
        if isinstance(body, LocalFault):
            # A key that is not what it was is told of by its own row.
            yield payload, UNOPENED if body.code == KEY_CHANGED else body.code
        elif sha and hashlib.sha256(body).hexdigest() != sha:
            yield payload, OTHER
