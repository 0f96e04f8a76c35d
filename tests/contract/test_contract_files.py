"""The two contract files as files: whole, strict about times, and with every code that is answered.

What they say of traffic is proved by traffic (traffic.py); here is what no call would show.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from tests.contract.conftest import FOLDER, NAMES
from tests.contract.openapi_file import Contract

# A refusal in a sandbox: status and code; and a rule that is broken.
_REFUSED = re.compile(r'(?:Feil|Refusal)\(\s*(\d{3}),\s*"([A-Z][A-Z0-9_-]+)"')
_BREACH = re.compile(r'Brudd\("(R-\d+)"')
NOWHERE = {(404, "UKJENT_STI"), (405, "UKJENT_METODE"), (405, "METHOD_NOT_ALLOWED")}
"""Refusals of what is no operation; the guide names them."""

DAYS = ["2026-13-01", "2026-00-10", "2026-04-31", "2026-02-30", "2026-01-00", "0000-01-01"]
TIMES = [
    "2026-01-01T24:00:00Z", "2026-01-01T10:60:00Z", "2026-01-01T10:00:60Z", "2026-01-01T10:00Z",
    "2026-01-01T10:00:00", "2026-01-01 10:00:00Z", "2026-01-01T10:00:00+25:00",
    "2026-02-30T10:00:00Z", "2026-13-01T10:00:00+01:00", "2026-01-01T10:00:00+0100",
    "2026-01-01T10:00:00.1234567Z",
]  # fmt: skip


def _nodes(node: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(node, dict):
        yield node
        for key, item in node.items():
            if key not in ("example", "examples"):
                yield from _nodes(item)
    elif isinstance(node, list):
        for item in node:
            yield from _nodes(item)


@pytest.mark.parametrize("system", NAMES)
def test_every_pointer_points_at_something(system: str) -> None:
    """No `$ref` into nothing, and no schema that nothing uses."""
    contract = Contract.of(system)
    used = {node["$ref"] for node in _nodes(contract.document) if "$ref" in node}
    assert used
    for reference in used:
        contract.schemas.resolved({"$ref": reference})
    for kind, shared in contract.document["components"].items():
        if kind != "securitySchemes":
            named = {one.split("/")[3] for one in used if one.startswith(f"#/components/{kind}/")}
            assert set(shared) == named, kind


@pytest.mark.parametrize("system", NAMES)
def test_the_file_is_openapi_3_1(system: str) -> None:
    """By hand, what the specification requires of the parts we use (OpenAPI 3.1.0, 4.8)."""
    contract = Contract.of(system)
    document = contract.document
    assert document["openapi"] == "3.1.0"
    assert {"title", "version", "description"} <= set(document["info"])
    for named in document["components"].values():
        assert all(re.fullmatch(r"[A-Za-z0-9._-]+", key) for key in named)
    names = []
    for path, shared in document["paths"].items():
        assert path.startswith("/")
        for method, node in shared.items():
            assert method in {"get", "put", "post", "delete", "patch"}
            names.append(node["operationId"])
            inside = re.findall(r"\{(\w+)\}", path)
            given = [contract.schemas.resolved(p) for p in node["parameters"]]
            declared = [p["name"] for p in given if p["in"] == "path"]
            assert declared == inside, path
            places = [(p["in"], p["name"]) for p in given]
            assert len(set(places)) == len(places)
            assert all("schema" in p and isinstance(p["required"], bool) for p in given)
            assert node["responses"]
            assert ("requestBody" in node) <= (method in {"put", "post", "patch"})
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("system", NAMES)
def test_every_answer_says_what_it_means(system: str) -> None:
    """A description on each operation, answer, header and parameter."""
    contract = Contract.of(system)
    for one in contract.operations:
        assert one.raw["summary"].strip()
        for answer in one.raw["responses"].values():
            assert contract.schemas.resolved(answer)["description"].strip()
        for named in one.parameters.values():
            assert all(parameter["description"].strip() for parameter in named.values())


@pytest.mark.parametrize("system", NAMES)
def test_times_and_dates_exist(system: str) -> None:
    """No schema of the file takes a month 13, an hour 24 or a time without its offset."""
    contract = Contract.of(system)
    schemas = contract.document["components"]["schemas"]
    kinds = {s["format"]: s for s in schemas.values() if "format" in s}
    assert set(kinds) == {"date", "date-time"}
    for wrong in DAYS:
        assert contract.schemas.breaches(kinds["date"], wrong), wrong
    for wrong in TIMES:
        assert contract.schemas.breaches(kinds["date-time"], wrong), wrong
    for right in ("2026-02-28T23:59:59.999999-13:45", "2028-02-29T00:00:00Z"):
        assert contract.schemas.breaches(kinds["date-time"], right) == []
    # The pattern alone sees all but a leap day in a common year and leap years' own.
    for kind, wrongs in (("date", DAYS), ("date-time", TIMES)):
        passed = [w for w in wrongs if re.search(kinds[kind]["pattern"], w)]
        assert passed == []
    patterns = [n["pattern"] for n in _nodes(contract.document) if r"-" in n.get("pattern", "")]
    dated = [p for p in patterns if "0[1-9]" in p]
    assert len(dated) == 2, "a date that is not by its name"


@pytest.mark.parametrize("system", NAMES)
def test_every_code_the_sandbox_refuses_with_is_declared(system: str) -> None:
    """Status and code, as they stand in its source; and nothing is declared that it never says."""
    said: set[tuple[int, str]] = set()
    for path in sorted((FOLDER / system / "sandbox").glob("*.py")):
        text = path.read_text(encoding="utf-8")
        said |= {(int(status), code) for status, code in _REFUSED.findall(text)}
        said |= {(422, rule) for rule in _BREACH.findall(text)}
    declared = set(_declared(Contract.of(system)))
    assert said - NOWHERE - declared == set()
    assert declared - said == set()
    guide = Contract.of(system).document["info"]["description"]
    assert {code for _, code in declared if f"| {code} | " not in guide} == set()


@pytest.mark.parametrize("system", NAMES)
def test_the_facts_name_the_version_of_the_file(system: str) -> None:
    """What a municipality may fix in its configuration is what the file calls itself."""
    document = Contract.of(system).document
    (facts,) = [
        content["example"]
        for path in document["paths"].values()
        for node in path.values()
        for content in node["responses"].get("200", {}).get("content", {}).values()
        if isinstance(content.get("example"), dict)
        and {"kontrakt", "contract"} & content["example"].keys()
    ]
    assert facts.get("kontrakt", facts.get("contract")) == document["info"]["version"]


def _declared(contract: Contract) -> Iterator[tuple[int, str]]:
    for one in contract.operations:
        for status, answer in one.answers.items():
            for node in answer.content.values():
                for part in node.get("schema", {}).get("allOf", ()):
                    for member in part.get("properties", {}).values():
                        yield from ((int(status), code) for code in member.get("enum", ()))


@pytest.mark.parametrize("system", NAMES)
def test_the_guide_names_what_no_schema_says(system: str) -> None:
    """Order, forms that are kept, lag, idempotency; and each code and header it names is there."""
    document = Contract.of(system).document
    guide = document["info"]["description"]
    for word in (
        "# What lags",
        "form is kept",
        "dempotent",
        "# The change feed",
        "exactly as it was",
    ):
        assert word in guide, word
    text = json.dumps({**document, "info": {}}, ensure_ascii=False)
    told = set(re.findall(r"\b[A-Z]{3,}(?:_[A-Z]+)+\b", guide))
    elsewhere = {code for _, code in NOWHERE} | {"NOT_FOUND"}
    assert {word for word in told if word not in text} <= elsewhere
    for header in set(re.findall(r"`((?:X-|If-|Content-V|Idempo|Retry)[\w-]+)", guide)):
        assert f'"{header}"' in text, header


def test_the_files_name_no_place_of_ours() -> None:
    """A file for others: no path, no address of a machine."""
    for system in NAMES:
        text = json.dumps(Contract.of(system).document)
        assert not re.search(r"(?i)localhost|127\.0\.0\.1|/home/|https?://", text), system
