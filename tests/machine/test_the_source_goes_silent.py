"""A source or a target that does not answer in the middle of a run: a reason, never a hang."""

import pytest
import sqlalchemy as sa

from gateway.effects.planning import Planner
from gateway.errors import Rejected, RemoteFault, Transient
from gateway.ledger import tables as t
from gateway.run.rows import run_row
from tests.machine.conftest import Died
from tests.machine.test_every_boundary import check, fill


def silent(world, times):
    """The source's feed does not answer, that many times."""
    answer = world.source.changes
    left = [times]

    def changes(cursor):
        if left[0]:
            left[0] -= 1
            raise Transient("TIDSAVBRUDD")
        return answer(cursor)

    world.source.changes = changes


def test_a_silent_moment_is_waited_out(world):
    """A feed that does not answer once: the batch waits, and everything is delivered."""
    fill(world)
    run_id = world.begin(world.plan())
    silent(world, 1)
    assert world.work(run_id)["effects"] == {"ferdig": 10}
    check(world)


def test_a_source_that_stays_silent_stops_the_run(world):
    """Nothing is sent on what may have been withdrawn, and the reason is the connector's."""
    fill(world)
    run_id = world.begin(world.plan())
    silent(world, 100)
    with pytest.raises(RemoteFault, match="TIDSAVBRUDD"):
        world.work(run_id)
    assert not world.target.writes


def test_a_source_silent_at_the_end_is_not_finished(world):
    """The last listing cannot be had: `ufullstendig` with the reason, not a run that hangs."""
    fill(world)
    run_id = world.begin(world.plan())

    def page(cursor):
        raise Transient("TIDSAVBRUDD")

    world.source.page = page
    world.work(run_id)
    row = run_row(world.database, run_id)
    assert (row["state"], row["reason"]) == ("ufullstendig", "TIDSAVBRUDD")


def test_a_plan_that_cannot_be_made_says_why(world):
    """A source that falls silent while a plan is made leaves the plan `ufullstendig`."""
    fill(world)

    def page(cursor):
        raise Transient("KRETS_AAPEN")

    world.source.page = page
    with pytest.raises(Transient):
        Planner(world.route).build()
    with world.database.begin() as connection:
        row = connection.execute(sa.select(t.plan.c.state, t.plan.c.reason)).one()
    assert tuple(row) == ("ufullstendig", "KRETS_AAPEN")


def test_a_target_that_cannot_tell_leaves_it_to_a_person(world):
    """Begun, killed, held since, and the target cannot find by key: parked, the others go on."""
    fill(world)
    run_id = world.begin(world.plan())
    world.deaths = {"intent.after": 1}
    with pytest.raises(Died):
        world.work(run_id)
    world.register.held.add("logg-00-b")

    def find(key, body):
        if not body:
            raise Rejected("UGYLDIG_DOKUMENT", place=key)
        return type(world.target).find(world.target, key, body)

    world.target.find = find
    summary = world.work(run_id)
    assert summary["effects"] == {"ferdig": 9, "parkert": 1}
    assert "logg-00" not in world.target.writes
