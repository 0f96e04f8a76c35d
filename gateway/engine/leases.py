"""When a worker of the municipality last said that it lives: read without starting the engine.

Each worker renews its row while it lives (see `durable`); one that was killed says nothing more.
Nothing here takes anything over.
"""

import sqlalchemy as sa

from gateway import places
from gateway.app import House

LEASE = 15.0
"""Seconds of silence after which nobody is taken to be at work: a worker says so thrice in that."""

_AGE = {
    "sqlite": "(julianday('now')-2440587.5)*86400.0",
    "postgresql": "extract(epoch from clock_timestamp())",
}


def heard(house: House) -> float | None:
    """Seconds since a worker of this municipality was last heard of; None for never."""
    engine = _open(house)
    if engine is None:
        return None
    now = _AGE[engine.dialect.name]
    ask = f"select min({now}-seen) from gw_lease where executor_id like :own"  # noqa: S608
    try:
        with engine.connect() as connection:
            age = connection.execute(sa.text(ask), {"own": _own(house, "%")}).scalar()
    except sa.exc.DBAPIError:
        # No worker has ever started here, or the engine's database does not answer.
        return None
    finally:
        engine.dispose()
    return None if age is None else max(0.0, float(age))


def forget(house: House, slot: str) -> None:
    """Take away the sign of a worker that has stopped by itself, so that nobody waits for it."""
    engine = _open(house)
    if engine is None:
        return
    try:
        with engine.begin() as connection:
            connection.execute(
                sa.text("delete from gw_lease where executor_id = :own"),
                {"own": _own(house, slot)},
            )
    except sa.exc.DBAPIError:
        return
    finally:
        engine.dispose()


def _own(house: House, slot: str) -> str:
    return f"{house.settings.kommune.orgnr}:{slot}"


def _open(house: House) -> sa.Engine | None:
    url = house.settings.gateway.database
    if url:
        return sa.create_engine(
            sa.make_url(url).set(drivername="postgresql+psycopg"),
            connect_args={"connect_timeout": 10, "application_name": "stafett-status"},
        )
    path = places.data_folder(house.settings) / "engine.db"
    return sa.create_engine(f"sqlite:///{path}") if path.exists() else None
