"""The OpenAPI 3.1 description, built from the operations table and the wire shapes.

The checked-in copy is schemas/conexus_companion/openapi.json; a test compares them. Shapes are
not repeated here.
"""

from functools import cache
from typing import Any

from pydantic import TypeAdapter

from connectors.conexus_companion.operasjoner import OPERATIONS
from gateway.ports.connector import Operation, Provenance
from schemas.conexus_companion import svar
from schemas.conexus_companion.logg import LOGG

_JSON = "application/json"
_BODIES: dict[str, str] = {
    "stafettlogg.importer": "Innsending",
    "stafettlogg.oppdater": "Innsending",
    "stafettlogg.opprett": "Opprettelse",
    "stafettlogg.endre": "Opprettelse",
}
_ANSWERS: dict[str, tuple[str, str]] = {
    "kommune.les": ("200", "Kommune"),
    "stafettlogger.list": ("200", "Liste"),
    "endringer.les": ("200", "Endringer"),
    "stafettlogg.les": ("200", "Logg"),
    "stafettlogg.finn": ("200", "Funn"),
    "stafettlogg.importer": ("201", "Treff"),
    "stafettlogg.oppdater": ("200", "Treff"),
    "stafettlogg.opprett": ("201", "Treff"),
    "stafettlogg.endre": ("200", "Treff"),
    "overforinger.les": ("200", "Overforinger"),
    "fil.les": ("200", ""),
    "fil.skriv": ("204", ""),
    "stafettlogg.slett": ("204", ""),
}
_QUERY = {
    "stafettlogger.list": ("storrelse", "markor"),
    "endringer.les": ("storrelse", "markor"),
    "stafettlogg.importer": ("bevarUkjente",),
    "stafettlogg.oppdater": ("bevarUkjente",),
}
_HEADERS = {
    "stafettlogg.importer": ("Idempotency-Key", "Varsling"),
    "stafettlogg.oppdater": ("If-Match", "Varsling"),
    "stafettlogg.opprett": ("Varsling",),
    "stafettlogg.endre": ("If-Match",),
    "stafettlogg.slett": ("If-Match",),
    "fil.skriv": ("Innhold-Sha256",),
}


def openapi() -> dict[str, Any]:
    """The whole description, deterministic."""
    paths: dict[str, dict[str, Any]] = {}
    for operation in OPERATIONS:
        if operation.provenance is not Provenance.MANUAL:
            method, path = operation.call.split(" ", 1)
            paths.setdefault(path, {})[method.lower()] = _operation(operation, path)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Conexus Companion: stafettlogger",
            "version": "forslag-1",
            "description": "A proposal: the vendor documents no interface for log content.",
        },
        "security": [{"klient": []}],
        "paths": paths,
        "components": {
            "schemas": _schemas(),
            "securitySchemes": {
                "klient": {
                    "type": "oauth2",
                    "flows": {
                        "clientCredentials": {"tokenUrl": "/connect/token", "scopes": {}},
                    },
                }
            },
        },
    }


def _operation(operation: Operation, path: str) -> dict[str, Any]:
    status, answer = _ANSWERS[operation.name]
    inside = [part[1:-1] for part in path.split("/") if part.startswith("{")]
    parameters = [_parameter(name, "path", required=True) for name in inside]
    parameters += [_parameter(n, "query", required=False) for n in _QUERY.get(operation.name, ())]
    parameters += [
        _parameter(n, "header", required=n != "Varsling") for n in _HEADERS.get(operation.name, ())
    ]
    found: dict[str, Any] = {
        "operationId": operation.name,
        "summary": operation.effects or operation.call,
        "x-provenance": operation.provenance.value,
        "x-source": operation.source,
        "parameters": parameters,
        "responses": {
            status: _content(answer, binary=operation.name == "fil.les"),
            "default": _content("Feil"),
        },
    }
    if operation.name in _BODIES:
        found["requestBody"] = {"required": True, **_content(_BODIES[operation.name])}
        del found["requestBody"]["description"]
    elif operation.name == "fil.skriv":
        found["requestBody"] = {"required": True, **_content("", binary=True)}
        del found["requestBody"]["description"]
    return found


def _parameter(name: str, where: str, *, required: bool) -> dict[str, Any]:
    return {"name": name, "in": where, "required": required, "schema": {"type": "string"}}


def _content(name: str, *, binary: bool = False) -> dict[str, Any]:
    if binary:
        return {"description": "bytes", "content": {"*/*": {"schema": {}}}}
    if not name:
        return {"description": "done"}
    schema = {"$ref": f"#/components/schemas/{name}"}
    return {"description": name, "content": {_JSON: {"schema": schema}}}


@cache
def _schemas() -> dict[str, Any]:
    adapters: dict[str, TypeAdapter[Any]] = {
        "Logg": LOGG,
        "Kommune": svar.KOMMUNE,
        "Liste": svar.LISTE,
        "Endringer": svar.ENDRINGER,
        "Funn": svar.FUNN,
        "Treff": svar.TREFF,
        "Innsending": svar.INNSENDING,
        "Opprettelse": svar.OPPRETTELSE,
        "Feil": svar.FEIL,
        "Overforinger": svar.OVERFORINGER,
    }
    found: dict[str, Any] = {}
    for name, adapter in adapters.items():
        schema = adapter.json_schema(ref_template="#/components/schemas/{model}")
        found.update(schema.pop("$defs", {}))
        found[name] = schema
    return dict(sorted(found.items()))
