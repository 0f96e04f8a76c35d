"""What a worker does in an archive tick: find what is due, work a lane, close the tick.

A tick is one round of archiving: a night of the calendar, a deliver-round between, or a person's
`archive run`. Vendors are known to `app` alone.
"""

import json
from datetime import UTC
from typing import Any

import sqlalchemy as sa

from gateway.app import House
from gateway.effects.archiving import waits
from gateway.effects.archiving.collect import Collected, collect
from gateway.effects.archiving.verk import Verk
from gateway.effects.archiving.working import Lane, release_claims
from gateway.errors import LocalFault
from gateway.ledger import archive_tables as a
from gateway.ledger.chain import Fact, append
from gateway.ledger.sweep import sweep
from gateway.ledger.upsert import insert_new


def open_tick(house: House, verk: Verk, tick_id: str) -> bool:
    """Write the tick down; False when it was there already."""
    now = verk.now()
    row = {"tick_id": tick_id, "tenant": verk.tenant, "system": verk.system, "started": now}
    with house.database.begin() as connection:
        if not insert_new(connection, a.tick, row):
            return False
        append(connection, now, [Fact("natt", run_id=tick_id, body={"tick": tick_id})])
    return True


def find_due(house: House, verk: Verk, tick_id: str, *, spread: bool) -> dict[str, Any]:
    """Look at the source once for this tick; what was found is kept with the tick."""
    sweep(house.database, verk.store, verk.clock.now())
    return keep_found(house, tick_id, collect(verk, tick_id, spread=spread))


def keep_found(house: House, tick_id: str, found: Collected) -> dict[str, Any]:
    """Keep what a look at the whole source found with its tick."""
    told = {
        "listed": found.listed,
        "fetched": found.fetched,
        "unread": found.unread,
        "due": found.due,
        "made": found.made,
        "named": found.named,
    }
    with house.database.begin() as connection:
        connection.execute(
            a.tick.update()
            .where(a.tick.c.tick_id == tick_id)
            .values(summary=json.dumps(told), code=None)
        )
        system = connection.execute(
            sa.select(a.tick.c.system).where(a.tick.c.tick_id == tick_id)
        ).scalar()
        if system is not None:
            now = house.clock.now().astimezone(UTC).isoformat(timespec="milliseconds")
            tenant = house.settings.kommune.orgnr
            waits.unread(connection, tenant, str(system), now, found.named)
    return told


def work_lane(house: House, verk: Verk, tick_id: str, number: int) -> str:
    """Work one lane until nothing is due."""
    return Lane(verk, tick_id, number).run()


def close_tick(house: House, verk: Verk, tick_id: str) -> None:
    """Let go of what the tick still holds, and mark its end."""
    release_claims(verk, tick_id)
    with house.database.begin() as connection:
        connection.execute(
            a.tick.update()
            .where(a.tick.c.tick_id == tick_id, a.tick.c.ended.is_(None))
            .values(ended=verk.now())
        )


def looked(house: House, tick_id: str) -> bool:
    """True when the tick's look at the source has succeeded, or nobody wrote the tick down."""
    with house.database.begin() as connection:
        row = connection.execute(
            sa.select(a.tick.c.summary).where(a.tick.c.tick_id == tick_id)
        ).first()
    return row is None or row.summary is not None


def open_ticks(house: House, system: str) -> list[str]:
    """Ticks of this municipality's source that have not been closed: this one, and what a killed
    process left."""
    with house.database.begin() as connection:
        return list(
            connection.execute(
                sa.select(a.tick.c.tick_id)
                .where(
                    a.tick.c.ended.is_(None),
                    a.tick.c.system == system,
                    a.tick.c.tenant == house.settings.kommune.orgnr,
                )
                .order_by(a.tick.c.started)
            ).scalars()
        )


def system_of(house: House, tick_id: str) -> str:
    """The source a tick looks at. Raises LocalFault when nobody knows the tick."""
    with house.database.begin() as connection:
        found = connection.execute(
            sa.select(a.tick.c.system).where(a.tick.c.tick_id == tick_id)
        ).scalar()
    if found is None:
        raise LocalFault("UKJENT_NATT", place=tick_id)
    return str(found)


def stopped(house: House, tick_id: str, code: str) -> None:
    """A fault of ours stopped a lane: the tick remembers which."""
    with house.database.begin() as connection:
        connection.execute(a.tick.update().where(a.tick.c.tick_id == tick_id).values(code=code))


def code_of(house: House, tick_id: str) -> str:
    """The code of the fault that stopped a tick, or an empty string."""
    with house.database.begin() as connection:
        found = connection.execute(
            sa.select(a.tick.c.code).where(a.tick.c.tick_id == tick_id)
        ).scalar()
    return str(found or "")
