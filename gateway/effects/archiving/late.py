"""Queue what is already frozen for an archive that was named after it was frozen.

A municipality may add an archive when most of its logs have their snapshot. What a log says now is
then delivered there too, without being frozen again.
"""

from collections.abc import Mapping

import sqlalchemy as sa

from gateway.effects.archiving.verk import Verk
from gateway.ledger import archive_tables as a
from gateway.ledger.upsert import insert_new


def queue(connection: sa.Connection, verk: Verk, contents: Mapping[str, str]) -> int:
    """`contents` is log -> what it says now (a hash). Returns how many deliveries were made."""
    maal = verk.kommune.arkiv.maal
    rows = connection.execute(
        sa.select(a.snapshot.c.snapshot_id, a.snapshot.c.logg, a.snapshot.c.content_sha).where(
            a.snapshot.c.tenant == verk.tenant,
            a.snapshot.c.logg.in_(list(contents)),
            a.snapshot.c.erased.is_(False),
            a.snapshot.c.redigerbar.is_(False),
        )
    ).all()
    current = [row for row in rows if contents[row.logg] == row.content_sha]
    there = {
        (row.snapshot_id, row.archive)
        for row in connection.execute(
            sa.select(a.delivery.c.snapshot_id, a.delivery.c.archive).where(
                a.delivery.c.snapshot_id.in_([row.snapshot_id for row in current])
            )
        )
    }
    made = 0
    for row in current:
        for archive in maal:
            if (row.snapshot_id, archive) not in there:
                made += insert_new(
                    connection,
                    a.delivery,
                    {
                        "snapshot_id": row.snapshot_id,
                        "archive": archive,
                        "tenant": verk.tenant,
                        "logg": row.logg,
                        "state": "planlagt",
                        "next_try": verk.now(),
                        "deadline": verk.deadline(),
                    },
                )
    return made
