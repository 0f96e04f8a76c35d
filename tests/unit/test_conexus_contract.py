"""The checked-in OpenAPI file is the one the code builds, and it names what the sandbox offers.

That the file is whole, and that no call says more than it, is tested in tests/contract.
"""

import json
import re
from pathlib import Path

import schemas
from connectors.conexus_companion.contract import TOKEN, openapi
from connectors.conexus_companion.kontrakt.eksempler import examples, logg
from connectors.conexus_companion.kontrakt.erklaeringer import DECLARED
from connectors.conexus_companion.kontrakt.felter import CODES, WORDS
from connectors.conexus_companion.kontrakt.skjemaer import described
from connectors.conexus_companion.operasjoner import BY_NAME, OPERATIONS
from connectors.conexus_companion.sandbox.app import open_sandbox
from connectors.sandbox.app import Request
from gateway.ports.connector import Provenance
from mappings.conexus_companion.rader import SECTIONS
from schemas.conexus_companion.svar import LISTE

FILE = Path(schemas.__path__[0]) / "conexus_companion" / "openapi.json"


def test_the_checked_in_file_is_current() -> None:
    """Built again, it is the same text."""
    built = json.dumps(openapi(), ensure_ascii=False, indent=2) + "\n"
    assert FILE.read_text(encoding="utf-8") == built


def test_every_operation_a_machine_may_call_is_declared_and_shown() -> None:
    """One row and one example each, and none for what is not there."""
    callable_ones = {o.name for o in OPERATIONS if o.provenance is not Provenance.MANUAL}
    assert set(DECLARED) == callable_ones | {TOKEN.name}
    assert set(examples()) == set(DECLARED)


def test_words_and_codes_are_about_fields_that_are_there() -> None:
    """A field that is renamed takes its words with it."""
    assert (WORDS.keys() | CODES.keys()) - set(described()) == set()


def test_the_codes_are_those_the_mapping_knows() -> None:
    """The list a vendor is shown is the table we translate by, code for code."""
    known = {}
    for section in SECTIONS:
        for row in section.rows:
            table = (row.codec.each or row.codec).there
            if table:
                name = f"{section.wire.__name__}.{row.wire}"
                known[name] = {code for code in table if code is not None}
    assert len(known) > 10
    assert {name: set(CODES[name].values) for name in known} == known


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


def test_the_sandbox_is_no_laxer_than_the_file(tmp_path: Path) -> None:
    """A parameter of another method, a value that is not declared, a file that has no address."""
    app = open_sandbox(tmp_path, tenant="899100107")

    def told(method: str, path: str, query: dict[str, str], **headers: str) -> tuple[int, str]:
        body = json.dumps({"logg": logg(loggId="x", eksternNokkel=None)}).encode()
        answer = app.handle(Request(method, f"/api/v1/{path}", query, headers, body))
        return answer.status, json.loads(answer.body)["kode"]

    assert told("GET", "stafettlogger", {"bevarUkjente": "ja"}) == (400, "UKJENT_PARAMETER")
    assert told("POST", "stafettlogger", {"storrelse": "1"}) == (400, "UKJENT_PARAMETER")
    assert told("POST", "stafettlogger", {}, varsling="ja") == (400, "UGYLDIG_VARSLING")
    assert told("POST", "stafettlogger", {}) == (422, "FIL_MANGLER")
    assert told("POST", "stafettlogger", {"bevarUkjente": "nei"}) == (400, "UKJENT_PARAMETER")
    assert told("PUT", f"stafettlogger/{'x' * 81}/filer/f", {}) == (404, "UKJENT_STI")
    app.close()


def test_a_body_is_json_as_the_file_says(tmp_path: Path) -> None:
    """UTF-8 without a mark, each member once, and numbers that are numbers."""
    app = open_sandbox(tmp_path, tenant="899100107")
    whole = json.dumps({"logg": logg()})
    for body in (
        whole.encode("utf-16"),
        whole.encode("utf-8-sig"),
        whole.replace('"nivaa": 1', '"nivaa": 1, "nivaa": 1').encode(),
        whole.replace('"nivaa": 1', '"nivaa": NaN').encode(),
    ):
        answer = app.handle(Request("POST", "/api/v1/stafettlogger", {}, {}, body))
        assert (answer.status, json.loads(answer.body)["kode"]) == (400, "UGYLDIG_JSON")
    app.close()


def test_a_refusal_repeats_no_name_that_may_be_a_value(tmp_path: Path) -> None:
    """An unknown member is named when its name is a plain one, in the log and around it."""
    app = open_sandbox(tmp_path, tenant="899100107")
    for name, place in (("ekstra", "barn.ekstra"), ("Kari N.", "barn")):
        child = {**logg()["barn"], name: 1}
        body = json.dumps({"logg": logg(barn=child)}).encode()
        answer = app.handle(Request("POST", "/api/v1/stafettlogger", {}, {}, body))
        assert json.loads(answer.body) == {"kode": "UKJENT_FELT", "sted": place}
    body = json.dumps({"logg": logg(), "Kari N.": 1}).encode()
    answer = app.handle(Request("POST", "/api/v1/stafettlogger", {}, {}, body))
    assert json.loads(answer.body) == {"kode": "UGYLDIG_DOKUMENT", "sted": ""}
    app.close()


def test_a_key_dies_with_its_log(tmp_path: Path) -> None:
    """The id of a deleted log is free again, and the old key is not the new log's."""
    app = open_sandbox(tmp_path, tenant="899100107")
    passive = logg(status="PASSIV", filer=[], samtykker=[])
    body = json.dumps({"logg": passive, "kjenteAvvik": []}).encode()

    def made(key: str) -> tuple[int, str]:
        heads = {"idempotency-key": key}
        answer = app.handle(Request("POST", "/api/v1/import/stafettlogger", {}, heads, body))
        return answer.status, answer.headers.get("etag", "")

    status, tag = made("one")
    path = f"/api/v1/stafettlogger/{passive['loggId']}"
    assert app.handle(Request("DELETE", path, {}, {"if-match": tag}, b"")).status == 204
    assert [status, made("one")[0], made("two")[0], made("one")[0]] == [201, 409, 201, 409]
    app.close()


def test_what_people_have_written_is_given_out_as_it_is(tmp_path: Path) -> None:
    """A source's own odd dates are loaded and read; only what is written is held to the form."""
    app = open_sandbox(tmp_path, tenant="899100107")
    odd = logg(sistOppdatert="2025-02-30T10:00Z", filer=[], samtykker=[])
    app.load(odd, {})
    listed = app.handle(Request("GET", "/api/v1/stafettlogger", {}, {}, b""))
    assert json.loads(listed.body)["logger"][0]["sistOppdatert"] == odd["sistOppdatert"]
    assert LISTE.validate_json(listed.body)
    read = app.handle(Request("GET", f"/api/v1/stafettlogger/{odd['loggId']}", {}, {}, b""))
    assert json.loads(read.body) == odd
    app.close()
