"""Destroy the gateway's own copies of a deleted log: documents, files, complements, snapshots.

Ids, codes and hashes stay (the proof needs them); every sealed byte of content goes, and what was
laid out for a person. The municipality's archive is never touched from here (C-2), nor what we
hold of the same log in another system, where it stands.
"""

import sqlalchemy as sa

from gateway.effects.archiving.unopened import Unopened
from gateway.effects.archiving.verk import Verk
from gateway.ledger import archive_tables as a
from gateway.ledger import tables as t
from gateway.ports.archive import LaidOut


def erase(verk: Verk, logg_id: str, ref: str) -> int:
    """Destroy every sealed copy. Returns how many there were; safe to do again."""
    record = sa.and_(
        t.record.c.system == verk.system, t.record.c.tenant == verk.tenant, t.record.c.ref == ref
    )
    file = sa.and_(t.file.c.system == verk.system, t.file.c.ref == ref)
    agreed = sa.and_(
        t.agreed.c.tenant == verk.tenant,
        t.agreed.c.logg == logg_id,
        sa.or_(t.agreed.c.source == verk.system, t.agreed.c.target == verk.system),
    )
    mine = sa.and_(
        a.snapshot.c.tenant == verk.tenant,
        a.snapshot.c.system == verk.system,
        a.snapshot.c.logg == logg_id,
    )
    snapshots = sa.select(a.snapshot.c.snapshot_id).where(mine)
    frozen = a.snapshot_file.c.snapshot_id.in_(snapshots)
    with verk.database.begin() as connection:
        keys = [str(key) for key in connection.execute(snapshots).scalars()]
        gone = {
            str(one)
            for query in (
                sa.select(t.record.c.payload).where(record),
                sa.select(t.file.c.payload).where(file),
                sa.select(t.agreed.c.ours).where(agreed),
                sa.select(t.agreed.c.base).where(agreed),
                sa.select(a.snapshot_file.c.payload).where(frozen),
            )
            for one in connection.execute(query).scalars()
            if one
        }
    for maal in verk.archives.values():
        if isinstance(maal.archive, Unopened):
            raise maal.archive.fault  # what is laid out there must go too, so nothing goes yet
    # The bytes first: rows that point at nothing can be erased again, bytes nothing points at not.
    verk.store.delete(sorted(gone))
    for maal in verk.archives.values():
        if isinstance(maal.archive, LaidOut):
            for key in keys:
                maal.archive.clear(key)
    with verk.database.begin() as connection:
        connection.execute(t.record.delete().where(record))
        connection.execute(t.file.delete().where(file))
        connection.execute(t.agreed.delete().where(agreed))
        connection.execute(a.snapshot.update().where(mine).values(erased=True))
        # Seen no more: should the log come back at its vendor, it is a new acquaintance.
        connection.execute(
            a.seen.delete().where(
                a.seen.c.tenant == verk.tenant,
                a.seen.c.system == verk.system,
                a.seen.c.logg == logg_id,
            )
        )
    return len(gone)
