"""A system that answers 500 for some logs is well: those are named, and the others go on.

Seen: two such logs opened the circuit breaker, and the plan, the night and the run stopped for all;
a run whose target was away parked every log and called itself finished.
"""

import json
from pathlib import Path

import pytest

from gateway import app
from gateway.settings.load import load
from tests.story.test_there_and_home import history
from tests.story.town import CX, SP, Town, town

FORM = "^POST /external/v1/plans$"


@pytest.fixture
def place(tmp_path):
    """A town with logs at one end."""
    with town(tmp_path) as made:
        made.fill(CX, list(history("generert", CX))[:20])
        yield made


def silent_on(refs: list[str], kind: str = "server500") -> dict:
    """A fault on these logs' own addresses, for ever."""
    return {"kind": kind, "match": f"/({'|'.join(refs)})(/|$)", "times": 0}


@pytest.mark.parametrize(
    ("kind", "many", "code"),
    [("server500", 3, "TJENERFEIL"), ("forbidden", 2, "MANGLER_RETTIGHET")],
)
def test_logs_the_source_does_not_answer_for_stop_nobody(
    place: Town, kind: str, many: int, code: str
):
    """Some, one after another: named in the plan, and all the others are there."""
    bad = [document["loggId"] for document in place.apps[CX].documents()][4 : 4 + many]
    place.running[CX].faults([silent_on(bad, kind)])
    plan_id = place.stafett("plan", CX, SP)["plan"]
    said = place.here("show", plan_id).stdout
    assert all(ref in said for ref in bad)
    place.stafett("sign", plan_id, "--by", "IT")
    told = place.stafett("migrate", plan_id)
    named = {row["ref"]: row["kode"] for row in place.stafett("parked", told["run"])["parked"]}
    assert {ref: named.get(ref) for ref in bad} == dict.fromkeys(bad, code)
    assert told["done"] > 8
    facts = json.loads(Path(place.stafett("report", told["run"])["json"]).read_text())
    assert len(facts["held_logs"]) == sum(facts["held"].values()) > 0
    # When it answers again they go, and nobody else is touched.
    place.running[CX].faults([])
    again = place.stafett("migrate", place.plan())
    assert 0 < again["done"] <= len(bad)
    assert place.doubles(SP) == 0


@pytest.mark.parametrize("kind", ["server500", "forbidden"])
def test_logs_the_target_does_not_answer_for_stop_nobody(place: Town, kind: str):
    """Two plans that refuse or fail everything, among those that are to be changed."""
    place.stafett("migrate", place.plan())
    standing = sorted(place.digests(SP))
    bad = standing[2:4]
    place.running[SP].faults([silent_on(bad, kind)])
    source = app.connect(load(place.config), CX)
    for document in list(place.apps[CX].documents()):
        for concern in document["oppmerksomheter"][:1]:
            concern["tekst"] = f"{concern['tekst']} Skrevet videre på."
        files = {f["filId"]: source.file(document["loggId"], f["filId"]) for f in document["filer"]}
        place.apps[CX].load(document, files)
    source.close()
    plan_id = place.stafett("plan", CX, SP)["plan"]
    place.stafett("sign", plan_id, "--by", "IT")
    told = place.stafett("migrate", plan_id)
    assert told["done"] > 3
    codes = [row["kode"] for row in place.stafett("parked", told["run"])["parked"]]
    assert "KRETS_AAPEN" not in codes


def test_a_target_that_is_away_stops_the_run_and_resume_goes_on(place: Town):
    """Every write fails and so does every question: no log is concluded about. When it is back,
    `resume` finishes, and every child has one plan."""
    plan_id = place.plan()
    place.running[SP].faults([{"kind": "server500", "match": "content/v1|external/v1", "times": 0}])
    told = place.stafett("migrate", plan_id, ok=(0, 1, 2, 3, 4, 5))
    status = place.stafett("status", ok=(0, 1, 2, 3, 4))
    run_id = told.get("run") or status["runs"][0]["run"]
    assert place.stafett("parked", run_id)["parked"] == []
    place.running[SP].faults([])
    done = place.stafett("resume", run_id)
    assert done["parked"] == 0
    assert done["done"] > 8
    assert set(place.running[SP].journal()["planerPerHovedperson"].values()) == {1}


def test_what_stands_there_is_not_said_to_be_unseen(place: Town):
    """A log whose files did not come is parked where it stands; the next plan goes on with it, and
    asks nobody whether it was made."""
    place.running[SP].faults([{"kind": "content_lost", "match": "^PUT .*/content$", "times": 0}])
    told = place.stafett("migrate", place.plan())
    codes = {row["kode"] for row in place.stafett("parked", told["run"])["parked"]}
    assert codes == {"FIL_IKKE_LAGRET"}
    place.running[SP].faults([])
    shown = place.stafett("show", place.stafett("plan", CX, SP)["plan"])
    assert "KANSKJE_OPPRETTET" not in {row["kode"] for row in shown["steps"]}
