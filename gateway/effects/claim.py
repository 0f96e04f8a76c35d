"""Who works on a chunk: a fencing token, so that a worker that slept cannot write beside its heir.

The newest claimer holds the chunk. Every commit of the chunk first checks, in the same
transaction, that the claim still stands; an older holder is told to stop.
"""

from dataclasses import dataclass

import sqlalchemy as sa

from gateway.errors import LocalFault
from gateway.ledger import tables as t
from gateway.ledger.database import Database
from gateway.ledger.upsert import upsert

_HOLDER = (
    sa.select(t.claim.c.token)
    .where(t.claim.c.run_id == sa.bindparam("run"), t.claim.c.chunk == sa.bindparam("chunk"))
    .with_for_update()
)


class Fenced(LocalFault):
    """Another worker has taken this chunk over; stop without touching anything."""

    kind = "Fenced"


@dataclass(frozen=True, slots=True)
class Claim:
    """A token for one chunk of one run."""

    run_id: str
    chunk: int
    token: str

    def hold(self, connection: sa.Connection) -> None:
        """Raise Fenced unless this token is still the newest."""
        token = connection.execute(_HOLDER, {"run": self.run_id, "chunk": self.chunk}).scalar()
        if token != self.token:
            raise Fenced("OVERTATT", place=f"{self.run_id}:{self.chunk}")


def take(database: Database, run_id: str, chunk: int, token: str) -> Claim:
    """Become the holder of a chunk."""
    with database.begin() as connection:
        upsert(connection, t.claim, {"run_id": run_id, "chunk": chunk, "token": token})
    return Claim(run_id, chunk, token)
