"""Strict input: every key known, every value of its type, nothing the server owns.

The vendor's shapes are those of `schemas.visma_samspill.plan`; here they are turned into answers.
An error names the field and never the value. This module must not know the data at rest.
"""

import json
from collections.abc import Mapping
from typing import Any

from pydantic import TypeAdapter, ValidationError

from connectors.visma_samspill.parts import PLAN_KEYS, Part
from connectors.visma_samspill.sandbox.times import untimely
from schemas.visma_samspill import plan as wire

_TYPES: dict[str, Any] = {
    "participants": wire.Participant,
    "documents": wire.Document,
    "consents": wire.Consent,
    "goals": wire.Goal,
    "activities": wire.Activity,
    "calendar": wire.CalendarEvent,
    "messages": wire.Message,
}
_ADAPTERS: dict[str, TypeAdapter[Any]] = {name: TypeAdapter(t) for name, t in _TYPES.items()}
_PLAN: TypeAdapter[wire.Plan] = TypeAdapter(wire.Plan)
_NESTED = {
    "roleHistory": frozenset(wire.RoleChange.__annotations__),
    "signers": frozenset(wire.Signer.__annotations__),
    "listedParticipants": frozenset(wire.ListedParticipant.__annotations__),
    "comments": frozenset(wire.Comment.__annotations__),
    "subjectPlans": frozenset(wire.SubjectPlan.__annotations__),
}
_MAIN = frozenset(wire.MainPerson.__annotations__)


class Refusal(Exception):
    """The vendor's no: an HTTP status, a public code and a place (an id or a field name)."""

    def __init__(self, status: int, code: str, place: str = "") -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.place = place


def json_object(text: str) -> dict[str, Any]:
    """A stored body as data."""
    found: dict[str, Any] = json.loads(text)
    return found


def keys(part: Part) -> frozenset[str]:
    """Every key a resource of this part has."""
    return frozenset(_TYPES[part.name].__annotations__)


def writable(part: Part) -> frozenset[str]:
    """The keys a client may write: all but the id, the version and the account."""
    return keys(part) - {part.key, "version", "personId"}


def check_known(
    given: Any, allowed: frozenset[str], own: frozenset[str], *, keep_unknown: bool
) -> None:
    """Refuse a key we do not know, here or in a nested object, and always the server's `own`."""
    if not isinstance(given, dict):
        raise Refusal(422, "INVALID_BODY")
    for key, value in given.items():
        if key in own or (key not in allowed and not keep_unknown):
            raise Refusal(422, "UNKNOWN_FIELD")
        inner = _NESTED.get(key)
        if inner is None or keep_unknown or not isinstance(value, list):
            continue
        for row in value:
            if isinstance(row, dict) and not set(row) <= inner:
                raise Refusal(422, "UNKNOWN_FIELD", key)


def new_item(part: Part, given: Any, item_id: str, *, keep_unknown: bool) -> dict[str, Any]:
    """A whole resource from a POST body: every writable key must be there."""
    allowed = writable(part)
    check_known(given, allowed, keys(part) - allowed, keep_unknown=keep_unknown)
    for key in sorted(allowed):
        if key not in given:
            raise Refusal(422, "MISSING_FIELD", key)
    _check_times(_TYPES[part.name], given)
    item = {part.key: item_id, **given, "version": 1}
    if part.name == "participants":
        item["personId"] = item_id
    return check_item(part, item)


def changed_item(
    part: Part, old: Mapping[str, Any], given: Any, *, keep_unknown: bool
) -> dict[str, Any]:
    """A resource after a PATCH body; its version grows."""
    allowed = writable(part)
    check_known(given, allowed, keys(part) - allowed, keep_unknown=keep_unknown)
    _check_any(given)
    _check_times(_TYPES[part.name], given)
    return check_item(part, {**old, **given, "version": old["version"] + 1})


def check_item(part: Part, item: dict[str, Any]) -> dict[str, Any]:
    """The same item, when it has the right shape."""
    return _valid(_ADAPTERS[part.name], item)


def changed_plan(old: Mapping[str, Any], given: Any, *, keep_unknown: bool) -> dict[str, Any]:
    """A plan's own fields after a PATCH body; the person's account id stays."""
    allowed = frozenset(PLAN_KEYS)
    own = frozenset(wire.Plan.__annotations__) - allowed
    check_known(given, allowed, own, keep_unknown=keep_unknown)
    _check_any(given)
    _check_times(wire.Plan, given)
    new = {**old, **given, "version": old["version"] + 1}
    main = given.get("mainPerson")
    if main is not None:
        if not isinstance(main, dict):
            raise Refusal(422, "INVALID_FIELD", "mainPerson")
        if not keep_unknown and not set(main) <= _MAIN:
            raise Refusal(422, "UNKNOWN_FIELD", "mainPerson")
        new["mainPerson"] = {**main, "personId": old["mainPerson"]["personId"]}
    return _valid(_PLAN, new)


def _check_any(given: Mapping[str, Any]) -> None:
    if not given:
        raise Refusal(422, "INVALID_FIELD")


def _check_times(shape: Any, given: Mapping[str, Any]) -> None:
    for name in untimely(shape, given):
        raise Refusal(422, "INVALID_FIELD", name)


def _valid(adapter: TypeAdapter[Any], value: dict[str, Any]) -> dict[str, Any]:
    place = ""
    try:
        adapter.validate_python(value)
    except ValidationError as exc:
        first = exc.errors(include_input=False, include_url=False, include_context=False)[0]
        place = next((str(step) for step in first["loc"] if isinstance(step, str)), "body")
    if place:
        raise Refusal(422, "INVALID_FIELD", place)
    return value
