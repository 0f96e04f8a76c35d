"""Is a log being handed over? What other rooms may ask the hand-over's books. Read only."""

import sqlalchemy as sa

from gateway.ledger import transfer_tables as x
from gateway.ledger.database import Database


def under_way(database: Database, tenant: str, logg: str) -> bool:
    """Whether a log has an open hand-over, or one whose end is not settled here (E-2)."""
    own = x.overfoering.c.tenant == tenant, x.overfoering.c.logg == logg
    with database.begin() as connection:
        still = connection.execute(
            sa.select(x.aapen.c.logg).where(x.aapen.c.tenant == tenant, x.aapen.c.logg == logg)
        ).first()
        unsettled = connection.execute(
            sa.select(x.overfoering.c.logg).where(*own, x.overfoering.c.etterarbeid != "")
        ).first()
    return still is not None or unsettled is not None
