"""One tick is one round, however many processes serve; the hour that comes twice is one night."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
import sqlalchemy as sa

from gateway.clock import SystemClock
from gateway.errors import Transient
from gateway.ledger import archive_tables as a
from gateway.ledger.database import Database
from gateway.ledger.keys import KeyRing
from gateway.ledger.schema import prepare
from gateway.schedule.rounds import Rounds
from gateway.settings.models import Kommune

RING = KeyRing({"k1": b"r" * 32})


@pytest.fixture
def houses(tmp_path):
    """Two processes over one ledger, as values."""
    made = []
    for _ in range(2):
        database = Database("", tmp_path)
        prepare(database, RING)
        kommune = Kommune(nummer="9901", navn="Øvingsvik", orgnr="899100107")
        settings = SimpleNamespace(kommune=kommune)
        made.append(
            SimpleNamespace(
                settings=settings, database=database, clock=SystemClock(), require_room=lambda: None
            )
        )
    yield made
    for one in made:
        one.database.close()


def test_one_tick_is_one_round(houses):
    """Both processes fire for the same moment; one of them works."""
    done = []
    both = [Rounds(house, "overfoering", lambda: done.append(1), 20.0) for house in houses]
    at = datetime(2026, 11, 27, 10, 0, 20, tzinfo=UTC)
    assert [one.round(at) for one in both] == [True, False]
    assert [one.round(at + timedelta(seconds=20)) for one in reversed(both)] == [True, False]
    assert len(done) == 2


def test_the_hour_that_comes_twice(houses):
    """02:30 on the night summer time ends is one night, and so is the one that has no 02:30."""
    done = []
    nightly = Rounds(houses[0], "overfoering", lambda: None, 20.0, nightly=lambda: done.append(1))
    for tick in ("2026-10-25T00:30:00+00:00", "2026-10-25T01:30:00+00:00"):
        nightly.night(datetime.fromisoformat(tick))
    assert len(done) == 1
    for tick in ("2027-03-28T01:30:00+00:00", "2027-03-29T00:30:00+00:00"):
        nightly.night(datetime.fromisoformat(tick))
    assert len(done) == 3


def test_a_round_that_fails_is_not_the_last(houses):
    """A fault ends that round and no other."""
    done = []

    def work():
        done.append(1)
        if len(done) == 1:
            raise Transient("OPPTATT")
        if len(done) == 2:
            raise ZeroDivisionError

    rounds = Rounds(houses[0], "overfoering", work, 20.0)
    start = datetime(2026, 11, 27, tzinfo=UTC)
    assert all(rounds.round(start + timedelta(minutes=n)) for n in range(3))
    assert len(done) == 3


def test_old_ticks_are_taken_away(houses):
    """A round every twenty seconds leaves no pile; another kind's ticks stay."""
    rounds = Rounds(houses[0], "overfoering", lambda: None, 20.0)
    rounds.round()
    old = (datetime.now(UTC) - timedelta(days=3)).isoformat(timespec="milliseconds")
    with houses[0].database.begin() as connection:
        connection.execute(a.tick.update().values(started=old))
        row = {"tick_id": "natt:x", "tenant": "899100107", "system": "kilde", "started": old}
        connection.execute(a.tick.insert(), row)
    rounds.night()
    with houses[0].database.look() as connection:
        left = set(connection.execute(sa.select(a.tick.c.system)).scalars())
        count = connection.execute(sa.select(sa.func.count()).select_from(a.tick)).scalar()
    assert left == {"kilde", "overfoering"}
    assert count == 2
