"""Sealed payloads: every body and file is encrypted before it touches the disk.

A payload's id is random and says nothing. `label` binds the ciphertext to what it is, so that
two payloads cannot be swapped. Payloads are written before the rows that point at them; one that
nothing points at is destroyed later (`sweep.py`).
"""

from collections.abc import Iterable

import sqlalchemy as sa

from gateway.clock import Clock
from gateway.errors import LocalFault
from gateway.ledger import tables as t
from gateway.ledger.database import Database
from gateway.ledger.keys import KeyRing

_PUT = t.payload.insert()
_BLOBS = sa.select(t.payload.c.id, t.payload.c.blob).where(
    t.payload.c.id.in_(sa.bindparam("ids", expanding=True))
)


class PayloadStore:
    """Put and get sealed bytes."""

    def __init__(self, database: Database, ring: KeyRing, clock: Clock) -> None:
        self._db = database
        self._ring = ring
        self._clock = clock

    def put(self, bodies: Iterable[bytes]) -> list[str]:
        """Seal and store in one commit; ids in the same order."""
        rows = []
        for body in bodies:
            payload_id = self._clock.new_id()
            rows.append({"id": payload_id, "blob": self._ring.seal(body, f"payload:{payload_id}")})
        if rows:
            with self._db.begin_bulk() as connection:
                connection.execute(_PUT, rows)
        return [str(row["id"]) for row in rows]

    def get(self, payload_id: str) -> bytes:
        """The bytes. Raises LocalFault when the payload is gone or the key is wrong."""
        return self.get_many([payload_id])[payload_id]

    def get_many(self, payload_ids: Iterable[str]) -> dict[str, bytes]:
        """Id -> bytes, read in one go. Raises as `get`."""
        ids = list(payload_ids)
        with self._db.look_bulk() as connection:
            rows = connection.execute(_BLOBS, {"ids": ids}).all()
        blobs = {payload_id: bytes(blob) for payload_id, blob in rows}
        for payload_id in ids:
            if payload_id not in blobs:
                raise LocalFault("NYTTELAST_MANGLER", place=payload_id)
        return {one: self._ring.open(blobs[one], f"payload:{one}") for one in ids}

    def delete(self, payload_ids: Iterable[str]) -> None:
        """Destroy payloads; SQLite overwrites the pages (`secure_delete`)."""
        ids = list(payload_ids)
        if ids:
            with self._db.begin_bulk() as connection:
                connection.execute(t.payload.delete().where(t.payload.c.id.in_(ids)))
