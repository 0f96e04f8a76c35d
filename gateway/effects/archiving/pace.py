"""A rate per archive that holds over all processes: each deposit reserves the next free moment.

A moment further ahead than all lanes together could have reserved was written by a clock that has
been set back since; it is forgotten, or an archive would stand still until the old time came.
"""

from datetime import datetime, timedelta

import sqlalchemy as sa

from gateway.effects.archiving.verk import stamp
from gateway.ledger import archive_tables as a
from gateway.ledger.database import Database
from gateway.ledger.upsert import upsert

MOST = 128
"""Lanes that may wait for one archive at a time."""


def reserve(database: Database, archive: str, per_minutt: int, now: datetime) -> float:
    """Take the archive's next free moment. Returns the seconds to wait for it."""
    with database.begin() as connection:
        free = connection.execute(
            sa.select(a.pace.c.free_at).where(a.pace.c.archive == archive).with_for_update()
        ).scalar()
        step = timedelta(seconds=60 / per_minutt)
        mine = max(now, datetime.fromisoformat(free)) if free else now
        if mine > now + MOST * step + timedelta(minutes=1):
            mine = now
        after = mine + step
        upsert(connection, a.pace, {"archive": archive, "free_at": stamp(after)})
    return (mine - now).total_seconds()
