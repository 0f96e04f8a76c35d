"""A run that waits for its target to show what was made says so, and until when at the longest."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from gateway.cli.running import told_waits
from gateway.effects.progress import progress
from gateway.exit.creations import REFUSED, SEEN, SENT
from gateway.ledger import tables as t
from gateway.tasks.unseen import unseen
from gateway.texts.catalogue import LANGUAGES
from tests.machine.pair import TENANT
from tests.unit.run.told import Told

NOW = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)


@pytest.fixture
def begun(stand):
    """A run of three logs that has begun with them."""
    for number in range(3):
        stand.begins(number)
    plan_id = stand.planned()
    stand.signed(plan_id)
    stand.run_id = stand.started(plan_id)
    with stand.database.begin() as connection:
        for number in range(3):
            connection.execute(
                t.effect.insert(),
                {"run_id": stand.run_id, "nr": number + 1, "chunk": 1, "logg": f"logg-{number}",
                 "state": "intensjon"},
            )  # fmt: skip
    return stand


def made(stand, number, age, state=SENT):
    """The creation of a log was sent some seconds ago."""
    with stand.database.begin() as connection:
        connection.execute(
            t.creation.insert(),
            {"target": "b", "tenant": TENANT, "child": f"c{number}", "logg": f"logg-{number}",
             "run_id": stand.run_id, "state": state, "ref": None, "said_by": None,
             "sent_at": (NOW - timedelta(seconds=age)).isoformat()},
        )  # fmt: skip


def test_those_that_are_not_seen_are_counted(begun):
    """The last that was sent says how long; what was seen, or is just on its way, does not wait."""
    assert unseen(begun.database, begun.run_id, NOW, 120.0) is None
    made(begun, 0, 30)
    made(begun, 1, 10, REFUSED)
    found = unseen(begun.database, begun.run_id, NOW, 120.0)
    assert (found.count, found.until) == (2, NOW + timedelta(seconds=110))
    made(begun, 2, 0.5)
    assert unseen(begun.database, begun.run_id, NOW, 120.0).count == 2


@pytest.mark.parametrize(("state", "effect"), [(SEEN, "intensjon"), (SENT, "ferdig")])
def test_what_is_seen_or_settled_waits_no_more(begun, state, effect):
    """By the target, or in the run."""
    made(begun, 0, 30, state)
    with begun.database.begin() as connection:
        connection.execute(t.effect.update().values(state=effect))
    assert unseen(begun.database, begun.run_id, NOW, 120.0) is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_is_said_in_a_line(begun, language):
    """With the number, the system and the hour as people in Norway read it."""
    made(begun, 0, 30)
    house = SimpleNamespace(
        database=begun.database,
        clock=SimpleNamespace(now=lambda: NOW),
        settings=SimpleNamespace(
            gateway=SimpleNamespace(systems={"b": SimpleNamespace(seen_within=120.0)})
        ),
    )
    told = Told()
    told.language = language
    line = told_waits(house, progress(begun.database, begun.run_id, NOW), told)
    assert " b " in line
    assert ": 1," in line
    assert "13.01.30" in line
