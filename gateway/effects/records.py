"""Look a source record up: what was taken in, at which version, and where its sealed copy is."""

from typing import Any

import sqlalchemy as sa

from gateway.effects.route import Route
from gateway.ledger import tables as t


def record(
    route: Route, ref: str, connection: sa.Connection | None = None
) -> dict[str, Any] | None:
    """The row of one source ref, inside a transaction when one is given; None if never seen."""
    query = sa.select(t.record).where(
        t.record.c.system == route.source_name,
        t.record.c.tenant == route.tenant,
        t.record.c.ref == ref,
    )
    if connection is not None:
        row = connection.execute(query).first()
    else:
        with route.database.begin() as own:
            row = own.execute(query).first()
    return dict(row._mapping) if row else None
