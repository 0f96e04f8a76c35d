"""Bring the ledger's tables to the newest shape, and place the genesis rows.

Two version tables, because payloads may live in a file of their own. Nothing here reads content.
"""

from dataclasses import replace
from pathlib import Path

import sqlalchemy as sa

from gateway.clock import Clock, SystemClock
from gateway.errors import LocalFault, Transient
from gateway.ledger import (  # noqa: F401 - their tables join `meta`
    archive_tables,
    form,
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
from gateway.ledger.dbfault import meaning
from gateway.ledger.keys import KeyRing, check_canary, find_key, seal_canary

_FINDS = "find-key"
_HERE = Path(__file__).parent / "migrations"
_NEWEST = {"ledger": "ledger_0014", "payload": "payload_0002"}


def _upgrade(
    engine: sa.Engine, branch: str, metadata: sa.MetaData, ring: KeyRing | None = None
) -> None:
    table = form.version_table(branch)
    with engine.connect() as connection:
        found = _revision(connection, table, metadata)
        newest = found == _NEWEST[branch]
        # One that is brought forward is written to: then nothing strange may stand there.
        ill = form.missing(connection, branch) if newest else form.strange(connection, branch)
        connection.rollback()
    if ill is not None:
        raise LocalFault(ill.code, place=ill.table)
    if newest:
        return
    # Imported here: a ledger already in shape, which is the rule, should not wait for it.
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(_HERE))
    config.set_main_option("path_separator", "os")
    config.set_main_option("version_locations", str(_HERE / branch))
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(sa.text("select pg_advisory_xact_lock(7203)"))
        config.attributes.update(connection=connection, metadata=metadata, version_table=table)
        with upgrading.kept(connection, ring):
            try:
                command.upgrade(config, "head")
            except (CommandError, AssertionError, sa.exc.DatabaseError) as error:
                if isinstance(error, sa.exc.DatabaseError) and (
                    meaning(error).code != "DATABASE_FEIL"
                ):
                    raise
                # A revision this code does not know, or one the tables are not at.
                raise LocalFault(form.CHANGED, place=table) from None
            if branch == form.LEDGER:
                # A table that came has a trigger of ours too, before anybody writes there.
                touched.install(connection)


def _revision(connection: sa.Connection, table: str, metadata: sa.MetaData) -> str | None:
    """The revision a database says it is at; None for one with nothing of ours in it. Raises
    LocalFault("HOVEDBOK_FORM_ENDRET") when it says none or several, or has tables and says
    nothing."""
    found = sa.inspect(connection)
    if not found.has_table(table):
        if metadata.tables.keys() & set(found.get_table_names()):
            raise LocalFault(form.CHANGED, place=table)
        return None
    number: sa.ColumnElement[str] = sa.column("version_num")
    asked = sa.select(number).select_from(sa.table(table)).limit(2)
    try:
        said = connection.execute(asked).scalars().all()
    except sa.exc.DatabaseError as error:
        if meaning(error).code != "DATABASE_FEIL":
            raise
        said = []
    if len(said) != 1:
        raise LocalFault(form.CHANGED, place=table)
    return str(said[0])


def prepare(database: Database, ring: KeyRing, clock: Clock | None = None) -> KeyRing:
    """Create or upgrade every table, then prove that the key ring opens this ledger, and hold it to
    its anchor. The ring as this ledger completes it: with the key that finds.

    Raises LocalFault("NOEKKEL_FEIL") with a wrong ring, before anything else is read, and
    "DATABASE_UTILGJENGELIG" for a database that does not answer: there is no step yet to try again.
    One that has been here and is gone, or that has lost its payloads or its chain's key, is told
    of (`opening.py`), and so is one whose tables are not ours ("HOVEDBOK_FORM_ENDRET"). One that
    does not pass through its anchor, or that has a trigger, a view or a rule that is not ours,
    opens to be read only.
    """
    try:
        with translated():
            opening.is_lost(database)
            _upgrade(database.main, "ledger", t.meta, ring)
            _upgrade(database.bulk, "payload", t.payload_meta)
    except Transient:
        raise LocalFault("DATABASE_UTILGJENGELIG", place="ledger") from None
    database.anchored.stopped = _stopped(database)
    with database.look() as connection:
        canary = _setting(connection, "canary")
        finds = _setting(connection, _FINDS)
        if canary is not None:
            check_canary(ring, canary)
        keyed = opening.open_key(connection, database, ring)
    if keyed and finds is None:
        # With another key nobody would be found, and nobody would be told.
        raise LocalFault(opening.KEY_LOST, place=_FINDS)
    if not keyed:
        if database.anchored.stopped:
            raise LocalFault(database.anchored.stopped, place="ledger")
        at = (clock or SystemClock()).now().isoformat(timespec="milliseconds")
        with database.begin() as connection:
            _begin(connection, database, ring, at)
        with database.look() as connection:
            opening.open_key(connection, database, ring)
            finds = _setting(connection, _FINDS)
    database.anchored.begin(follow=not keyed)
    return replace(ring, finds=ring.open(finds or b"", _FINDS))


def _begin(connection: sa.Connection, database: Database, ring: KeyRing, at: str) -> None:
    """The genesis rows, unless they stand, and what a ledger from before has not."""
    touched.install(connection)
    new = _setting(connection, "canary") is None
    if new:
        if connection.execute(sa.select(t.head.c.id).limit(1)).first() is not None:
            raise LocalFault(opening.KEY_LOST, place="canary")
        connection.execute(t.setting.insert(), {"name": "canary", "value": seal_canary(ring)})
        connection.execute(t.head.insert(), {"id": 1, "seq": 0, "hash": GENESIS})
    if _setting(connection, _FINDS) is None:
        finds = ring.seal(find_key(ring, new=new), _FINDS)
        connection.execute(t.setting.insert(), {"name": _FINDS, "value": finds})
    opening.begin(connection, database, ring, at)


def _stopped(database: Database) -> str:
    """Why nothing may be written: something not ours runs in our transactions."""
    with database.look() as connection:
        found = form.strange(connection, form.LEDGER)
    if found is None and database.sqlite:
        with database.look_bulk() as connection:
            found = form.strange(connection, form.PAYLOAD)
    return found.code if found else ""


def opens(database: Database, ring: KeyRing) -> bool:
    """True when the ring opens this ledger; nothing else is read."""
    with database.look() as connection:
        canary = _setting(connection, "canary")
    try:
        check_canary(ring, canary or b"")
    except LocalFault:
        return False
    return True


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
    return None if found is None else as_bytes(found)
