"""The Samspill contract that is checked in is the one the code makes, and it is honest."""

import json
import re
from pathlib import Path

from connectors.sandbox.app import Request
from connectors.visma_samspill.contract import openapi
from connectors.visma_samspill.operations import OPERATIONS, SOURCE
from connectors.visma_samspill.sandbox.app import open_sandbox
from gateway.ports.connector import Provenance

CHECKED_IN = Path(__file__).parents[3] / "schemas" / "visma_samspill" / "openapi.json"


def test_the_checked_in_contract_is_the_code_s() -> None:
    """A change of the wire shows as a change of the file."""
    made = json.dumps(openapi(), ensure_ascii=False, indent=2, sort_keys=True) + "\n"
    assert CHECKED_IN.read_text(encoding="utf-8") == made


def test_every_operation_a_machine_may_call_is_in_the_contract() -> None:
    """Each with its provenance and source; manual ones are not interface."""
    found = {
        row["operationId"]: row
        for methods in openapi()["paths"].values()
        for row in methods.values()
    }
    callable_ones = [o for o in OPERATIONS if o.provenance is not Provenance.MANUAL]
    assert set(found) == {o.name for o in callable_ones}
    for operation in callable_ones:
        assert found[operation.name]["x-provenance"] == operation.provenance.value
        assert found[operation.name]["x-source"] == operation.source


def test_every_reference_resolves() -> None:
    """No schema is pointed at and missing."""
    text = CHECKED_IN.read_text(encoding="utf-8")
    named = set(re.findall(r'"#/components/schemas/([^"]+)"', text))
    assert named
    assert named <= set(json.loads(text)["components"]["schemas"])


def test_what_is_described_is_served(tmp_path: Path) -> None:
    """The sandbox knows each described path and method (the token is the chassis' matter)."""
    app = open_sandbox(tmp_path, tenant="899100115")
    for path, methods in openapi()["paths"].items():
        for method in methods:
            filled = path.replace("{part}", "documents")
            request = Request(method.upper(), re.sub(r"\{\w+\}", "x", filled), {}, {}, b"")
            answer = json.loads(app.handle(request).body)
            known = answer.get("code") != "METHOD_NOT_ALLOWED" and answer != {
                "code": "NOT_FOUND",
                "place": "",
            }
            assert known or path == "/connect/token", path
    app.close()


def test_only_the_lists_and_the_form_are_documented() -> None:
    """What the vendor has written down is four operations; no content is among them."""
    documented = {o.name: o for o in OPERATIONS if o.provenance is Provenance.DOCUMENTED}
    assert set(documented) == {
        "planTypes.list", "roles.list", "affiliations.list", "plan.create",
    }  # fmt: skip
    assert {o.source for o in documented.values()} == {SOURCE}
    assert "not idempotent" in documented["plan.create"].effects
