"""The chain's key and the first covers: made once for a ledger, and never again in silence.

A ledger from before there were any is covered as it stands, once, and is proved from then on; the
link's kind says so. A ledger that has lost its key, its file or its end is told of instead: what
is made anew beside it would call anything whole.
"""

import secrets
from collections.abc import Iterator
from pathlib import Path

import sqlalchemy as sa

from gateway.errors import LocalFault
from gateway.ledger import rowmac
from gateway.ledger import tables as t
from gateway.ledger.anchor import START, AnchorFile
from gateway.ledger.anchored import OLDER
from gateway.ledger.cover import GENESIS, HEAD, Change, append_links, as_bytes
from gateway.ledger.covered import Shape, standing
from gateway.ledger.database import LOST, PAYLOADS_LOST, Database
from gateway.ledger.keys import KeyRing

KEY, FROM = "chain-key", "keyed-from"
BEFORE, UPGRADED = "fraFoer", "oppgradert"
KEY_LOST = "KJEDENOEKKEL_MANGLER"


def is_lost(database: Database) -> None:
    """Before anything is made: raise LocalFault when a ledger has been here and is gone, or its
    payloads are. On SQLite; another database is there before us."""
    if not database.sqlite:
        return
    ledger, payloads = database.folder / "ledger.db", database.folder / "payload.db"
    if not _stands(ledger):
        if _stands(payloads) or _anchored(database.anchored.file):
            raise LocalFault(LOST, place=ledger.name)
    elif not _stands(payloads):
        with database.look() as connection:
            begun = sa.inspect(connection).has_table(t.setting.name)
            if begun and connection.execute(sa.select(t.setting.c.name).limit(1)).first():
                raise LocalFault(PAYLOADS_LOST, place=payloads.name)


def _stands(path: Path) -> bool:
    try:
        return path.stat().st_size > 0
    except FileNotFoundError:
        return False
    except OSError:
        raise LocalFault("DATAMAPPE_UTILGJENGELIG", place=path.name) from None


def _anchored(file: AnchorFile) -> bool:
    """True when there is an anchor of something, or one nobody can read."""
    try:
        stands = file.read()
    except LocalFault:
        return True
    return stands is not None and stands != START


def open_key(connection: sa.Connection, database: Database, ring: KeyRing) -> bool:
    """Take the ledger's key into use, if it has one. False for a ledger that has neither key nor
    covers. Raises LocalFault when it should have, or the ring does not open it."""
    names = t.setting.c.name.in_((KEY, FROM))
    rows = connection.execute(sa.select(t.setting).where(names)).all()
    found = {str(row.name): as_bytes(row.value) for row in rows}
    if KEY not in found:
        if connection.execute(sa.select(t.cover.c.seq).limit(1)).first() is not None:
            raise LocalFault(KEY_LOST, place=KEY)
        return False
    database.key.key = ring.open(found[KEY], KEY)
    number = found.get(FROM, b"")
    # One that says no number has been changed, and is told of with the other rows.
    database.key.keyed_from = int(number) if number.isdigit() else 0
    return True


def begin(connection: sa.Connection, database: Database, ring: KeyRing, at: str) -> None:
    """Make the key, and cover every row that stands. In the transaction of a ledger's first
    opening, or of an older ledger's first opening by this code. Raises LocalFault when an anchor
    says that this ledger has been covered before."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.text("select pg_advisory_xact_lock(7204)"))
    if open_key(connection, database, ring):
        return  # another process was first
    chain = connection.execute(sa.select(t.head.c.seq).where(t.head.c.id == 1)).scalar_one()
    if _anchored(database.anchored.file):
        raise LocalFault(OLDER if chain else LOST, place="anker")
    key = secrets.token_bytes(32)
    connection.execute(
        t.setting.insert(),
        [{"name": KEY, "value": ring.seal(key, KEY)}, {"name": FROM, "value": str(chain).encode()}],
    )
    connection.execute(t.head.insert(), {"id": HEAD, "seq": 0, "hash": GENESIS})
    database.anchored.file.create(START)
    shapes = standing(connection)
    append_links(connection, key, at, BEFORE if chain else "", every(connection, key, shapes))


def every(connection: sa.Connection, key: bytes, shapes: dict[str, Shape]) -> Iterator[Change]:
    """Every covered row that stands, with its keyed hash."""
    for shape in shapes.values():
        for own, row in rowmac.all_rows(connection, shape):
            yield shape, own, rowmac.mac(key, shape, row)
