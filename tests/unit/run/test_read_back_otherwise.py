"""What was written and read back otherwise is counted for itself, and offered by the next plan."""

import json
from dataclasses import replace

import pytest

from gateway.cli import exits
from gateway.cli.ran import counts
from gateway.effects import push
from gateway.effects.progress import progress
from gateway.plan.step import StepKind
from gateway.tasks.counted import counted


@pytest.fixture
def forgetful(stand, monkeypatch):
    """Five logs moved to a target that keeps another text for two of them."""
    for number in range(5):
        stand.begins(number)
    real = push.gate.send

    def altering(route, order, passed):
        if order.key in ("logg-1", "logg-3"):
            stored = json.loads(order.body) | {"text": "målets egen tekst"}
            order = replace(order, body=json.dumps(stored, sort_keys=True).encode())
        return real(route, order, passed)

    with monkeypatch.context() as patched:
        patched.setattr(push.gate, "send", altering)
        stand.run = stand.moved()
    return stand


def test_different_is_never_in_the_first_figure(forgetful):
    """Three as promised, two otherwise; the same in the run's line and in its progress."""
    became = counted(forgetful.database, forgetful.run)
    assert (became["ferdig"], became["annerledes"]) == (3, 2)
    assert sum(became.values()) == 5
    assert counts(became).startswith("3 skrevet og lest tilbake, 2 skrevet, men lest tilbake")
    at = progress(forgetful.database, forgetful.run, forgetful.route.clock.now())
    assert (at.done, at.otherwise, at.state) == (3, 2, "avvik")


def test_the_next_plan_offers_exactly_those(forgetful):
    """The two, and no other; written as promised they are offered no more."""
    plan_id = forgetful.planned()
    steps = forgetful.steps(plan_id)
    assert steps == {
        f"logg-{n}": (
            (StepKind.PUT.value, "LEST_TILBAKE_ANNERLEDES") if n in (1, 3) else ("skip", "UENDRET")
        )
        for n in range(5)
    }
    run_id = forgetful.carried_out(plan_id)
    became = counted(forgetful.database, run_id)
    assert (became["ferdig"], became["annerledes"], became["skip"]) == (2, 0, 3)
    assert forgetful.document("b", 1)["text"] == forgetful.document("a", 1)["text"]
    assert set(forgetful.steps(forgetful.planned()).values()) == {("skip", "UENDRET")}


def test_a_persons_edit_on_top_is_a_persons(forgetful):
    """Somebody has been there since: it is theirs to decide, as ever."""
    forgetful.writes("b", number=1, text="et menneskes ord")
    assert forgetful.steps(forgetful.planned())["logg-1"] == ("clash", "MAAL_ENDRET")


def test_the_exit_code_is_its_own():
    """Documented: 7."""
    assert exits.OTHERWISE_WRITTEN == 7
