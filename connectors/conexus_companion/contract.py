"""The OpenAPI 3.1 description, built from the operations table and the wire shapes.

The checked-in copy is schemas/conexus_companion/openapi.json; a test compares them. Shapes are
not repeated here, and what an operation takes and answers stands in `kontrakt/`.
"""

from collections.abc import Mapping
from typing import Any

from connectors.conexus_companion.kontrakt import deler, eksempler, veiledning
from connectors.conexus_companion.kontrakt.eksempler import Eksempel
from connectors.conexus_companion.kontrakt.erklaeringer import DECLARED, Erklaering, Svar
from connectors.conexus_companion.kontrakt.skjemaer import ref, schemas
from connectors.conexus_companion.operasjoner import OPERATIONS
from gateway.ports.connector import Operation, Provenance

VERSION = "forslag-1"
"""What `kommune.les` says in `kontrakt`, and a municipality may have fixed."""

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
            "version": VERSION,
            "summary": "A proposal: the vendor documents no interface for log content.",
            "description": veiledning.GUIDE,
        },
        "security": [{"klient": []}],
        "x-worked-example": eksempler.order(),
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
    plays = eksempler.plays(operation.name)
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
    found["parameters"] = list(_parameters(declared, path, plays))
    if declared.body:
        found["requestBody"] = {
            "required": True,
            "content": _content(declared.body, declared.media, example.media, {"": example.body}),
        }
    found["responses"] = _responses(declared, plays)
    return found


def _parameters(
    declared: Erklaering, path: str, plays: Mapping[str, Eksempel]
) -> list[dict[str, Any]]:
    given = {key: {**one.path, **one.query, **one.headers} for key, one in plays.items()}
    inside = [part[1:-1] for part in path.split("/") if part.startswith("{")]
    found = []
    for name in (*inside, *declared.query, *declared.headers, *declared.optional):
        parameter = {
            "name": name,
            "required": name in inside or name in declared.headers,
            **deler.PARAMETERS[name],
        }
        parameter |= _shown({key: one[name] for key, one in given.items() if name in one})
        found.append(parameter)
    return found


def _shown(values: Mapping[str, Any]) -> dict[str, Any]:
    """`example`, or `examples` where an operation is played more than once."""
    if "" in values:
        return {"example": values[""]}
    return {"examples": {key: {"value": one} for key, one in values.items()}} if values else {}


def _responses(declared: Erklaering, plays: Mapping[str, Eksempel]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for status, answer in declared.done.items():
        mine = {key: one for key, one in plays.items() if one.status == status}
        found[str(status)] = _done(answer, mine)
    for status, codes in declared.errors.items():
        found[str(status)] = deler.refused(status, codes)
    if not declared.secured:
        error = {"application/json": {"schema": ref("TokenFeil")}}
        found["400"] = {"description": deler.FORM_REFUSED, "content": error}
        found["401"] = {"description": deler.CLIENT_REFUSED, "content": error}
    for status, name in deler.COMMON.items():
        if str(status) not in found:
            found[str(status)] = {"$ref": f"#/components/responses/{name}"}
    if declared.body:
        found["413"] = {"$ref": "#/components/responses/ForStor"}
    return dict(sorted(found.items()))


def _done(answer: Svar, plays: Mapping[str, Eksempel]) -> dict[str, Any]:
    found: dict[str, Any] = {"description": answer.said}
    example = plays.get("")
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
        media = example.media if example and answer.schema == "bytes" else answer.media
        shown = {key: one.answer for key, one in plays.items()}
        found["content"] = _content(answer.schema, answer.media, media, shown)
    return found


def _content(schema: str, media: str, shown_as: str, shown: Mapping[str, Any]) -> dict[str, Any]:
    """Bytes are any media type, and the example's own; their example is ISO 8859-1 text."""
    inner: dict[str, Any] = {"schema": {} if schema == "bytes" else ref(schema)}
    if schema != "bytes":
        return {media: {**inner, **_shown(shown)}}
    return {shown_as: {**inner, **_shown(shown)}, media: inner}
