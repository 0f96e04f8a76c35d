"""Sealed copies that are gone from the payloads, put back from where they were fetched.

A copy is put back only where the system still gives the very bytes: they are held to the hash that
stands in the ledger, and get the id they had, so that every row that points at them is whole. What
a system gives otherwise now is lost here, and belongs to the log it was of.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence

import sqlalchemy as sa

from gateway.effects.one_log import of_one_log
from gateway.ledger import owners
from gateway.ledger import tables as t
from gateway.ledger.database import Database
from gateway.ledger.store import PayloadStore
from gateway.ports.connector import Connector
from gateway.run.agreed import Agreed


def of_source(
    database: Database, store: PayloadStore, system: str, tenant: str, refs: Sequence[str]
) -> dict[str, dict[str, str]]:
    """Ref -> SHA-256 -> payload, of what was taken in of these logs and is gone."""
    record, file = t.record.c, t.file.c
    with database.look() as connection:
        rows = [
            *connection.execute(
                sa.select(record.ref, record.sha, record.payload).where(
                    record.system == system, record.tenant == tenant, record.ref.in_(refs),
                    record.payload.is_not(None),
                )
            ),
            *connection.execute(
                sa.select(file.ref, file.sha, file.payload).where(
                    file.system == system, file.ref.in_(refs)
                )
            ),
        ]  # fmt: skip
    gone = store.missing(str(row.payload) for row in rows) if rows else set()
    found: dict[str, dict[str, str]] = {}
    for row in rows:
        if row.payload in gone:
            found.setdefault(str(row.ref), {})[str(row.sha)] = str(row.payload)
    return found


def put_back(
    store: PayloadStore, lost: Mapping[str, str], owner: str, bodies: Iterable[bytes]
) -> None:
    """Put back those of the bodies that are what was lost (SHA-256 -> payload)."""
    found = {hashlib.sha256(body).hexdigest(): body for body in bodies}
    again = [(owner, payload, found[sha]) for sha, payload in lost.items() if sha in found]
    if again:
        store.put_back(again)


def of_agreed(
    store: PayloadStore,
    agreed: Iterable[Agreed],
    there: Mapping[str, tuple[Connector, Mapping[str, str]]],
) -> None:
    """Put back what two systems agreed on where it is gone, from each system where the log stands
    at the agreed version. `there` has each system with the versions it lists."""
    sides = [
        (one.logg, there[name][0], side)
        for one in agreed
        for name, side in one.sides.items()
        if name in there and there[name][1].get(side.ref) == side.version
    ]
    gone = store.missing(side.doc for _, _, side in sides) if sides else set()
    for logg, system, side in sides:
        if side.doc not in gone:
            continue
        try:
            body = system.document(side.ref).body
        except Exception as error:
            if of_one_log(error) is None:
                raise
            continue
        put_back(store, {side.sha: side.doc}, owners.log(logg), [body])
