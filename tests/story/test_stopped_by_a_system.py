"""A run that a system's wrong answers stop says so in its exit code, and goes on when they end."""

import pytest

from connectors.conexus_companion.sandbox.generator import generate
from tests.story.town import CX, SP, town

FEED = {"kind": "html200", "match": r"^GET /api/v1/endringer", "skip": 1, "times": 10_000}


@pytest.fixture
def place(tmp_path):
    """A small town."""
    with town(tmp_path / "town") as made:
        made.fill(CX, generate(3, 6, tenant="899100107"))
        yield made


def test_a_source_that_answers_wrongly_is_exit_code_4(place):
    """Nothing is sent, the code is a system's and not ours, and `resume` carries it out."""
    plan_id = place.plan(CX, SP)
    place.running[CX].faults([FEED])
    told = place.stafett("migrate", plan_id, ok=(4,))
    assert (told["state"], told["kind"], told["done"]) == ("stoppet", "RemoteFault", 0)
    assert place.stafett("status", told["run_id"], ok=(4,))["kind"] == "RemoteFault"
    place.running[CX].faults([])
    gone_on = place.stafett("resume", told["run_id"])
    assert (gone_on["kind"], gone_on["parked"]) == ("", 0)
    assert gone_on["done"] >= 1
