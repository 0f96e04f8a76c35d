"""Bytes that nothing points at are destroyed, and nothing else ever is."""

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from gateway.clock import SystemClock
from gateway.ledger import archive_tables as a
from gateway.ledger import tables as t
from gateway.ledger.database import Database
from gateway.ledger.keys import KeyRing
from gateway.ledger.schema import prepare
from gateway.ledger.store import PayloadStore
from gateway.ledger.sweep import sweep

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
RING = KeyRing({"k1": b"s" * 32})


def left(database):
    """Every payload's id."""
    with database.begin_bulk() as connection:
        return set(connection.execute(sa.select(t.payload.c.id)).scalars())


def test_only_what_nothing_points_at_for_a_day_is_destroyed(tmp_path):
    """An orphan is noted, rests a day, and goes; what gets its row meanwhile stays."""
    database = Database("", tmp_path)
    prepare(database, RING)
    store = PayloadStore(database, RING, SystemClock())
    pointed, late, orphan = store.put([("log:1", b"a"), ("log:1", b"b"), ("log:2", b"c")])
    file = {
        "snapshot_id": "s", "nr": 1, "filnavn": "f", "tittel": "t", "media_type": "m",
        "format": "x", "variant": "A", "sha": "0" * 64, "size": 1,
    }  # fmt: skip
    with database.begin() as connection:
        connection.execute(a.snapshot_file.insert(), file | {"payload": pointed})
    assert sweep(database, store, NOW) == 0
    assert sweep(database, store, NOW + timedelta(hours=23)) == 0
    with database.begin() as connection:
        connection.execute(a.snapshot_file.insert(), file | {"nr": 2, "payload": late})
    assert sweep(database, store, NOW + timedelta(hours=25)) == 1
    assert left(database) == {pointed, late}
    assert orphan not in left(database)
    with database.begin() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(a.orphan)).scalar() == 0
    database.close()
