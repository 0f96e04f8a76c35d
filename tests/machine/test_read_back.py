"""What the target read back decides the receipt: kept, kept in another form, or altered."""

import json

import pytest
import sqlalchemy as sa

from gateway.effects.records import records
from gateway.errors import LocalFault
from gateway.ledger import tables as t
from gateway.ports.connector import Document
from tests.machine.test_every_boundary import fill


def outcomes(world):
    """Each log's outcome and the kinds of place that drifted."""
    with world.database.begin() as connection:
        rows = connection.execute(sa.select(t.effect.c.outcome, t.effect.c.places)).all()
    return [(row.outcome, json.loads(row.places or "[]")) for row in rows]


def reading(world, change):
    """Let the target give back `change(data)` of what it holds, as it writes it."""
    answer = world.target.document

    def document(ref):
        given = answer(ref)
        return Document(ref, given.version, change(json.loads(given.body)))

    world.target.document = document


def test_kept_as_it_was_given(world):
    """The same bytes: settled."""
    fill(world, 3)
    world.work(world.begin(world.plan()))
    assert outcomes(world) == [("settled", [])] * 3


def test_kept_in_another_form(world):
    """Other bytes that say the same: read as a log, and settled."""
    fill(world, 3)
    run_id = world.begin(world.plan())
    reading(world, lambda data: json.dumps(data, indent=2).encode())
    world.work(run_id)
    assert outcomes(world) == [("settled", [])] * 3


def test_altered_on_the_way_in(world):
    """One field differs: drifted, with its place and never its value."""
    fill(world, 3)
    run_id = world.begin(world.plan())
    reading(world, lambda data: json.dumps({**data, "text": "noe annet"}).encode())
    world.work(run_id)
    found = outcomes(world)
    assert [state for state, _ in found] == ["drifted"] * 3
    assert all(places == [["Stafettlogg", "nivaa_tekst", "changed", 1]] for _, places in found)


def test_a_batch_is_read_in_one_go(world):
    """Records and payloads come by the batch; what is not there is told, by id."""
    fill(world, 3)
    world.plan()
    found = records(world.route, ["s00", "s02", "finnes-ikke"])
    assert sorted(found) == ["s00", "s02"]
    payloads = [row["payload"] for row in found.values()]
    opened = world.route.store.get_many(payloads)
    assert {json.loads(body)["id"] for body in opened.values()} == {"logg-00", "logg-02"}
    with pytest.raises(LocalFault, match="NYTTELAST_MANGLER"):
        world.route.store.get_many([*payloads, "borte"])
