"""The checked-in OpenAPI file is the one the code builds, and it names what the sandbox offers."""

import json
import re
from pathlib import Path

import schemas
from connectors.conexus_companion.contract import openapi
from connectors.conexus_companion.operasjoner import BY_NAME, OPERATIONS
from connectors.conexus_companion.sandbox.app import open_sandbox
from connectors.sandbox.app import Request
from gateway.ports.connector import Provenance

FILE = Path(schemas.__path__[0]) / "conexus_companion" / "openapi.json"


def test_the_checked_in_file_is_current() -> None:
    """Built again, it is the same text."""
    built = json.dumps(openapi(), ensure_ascii=False, indent=2, sort_keys=True) + "\n"
    assert FILE.read_text(encoding="utf-8") == built


def test_every_reference_resolves() -> None:
    """No schema is pointed at and missing, and every object says its keys."""
    text = FILE.read_text(encoding="utf-8")
    named = set(re.findall(r'"#/components/schemas/([^"]+)"', text))
    assert named
    assert named <= set(json.loads(text)["components"]["schemas"])


def test_callable_operations_are_served_and_manual_ones_are_not(tmp_path: Path) -> None:
    """Each described path and method is known to the sandbox."""
    described = openapi()["paths"]
    app = open_sandbox(tmp_path, tenant="899100107")
    for operation in OPERATIONS:
        if operation.provenance is Provenance.MANUAL:
            continue
        method, path = operation.call.split(" ", 1)
        assert described[path][method.lower()]["operationId"] == operation.name
        answer = app.handle(Request(method, re.sub(r"\{\w+\}", "x", path), {}, {}, b""))
        assert json.loads(answer.body or b"{}").get("kode") not in {"UKJENT_STI", "UKJENT_METODE"}
    app.close()


def test_names_are_unique_and_content_is_never_called_documented() -> None:
    """No vendor document describes these calls, so none may claim it."""
    assert len(BY_NAME) == len(OPERATIONS)
    assert {operation.provenance for operation in OPERATIONS} == {
        Provenance.ASSUMED,
        Provenance.MANUAL,
    }
    assert all(operation.source for operation in OPERATIONS)
