"""What two systems agreed on, through the real servers: no repair that destroys, no edit written
over unless its place is named, a plan that runs once, and what lost its ground (R-116).

Each test replays something that was seen to go wrong: a repair of two drifted logs that took all
fifty-two without what only we held, a second `migrate` that took the first run's logs from it, and
a way home that had never happened as far as the next plan was concerned.
"""

import json
from collections.abc import Callable
from typing import Any

import pytest

from connectors.conexus_companion.sandbox.skriving import canonical, etag_of
from gateway.effects.planning import Planner
from gateway.errors import LocalFault, Rejected
from gateway.ledger import tables as t
from gateway.run import signing
from gateway.run.rows import plan_row
from tests.machine.conftest import places
from tests.people import acting
from tests.story.test_there_and_home import InProcess, documents, edit, history
from tests.story.town import CX, SP, Town, entries, town


@pytest.fixture
def place(tmp_path):
    """A town with eight generated logs in Conexus."""
    with town(tmp_path, chunk=50) as made:
        made.fill(CX, list(history("generert", CX))[:12])
        yield made


@pytest.fixture
def office(place):
    """Its office, in this process."""
    made = InProcess(place)
    yield made
    made.house.close()


def changed(place: Town, ref: str, how: Callable[[dict[str, Any]], None]) -> None:
    """Somebody changes a log in Conexus, as the product itself would keep it."""
    store = place.apps[CX]._store
    document = documents(place, CX)[ref]
    how(document)
    body = canonical(document)
    with store.writing():
        store.save(document, etag_of(body), body)


def kinds(office: InProcess, plan_id: str) -> dict[str, int]:
    """What a plan will do, by kind."""
    return dict(json.loads(plan_row(office.house.database, plan_id)["summary"])["kinds"])


def planned(office: InProcess, source: str, target: str, kind: str, of: str | None = None) -> str:
    """A plan, not signed."""
    with office.way(source, target) as way:
        return Planner(way, kind, of).build()


def test_after_a_way_home_every_direction_knows_what_was_agreed(place, office):
    """Forward again, home again and the opposite way: nothing has changed, and nothing is said to
    have been changed by us."""
    first = office.move(CX, SP)
    moved = office.summary["effects"]["ferdig"]
    place.replace(CX, "hjem")
    office.move(SP, CX, "tilbake", first)
    for source, target, kind, of in (
        (CX, SP, "frem", None), (SP, CX, "tilbake", first), (SP, CX, "frem", None),
    ):  # fmt: skip
        plan_id = planned(office, source, target, kind, of)
        assert kinds(office, plan_id) == {"skip": moved}, (source, kind)


def test_a_repair_of_a_way_home_takes_what_drifted_and_keeps_what_only_we_hold(place, office):
    """Two of the logs that came home were changed: the repair is of those two, by name only, and
    puts back every field, also those the other system has no place for."""
    first = office.move(CX, SP)
    place.replace(CX, "hjem")
    home = office.move(SP, CX, "tilbake", first)
    before = documents(place, CX)
    hurt = sorted(before)[:2]
    for ref in hurt:
        changed(place, ref, lambda d: d["notater"].clear() or d.update(nivaa=None))
    plan_id = planned(office, SP, CX, "reparer", home)
    assert kinds(office, plan_id) == {"overwrite": 2}
    office.carry_out(plan_id, places(office.house.database, plan_id))
    after = documents(place, CX)
    assert {ref: after[ref] for ref in hurt} == {ref: before[ref] for ref in hurt}
    assert after == before
    # The first run's own way home is not taken from it.
    assert kinds(office, planned(office, SP, CX, "tilbake", first)) == {"skip": len(before)}


def test_a_sentence_a_person_changed_stands_unless_its_place_is_named(place, office):
    """The repair names the place; signed without it the sentence stands, signed with it the
    sentence is kept and can be brought back."""
    run_id = office.move(CX, SP)
    bundle = next(b for b in place.apps[SP].bundles() if b["goals"])
    ref = bundle["plan"]["planId"]
    edit(place, ref, bundle["goals"][0])
    plan_id = planned(office, CX, SP, "reparer", run_id)
    assert kinds(office, plan_id) == {"overwrite": 1}
    names = places(office.house.database, plan_id)
    with pytest.raises(Rejected, match="UKJENT_STED"):
        signing.sign(
            office.house.database, plan_id, acting(), "n", ("00000000:maal-00000000.tittel",)
        )
    office.carry_out(plan_id, ())
    assert "Redigert i Samspill" in said(place, ref)
    plan_id = planned(office, CX, SP, "reparer", run_id)
    office.carry_out(plan_id, names)
    assert "Redigert i Samspill" not in said(place, ref)

    logg = names[0].partition(":")[0]
    kept = place.stafett("versions", logg)["versions"]
    shown = entries(place, "innsyn")[-1]
    assert (shown[0], shown[1]["hva"], shown[1]["id"]) == (logg, "versjoner", logg)
    assert [v["steder"] for v in kept] == [names[0].partition(":")[2]]
    assert "Redigert" not in json.dumps(kept)
    back = place.stafett("versions", logg, "--bring-back", kept[0]["versjon"])["plan"]
    place.stafett("sign", back, "--by", "IT")
    place.stafett("migrate", back)
    assert "Redigert i Samspill" in said(place, ref)
    # It is a person's again: no plan takes it away a second time without its name.
    assert kinds(office, planned(office, CX, SP, "frem"))["clash"] == 1


def said(place: Town, plan_id: str) -> str:
    """One plan in Samspill, as text."""
    found = next(b for b in place.apps[SP].bundles() if b["plan"]["planId"] == plan_id)
    return json.dumps(found, ensure_ascii=False)


def test_a_plan_runs_once_and_a_run_keeps_what_it_did(place):
    """A second `migrate` names the run that did it; a delta does not take the logs of the run
    before it, so that reconciling, and going home, still are about all of them."""
    plan_id = place.plan()
    first = place.stafett("migrate", plan_id)
    again = place.stafett("migrate", plan_id)
    assert (again["run"], again["again"], again["done"]) == (first["run"], True, first["done"])
    ref = sorted(documents(place, CX))[0]
    changed(place, ref, lambda d: d.update(nivaa=2 if d["nivaa"] != 2 else 3))
    delta = place.stafett("migrate", place.plan())
    assert delta["done"] <= 1
    told = place.stafett("reconcile", first["run"])["states"]
    assert sum(told.values()) == first["done"]
    assert set(told) <= {"settled", "superseded"}
    home = place.stafett("migrate", "--back", first["run"])
    assert home["summary"]["kinds"] == {"skip": first["done"]}


def test_zero_is_never_ready(place):
    """A repair with nothing to repair cannot be signed, and a run that wrote nothing proves
    nothing."""
    run_id = place.stafett("migrate", place.plan())["run"]
    repair = place.stafett("plan", CX, SP, "--repair", run_id, ok=(1,))
    assert repair["state"] == "tom"
    place.stafett("sign", repair["plan"], "--by", "IT", ok=(2,))
    empty = place.stafett("migrate", place.plan())["run"]
    assert place.stafett("reconcile", empty, ok=(5,))["code"] == "KJOERING_UTEN_LOGGER"


def withdraw(document: dict[str, Any]) -> None:
    """The family takes its consent back."""
    for consent in document["samtykker"]:
        consent["status"] = "TRUKKET"
        consent["trukket"] = "2026-11-01T10:00:00Z"


def test_a_copy_that_lost_its_ground_is_told_until_it_is_passive(place):
    """R-116: withdrawn at the source, or gone from it, while the copy stands active in the target:
    a line in the plan, in reconcile and in the report, and a task until the copy is passive."""
    run_id = place.stafett("migrate", place.plan())["run"]
    standing = {b["plan"]["externalReference"]: b for b in place.apps[SP].bundles()}
    active = [ref for ref, b in standing.items() if b["plan"]["status"] == "active"]
    of_ours = {place_of(d): ref for ref, d in documents(place, CX).items()}
    withdrawn, gone = sorted(active)[:2]
    changed(place, of_ours[withdrawn], withdraw)
    place.apps[CX]._store.remove(of_ours[gone])
    plan_id = place.stafett("plan", CX, SP)["plan"]
    lines = {row["logg"]: row["kode"] for row in place.stafett("show", plan_id)["stranded"]}
    assert lines == {withdrawn[:8]: "P-12", gone[:8]: "AKTIV_BORTE_I_KILDEN"}
    waiting = {row["kode"]: row["i systemet"] for row in place.stafett("tasks")["tasks"]}
    assert waiting == {
        "AKTIV_UTEN_SAMTYKKE": standing[withdrawn]["plan"]["planId"],
        "AKTIV_BORTE_I_KILDEN": standing[gone]["plan"]["planId"],
    }
    told = place.stafett("reconcile", run_id, ok=(1,))
    assert {row["logg"] for row in told["ungrounded"]} == {withdrawn[:8], gone[:8]}
    page = place.stafett("report", run_id)["html"]
    assert "sett passiv" in (place.folder / page).read_text("utf-8")

    for ref in (withdrawn, gone):
        place.passive(standing[ref]["plan"]["planId"])
    place.stafett("plan", CX, SP)
    assert place.stafett("tasks")["tasks"] == []
    told = place.stafett("reconcile", run_id, ok=(0,))
    assert told["states"]["passive"] == 2
    assert set(told["states"]) == {"passive", "settled"}


def place_of(document: dict[str, Any]) -> str:
    """Our id of a log that came from Conexus."""
    from gateway import app
    from tests.story.town import ORGNR

    return app.mapping(CX).decode(document, ORGNR).logg.id


def test_a_signature_covers_the_places_it_names(place, office):
    """Places added to a signed plan afterwards are no part of it."""
    run_id = office.move(CX, SP)
    bundle = next(b for b in place.apps[SP].bundles() if b["goals"])
    edit(place, bundle["plan"]["planId"], bundle["goals"][0])
    plan_id = planned(office, CX, SP, "reparer", run_id)
    names = places(office.house.database, plan_id)
    signing.sign(office.house.database, plan_id, acting(), "n")
    kept = json.dumps({"named": list(names), "steps": [1]})
    with office.house.database.begin() as c:
        mine = t.approval.c.plan_id == plan_id
        c.execute(t.approval.update().where(mine).values(overwrites=kept))
    with office.way(CX, SP) as way, pytest.raises(LocalFault, match="PLAN_IKKE_SIGNERT"):
        office.begin(way, plan_id)
