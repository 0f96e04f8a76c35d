"""Look source records up: what was taken in, at which version, and where the sealed copy is."""

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

from gateway.effects.route import Route
from gateway.ledger import tables as t

_RECORDS = sa.select(t.record).where(
    t.record.c.system == sa.bindparam("system"),
    t.record.c.tenant == sa.bindparam("tenant"),
    t.record.c.ref.in_(sa.bindparam("refs", expanding=True)),
)


def records(
    route: Route, refs: Iterable[str], connection: sa.Connection | None = None
) -> dict[str, dict[str, Any]]:
    """Ref -> row, inside a transaction when one is given; a ref never seen is not there."""
    wanted = {"system": route.source_name, "tenant": route.tenant, "refs": list(refs)}
    if connection is not None:
        rows = connection.execute(_RECORDS, wanted).all()
    else:
        with route.database.look() as own:
            rows = own.execute(_RECORDS, wanted).all()
    return {row.ref: dict(row._mapping) for row in rows}
