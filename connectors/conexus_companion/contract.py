"""The OpenAPI 3.1 description, built from the operations table and the wire shapes.

The checked-in copy is schemas/conexus_companion/openapi.json; a test compares them. Shapes are
not repeated here, and what an operation takes and answers stands in `kontrakt/`.
"""

from typing import Any

from connectors.conexus_companion.kontrakt import deler, eksempler, veiledning
from connectors.conexus_companion.kontrakt.eksempler import Eksempel
from connectors.conexus_companion.kontrakt.erklaeringer import DECLARED, Erklaering, Svar
from connectors.conexus_companion.kontrakt.skjemaer import ref, schemas
from connectors.conexus_companion.operasjoner import OPERATIONS
from gateway.ports.connector import Operation, Provenance

TOKEN = Operation(
    "token.hent",
    "POST /connect/token",
    Provenance.ASSUMED,
    "OAuth 2.0 client credentials; no address is documented",
)
"""The session's own call, and so not among the connector's operations."""


def openapi() -> dict[str, Any]:
    """The whole description, deterministic."""
    paths: dict[str, dict[str, Any]] = {}
    for operation in (TOKEN, *OPERATIONS):
        if operation.provenance is not Provenance.MANUAL:
            method, path = operation.call.split(" ", 1)
            paths.setdefault(path, {})[method.lower()] = _operation(operation, path)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Conexus Companion: stafettlogger",
            "version": "forslag-1",
            "summary": "A proposal: the vendor documents no interface for log content.",
            "description": veiledning.GUIDE,
        },
        "security": [{"klient": []}],
        "x-worked-example": list(eksempler.examples()),
        "paths": paths,
        "components": {
            "schemas": schemas(),
            "responses": dict(deler.RESPONSES),
            "securitySchemes": {
                "klient": {
                    "type": "oauth2",
                    "flows": {"clientCredentials": {"tokenUrl": "/connect/token", "scopes": {}}},
                }
            },
        },
    }


def _operation(operation: Operation, path: str) -> dict[str, Any]:
    declared = DECLARED[operation.name]
    example = eksempler.examples()[operation.name]
    found: dict[str, Any] = {
        "operationId": operation.name,
        "summary": veiledning.WORDS[operation.name],
        "x-provenance": operation.provenance.value,
        "x-source": operation.source,
    }
    if operation.effects:
        found["x-effects"] = operation.effects
    if not declared.secured:
        found["security"] = []
    found["parameters"] = list(_parameters(declared, path, example))
    if declared.body:
        found["requestBody"] = {
            "required": True,
            "content": _content(declared.body, declared.media, example.media, example.body),
        }
    found["responses"] = _responses(declared, example)
    return found


def _parameters(declared: Erklaering, path: str, example: Eksempel) -> list[dict[str, Any]]:
    given = {**example.path, **example.query, **example.headers}
    inside = [part[1:-1] for part in path.split("/") if part.startswith("{")]
    found = []
    for name in (*inside, *declared.query, *declared.headers, *declared.optional):
        parameter = {
            "name": name,
            "required": name in inside or name in declared.headers,
            **deler.PARAMETERS[name],
        }
        if name in given:
            parameter["example"] = given[name]
        found.append(parameter)
    return found


def _responses(declared: Erklaering, example: Eksempel) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for status, answer in declared.done.items():
        mine = example if status == example.status else None
        found[str(status)] = _done(answer, mine)
    for status, codes in declared.errors.items():
        found[str(status)] = deler.refused(status, codes)
    if not declared.secured:
        error = {"application/json": {"schema": ref("TokenFeil")}}
        found["400"] = {"description": "The form cannot be used.", "content": error}
        found["401"] = {"description": "The client is not known.", "content": error}
    for status, name in deler.COMMON.items():
        if str(status) not in found:
            found[str(status)] = {"$ref": f"#/components/responses/{name}"}
    if declared.body:
        found["413"] = {"$ref": "#/components/responses/ForStor"}
    return dict(sorted(found.items()))


def _done(answer: Svar, example: Eksempel | None) -> dict[str, Any]:
    found: dict[str, Any] = {"description": answer.said}
    given = example.answer_headers if example else {}
    headers = {
        name: {
            "required": name in answer.headers,
            **deler.HEADERS[name],
            **({"example": given[name]} if name in given else {}),
        }
        for name in (*answer.headers, *answer.optional)
    }
    if headers:
        found["headers"] = headers
    if answer.schema:
        shown = example.answer if example else None
        media = example.media if example and answer.schema == "bytes" else answer.media
        found["content"] = _content(answer.schema, answer.media, media, shown)
    return found


def _content(schema: str, media: str, shown_as: str, example: Any) -> dict[str, Any]:
    """Bytes are any media type, and the example's own; their example is ISO 8859-1 text."""
    inner: dict[str, Any] = {"schema": {} if schema == "bytes" else ref(schema)}
    if schema != "bytes":
        return {media: {**inner, **({"example": example} if example is not None else {})}}
    return {shown_as: {**inner, "example": example}, media: inner}
