"""There and home again through the real servers: identical, byte for byte, in canonical JSON.

Both directions, over generated logs and the corpus: what the other system cannot hold comes home
with the complement, and an edit made there comes home too. STAFETT_FULL=1 runs 1,000 logs.
"""

import importlib
import json
import os
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from connectors.conexus_companion.sandbox.skriving import canonical, etag_of
from connectors.sandbox.app import Request
from gateway import app
from gateway.effects import claim, runs
from gateway.effects.planning import Planner
from gateway.effects.push import Pusher
from gateway.effects.reconciling import RIGHT, reconcile
from gateway.effects.route import Route
from gateway.reconcile.identity import aligned, renamed
from gateway.run import signing
from gateway.run.rows import plan_row, run_row
from gateway.run.rules.edits import edits
from gateway.settings.load import load
from schemas.stafettlogg.kodeverk import Deltakerstatus
from schemas.stafettlogg.logg import Stafettlogg
from tests.people import acting
from tests.story.town import CX, ORGNR, SP, Town, town

LOGS = 1000 if os.environ.get("STAFETT_FULL") else 30


class InProcess:
    """Plan and run in this process, on the town's configuration."""

    def __init__(self, place: Town) -> None:
        self.house = app.open_house(load(place.config))

    @contextmanager
    def way(self, source: str, target: str) -> Iterator[Route]:
        """A route that is closed again, and does not mind a source with fewer logs."""
        route = app.open_route(self.house, source, target)
        try:
            yield replace(route, limits=replace(route.limits, max_shrink_percent=100))
        finally:
            route.source.close()
            route.target.close()

    def begin(self, route: Route, plan_id: str) -> tuple[str, list[int]]:
        """Start a run."""
        return runs.begin(route, plan_id)

    def carry_out(self, plan_id: str, overwrite: tuple[str, ...] = ()) -> str:
        """Sign, with these places named, and run to the end. Returns the run."""
        plan = plan_row(self.house.database, plan_id)
        with self.way(plan["source"], plan["target"]) as route:
            signing.sign(route.database, plan_id, acting(), route.now(), overwrite)
            run_id, chunks = self.begin(route, plan_id)
            plan = plan_row(self.house.database, plan_id)
            for chunk in chunks:
                held = claim.take(route.database, run_id, chunk, route.clock.new_id())
                pusher = Pusher(route, run_id, plan, cursor=None, pause=lambda _s: None)
                assert pusher.chunk(chunk, held) == "ferdig"
                runs.chunk_finished(route.database, run_id, chunk)
            self.summary = runs.close(route, run_id)
        return run_id

    def move(
        self,
        source: str,
        target: str,
        kind: str = "frem",
        of: str | None = None,
        *,
        refused: frozenset[str] = frozenset(),
    ) -> str:
        """Plan, sign, run to the end and reconcile. Returns the run. `refused` are the rules by
        which a system may turn a log away."""
        with self.way(source, target) as route:
            run_id = self.carry_out(Planner(route, kind, of).build())
            parked = self.parked(run_id)
            assert {code for _state, code, _place in parked} <= refused, parked
            wrong = [f for f in reconcile(route, run_id) if f.state not in ("settled", "partial")]
            assert wrong == [], Counter(p[:3] for f in wrong for p in f.places)
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
    if kind == "ukjent":
        return ((with_unknown(ours(document)), files) for _case, document, files in module.load())
    return ((ours(document), files) for _case, document, files in module.load())


def with_unknown(document: dict) -> dict:
    """Keys of the vendor's own in every record, with ids and without."""

    def planted(value, depth=0):
        if isinstance(value, list):
            return [planted(one, depth + 1) for one in value]
        if not isinstance(value, dict):
            return value
        inner = {key: planted(one, depth + 1) for key, one in value.items()}
        return inner | {"xEgen": {"nr": len(inner), "liste": [None, {"dypt": depth}]}}

    return planted(document)


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


@pytest.mark.parametrize("kind", ["generert", "korpus", "ukjent"])
@pytest.mark.parametrize(("source", "target"), [(CX, SP), (SP, CX)])
def test_home_to_an_emptied_system_and_there_again(place, source, target, kind):
    """There, home to a system that was emptied and gives everything new ids, and there again: the
    content is the same, unknown keys, order and authors included; every reconciliation says so,
    and the third plan has nothing to write."""
    place.fill(source, history(kind, source))
    before = everything(place, source)
    office = InProcess(place)
    try:
        run_id = office.move(source, target)
        moved = office.summary["effects"]["ferdig"]
        place.replace(source, "hjem")
        # An emptied system does not know a role that only its own past had.
        office.move(target, source, "tilbake", run_id, refused=frozenset({"UNKNOWN_ROLE"}))
        back = office.summary["effects"]["ferdig"]
        after = everything(place, source)
        again = office.move(source, target)
        kinds = plan_row(office.house.database, office.plan_of(again))["summary"]
        assert json.loads(kinds)["kinds"]["skip"] == back
        assert not office.summary["effects"]
        assert wrong(office, run_id, source, target) == []
    finally:
        office.house.close()
    assert len(after) >= back > moved * 3 / 4
    for logg, there in after.items():
        if there[0].oppmerksomheter or back == moved:
            same(before[logg], there)


def wrong(office: InProcess, run_id: str, source: str, target: str) -> list:
    """What reconciliation says of an earlier run now."""
    with office.way(source, target) as route:
        return [f for f in reconcile(route, run_id) if f.state not in RIGHT]


def everything(place: Town, system: str) -> dict[tuple, tuple[Stafettlogg, dict]]:
    """Every log of a system, by the child and how many take part: ids may change."""
    mapping = app.mapping(system)
    held = place.apps[system]
    documents = held.bundles() if system == SP else held.documents()
    found = {}
    for document in documents:
        logg = mapping.decode(mapping.parse(json.dumps(document).encode()), ORGNR).logg
        child = next(p for p in logg.personer if p.id == logg.hovedperson.person)
        found[child.identifikatorer[0].verdi, len(logg.personer)] = logg, document
    return found


def same(before: tuple[Stafettlogg, dict], after: tuple[Stafettlogg, dict]) -> None:
    """The same content under other ids: leaf by leaf, and the vendor's own keys, the order of every
    list and every author as they stand on the wire."""
    found = renamed(after[0], aligned(before[0], after[0]))
    # Who takes part anew is invited until they have signed in.
    invited = {d.id for d in found.deltakelser if d.status is Deltakerstatus.INVITERT}
    places = {(p.kind, p.field, p.entity) for p in edits(before[0], found)}
    left = {p[:2] for p in places if p[1] != "status" or p[2] not in invited}
    assert {p for p in left if p[1] != "raa"} == set()
    assert told(before[1]) == told(after[1])


_IDS = frozenset(
    {"planId", "personId", "participantId", "consentId", "goalId", "activityId", "commentId",
     "messageId", "eventId", "documentId", "subjectPlanId"}
)  # fmt: skip
_COUNTED = frozenset({"version", "externalReference"})


def told(document: dict) -> object:
    """A document with the vendor's ids as numbers in the order they appear, so that two say the
    same when they refer alike; without what the server counts and who has signed in."""
    numbers: dict[str, str] = {}

    def know(value: object) -> None:
        for one in value if isinstance(value, list) else [value]:
            if not isinstance(one, dict):
                continue
            for key in sorted(one):
                if key in _IDS and isinstance(one[key], str):
                    numbers.setdefault(one[key], f"#{len(numbers)}")
            for key in sorted(one):
                know(one[key])

    def numbered(value: object, key: str = "") -> object:
        if isinstance(value, list):
            return [numbered(one, key) for one in value]
        if isinstance(value, dict):
            person = "roleHistory" in value
            return {
                name: numbered(one, name)
                for name, one in value.items()
                if name not in _COUNTED and not (person and name == "status")
            }
        return numbers.get(value, value) if isinstance(value, str) else value

    know(document)
    return numbered(document)


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


def test_after_an_emptied_system_an_edit_there_is_one_change_here(place):
    """Home to an emptied Samspill, then one goal edited in Conexus and home again: that is what
    changes there; nothing else is written anew under ids of ours."""
    place.fill(SP, history("generert", SP))
    office = InProcess(place)
    try:
        run_id = office.move(SP, CX)
        place.replace(SP, "hjem")
        office.move(CX, SP, "tilbake", run_id)
        before = {b["plan"]["planId"]: b for b in place.apps[SP].bundles()}
        document = next(d for d in place.apps[CX].documents() if d["oppmerksomheter"])
        document["oppmerksomheter"][0]["maal"]["kjennetegn"] = "Skrevet i Conexus"
        stored(place, document)
        office.move(CX, SP)
    finally:
        office.house.close()
    after = {b["plan"]["planId"]: b for b in place.apps[SP].bundles()}
    (changed,) = [ref for ref in before if told(before[ref]) != told(after[ref])]
    goals = zip(before[changed]["goals"], after[changed]["goals"], strict=True)
    assert [new["goalId"] for old, new in goals if old != new] != []
    for part in before[changed]:
        if part not in ("goals", "plan"):
            assert before[changed][part] == after[changed][part], part


def stored(place: Town, document: dict) -> None:
    """A log in Conexus as somebody has changed it in the product."""
    body = canonical(document)
    store = place.apps[CX]._store
    with store.writing():
        store.save(document, etag_of(body), body)
