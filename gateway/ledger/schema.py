"""Bring the ledger's tables to the newest shape, and place the genesis rows.

Two version tables, because payloads may live in a file of their own. Nothing here reads content.
"""

from pathlib import Path

import sqlalchemy as sa

from gateway.clock import Clock, SystemClock
from gateway.errors import LocalFault, Transient
from gateway.ledger import (  # noqa: F401 - their tables join `meta`
    archive_tables,
    moving_tables,
    opening,
    touched,
    transfer_tables,
    upgrading,
)
from gateway.ledger import tables as t
from gateway.ledger.chain import GENESIS
from gateway.ledger.cover import as_bytes
from gateway.ledger.database import Database, translated
from gateway.ledger.keys import KeyRing, check_canary, seal_canary

_HERE = Path(__file__).parent / "migrations"
_NEWEST = {"ledger": "ledger_0014", "payload": "payload_0001"}


def _upgrade(
    engine: sa.Engine, branch: str, metadata: sa.MetaData, ring: KeyRing | None = None
) -> None:
    table = f"gw_version_{branch}"
    with engine.connect() as connection:
        found = None
        if sa.inspect(connection).has_table(table):
            found = connection.execute(sa.text(f"select version_num from {table}")).scalar()  # noqa: S608
        connection.rollback()
    if found == _NEWEST[branch]:
        return
    # Imported here: a ledger already in shape, which is the rule, should not wait for it.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_HERE))
    config.set_main_option("path_separator", "os")
    config.set_main_option("version_locations", str(_HERE / branch))
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(sa.text("select pg_advisory_xact_lock(7203)"))
        config.attributes.update(connection=connection, metadata=metadata, version_table=table)
        with upgrading.kept(connection, ring):
            command.upgrade(config, "head")


def prepare(database: Database, ring: KeyRing, clock: Clock | None = None) -> None:
    """Create or upgrade every table, then prove that the key ring opens this ledger, and hold it to
    its anchor.

    Raises LocalFault("NOEKKEL_FEIL") with a wrong ring, before anything else is read, and
    "DATABASE_UTILGJENGELIG" for a database that does not answer: there is no step yet to try again.
    One that has been here and is gone, or that has lost its payloads or its chain's key, is told
    of (`opening.py`). One that does not pass through its anchor opens, to be read only.
    """
    try:
        with translated():
            opening.is_lost(database)
            _upgrade(database.main, "ledger", t.meta, ring)
            _upgrade(database.bulk, "payload", t.payload_meta)
    except Transient:
        raise LocalFault("DATABASE_UTILGJENGELIG", place="ledger") from None
    with database.look() as connection:
        canary = connection.execute(_CANARY).scalar()
        if canary is not None:
            check_canary(ring, as_bytes(canary))
        keyed = opening.open_key(connection, database, ring)
    if not keyed:
        at = (clock or SystemClock()).now().isoformat(timespec="milliseconds")
        with database.begin() as connection:
            _begin(connection, database, ring, at)
        with database.look() as connection:
            opening.open_key(connection, database, ring)
    database.anchored.begin(follow=not keyed)


_CANARY = sa.select(t.setting.c.value).where(t.setting.c.name == "canary")


def _begin(connection: sa.Connection, database: Database, ring: KeyRing, at: str) -> None:
    """The genesis rows, unless they stand, and what a ledger from before has not."""
    touched.install(connection)
    if connection.execute(_CANARY).scalar() is None:
        if connection.execute(sa.select(t.head.c.id).limit(1)).first() is not None:
            raise LocalFault(opening.KEY_LOST, place="canary")
        connection.execute(t.setting.insert(), {"name": "canary", "value": seal_canary(ring)})
        connection.execute(t.head.insert(), {"id": 1, "seq": 0, "hash": GENESIS})
    opening.begin(connection, database, ring, at)
