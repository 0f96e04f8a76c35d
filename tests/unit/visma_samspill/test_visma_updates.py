"""Updating a plan: only what differs, over nobody's edit, and what people made is left."""

import json
from typing import Any

import pytest

from connectors.visma_samspill.sandbox.generator import generate
from gateway.errors import Conflict


def test_an_unchanged_plan_costs_no_write(bench: Any, kit: Any) -> None:
    """Writing what is there already sends nothing but reads, and keeps the version."""
    body, files = kit.sample()
    first = bench.connector.put(kit.order(body, files))
    bench.wire.sent.clear()
    again = kit.order(body, files, ref=first.ref, base_version=first.version)
    assert bench.connector.put(again) == first
    assert bench.wire.writes == []


def test_a_native_plan_given_back_unchanged_costs_no_write(bench: Any, kit: Any) -> None:
    """Plans people made, with ids of the product and no reference, come back as they were."""
    stock = list(generate(9, 15))
    bench.app.fill(stock)
    for bundle, files in stock:
        read = bench.connector.document(bundle["plan"]["planId"])
        more = {"ref": read.ref, "base_version": read.version}
        written = bench.connector.put(kit.order(read.body, files, **more))
        assert (written.ref, written.version) == (read.ref, read.version)
    assert bench.wire.writes == []
    assert list(bench.app.bundles()) == [bundle for bundle, _ in stock]


def test_an_update_sends_only_what_differs(bench: Any, kit: Any) -> None:
    """One changed text is one PATCH with one field."""
    body, files = kit.sample()
    first = bench.connector.put(kit.order(body, files))
    bench.wire.sent.clear()

    def change(bundle: dict[str, Any]) -> None:
        bundle["goals"][0]["description"] = "Ny tekst"

    new = kit.edited(body, change)
    bench.connector.put(kit.order(new, files, ref=first.ref, base_version=first.version))
    goal = bench.only()["goals"][0]["goalId"]
    assert bench.wire.writes == [f"PATCH /content/v1/plans/{first.ref}/goals/{goal}"]
    assert kit.plain(bench.only()) == kit.plain(json.loads(new))


def test_a_new_plan_lead_takes_the_role_from_the_old(bench: Any, kit: Any) -> None:
    """Change of stafetthaldar is a change of roles, and there is one lead all the way (R-137)."""
    body, files = kit.sample()
    first = bench.connector.put(kit.order(body, files))

    def swap(bundle: dict[str, Any]) -> None:
        lead, _, provider = bundle["participants"]
        lead["roleId"], provider["roleId"] = provider["roleId"], lead["roleId"]

    new = kit.edited(body, swap)
    bench.connector.put(kit.order(new, files, ref=first.ref, base_version=first.version))
    assert kit.plain(bench.only()) == kit.plain(json.loads(new))


def test_a_plan_that_moved_since_the_plan_was_made_is_a_conflict(bench: Any, kit: Any) -> None:
    """A person's edit between planning and writing is never overwritten."""
    body, files = kit.sample()
    first = bench.connector.put(kit.order(body, files))
    goal = bench.only()["goals"][0]
    path = f"/content/v1/plans/{first.ref}/goals/{goal['goalId']}"
    status = bench.user("PATCH", path, {"title": "Noko anna"}, **{"if-match": '"1"'})
    assert status == 200
    before = bench.only()
    update = kit.order(
        kit.edited(body, kit.rearrange), files, ref=first.ref, base_version=first.version
    )
    with pytest.raises(Conflict) as caught:
        bench.connector.put(update)
    assert caught.value.code == "ENDRET_I_MAAL"
    assert bench.connector.put(kit.order(body, files)).found
    assert bench.only() == before


def test_a_person_s_edit_in_the_middle_of_our_work_is_seen(bench: Any, kit: Any) -> None:
    """An update that was cut does not go on over an edit made after the cut."""
    body, files = kit.sample()
    first = bench.connector.put(kit.order(body, files))
    update = kit.order(
        kit.edited(body, kit.rearrange), files, ref=first.ref, base_version=first.version
    )
    bench.wire.sent.clear()
    bench.wire.die = 11
    with pytest.raises(kit.Killed):
        bench.connector.put(update)
    bench.wire.die = None
    assert bench.wire.writes
    goal = next(g for g in bench.only()["goals"] if g["title"] == "Kjem til ringetid")
    path = f"/content/v1/plans/{first.ref}/goals/{goal['goalId']}"
    match = {"if-match": f'"{goal["version"]}"'}
    assert bench.user("PATCH", path, {"title": "Min eigen"}, **match) == 200
    before = bench.only()
    with pytest.raises(Conflict):
        bench.connector.put(update)
    assert bench.only() == before


def test_what_people_add_while_we_fill_a_new_plan_is_left(bench: Any, kit: Any) -> None:
    """A resource without our reference that no plan of ours has seen is never deleted."""
    body, files = kit.sample()
    bench.wire.die = 17
    with pytest.raises(kit.Killed):
        bench.connector.put(kit.order(body, files))
    bench.wire.die = None
    plan_id = bench.only()["plan"]["planId"]
    theirs = {
        "externalReference": None, "title": "Møte", "kind": "other", "startsAt": None,
        "endsAt": None, "location": None, "participantIds": [],
    }  # fmt: skip
    # As one piece of work with ours, so that only the deletion rule stands between.
    head = bench.connector._client.head(plan_id)
    change = {"x-change-id": head.change_id or ""}
    assert bench.user("POST", f"/content/v1/plans/{plan_id}/calendar", theirs, **change) == 201
    bench.connector.put(kit.order(body, files))
    titles = [event["title"] for event in bench.only()["calendar"]]
    assert titles == ["Oppstartsmøte", "Møte"]


def test_what_the_update_was_planned_on_may_be_removed(bench: Any, kit: Any) -> None:
    """Something a person made, seen in the base and gone from the bundle, is taken away."""
    body, files = kit.sample()
    first = bench.connector.put(kit.order(body, files))
    theirs = {
        "externalReference": None, "title": "Møte", "kind": "other", "startsAt": None,
        "endsAt": None, "location": None, "participantIds": [],
    }  # fmt: skip
    assert bench.user("POST", f"/content/v1/plans/{first.ref}/calendar", theirs) == 201
    version = bench.connector.document(first.ref).version
    bench.connector.put(kit.order(body, files, ref=first.ref, base_version=version))
    assert kit.plain(bench.only()) == kit.plain(json.loads(body))
