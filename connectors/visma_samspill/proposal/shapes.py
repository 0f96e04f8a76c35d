"""The schemas of the contract file, made from the wire shapes: titles off, words and codes on.

What may be written to a part is its shape without what the server owns: all of it to make one
(`NewGoal`), any of it to change one (`GoalChange`). Pure: the same every time.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from connectors.visma_samspill.parts import PARTS, PLAN_KEYS
from connectors.visma_samspill.proposal.fields import CODES, WORDS
from schemas.tid import CONTRACT_DAY, CONTRACT_INSTANT
from schemas.visma_samspill.plan import BUNDLE

_REF = "#/components/schemas/{model}"
SHAPE: Mapping[str, str] = {
    "participants": "Participant",
    "documents": "Document",
    "consents": "Consent",
    "goals": "Goal",
    "activities": "Activity",
    "calendar": "CalendarEvent",
    "messages": "Message",
}
"""The wire shape of each part."""

_TEXT: Mapping[str, Any] = {"type": "string", "minLength": 1}
_ANY: Mapping[str, Any] = {"type": "string"}
_MAYBE: Mapping[str, Any] = {"type": ["string", "null"]}
_COUNT: Mapping[str, Any] = {"type": "integer", "minimum": 0}
_VERSION: Mapping[str, Any] = {"type": "integer", "minimum": 1}
_NUMBER: Mapping[str, Any] = {"type": "string", "pattern": r"^\d{11}$"}
_MUNICIPALITY: Mapping[str, Any] = {"type": "string", "pattern": r"^\d{9}$"}


_TIMES: Mapping[str, Any] = {
    "Day": {
        "type": "string",
        "format": "date",
        "pattern": CONTRACT_DAY,
        "description": "A date that exists. The pattern counts no leap years; the rule does.",
    },
    "Instant": {
        "type": "string",
        "format": "date-time",
        "pattern": CONTRACT_INSTANT,
        "description": "A moment that exists, with its offset. The form it was sent in is kept.",
    },
}
_PATTERNS: Mapping[str, str] = {schema["pattern"]: name for name, schema in _TIMES.items()}


def ref(name: str) -> dict[str, str]:
    """A pointer to a schema of the file."""
    return {"$ref": _REF.format(model=name)}


@cache
def schemas() -> dict[str, Any]:
    """Every schema by name."""
    made = BUNDLE.json_schema(ref_template=_REF)
    found: dict[str, Any] = made["$defs"]
    for part in PARTS:
        name = SHAPE[part.name]
        own = {part.key, "version", "personId"}
        keys = [key for key in found[name]["properties"] if key not in own]
        found[f"New{name}"] = _written(name, keys, whole=True)
        found[f"{name}Change"] = _written(name, keys, whole=False)
        found[f"{name}Page"] = _page_of(name)
    found["PlanChange"] = _written("Plan", list(PLAN_KEYS), whole=False)
    found |= _answers() | _form() | _token()
    for name, schema in found.items():
        _tidy(name, schema)
    found |= _TIMES
    return dict(sorted((name, _timed(schema)) for name, schema in found.items()))


def described() -> Iterator[str]:
    """`Shape.field` of every field there is, so that words about none can be found."""
    for name, schema in schemas().items():
        for field in schema.get("properties", {}):
            yield f"{name}.{field}"


def _written(name: str, keys: list[str], *, whole: bool) -> dict[str, Any]:
    place = _REF.format(model=name)
    made: dict[str, Any] = {
        "type": "object",
        "additionalProperties": True,
        "description": "All that a client may write. Unknown members need `X-Keep-Unknown: yes`."
        if whole
        else "One or more of what a client may write; what is left out stays as it is. Unknown "
        "members need `X-Keep-Unknown: yes`.",
        "properties": {key: {"$ref": f"{place}/properties/{key}"} for key in keys},
    }
    made |= {"required": keys} if whole else {"minProperties": 1}
    return made


def _object(what: str, optional: tuple[str, ...] = (), **members: Any) -> dict[str, Any]:
    required = [name for name in members if name not in optional]
    return {
        "type": "object",
        "description": what,
        "required": required,
        "properties": {name: dict(member) for name, member in members.items()},
    }


def _closed(what: str, optional: tuple[str, ...] = (), **members: Any) -> dict[str, Any]:
    return {**_object(what, optional, **members), "additionalProperties": False}


def _rows(name: str) -> dict[str, Any]:
    return {"type": "array", "items": ref(name)}


def _page_of(name: str) -> dict[str, Any]:
    return _object(
        "A page of one part. `nextPageToken` is null on the last page; `totalCount` counts all.",
        planId=_TEXT, totalCount=_COUNT, items=_rows(name), nextPageToken=_MAYBE,
    )  # fmt: skip


def _answers() -> dict[str, Any]:
    return {
        "Error": _object("An error: a public code and where.", code=_TEXT, place=_ANY),
        "Tenant": _object(
            "The municipality and what the token may do.",
            ("visibleWithinSeconds", "freeBytes"),
            organisationNumber=_MUNICIPALITY,
            product=_ANY,
            contract=_ANY,
            environment=_ANY,
            rights={"type": "array", "items": _TEXT},
            planCount=_COUNT,
            freeBytes={"type": ["integer", "null"], "minimum": 0},
            visibleWithinSeconds={"type": "number", "minimum": 0},
        ),
        "PlanRow": _object(
            "A plan in a listing. In the change feed a deleted plan has status `deleted`.",
            planId=_TEXT, contentVersion=_VERSION, status=_TEXT,
        ),
        "PlanPage": _object(
            "A page of plans.", totalCount=_COUNT, plans=_rows("PlanRow"), nextPageToken=_MAYBE
        ),
        "FoundPlan": _object(
            "A plan a search gave.",
            planId=_TEXT, contentVersion=_VERSION, externalReference=_MAYBE, createdBy=_MAYBE,
        ),
        "FoundPlans": _object("Every plan that fits; no paging.", plans=_rows("FoundPlan")),
        "SearchByReference": _closed("The sender's own key.", externalReference=_TEXT),
        "SearchByPerson": _closed(
            "Whom the plan is about, and its type.",
            mainPersonNationalId=_NUMBER, planTypeId=_TEXT,
        ),
        "Search": {"oneOf": [ref("SearchByReference"), ref("SearchByPerson")]},
        "Ids": _closed("An order.", ids={"type": "array", "items": _TEXT, "uniqueItems": True}),
        "StoredContent": _object("Whose bytes were stored.", documentId=_TEXT),
        "ListRow": _object("One row of a list.", id=_TEXT, name=_ANY),
        "List": {"type": "array", "items": ref("ListRow")},
    }  # fmt: skip


def _form() -> dict[str, Any]:
    return {
        "FormPerson": _closed("Somebody named in the form.", name=_TEXT, nationalId=_NUMBER),
        "FormParticipant": _closed("A participant.", name=_TEXT, nationalId=_NUMBER, roleId=_TEXT),
        "Form": _closed(
            "The form that makes an empty plan.",
            ("participants", "affiliationId"),
            organisationNumber=_MUNICIPALITY,
            planTypeId=_TEXT,
            mainPerson={"allOf": [ref("FormPerson")]},
            planLead={"allOf": [ref("FormPerson")]},
            participants=_rows("FormParticipant"),
            affiliationId=_MAYBE,
        ),
        "FormAnswer": _object("That it went well. No plan id.", status={"const": "OK"}),
    }


def _token() -> dict[str, Any]:
    municipality = {
        **_MUNICIPALITY,
        "description": "The municipality's organisation number. The token is valid for it alone.",
    }
    errors = ["invalid_request", "invalid_client", "unsupported_grant_type", "invalid_tenant"]
    return {
        "TokenForm": _closed(
            "OAuth 2.0 client credentials (RFC 6749, 4.4) in the Visma Connect pattern.",
            ("scope",),
            grant_type={"const": "client_credentials"},
            client_id=_TEXT,
            client_secret=_TEXT,
            tenant_id=municipality,
            scope={**_TEXT, "description": "As agreed; left out when none is."},
        ),
        "TokenAnswer": _object(
            "A token.",
            ("expires_in", "scope"),
            access_token={
                "type": "string",
                "pattern": r"^[\x21-\x7E]+$",
                "description": "Sent as `Authorization: Bearer <it>`.",
            },
            token_type={"const": "Bearer"},
            expires_in={
                "type": "number",
                "minimum": 0,
                "description": "Seconds. Left out, the client uses the token until a 401, for "
                "five minutes at most.",
            },
            scope=_ANY,
        ),
        "TokenError": _object("An OAuth 2.0 error.", error={"enum": errors}),
    }


def _timed(node: Any) -> Any:
    """Every date and time by its name, so that their forms stand once."""
    if isinstance(node, list):
        return [_timed(item) for item in node]
    if not isinstance(node, dict):
        return node
    name = _PATTERNS.get(node.get("pattern", ""))
    if name is not None and "description" not in node:
        return ref(name)
    return {key: _timed(item) for key, item in node.items()}


def _tidy(name: str, schema: dict[str, Any]) -> None:
    schema.pop("title", None)
    for field, inner in schema.get("properties", {}).items():
        inner.pop("title", None)
        place = f"{name}.{field}"
        words = [WORDS[place]] if place in WORDS else []
        codes = CODES.get(place)
        if codes is not None:
            inner["x-codes"] = list(codes.values)
            inner["x-codes-open"] = codes.open
            kind = "Open" if codes.open else "Closed"
            words.append(f"{kind} list: {', '.join(codes.values)}.")
        if words:
            inner["description"] = " ".join(words)
