"""Kill the runner at every named place, the n-th time: nothing lost, nothing twice."""

import pytest

from gateway.effects import failpoint
from gateway.ledger import chain
from tests.machine.conftest import Died


def fill(world, count=10):
    """Logs with consent."""
    for n in range(count):
        world.source.documents[f"s{n:02}"] = {"id": f"logg-{n:02}", "text": "x", "consent": True}


def check(world, count=10):
    """Every log once, with its content, one write each, and a whole chain."""
    keys = sorted(world.target.keys[ref] for ref in world.target.documents)
    assert keys == [f"logg-{n:02}" for n in range(count)]
    assert len(world.target.writes) == len(set(world.target.writes)) == count
    with world.database.begin() as connection:
        assert chain.verify(connection).broken_at is None


@pytest.mark.parametrize("nth", [1, 2, 5])
@pytest.mark.parametrize("name", failpoint.NAMES)
def test_killed_there_and_started_again(world, name, nth):
    """Dies once at the named boundary; the next life finishes everything exactly once."""
    fill(world)
    run_id = world.begin(world.plan())
    world.deaths = {name: nth}
    died = False
    try:
        world.work(run_id)
    except Died:
        died = True
    world.deaths = {}
    summary = world.work(run_id)
    check(world)
    assert summary["effects"] == {"ferdig": 10}
    assert died or nth > 1


@pytest.mark.parametrize("cuts", [1, 3])
def test_answers_lost_after_the_write(world, cuts):
    """A lost answer is settled by asking, never by a second write."""
    fill(world)
    run_id = world.begin(world.plan())
    world.target.cuts = cuts
    assert world.work(run_id)["effects"] == {"ferdig": 10}
    check(world)


def test_every_failpoint_in_the_code_is_on_the_list():
    """A boundary without a name does not exist: the list and the code agree."""
    import re
    from pathlib import Path

    root = Path(failpoint.__file__).parents[1]
    used = {
        name
        for path in root.rglob("*.py")
        for name in re.findall(r'failpoint\.reach\("([a-z.]+)"\)', path.read_text())
    }
    assert used == {
        *failpoint.NAMES, *failpoint.ARCHIVE, *failpoint.MOVES, *failpoint.TRANSFERS
    }  # fmt: skip
