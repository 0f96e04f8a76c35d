"""How far a run has come, as a bar says it: never more than all, and nothing of nothing."""

from datetime import UTC, datetime

import pytest

from gateway.cli.running import of_total
from gateway.effects.progress import Progress, progress
from tests.unit.run.conftest import stand
from tests.unit.run.stand import EVERY

__all__ = ["stand"]


@pytest.mark.parametrize(("done", "total", "said"), [(0, 0, "-"), (0, 4, "0/4"), (3, 4, "3/4")])
def test_nothing_to_write_is_a_dash(done, total, said):
    """A bar of an unknown or empty whole shows no fraction."""
    at = Progress("run", "plan", "kjoerer", "", "", total, done, 0, 0, 0, 0, 0, 1.0, None)
    assert of_total(at) == said


def test_a_named_overwrite_is_part_of_the_whole(stand):
    """One log written over by its name is one of one."""
    stand.begins(0)
    stand.moved()
    stand.writes("b", 0, text="noens")
    stand.writes("a", 0, text="våre")
    run_id = stand.moved(names=EVERY)
    at = progress(stand.database, run_id, datetime.now(UTC))
    assert (at.done, at.total) == (1, 1)
    assert of_total(at) == "1/1"
