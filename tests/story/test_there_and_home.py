"""There and home again through the real servers: identical, byte for byte, in canonical JSON.

Both directions, over generated logs and the corpus: what the other system cannot hold comes home
with the complement, and an edit made there comes home too. STAFETT_FULL=1 runs 1,000 logs.
"""

import importlib
import json
import os
from collections import Counter

import pytest

from gateway import app
from gateway.effects import claim, runs
from gateway.effects.planning import Planner
from gateway.effects.push import Pusher
from gateway.effects.reconciling import reconcile
from gateway.settings.load import load
from tests.story.town import CX, ORGNR, SP, Town, town

LOGS = 1000 if os.environ.get("STAFETT_FULL") else 60


class InProcess:
    """Plan and run in this process, on the town's configuration."""

    def __init__(self, place: Town) -> None:
        self.house = app.open_house(load(place.config))

    def move(self, source: str, target: str, kind: str = "frem", of: str | None = None) -> str:
        """Plan, sign, run to the end and reconcile. Returns the run."""
        route = app.open_route(self.house, source, target)
        try:
            plan_id = Planner(route, kind, of).build()
            runs.sign(route.database, plan_id, "IT", route.now())
            run_id, chunks = runs.begin(route, plan_id)
            plan = runs.plan_row(route.database, plan_id)
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
    return ((document, files) for _case, document, files in module.load())


@pytest.mark.parametrize("kind", ["generert", "korpus"])
@pytest.mark.parametrize(("source", "target"), [(CX, SP), (SP, CX)])
def test_identical_after_the_way_there_and_home(place, source, target, kind):
    """Everything that left comes home to an empty system with the very same bytes."""
    total = place.fill(source, history(kind, source))
    before = place.digests(source)
    assert len(before) == total
    office = InProcess(place)
    try:
        run_id = office.move(source, target)
        moved = office.summary["effects"]["ferdig"]
        place.replace(source, "hjem")
        office.move(target, source, "tilbake", run_id)
    finally:
        office.house.close()
    after = place.digests(source)
    assert len(after) == moved > 0
    if source == SP:  # the server gives new ids there; compare what the ids stand for
        assert canonical(place, source, "a") >= canonical(place, source, "hjem")
    else:
        assert after.items() <= before.items()


def canonical(place: Town, system: str, part: str) -> set[str]:
    """Canonical JSON of every log a system's folder holds, without ids the server assigns."""
    module = importlib.import_module(f"connectors.{system}.sandbox.app")
    opened = module.open_sandbox(place.folder / f"{system}-{part}", tenant=ORGNR)
    try:
        return {json.dumps(stripped(bundle), sort_keys=True) for bundle in opened.bundles()}
    finally:
        opened.close()


ASSIGNED = {
    "planId", "participantId", "consentId", "goalId", "activityId", "messageId", "eventId",
    "documentId", "commentId", "personId", "externalReference", "version", "updatedAt",
    "responsibleParticipantId", "responsibleParticipantIds", "senderParticipantId",
    "recipientParticipantIds", "participantIds", "calendarEventId", "attachmentDocumentIds",
    "photoDocumentId", "evidenceDocumentId", "createdBy", "uploadedBy", "withdrawnBy",
    "authorParticipantId", "subjectPlanId", "status", "activatedAt", "invitedAt",
}  # fmt: skip


def stripped(data):
    """The document without what the server assigns (ids, versions, invitation state)."""
    if isinstance(data, dict):
        return {key: stripped(value) for key, value in data.items() if key not in ASSIGNED}
    if isinstance(data, list):
        return [stripped(value) for value in data]
    return data
