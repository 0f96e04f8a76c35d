"""Look source records up: what was taken in, at which version, and where the sealed copy is."""

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

from gateway.effects.route import Route
from gateway.ledger import tables as t


def records(
    route: Route, refs: Iterable[str], connection: sa.Connection | None = None
) -> dict[str, dict[str, Any]]:
    """Ref -> row, inside a transaction when one is given; a ref never seen is not there."""
    query = sa.select(t.record).where(
        t.record.c.system == route.source_name,
        t.record.c.tenant == route.tenant,
        t.record.c.ref.in_(list(refs)),
    )
    if connection is not None:
        rows = connection.execute(query).all()
    else:
        with route.database.begin() as own:
            rows = own.execute(query).all()
    return {row.ref: dict(row._mapping) for row in rows}
