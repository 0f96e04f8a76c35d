"""The contract as OpenAPI 3.1: made from the operations, the parts and the wire shapes.

The result is checked in beside the schemas and compared in a test, so that a change of the wire
is seen. This module must not do I/O.
"""

from functools import cache
from typing import Any

from connectors.visma_samspill.operations import OPERATIONS
from gateway.ports.connector import Operation, Provenance
from schemas.visma_samspill.plan import BUNDLE

_REF = "#/components/schemas/{model}"
_PARTS = ["Participant", "Consent", "Goal", "Activity", "Message", "CalendarEvent", "Document"]
_ERROR = {
    "type": "object",
    "required": ["code", "place"],
    "properties": {"code": {"type": "string"}, "place": {"type": "string"}},
}
_PERSON = {
    "type": "object",
    "additionalProperties": False,
    "required": ["name", "nationalId"],
    "properties": {"name": {"type": "string"}, "nationalId": {"type": "string"}},
}


def openapi() -> dict[str, Any]:
    """The whole document; the same every time."""
    paths: dict[str, Any] = {}
    for operation in OPERATIONS:
        if operation.provenance is Provenance.MANUAL:
            continue
        method, path = operation.call.split(" ", 1)
        paths.setdefault(path, {})[method.lower()] = _operation(operation, method, path)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Visma Flyt Samspill, as the gateway knows it",
            "version": "1",
            "description": "x-provenance says of each operation how we know it.",
        },
        "paths": paths,
        "components": {
            "schemas": _schemas(),
            "securitySchemes": {
                "connect": {
                    "type": "oauth2",
                    "flows": {"clientCredentials": {"tokenUrl": "/connect/token", "scopes": {}}},
                }
            },
        },
        "security": [{"connect": []}],
    }


@cache
def _schemas() -> dict[str, Any]:
    made = BUNDLE.json_schema(ref_template=_REF)
    schemas: dict[str, Any] = made.pop("$defs")
    schemas["Bundle"] = made
    schemas["Error"] = _ERROR
    schemas["Page"] = _object(
        totalCount={"type": "integer"},
        plans={
            "type": "array",
            "items": _object(
                planId={"type": "string"},
                contentVersion={"type": "integer"},
                status={"type": "string"},
            ),
        },
        nextPageToken={"type": ["string", "null"]},
    )
    schemas["Tenant"] = _tenant()
    schemas["PartPage"] = _object(
        planId={"type": "string"},
        totalCount={"type": "integer"},
        items={"type": "array", "items": {"anyOf": [_ref(name) for name in _PARTS]}},
        nextPageToken={"type": ["string", "null"]},
    )
    schemas["Form"] = {
        "type": "object",
        "additionalProperties": False,
        "required": ["organisationNumber", "planTypeId", "mainPerson", "planLead"],
        "properties": {
            "organisationNumber": {"type": "string"},
            "planTypeId": {"type": "string"},
            "mainPerson": _PERSON,
            "planLead": _PERSON,
            "participants": {
                "type": "array",
                "items": {
                    **_PERSON,
                    "required": ["name", "nationalId", "roleId"],
                    "properties": {**_PERSON["properties"], "roleId": {"type": "string"}},  # type: ignore[dict-item]
                },
            },
            "affiliationId": {"type": ["string", "null"]},
        },
    }
    return schemas


def _tenant() -> dict[str, Any]:
    tenant = _object(
        organisationNumber={"type": "string"},
        product={"type": "string"},
        contract={"type": "string"},
        environment={"type": "string"},
        rights={"type": "array", "items": {"type": "string"}},
        planCount={"type": "integer"},
    )
    tenant["properties"] |= {
        "freeBytes": {"type": ["integer", "null"]},
        "visibleWithinSeconds": {
            "type": "number",
            "minimum": 0,
            "description": "A plan that was made, or a reference that was set, is found by search "
            'and stands in the listing within so many seconds. Until then "not found" does not '
            'mean "not there"; a read by id is never behind. Left out, the vendor gives no word.',
        },
    }
    return tenant


def _object(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": sorted(properties), "properties": properties}


def _ref(name: str) -> dict[str, str]:
    return {"$ref": _REF.format(model=name)}


_ANSWERS = {
    "tenant.read": "Tenant",
    "plan.list": "Page",
    "change.list": "Page",
    "plan.read": "Plan",
    "plan.update": "Plan",
    "part.list": "PartPage",
}


def _operation(operation: Operation, method: str, path: str) -> dict[str, Any]:
    made: dict[str, Any] = {
        "operationId": operation.name,
        "description": operation.effects or operation.source,
        "x-provenance": operation.provenance.value,
        "x-source": operation.source,
        "parameters": [
            {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
            for name in ("planId", "part", "id")
            if f"{{{name}}}" in path
        ],
        "responses": {
            "4XX": {
                "description": "refused",
                "content": {"application/json": {"schema": _ref("Error")}},
            },
            "2XX": {"description": "done"},
        },
    }
    answer = _ANSWERS.get(operation.name)
    if answer is not None:
        made["responses"]["2XX"]["content"] = {"application/json": {"schema": _ref(answer)}}
    if operation.name == "plan.create":
        made["requestBody"] = {"content": {"application/json": {"schema": _ref("Form")}}}
    if operation.name in ("part.update", "part.delete", "plan.update", "plan.delete"):
        made["parameters"].append(
            {"name": "If-Match", "in": "header", "required": True, "schema": {"type": "string"}}
        )
    if method != "GET" and path.startswith("/content"):
        made["parameters"] += [
            {"name": name, "in": "header", "schema": {"type": "string"}}
            for name in ("X-Import", "X-Notify", "X-Keep-Unknown", "X-Change-Id")
        ]
    return made
