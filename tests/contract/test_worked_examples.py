"""From the contract file alone every operation can be called, and the sandbox answers as it says.

The examples hold against the schemas, are played in the file's own order against an empty sandbox,
and are about nobody.
"""

import importlib
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from connectors.sandbox.server import start
from tests.contract.conftest import NAMES
from tests.contract.openapi_file import Contract, Operation
from tests.contract.traffic import Recorder
from tests.contract.worked_example import Player, shown

_NUMBER = re.compile(r"(?<!\d)\d{11}(?!\d)")
_ADDRESS = re.compile(r"[\w.]+@([\w.]+)")

_DAY, _TIME = r"\d{4}-\d\d-\d\d", r"\d{4}-\d\d-\d\dT.*"
IMPOSSIBLE = [
    {_DAY: "2026-02-29", _TIME: "2026-02-29T10:00:00Z"},
    {_DAY: "2026-2-28", _TIME: "2026-02-28T10:00+0100"},
]
"""What is put instead of a date and of a time: the first is known by a calendar only."""
NESTED = {"at", "since", "signedAt"}
"""Members of a list in a resource: what is refused is named by the list."""

CALLS = [(name, call) for name in NAMES for call in Contract.of(name).document["x-worked-example"]]


def operation(system: str, name: str) -> tuple[Contract, Operation]:
    """One operation of a file."""
    contract = Contract.of(system)
    return contract, next(one for one in contract.operations if one.name == name)


@pytest.mark.parametrize(("system", "call"), CALLS)
def test_an_example_holds_against_the_schemas(system: str, call: str) -> None:
    """Request, parameters, answer and headers, each member of them declared."""
    name, _, which = call.partition("/")
    contract, one = operation(system, name)
    example = shown(one, which)
    held: list[tuple[Any, Any]] = [
        (parameter["schema"], example.given[kind][parameter["name"]])
        for kind, place in one.parameters.items()
        for parameter in place.values()
        if parameter["name"] in example.given[kind]
    ]
    if example.media:
        held.append((one.bodies[example.media].get("schema", {}), example.body))
    answer = one.answers[str(example.status)]
    if example.answer_media:
        held.append((answer.content[example.answer_media].get("schema", {}), example.answer))
    held += [(answer.headers[key]["schema"], value) for key, value in example.headers.items()]
    assert [b for schema, value in held for b in contract.schemas.breaches(schema, value)] == []
    required = [
        (kind, p["name"])
        for kind, place in one.parameters.items()
        for p in place.values()
        if p["required"]
    ]
    assert [name for kind, name in required if name not in example.given[kind]] == []


@pytest.mark.parametrize("system", NAMES)
def test_every_example_is_played_and_answered_as_it_stands(system: str, tmp_path: Path) -> None:
    """In the file's order, against an empty system; and every call of it is declared."""
    with playing(system, tmp_path) as (player, recorder, order):
        names = [one.name for one in recorder.contract.operations]
        assert {call.partition("/")[0] for call in order} == set(names)
        assert len(set(order)) == len(order)
        for name in order:
            player.play(name)
    recorder.refuse()
    assert {called for called, _ in recorder.calls} == set(names)


@pytest.mark.parametrize("wrong", IMPOSSIBLE, ids=["no such day", "another form"])
@pytest.mark.parametrize("system", NAMES)
def test_an_impossible_time_is_refused_where_it_stands(
    system: str, wrong: dict[str, str], tmp_path: Path
) -> None:
    """Each date and time of each body in turn: 422 with a declared code, and nothing is changed,
    for the example goes on as if it had not been sent."""
    refused = 0
    with playing(system, tmp_path) as (player, recorder, order):
        for name in order:
            for member, answer in player.spoilt(name, wrong):
                assert answer.status_code == 422, f"{name}: {member}"
                said = answer.json()
                assert member in said.get("sted", said.get("place", "")) or member in NESTED
                refused += 1
            player.play(name)
    recorder.refuse()
    assert refused > 10


@contextmanager
def playing(system: str, folder: Path) -> Iterator[tuple[Player, Recorder, list[str]]]:
    """An empty sandbox with a player who has the file alone, and the order of the example."""
    recorder = Recorder.of(system)
    (token,) = [one for one in recorder.contract.operations if not one.secured]
    form = shown(token).body
    app = importlib.import_module(f"connectors.{system}.sandbox.app").open_sandbox(
        folder, tenant=form["tenant_id"]
    )
    keys = {"client_id": form["client_id"], "client_secret": form["client_secret"]}
    with start(app, tenant=form["tenant_id"], **keys) as running:
        recorder.watch(running)
        with httpx.Client(base_url=running.url, trust_env=False) as client:
            player = Player(client, recorder.contract)
            yield player, recorder, list(recorder.contract.document["x-worked-example"])
    app.close()


@pytest.mark.parametrize("system", NAMES)
def test_the_examples_are_about_nobody(system: str) -> None:
    """Numbers have month + 80, addresses are in a domain that is reserved."""
    text = json.dumps(Contract.of(system).document, ensure_ascii=False)
    numbers = _NUMBER.findall(text)
    assert numbers
    assert all(81 <= int(number[2:4]) <= 92 for number in numbers)
    assert all(domain.endswith(".example") for domain in _ADDRESS.findall(text))


@pytest.mark.parametrize("system", NAMES)
def test_every_named_example_is_played(system: str) -> None:
    """An operation of several examples has each of them in the order, and the order no other."""
    contract = Contract.of(system)
    played = {call for call in contract.document["x-worked-example"] if "/" in call}
    there = {
        f"{one.name}/{which}"
        for one in contract.operations
        for answer in one.answers.values()
        for node in answer.content.values()
        for which in node.get("examples", ())
    }
    assert played == there
    assert there


@pytest.mark.parametrize("system", NAMES)
def test_no_status_is_declared_by_its_range(system: str) -> None:
    """Each is said by its own number, with what it means."""
    for one in Contract.of(system).operations:
        assert all(key.isdecimal() for key in one.answers), one.name
