"""What a run left to people, what has been solved since, and what waits now.

An old run's list shows what a later run did; the list of tasks holds what clashes in the newest
plan and what may have been made.
"""

from datetime import UTC, datetime, timedelta

import pytest

from gateway.exit.creations import REFUSED, SENT
from gateway.ledger import tables as t
from gateway.tasks.parked import parked
from gateway.tasks.waits import clashes, creations
from tests.machine.pair import TENANT
from tests.unit.run.stand import EVERY


def left(stand, run_id):
    """Log -> (code, who solved it) of what a run left."""
    return {row.logg: (row.code, row.solved_by) for row in parked(stand.database, run_id)}


def waits(stand):
    """(code, log, commands) of the clashes that wait."""
    with stand.database.look() as connection:
        return [(one.code, one.logg, one.commands) for one in clashes(connection, TENANT)]


@pytest.fixture
def moved(stand):
    """Two logs moved, and the first since changed in the target."""
    stand.begins(0)
    stand.begins(1)
    stand.moved()
    stand.writes("b", 0, text="noens")
    return stand


def test_a_clash_that_was_taken_home_is_solved(moved):
    """It stands in the old run's list, with the run that agreed on it."""
    run_id = moved.moved()
    assert left(moved, run_id) == {"logg-0": ("MAAL_ENDRET", "")}
    home = moved.moved("ba")
    assert left(moved, run_id) == {"logg-0": ("MAAL_ENDRET", home)}


def test_a_clash_waits_until_it_is_solved(moved):
    """With the command that takes the edit home; nothing waits when it is there."""
    moved.planned()
    assert waits(moved) == [("MAAL_ENDRET", "logg-0", ("stafett plan b a",))]
    moved.moved("ba")
    assert waits(moved) == []


def test_only_the_newest_plan_is_asked(moved):
    """An older plan's clash is old news."""
    moved.planned()
    moved.moved("ba")
    moved.writes("b", 1, text="andres")
    moved.planned()
    assert [(code, logg) for code, logg, _ in waits(moved)] == [("MAAL_ENDRET", "logg-1")]


def test_an_overwrite_waits_until_it_is_named(moved):
    """Its places are in the command; named and signed, it goes."""
    moved.writes("a", 0, text="våre")
    plan_id = moved.planned()
    ((code, logg, (named, home)),) = waits(moved)
    assert (code, logg, home) == ("MAAL_ENDRET", "logg-0", "stafett plan b a")
    assert named.startswith(f"stafett sign {plan_id} --by HVEM --overwrite logg-0:")
    moved.signed(plan_id, EVERY)
    assert waits(moved) == []


def test_what_is_gone_is_repaired_from_the_run_that_wrote_it(stand):
    """The command names that run."""
    ref = stand.begins(0)
    assert ref
    run_id = stand.moved()
    side = stand.sides["b"]
    del side.documents[stand.ref("b")]
    stand.planned()
    ((code, _, commands),) = waits(stand)
    assert code == "MAAL_BORTE"
    assert commands == (f"stafett plan a b --repair {run_id}",)


@pytest.mark.parametrize(
    ("state", "age", "waiting"), [(SENT, 200, True), (SENT, 60, False), (REFUSED, 200, False)]
)
def test_what_may_have_been_made_waits_for_a_word(stand, state, age, waiting):
    """From when the target should have shown it; what it said it refused goes again by itself."""
    now = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)
    with stand.database.begin() as connection:
        connection.execute(
            t.creation.insert(),
            {"target": "b", "tenant": TENANT, "child": "c", "logg": "logg-7", "run_id": "run-x",
             "state": state, "sent_at": (now - timedelta(seconds=age)).isoformat(), "ref": None,
             "said_by": None},
        )  # fmt: skip
    with stand.database.look() as connection:
        found = creations(connection, TENANT, now, lambda _system: 120.0)
    assert [one.logg for one in found] == ["logg-7"] * waiting
    for one in found:
        assert one.commands[0] == "stafett created b logg-7 --by HVEM --at REF"
