"""Every sealed payload a row points at: it is there, it opens, and it is what the row says.

A payload is bound to its id by its seal, so one that opens is the one that was put there; where the
row has the hash of the content that is held to it too. One whose key is destroyed is right when the
chain says that its owner is. The bytes are forgotten at once.
"""

import hashlib
from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa

from gateway.errors import LocalFault
from gateway.ledger import archive_tables as a
from gateway.ledger import tables as t
from gateway.ledger.destroying import destroyed
from gateway.ledger.owners import POINTERS
from gateway.ledger.replay import Wrong
from gateway.ledger.store import PayloadStore

MISSING, UNOPENED, OTHER = "NYTTELAST_MANGLER", "NYTTELAST_AAPNES_IKKE", "NYTTELAST_ENDRET"
DESTROYED = "INNHOLD_OEDELAGT"
_BATCH = 16
_SHA: dict[sa.Column[Any], sa.Column[Any]] = {
    t.record.c.payload: t.record.c.sha,
    t.file.c.payload: t.file.c.sha,
    a.snapshot_file.c.payload: a.snapshot_file.c.sha,
}
"""Columns beside a payload that hold the hash of its content."""


def payloads(connection: sa.Connection, store: PayloadStore) -> Iterator[Wrong]:
    """What is wrong with what the rows point at."""
    ended = destroyed(connection)
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
            for payload, code in _of(store, rows):
                if code != DESTROYED or store.owner(payload) not in ended:
                    yield Wrong(code, str(pointer.table.name), (payload,))


def _of(store: PayloadStore, rows: Sequence[tuple[str, str | None]]) -> Iterator[tuple[str, str]]:
    opened: dict[str, bytes | str]
    try:
        opened = {**store.get_many(payload for payload, _ in rows)}
    except (LocalFault, ValueError, TypeError):
        opened = {payload: _one(store, payload) for payload, _ in rows}
    for payload, sha in rows:
        body = opened[payload]
        if isinstance(body, str):
            yield payload, body
        elif sha and hashlib.sha256(body).hexdigest() != sha:
            yield payload, OTHER


def _one(store: PayloadStore, payload: str) -> bytes | str:
    """The bytes, or the code that says why there are none."""
    try:
        return store.get(payload)
    except LocalFault as error:
        if error.code not in (MISSING, DESTROYED, "NOEKKEL_FEIL"):
            raise
        return UNOPENED if error.code == "NOEKKEL_FEIL" else error.code
    except (ValueError, TypeError):  # too short to be sealed at all, or no bytes
        return UNOPENED
