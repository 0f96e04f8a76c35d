"""Has a log been deleted at its vendor, with a proof of it? What other rooms may ask. Read only."""

import sqlalchemy as sa

from gateway.ledger import archive_tables as a
from gateway.ledger.database import Database


def deleted(database: Database, tenant: str, system: str, logg: str) -> bool:
    """Whether the municipality has deleted this log in this system, by a person's act (R-156)."""
    with database.look() as connection:
        found = connection.execute(
            sa.select(a.tombstone.c.logg).where(
                a.tombstone.c.tenant == tenant,
                a.tombstone.c.system == system,
                a.tombstone.c.logg == logg,
                a.tombstone.c.state == "slettet",
            )
        ).first()
    return found is not None
