"""What clashes waits by log and way: a plan of a part, or of nobody, hides nothing of the others.

A place is named in a plan that can still be signed, all of them in one signature; when the plan
has been run, the way is a new plan.
"""

import pytest

from gateway.migrate.rules.scope import Scope
from gateway.tasks.parked import parked
from gateway.tasks.waits import clashes
from tests.machine.pair import TENANT
from tests.unit.run.stand import EVERY


def waits(stand):
    """Log -> its commands, of what clashes."""
    with stand.database.look() as connection:
        return {one.logg: one.commands for one in clashes(connection, TENANT)}


@pytest.fixture
def moved(stand):
    """Three logs moved, and the first two since changed in the target."""
    for number in range(3):
        stand.begins(number)
    stand.run_id = stand.moved()
    for number in range(2):
        stand.writes("b", number, text="noens")
    return stand


@pytest.mark.parametrize(
    "more",
    [
        {"scope": Scope(logs=("logg-2",))},
        {"scope": Scope(logs=("ingen",))},
        {"kind": "reparer"},
        {"way": "ba", "scope": Scope(logs=("logg-2",))},
    ],
)
def test_a_narrower_plan_hides_no_clash(moved, more):
    """A scoped one, one with nobody in it, a repair, one the other way."""
    moved.planned()
    moved.planned(**more, of=moved.run_id if "kind" in more else None)
    assert {"logg-0", "logg-1"} <= waits(moved).keys()


def test_a_newer_step_of_the_log_decides(moved):
    """A clash that a part has found waits beside the older ones; one that is gone does not."""
    moved.planned()
    moved.writes("b", 2, text="andres")
    moved.planned(scope=Scope(logs=("logg-2",)))
    assert waits(moved).keys() == {"logg-0", "logg-1", "logg-2"}
    moved.writes("a", 0, consent=False)
    plan_id = moved.planned(scope=Scope(logs=("logg-0",)))
    assert moved.steps(plan_id)["logg-0"][0] == "hold"
    assert waits(moved).keys() == {"logg-1", "logg-2"}


def test_a_write_either_way_solves_that_log_alone(moved):
    """Taken home one by one."""
    moved.planned()
    moved.moved("ba", scope=Scope(logs=("logg-0",)))
    assert waits(moved).keys() == {"logg-1"}


def test_one_signature_names_all(moved):
    """A second one would replace the first: what it named is named again."""
    for number in range(2):
        moved.writes("a", number, text="våre")
    plan_id = moved.planned()
    (one, _), (other, _) = waits(moved).values()
    assert one == other
    assert one.startswith(f"stafett sign {plan_id} --by HVEM --overwrite logg-0:")
    assert " --overwrite logg-1:" in one
    names = one.split(" --overwrite ")[1:]
    moved.signed(plan_id, tuple(name for name in names if name.startswith("logg-0:")))
    ((left, _),) = waits(moved).values()
    assert sorted(left.split(" --overwrite ")[1:]) == sorted(names)
    moved.signed(plan_id, EVERY)
    assert waits(moved) == {}


def test_a_plan_that_has_been_run_is_planned_again(moved):
    """It is not to be signed: in the list of what waits, and in what the run left."""
    moved.writes("a", 0, text="våre")
    run_id = moved.moved()
    wanted = ("stafett plan a b", "stafett plan b a")
    assert waits(moved)["logg-0"] == wanted
    assert {row.logg: row.commands for row in parked(moved.database, run_id)}["logg-0"] == wanted
