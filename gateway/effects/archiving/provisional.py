"""What was archived while its text could still be changed is archived again when it is at rest.

A snapshot within the edit window says that it is provisional (R-077). Nothing else would set off
another: a log that was closed in the afternoon would have its last evening's changes in no
archive, and could never be deleted. This module must not look at content beyond its times.
"""

from datetime import datetime, timedelta

import sqlalchemy as sa

from gateway.arkiv.stand import last_change
from gateway.arkiv.utloeser import Utloeser, Utloest
from gateway.effects.archiving.verk import Verk
from gateway.ledger import archive_tables as a
from schemas.stafettlogg.logg import Stafettlogg

AGAIN = "+"
"""After the period of the job whose snapshot was provisional."""


def at_rest(logg: Stafettlogg, now: datetime, hours: int) -> bool:
    """True when nothing in the log can be changed within its window any more."""
    last = last_change(logg, now)
    return last is None or last + timedelta(hours=hours) <= now


def provisional(
    connection: sa.Connection, verk: Verk, loggs: list[str]
) -> dict[str, tuple[Utloest, ...]]:
    """Log -> the jobs to make anew, of those whose latest snapshot is provisional.

    Not before a migration: what left is what was frozen then.
    """
    later = a.snapshot.alias()
    final = sa.select(later.c.snapshot_id).where(
        later.c.tenant == a.snapshot.c.tenant,
        later.c.system == a.snapshot.c.system,
        later.c.logg == a.snapshot.c.logg,
        later.c.frozen_at > a.snapshot.c.frozen_at,
        sa.not_(later.c.redigerbar),
    )
    rows = connection.execute(
        sa.select(a.job.c.logg, a.job.c.utloeser, a.job.c.periode)
        .join(a.snapshot, a.snapshot.c.snapshot_id == a.job.c.snapshot_id)
        .where(
            a.snapshot.c.tenant == verk.tenant,
            a.snapshot.c.system == verk.system,
            a.snapshot.c.logg.in_(loggs),
            a.snapshot.c.redigerbar,
            sa.not_(a.snapshot.c.erased),
            a.job.c.utloeser != Utloeser.MIGRERING.value,
            sa.not_(a.job.c.periode.endswith(AGAIN)),
            ~final.exists(),
        )
        .order_by(a.job.c.job_id)
    )
    found: dict[str, tuple[Utloest, ...]] = {}
    for row in rows:
        one = Utloest(Utloeser(row.utloeser), row.periode + AGAIN)
        found[row.logg] = (*found.get(row.logg, ()), one)
    return found
