"""The checker the recorder stands on: it sees what is wrong, and refuses what it does not know."""

from typing import Any

import pytest

from tests.contract.openapi_file import Contract, media
from tests.contract.openapi_schema import Schemas

_NAMED = {"type": "object", "required": ["a"], "properties": {"a": {"type": "string"}}}
_DOCUMENT: dict[str, Any] = {
    "paths": {},
    "components": {
        "schemas": {
            "Named": _NAMED,
            "Nested": {
                "allOf": [{"$ref": "#/components/schemas/Named"}, {"properties": {"b": {}}}]
            },
        }
    },
}


@pytest.mark.parametrize(
    ("schema", "value", "wrong"),
    [
        (_NAMED, {"a": "x"}, []),
        (_NAMED, {}, [".a required"]),
        (_NAMED, {"a": "x", "b": 1}, [".b undeclared"]),
        ({"$ref": "#/components/schemas/Nested"}, {"a": "x", "b": 1}, []),
        ({"$ref": "#/components/schemas/Nested"}, {"a": "x", "c": 1}, [".c undeclared"]),
        ({"anyOf": [{"type": "null"}, _NAMED]}, {"a": "x", "c": 1}, [".c undeclared"]),
        ({"anyOf": [{"type": "null"}, _NAMED]}, None, []),
        ({"anyOf": [{"type": "null"}, {"type": "string"}]}, 1, [" anyOf", " type"]),
        ({"items": _NAMED}, [{"a": "x"}, {"a": 1}], ["[].a type"]),
        ({"type": "integer"}, True, [" type"]),
        ({"enum": [1]}, True, [" enum"]),
        ({"const": "OK"}, "OK", []),
        ({"type": "string", "format": "date"}, "2026-02-29", [" format"]),
        ({"type": "string", "format": "date-time"}, "2026-01-01T10:00:00", [" format"]),
        ({"additionalProperties": {"type": "integer"}}, {"x": "y"}, [".* type"]),
        ({"type": "object", "additionalProperties": True}, {"x": 1}, [".x undeclared"]),
    ],
)
def test_a_breach_is_named_by_place_and_rule(schema: Any, value: Any, wrong: list[str]) -> None:
    """And never by what stands there."""
    found = Schemas(_DOCUMENT).breaches(schema, value)
    assert [f"{one.where} {one.what}" for one in found] == wrong


def test_a_document_may_be_open_where_it_says_so() -> None:
    """Only where the schema says that unknown members are kept, and only when asked."""
    kept = {"type": "object", "additionalProperties": True}
    assert Schemas(_DOCUMENT, open_documents=True).breaches(kept, {"x": 1}) == []
    assert Schemas(_DOCUMENT, open_documents=True).breaches(_NAMED, {"a": "x", "b": 1})


def test_what_may_be_left_out_is_undeclared_to_a_lean_vendor() -> None:
    """`lean` leaves what is required."""
    schema = {"properties": {"a": {}, "b": {}}, "required": ["a"]}
    (found,) = Schemas(_DOCUMENT, lean=True).breaches(schema, {"a": 1, "b": 2})
    assert (found.where, found.undeclared) == (".b", True)


def test_a_keyword_that_is_not_known_is_an_error() -> None:
    """Nothing is believed to hold by a rule that was not read."""
    with pytest.raises(NotImplementedError):
        Schemas(_DOCUMENT).breaches({"propertyNames": {}}, {})
    with pytest.raises(NotImplementedError):
        Schemas(_DOCUMENT).breaches({"format": "uuid"}, "x")


def test_a_media_type_is_found_by_itself_then_by_its_family() -> None:
    """Parameters of a media type do not count."""
    content = {"application/json": {"x": 1}, "*/*": {"x": 2}}
    assert media(content, "application/json; charset=utf-8") == {"x": 1}
    assert media(content, "application/pdf") == {"x": 2}
    assert media({"application/json": {}}, "text/html") is None


def test_a_fixed_step_goes_before_any() -> None:
    """`/a/search` is not `/a/{id}`."""
    node: dict[str, Any] = {"responses": {}}
    paths = {
        "/a/{id}": {"get": {**node, "operationId": "one"}},
        "/a/search": {"get": {**node, "operationId": "search"}},
    }
    contract = Contract({"paths": paths})
    found = [contract.find("GET", path) for path in ("/a/search", "/a/x", "/a/x/y")]
    assert [one and (one[0].name, one[1]) for one in found] == [
        ("search", {}), ("one", {"id": "x"}), None,
    ]  # fmt: skip
