"""Which ids of a list, and which units, no log of the source answers to.

A plan of a chosen part leaves out what nobody has without a word; a slip of the pen would be a log
that stays behind. Asked of what the plan itself listed and took in, so it is the same whenever it
is asked, and no system is read. Gives positions, never a name.
"""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from gateway.effects.one_log import of_one_log
from gateway.errors import LocalFault
from gateway.ledger import tables as t
from gateway.ledger.database import Database
from gateway.ledger.store import PayloadStore
from gateway.migrate.rules.scope import Scope, unit_names
from gateway.ports.mapping import SystemMapping
from schemas.stafettlogg.logg import Stafettlogg

_BATCH = 200


@dataclass(frozen=True, slots=True)
class Unanswered:
    """Positions from 1, in the list of ids and among the units that were asked for."""

    logs: tuple[int, ...] = ()
    units: tuple[int, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.logs or self.units)


def unanswered(
    database: Database, store: PayloadStore, mapping: SystemMapping, plan: dict[str, Any]
) -> Unanswered:
    """What of the plan's scope nobody answered to. Reads a log only while something is missing."""
    scope = Scope.of(plan["scope"])
    refs, loggs, units = _refs(database, str(plan["plan_id"])), set[str](), set[str]()
    last = -1
    while scope.unanswered(refs | loggs) or scope.unknown_units(units):
        found = _read(database, store, mapping, plan, last)
        if not found:
            break
        last = found[-1][0]
        for _, logg in found:
            if logg is not None:
                loggs.add(logg.id)
                units |= unit_names(logg)
    return Unanswered(scope.unanswered(refs | loggs), scope.unknown_units(units))


def _refs(database: Database, plan_id: str) -> set[str]:
    with database.look() as connection:
        return set(
            connection.execute(
                sa.select(t.manifest.c.ref).where(
                    t.manifest.c.owner == plan_id, t.manifest.c.phase == "foer"
                )
            ).scalars()
        )


def _read(
    database: Database,
    store: PayloadStore,
    mapping: SystemMapping,
    plan: dict[str, Any],
    last: int,
) -> list[tuple[int, Stafettlogg | None]]:
    """(place in the listing, log) of the next logs; None for one that cannot be read."""
    with database.look() as connection:
        rows = connection.execute(
            sa.select(t.manifest.c.nr, t.record.c.payload)
            .outerjoin(
                t.record,
                sa.and_(
                    t.record.c.ref == t.manifest.c.ref,
                    t.record.c.system == plan["source"],
                    t.record.c.tenant == plan["tenant"],
                ),
            )
            .where(
                t.manifest.c.owner == plan["plan_id"],
                t.manifest.c.phase == "foer",
                t.manifest.c.nr > last,
            )
            .order_by(t.manifest.c.nr)
            .limit(_BATCH)
        ).all()
    bodies = store.get_each([row.payload for row in rows if row.payload])
    return [
        (row.nr, read_of(mapping, bodies[row.payload], plan["tenant"]) if row.payload else None)
        for row in rows
    ]


def read_of(mapping: SystemMapping, body: bytes | LocalFault, tenant: str) -> Stafettlogg | None:
    """The log of a sealed copy as it was opened; None for one that cannot be read or is lost."""
    if isinstance(body, LocalFault):
        return None
    try:
        return mapping.decode(mapping.parse(body), tenant).logg
    except Exception as error:
        if of_one_log(error) is None:
            raise
        return None
