"""What the model has no place for is part of the promise: a system that drops it does not hold it.

The logs are the vendors' own generators'; what a system drops is taken out of what stands, and the
answer is counted by the test itself.
"""

import copy
import json
from random import Random
from typing import Any

import pytest

from gateway.run import reading_back
from gateway.run.reading_back import compared
from tests.laws.conftest import SYSTEMS, TENANT, documents, mapping

OWN = {"visma_samspill": "plan", "conexus_companion": None}
INNER = {"visma_samspill": "goals", "conexus_companion": "foresatte"}


def promise(system: str, number: int) -> dict[str, Any]:
    """A log with fields the contract does not know, at the top and in a resource."""
    wire = copy.deepcopy(list(documents(system, 7, 8))[number])
    own = wire[OWN[system]] if OWN[system] else wire
    own["nyttFelt"] = {"tekst": "noe en leverandør har lagt til", "liste": [1, 2]}
    for item in wire[INNER[system]]:
        item["eigeFelt"] = f"verdi {item and len(item)}"
    return wire


def state(system: str, promised: dict[str, Any], stands: dict[str, Any]) -> tuple[str, Any]:
    """What reading back says: (state, places)."""
    read = mapping(system)
    body = [json.dumps(wire, sort_keys=True).encode() for wire in (promised, stands)]
    outcome = compared(read, TENANT, *body).outcome
    return outcome.state, outcome.places


@pytest.mark.parametrize("system", SYSTEMS)
@pytest.mark.parametrize("number", range(4))
def test_what_was_dropped_is_told(system: str, number: int) -> None:
    """The model is alike to the letter, and the field is not there."""
    wanted = promise(system, number)
    stands = copy.deepcopy(wanted)
    own = stands[OWN[system]] if OWN[system] else stands
    del own["nyttFelt"]
    assert state(system, wanted, stands) == ("drifted", (("Stafettlogg", "raa", "changed", 1),))


@pytest.mark.parametrize("system", SYSTEMS)
@pytest.mark.parametrize("number", range(4))
def test_how_many_is_told(system: str, number: int) -> None:
    """As many as the test itself takes out."""
    wanted = promise(system, number)
    stands, dropped = copy.deepcopy(wanted), 0
    for item in stands[INNER[system]]:
        if Random(len(item) + dropped).random() < 0.7:
            item["eigeFelt"] = "noe annet"
            dropped += 1
    _, places = state(system, wanted, stands)
    assert sum(place[3] for place in places) == dropped


@pytest.mark.parametrize("system", SYSTEMS)
@pytest.mark.parametrize("number", range(4))
def test_what_a_system_adds_of_its_own_is_no_drift(system: str, number: int) -> None:
    """What was promised stands; the rest is for whoever looks for edits."""
    wanted = list(documents(system, 7, 8))[number]
    stands = promise(system, number)
    assert state(system, wanted, stands)[0] == "settled"


def test_the_system_s_own_ids_are_read_as_ours() -> None:
    """A system that was emptied gives new ids, also where they stand in what we have no row for."""
    system = "visma_samspill"
    wanted = promise(system, 0)
    goal = wanted["goals"][0]
    wanted["plan"]["nyttFelt"] = {"mål": goal["goalId"]}
    stands = json.loads(json.dumps(wanted).replace(goal["goalId"], "goal-nyttnyttnytt"))
    assert state(system, wanted, stands)[0] == "settled"
    stands["plan"]["nyttFelt"] = {"mål": "goal-et-annet"}
    assert state(system, wanted, stands)[0] == "drifted"


def test_a_time_in_another_form_is_the_same_time() -> None:
    """The vendor may write an instant otherwise, also where we have no row for it."""
    system = "visma_samspill"
    wanted = promise(system, 0)
    wanted["plan"]["nyttFelt"] = "2026-01-01T10:00:00Z"
    stands = copy.deepcopy(wanted)
    stands["plan"]["nyttFelt"] = "2026-01-01T11:00:00+01:00"
    assert state(system, wanted, stands)[0] == "settled"


def test_planted_a_reading_by_the_model_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Planted breach: the model alone is looked at; then what was dropped reads as right."""
    monkeypatch.setattr(reading_back, "lost", lambda *_: ())
    wanted = promise("visma_samspill", 0)
    stands = copy.deepcopy(wanted)
    del stands["plan"]["nyttFelt"]
    assert state("visma_samspill", wanted, stands)[0] == "settled"


def test_recipients_that_follow_from_a_rule_are_promised_too() -> None:
    """A bright moment must reach the child (R-090): a system that drops to whom it goes is told."""
    source, target = mapping("conexus_companion"), mapping("visma_samspill")
    seen = 0
    for wire in documents("conexus_companion", 7, 8):
        wanted = target.encode(source.decode(wire, TENANT).logg, TENANT).wire
        stands = json.loads(json.dumps(wanted))
        told = [m for m in stands["messages"] if m["recipientParticipantIds"]]
        for message in told:
            message["recipientParticipantIds"] = []
        outcome = state("visma_samspill", wanted, stands)
        if told:
            seen += 1
            assert outcome == ("drifted", (("Lysglimt", "raa", "changed", len(told)),))
    assert seen
