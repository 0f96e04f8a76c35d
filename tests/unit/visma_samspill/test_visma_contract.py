"""The Samspill contract that is checked in is the one the code makes, and it is honest.

That the file is whole, and that no call says more than it, is tested in tests/contract.
"""

import json
import re
from pathlib import Path
from typing import Any

from connectors.sandbox.app import Request
from connectors.visma_samspill.contract import openapi
from connectors.visma_samspill.operations import OPERATIONS, SOURCE
from connectors.visma_samspill.parts import PARTS
from connectors.visma_samspill.proposal import example_parts
from connectors.visma_samspill.proposal.declarations import DECLARED
from connectors.visma_samspill.proposal.examples import examples
from connectors.visma_samspill.proposal.fields import CODES, WORDS
from connectors.visma_samspill.proposal.shapes import SHAPE, described, schemas
from connectors.visma_samspill.sandbox import lists, shapes
from connectors.visma_samspill.sandbox.app import open_sandbox
from gateway.ports.connector import Operation, Provenance
from mappings.section import Section
from mappings.visma_samspill import rader, rader_dialog

CHECKED_IN = Path(__file__).parents[3] / "schemas" / "visma_samspill" / "openapi.json"


def test_the_checked_in_contract_is_the_code_s() -> None:
    """A change of the wire shows as a change of the file."""
    made = json.dumps(openapi(), ensure_ascii=False, indent=2) + "\n"
    assert CHECKED_IN.read_text(encoding="utf-8") == made


def test_every_operation_a_machine_may_call_is_in_the_contract() -> None:
    """Each with its provenance and source, those of a part once for each part; manual ones are
    not interface."""
    found = {
        row["operationId"]: row
        for methods in openapi()["paths"].values()
        for row in methods.values()
    }
    wanted: dict[str, Operation] = {}
    for operation in OPERATIONS:
        if operation.provenance is Provenance.MANUAL:
            continue
        parts = [f".{part.name}" for part in PARTS] if "{part}" in operation.call else [""]
        wanted |= {operation.name + part: operation for part in parts}
    assert set(found) == set(wanted) == set(DECLARED) == set(examples())
    for name, operation in wanted.items():
        assert found[name]["x-provenance"] == operation.provenance.value
        assert found[name]["x-source"] == operation.source


def test_what_may_be_written_is_what_the_sandbox_lets_be_written() -> None:
    """All of it to make one, any of it to change one, and nothing the server owns."""
    for part in PARTS:
        new, change = schemas()[f"New{SHAPE[part.name]}"], schemas()[f"{SHAPE[part.name]}Change"]
        assert set(new["properties"]) == set(change["properties"]) == shapes.writable(part)
        assert set(new["required"]) == shapes.writable(part)
        assert "required" not in change


def test_words_and_codes_are_about_fields_that_are_there() -> None:
    """A field that is renamed takes its words with it."""
    assert (WORDS.keys() | CODES.keys()) - set(described()) == set()


def test_the_codes_are_those_the_mapping_and_the_product_know() -> None:
    """The list a vendor is shown holds every code of the tables we translate by."""
    sections = [s for s in vars(rader).values() if isinstance(s, Section)]
    known = 0
    for section in [*sections, *rader_dialog.SECTIONS]:
        for row in section.rows:
            table = (row.codec.each or row.codec).there
            if table:
                shown = CODES[f"{section.wire.__name__}.{row.wire}"]
                codes = {code for code in table if code is not None}
                assert codes == set(shown.values) or (shown.open and codes <= set(shown.values))
                known += 1
    assert known > 10
    assert set(CODES["Participant.roleId"].values) == lists.ROLE_IDS
    assert set(CODES["Plan.planTypeId"].values) == lists.PLAN_TYPE_IDS


def test_what_is_described_is_served(tmp_path: Path) -> None:
    """The sandbox knows each described path and method (the token is the chassis' matter)."""
    app = open_sandbox(tmp_path, tenant="899100115")
    for path, methods in openapi()["paths"].items():
        for method in methods:
            request = Request(method.upper(), re.sub(r"\{\w+\}", "x", path), {}, {}, b"")
            answer = json.loads(app.handle(request).body)
            known = answer.get("code") != "METHOD_NOT_ALLOWED" and answer != {
                "code": "NOT_FOUND",
                "place": "",
            }
            assert known or path == "/connect/token", path
    app.close()


def test_a_header_has_the_values_the_file_declares(tmp_path: Path) -> None:
    """Each `X-` header of a write refuses another value, and says which."""
    app = open_sandbox(tmp_path, tenant="899100115")
    for name in ("X-Import", "X-Notify", "X-Keep-Unknown"):
        sent = {name.lower(): "maybe"}
        answer = app.handle(Request("PATCH", "/content/v1/plans/x", {}, sent, b"{}"))
        said = json.loads(answer.body)
        assert (answer.status, said) == (400, {"code": "INVALID_HEADER", "place": name})
    app.close()


def test_what_people_have_written_can_be_read_and_left(tmp_path: Path) -> None:
    """A source's own odd date is loaded and given out, and a change of something else leaves it;
    only what is written is held to the form."""
    app = open_sandbox(tmp_path, tenant="899100107")
    goal = {**example_parts.NEW["goals"], "goalId": "goal-x", "version": 1, "dueDate": "2025-02-30"}
    consent = {**example_parts.NEW["consents"], "consentId": "cons-x", "version": 1, "signers": []}
    bundle: dict[str, Any] = {part.name: [] for part in PARTS}
    lead = example_parts.from_form("lead", example_parts.LEAD)
    bundle |= {
        "plan": example_parts.plan(),
        "participants": [lead],
        "consents": [{**consent, "evidenceDocumentId": None}],
        "goals": [goal],
    }
    app.load(bundle, {})
    path = f"/content/v1/plans/{example_parts.PLAN}/goals"
    heads = {"content-type": "application/json", "x-import": "historical", "if-match": '"1"'}

    def changed(**fields: str) -> tuple[int, Any]:
        body = json.dumps(fields).encode()
        answer = app.handle(Request("PATCH", f"{path}/goal-x", {}, heads, body))
        return answer.status, json.loads(answer.body)

    assert changed(dueDate="2025-02-31") == (422, {"code": "INVALID_FIELD", "place": "dueDate"})
    status, stands = changed(title="Another")
    assert (status, stands["dueDate"], stands["title"]) == (200, "2025-02-30", "Another")
    app.close()


def test_the_sandbox_is_no_laxer_than_the_file(tmp_path: Path) -> None:
    """An update of nothing, the server's own members, a comment twice, a member twice, half a
    surrogate pair."""
    app = open_sandbox(tmp_path, tenant="899100107")
    own = {"activityId": "act-x", "version": 1}
    goal = {**example_parts.NEW["goals"], "goalId": "goal-example", "version": 1}
    lead = example_parts.from_form("lead", example_parts.LEAD)
    guardian = example_parts.from_form("guardian", example_parts.GUARDIAN)
    consent = {**example_parts.NEW["consents"], "consentId": "cons-x", "version": 1}
    bundle: dict[str, Any] = {part.name: [] for part in PARTS}
    bundle |= {
        "plan": example_parts.plan(),
        "participants": [lead, guardian],
        "consents": [{**consent, "evidenceDocumentId": None}],
        "goals": [goal],
        "activities": [{**example_parts.NEW["activities"], **own}],
    }
    app.load(bundle, {})
    plan = f"/content/v1/plans/{example_parts.PLAN}"
    heads = {"content-type": "application/json", "x-import": "historical", "if-match": '"1"'}

    def told(path: str, body: str, **more: str) -> tuple[int, str]:
        sent = {**heads, **{name.replace("_", "-"): one for name, one in more.items()}}
        answer = app.handle(Request("PATCH", plan + path, {}, sent, body.encode()))
        return answer.status, json.loads(answer.body).get("code", "")

    (comment,) = example_parts.NEW["activities"]["comments"]
    twice = json.dumps({"comments": [comment, comment]})
    assert told("", "{}") == (422, "INVALID_FIELD")
    assert told("/goals/goal-example", "{}") == (422, "INVALID_FIELD")
    assert told("/activities/act-x", twice) == (422, "INVALID_FIELD")
    assert told("", '{"version": 7}', x_keep_unknown="yes") == (422, "UNKNOWN_FIELD")
    goal_id = '{"goalId": "mine"}'
    assert told("/goals/goal-example", goal_id, x_keep_unknown="yes") == (422, "UNKNOWN_FIELD")
    assert told("/goals/goal-example", '{"title": "a", "title": "b"}') == (400, "INVALID_JSON")
    assert told("/goals/goal-example", '{"title": "\\ud800"}') == (400, "INVALID_JSON")
    assert told("/goals/goal-example", '{"title": "\\ud83d\\ude00"}') == (200, "")
    app.close()


def test_an_account_follows_the_number_and_history_is_not_emptied(tmp_path: Path) -> None:
    """Another number is another person; who is given one keeps the account; an empty history in an
    ordinary write takes nothing away."""
    app = open_sandbox(tmp_path, tenant="899100107")
    lead = example_parts.from_form("lead", example_parts.LEAD)
    nobody = {**example_parts.from_form("guardian", example_parts.GUARDIAN), "nationalId": None}
    bundle: dict[str, Any] = {part.name: [] for part in PARTS}
    app.load({**bundle, "plan": example_parts.plan(), "participants": [lead, nobody]}, {})
    path = f"/content/v1/plans/{example_parts.PLAN}/participants/part-guardian"

    def changed(**fields: Any) -> Any:
        version = next(
            one["version"]
            for one in next(app.bundles())["participants"]
            if one["participantId"] == "part-guardian"
        )
        heads = {"content-type": "application/json", "if-match": f'"{version}"'}
        body = json.dumps(fields).encode()
        answer = app.handle(Request("PATCH", path, {}, heads, body))
        assert answer.status == 200
        return json.loads(answer.body)

    named = changed(nationalId=example_parts.number("guardian"), roleHistory=[], invitedAt=None)
    assert named["personId"] == nobody["personId"]
    assert named["roleHistory"] == nobody["roleHistory"]
    assert named["invitedAt"] == nobody["invitedAt"]
    assert changed(nationalId=lead["nationalId"])["personId"] == lead["personId"]
    assert changed(nationalId=example_parts.number("guardian"))["personId"] == nobody["personId"]
    assert changed(nationalId=None)["personId"] not in (nobody["personId"], lead["personId"])
    app.close()


def test_only_the_lists_and_the_form_are_documented() -> None:
    """What the vendor has written down is four operations; no content is among them."""
    documented = {o.name: o for o in OPERATIONS if o.provenance is Provenance.DOCUMENTED}
    assert set(documented) == {
        "planTypes.list", "roles.list", "affiliations.list", "plan.create",
    }  # fmt: skip
    assert {o.source for o in documented.values()} == {SOURCE}
    assert "not idempotent" in documented["plan.create"].effects
