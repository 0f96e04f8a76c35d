"""Destroy the gateway's own copies of a deleted log: documents, files, agreed states, snapshots.

Ids, codes and hashes stay (the proof needs them); every sealed byte of content goes, and what was
laid out for a person. The municipality's archive is never touched from here (C-2), nor what was
taken in of the same log in another system, where it stands: that it does becomes a person's task
(R-116), for this is the last moment anybody here knows where.
"""

import sqlalchemy as sa

from gateway.effects.archiving import unmade, waits
from gateway.effects.archiving.unopened import Unopened
from gateway.effects.archiving.verk import Verk
from gateway.ledger import archive_tables as a
from gateway.ledger import tables as t
from gateway.ledger.owners import needed
from gateway.ports.archive import LaidOut
from gateway.run import agreed as agreeing
from gateway.tasks import rows as tasks
from gateway.tasks.standing import AFTER_DELETION

_AGREED = (t.agreed.c.one_doc, t.agreed.c.one_ids, t.agreed.c.other_doc, t.agreed.c.other_ids)
_EFFECT = (t.effect.c.ours, t.effect.c.sent, t.effect.c.base, t.effect.c.ids)


def erase(verk: Verk, logg_id: str, ref: str) -> int:
    """Destroy every sealed copy. Returns how many there were; safe to do again."""
    record = sa.and_(
        t.record.c.system == verk.system, t.record.c.tenant == verk.tenant, t.record.c.ref == ref
    )
    agreed = sa.and_(
        t.agreed.c.tenant == verk.tenant,
        t.agreed.c.logg == logg_id,
        sa.or_(t.agreed.c.one == verk.system, t.agreed.c.other == verk.system),
    )
    of_system = sa.select(t.run.c.run_id).join(t.plan, t.plan.c.plan_id == t.run.c.plan_id).where(
        t.plan.c.tenant == verk.tenant,
        sa.or_(t.plan.c.source == verk.system, t.plan.c.target == verk.system),
    )  # fmt: skip
    effect = sa.and_(t.effect.c.logg == logg_id, t.effect.c.run_id.in_(of_system))
    version = sa.and_(
        t.version.c.tenant == verk.tenant,
        t.version.c.system == verk.system,
        t.version.c.logg == logg_id,
    )
    # A version's files stand under the version's own id.
    versions = sa.select(t.version.c.version_id).where(version)
    file = sa.and_(
        t.file.c.system == verk.system, sa.or_(t.file.c.ref == ref, t.file.c.ref.in_(versions))
    )
    of_log = sa.select(t.step.c.plan_id).where(t.step.c.logg == logg_id)
    brought = sa.and_(
        t.plan.c.tenant == verk.tenant,
        t.plan.c.target == verk.system,
        t.plan.c.laid.is_not(None),
        t.plan.c.plan_id.in_(of_log),
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
                *(sa.select(column).where(agreed) for column in _AGREED),
                *(sa.select(column).where(effect) for column in _EFFECT),
                sa.select(t.version.c.payload).where(version),
                sa.select(t.plan.c.laid).where(brought),
                sa.select(a.snapshot_file.c.payload).where(frozen),
            )
            for one in connection.execute(query).scalars()
            if one
        }
        gone -= needed(
            connection,
            gone,
            {
                t.record: record, t.file: file, t.agreed: agreed, t.effect: effect,
                t.version: version, t.plan: brought, a.snapshot_file: frozen,
            },
        )  # fmt: skip
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
        copies = [
            tasks.Task(AFTER_DELETION, other, one.of(other).ref, logg_id, verk.system)
            for pair, one in agreeing.of_system(connection, verk.system, verk.tenant, [logg_id])
            for other in (pair.one, pair.other)
            if other != verk.system
        ]
        tasks.found(connection, verk.tenant, verk.now(), copies)
        connection.execute(t.agreed.delete().where(agreed))
        connection.execute(t.plan.update().where(brought).values(laid=None))
        connection.execute(t.version.delete().where(version))
        # What a run did stays told; what it carried is gone.
        connection.execute(
            t.effect.update().where(effect).values(dict.fromkeys(c.name for c in _EFFECT))
        )
        connection.execute(a.snapshot.update().where(mine).values(erased=True))
        erased = a.delivery.c.snapshot_id.in_(keys)
        waits.deliveries(connection, verk.tenant, verk.now(), erased)
        unmade.state(connection, verk.tenant, verk.now(), [logg_id])
        # Seen no more: should the log come back at its vendor, it is a new acquaintance.
        connection.execute(
            a.seen.delete().where(
                a.seen.c.tenant == verk.tenant,
                a.seen.c.system == verk.system,
                a.seen.c.logg == logg_id,
            )
        )
    return len(gone)
