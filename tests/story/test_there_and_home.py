"""There and home again through the real servers: identical, byte for byte, in canonical JSON.

Both directions, over generated logs and the corpus: what the other system cannot hold comes home
with the complement, and an edit made there comes home too. STAFETT_FULL=1 runs 1,000 logs.
"""

import importlib
import json
import os
from collections import Counter

import pytest

from connectors.sandbox.app import Request
from gateway import app
from gateway.effects import claim, runs
from gateway.effects.planning import Planner
from gateway.effects.push import Pusher
from gateway.effects.reconciling import reconcile
from gateway.run import signing
from gateway.run.rows import plan_row, run_row
from gateway.settings.load import load
from tests.story.town import CX, ORGNR, SP, Town, town

LOGS = 1000 if os.environ.get("STAFETT_FULL") else 30


class InProcess:
    """Plan and run in this process, on the town's configuration."""

    def __init__(self, place: Town) -> None:
        self.house = app.open_house(load(place.config))

    def move(self, source: str, target: str, kind: str = "frem", of: str | None = None) -> str:
        """Plan, sign, run to the end and reconcile. Returns the run."""
        route = app.open_route(self.house, source, target)
        try:
            plan_id = Planner(route, kind, of).build()
            signing.sign(route.database, plan_id, "IT", route.now())
            run_id, chunks = runs.begin(route, plan_id)
            plan = plan_row(route.database, plan_id)
            for chunk in chunks:
                held = claim.take(route.database, run_id, chunk, route.clock.new_id())
                pusher = Pusher(route, run_id, plan, cursor=None, pause=lambda _s: None)
                assert pusher.chunk(chunk, held) == "ferdig"
                runs.chunk_finished(route.database, run_id, chunk)
            self.summary = runs.close(route, run_id)
            assert set(self.summary["effects"]) <= {"ferdig"}, self.parked(run_id)
            wrong = [f for f in reconcile(route, run_id) if f.state != "settled"]
            assert wrong == [], Counter(p[:3] for f in wrong for p in f.places)
        finally:
            route.source.close()
            route.target.close()
        return run_id

    def plan_of(self, run_id: str) -> str:
        """The plan a run carried out."""
        return str(run_row(self.house.database, run_id)["plan_id"])

    def parked(self, run_id: str) -> list:
        """What was not delivered, for the failure text: codes and places."""
        import sqlalchemy as sa

        from gateway.ledger import tables as t

        with self.house.database.begin() as c:
            rows = c.execute(
                sa.select(t.effect.c.state, t.effect.c.code, t.effect.c.place).where(
                    t.effect.c.run_id == run_id, t.effect.c.state != "ferdig"
                )
            )
            return [tuple(row) for row in rows]


@pytest.fixture
def place(tmp_path):
    """A town."""
    with town(tmp_path, chunk=50) as made:
        yield made


def history(kind: str, system: str):
    """Generated logs, or the corpus, in a system's own shape."""
    if kind == "generert":
        module = importlib.import_module(f"connectors.{system}.sandbox.generator")
        return module.generate(5, LOGS, tenant=ORGNR)
    module = importlib.import_module(f"connectors.{system}.sandbox.corpus")
    return ((ours(document), files) for _case, document, files in module.load())


def ours(document: dict) -> dict:
    """The document as one of this town's, where it names its municipality."""
    if "plan" in document:
        document["plan"]["organisationNumber"] = ORGNR
    return document


@pytest.mark.parametrize("kind", ["generert", "korpus"])
def test_home_to_an_empty_system(place, kind):
    """Conexus to Samspill and home to an empty Conexus: every log comes back with its bytes."""
    total = place.fill(CX, history(kind, CX))
    before = place.digests(CX)
    assert len(before) == total
    office = InProcess(place)
    try:
        run_id = office.move(CX, SP)
        moved = office.summary["effects"]["ferdig"]
        place.replace(CX, "hjem")
        office.move(SP, CX, "tilbake", run_id)
    finally:
        office.house.close()
    after = place.digests(CX)
    assert len(after) == moved > 0
    assert after.items() <= before.items()


@pytest.mark.parametrize("kind", ["generert", "korpus"])
@pytest.mark.parametrize(("source", "target"), [(CX, SP), (SP, CX)])
def test_home_to_where_it_still_stands(place, source, target, kind):
    """Read out of the other system and restored, each log is byte for byte what still stands at
    home: the plan home has nothing to write."""
    place.fill(source, history(kind, source))
    before = place.digests(source)
    office = InProcess(place)
    try:
        run_id = office.move(source, target)
        moved = office.summary["effects"]["ferdig"]
        home = office.move(target, source, "tilbake", run_id)
        kinds = plan_row(office.house.database, office.plan_of(home))["summary"]
    finally:
        office.house.close()
    assert json.loads(kinds)["kinds"] == {"skip": moved}
    assert moved > 0
    assert place.digests(source) == before


def test_an_edit_made_there_comes_home(place):
    """A goal edited in Samspill is edited in Conexus after the way home; nothing else moves."""
    place.fill(CX, history("generert", CX))
    before = documents(place, CX)
    office = InProcess(place)
    try:
        run_id = office.move(CX, SP)
        bundle, goal = next((b, b["goals"][0]) for b in place.apps[SP].bundles() if b["goals"])
        edit(place, bundle["plan"]["planId"], goal)
        office.move(SP, CX, "tilbake", run_id)
    finally:
        office.house.close()
    after = documents(place, CX)
    changed = [ref for ref in before if before[ref] != after[ref]]
    assert len(changed) == 1
    assert "Redigert i Samspill" in json.dumps(after[changed[0]], ensure_ascii=False)


def documents(place: Town, system: str) -> dict[str, dict]:
    """Every document of a system."""
    return {document["loggId"]: document for document in place.apps[system].documents()}


def edit(place: Town, plan_id: str, goal: dict) -> None:
    """Somebody edits a goal's title in Samspill, as the product would."""
    answer = place.apps[SP].handle(
        Request(
            "PATCH",
            f"/content/v1/plans/{plan_id}/goals/{goal['goalId']}",
            {},
            {"if-match": f'"{goal["version"]}"', "content-type": "application/json"},
            json.dumps({"title": "Redigert i Samspill"}).encode(),
            "et menneske",
        )
    )
    assert answer.status == 200, answer.body
