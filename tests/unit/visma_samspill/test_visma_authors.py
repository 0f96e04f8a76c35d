"""A log that comes home to an emptied system: accounts are new, and authors follow their person."""

import copy
import json
from typing import Any

import pytest

from connectors.visma_samspill.parts import PARTS
from connectors.visma_samspill.sandbox.generator import generate

STRANGER = "pers-sluttet"


def homecoming(number: int = 0) -> tuple[dict[str, Any], bytes, dict[str, bytes]]:
    """A plan with the ids the system gave before it was emptied, and no references of ours."""
    for bundle, files in generate(17, 60):
        valid = any(c["status"] == "valid" for c in bundle["consents"])
        if bundle["plan"]["status"] == "active" and valid and bundle["documents"]:
            if number == 0:
                return bundle, json.dumps(bundle).encode(), files
            number -= 1
    raise AssertionError("no such plan generated")


def names(bundle: dict[str, Any]) -> dict[str, str]:
    """Account to name, for all who take part."""
    return {p["personId"]: p["name"] for p in bundle["participants"]}


def authors(bundle: dict[str, Any]) -> list[tuple[str, str, str | None]]:
    """Every author there is: part, field and account, in the order of the plan."""
    found = [("plan", "createdBy", bundle["plan"]["createdBy"])]
    for part in PARTS:
        found += [(part.name, key, i[key]) for i in bundle[part.name] for key in part.authors]
    return found


@pytest.mark.parametrize("number", range(4))
def test_authors_follow_their_person_to_the_new_account(bench: Any, kit: Any, number: int) -> None:
    """Whoever made, uploaded or withdrew something is the same person as before."""
    bundle, body, files = homecoming(number)
    bench.connector.put(kit.order(body, files))
    stored = bench.only()
    assert names(stored).keys().isdisjoint(names(bundle))
    was = [(part, key, names(bundle).get(who or "")) for part, key, who in authors(bundle)]
    now = [(part, key, names(stored).get(who or "")) for part, key, who in authors(stored)]
    assert now == was
    assert len({part for part, _, who in was if who}) == 5


def test_a_withdrawal_follows_its_person(bench: Any, kit: Any) -> None:
    """A guardian who took a consent back is still the one who did."""
    bundle, _, files = homecoming()
    guardian = next(p for p in bundle["participants"] if p["roleId"] == "role-foresatt")
    again = copy.deepcopy(bundle["consents"][0])
    again |= {"consentId": "cons-2", "status": "withdrawn", "withdrawnAt": "2026-05-01T08:00:00Z"}
    bundle["consents"].append(again | {"withdrawnBy": guardian["personId"]})
    bench.connector.put(kit.order(json.dumps(bundle).encode(), files))
    stored = bench.only()
    assert names(stored)[stored["consents"][1]["withdrawnBy"]] == guardian["name"]


def test_the_owner_of_the_plan_may_be_an_author(bench: Any, kit: Any) -> None:
    """The main person has an account too, and takes no part of their own."""
    bundle, _, files = homecoming()
    bundle["goals"][0]["createdBy"] = bundle["plan"]["mainPerson"]["personId"]
    bench.connector.put(kit.order(json.dumps(bundle).encode(), files))
    stored = bench.only()
    assert stored["goals"][0]["createdBy"] == stored["plan"]["mainPerson"]["personId"]


def test_an_author_whom_the_plan_does_not_know_is_kept_as_told(bench: Any, kit: Any) -> None:
    """Somebody who has left has no new account; who it was is still told."""
    bundle, _, files = homecoming()
    bundle["goals"][0]["createdBy"] = STRANGER
    bench.connector.put(kit.order(json.dumps(bundle).encode(), files))
    assert bench.only()["goals"][0]["createdBy"] == STRANGER


def test_the_same_order_again_changes_nothing(bench: Any, kit: Any) -> None:
    """Authors named by the old accounts are no difference once they stand under the new."""
    bundle, _, files = homecoming()
    bundle["plan"]["externalReference"] = "logg-a"
    body = json.dumps(bundle).encode()
    first = bench.connector.put(kit.order(body, files))
    bench.wire.sent.clear()
    second = bench.connector.put(kit.order(body, files, ref=first.ref, base_version=first.version))
    assert (second.ref, second.version) == (first.ref, first.version)
    assert bench.wire.writes == []
