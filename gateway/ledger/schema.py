"""Bring the ledger's tables to the newest shape, and place the genesis rows.

Two version tables, because payloads may live in a file of their own. Nothing here reads content.
"""

from dataclasses import replace
from pathlib import Path

import sqlalchemy as sa

from gateway.errors import LocalFault, Transient
from gateway.ledger import (  # noqa: F401 - their tables join `meta`
    archive_tables,
    moving_tables,
    transfer_tables,
)
from gateway.ledger import tables as t
from gateway.ledger.chain import GENESIS
from gateway.ledger.database import Database, translated
from gateway.ledger.keys import KeyRing, check_canary, find_key, seal_canary

_FINDS = "find-key"
_HERE = Path(__file__).parent / "migrations"
_NEWEST = {"ledger": "ledger_0012", "payload": "payload_0002"}


def _upgrade(engine: sa.Engine, branch: str, metadata: sa.MetaData) -> None:
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
        command.upgrade(config, "head")


def prepare(database: Database, ring: KeyRing) -> KeyRing:
    """Create or upgrade every table, then prove that the key ring opens this ledger. The ring as
    this ledger completes it: with the key that finds.

    Raises LocalFault("NOEKKEL_FEIL") with a wrong ring, before anything else is read, and
    "DATABASE_UTILGJENGELIG" for a database that does not answer: there is no step yet to try again.
    """
    try:
        with translated():
            _upgrade(database.main, "ledger", t.meta)
            _upgrade(database.bulk, "payload", t.payload_meta)
    except Transient:
        raise LocalFault("DATABASE_UTILGJENGELIG", place="ledger") from None
    with database.begin() as connection:
        canary = _setting(connection, "canary")
        finds = _setting(connection, _FINDS)
        if canary is None:
            connection.execute(t.setting.insert(), {"name": "canary", "value": seal_canary(ring)})
            connection.execute(t.head.insert(), {"id": 1, "seq": 0, "hash": GENESIS})
        else:
            check_canary(ring, canary)
        if finds is None:
            finds = ring.seal(find_key(ring, new=canary is None), _FINDS)
            connection.execute(t.setting.insert(), {"name": _FINDS, "value": finds})
    return replace(ring, finds=ring.open(finds, _FINDS))


def sealed_before(database: Database) -> bool:
    """True when a ring has sealed anything in this database.

    Raises LocalFault("DATABASE_UTILGJENGELIG").
    """
    try:
        with database.look() as connection:
            if not sa.inspect(connection).has_table(t.setting.name):
                return False
            return _setting(connection, "canary") is not None
    except Transient:
        raise LocalFault("DATABASE_UTILGJENGELIG", place="ledger") from None


def _setting(connection: sa.Connection, name: str) -> bytes | None:
    query = sa.select(t.setting.c.value).where(t.setting.c.name == name)
    found = connection.execute(query).scalar()
    return None if found is None else bytes(found)
