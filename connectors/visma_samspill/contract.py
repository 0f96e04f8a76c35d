"""The contract as OpenAPI 3.1: made from the operations, the parts and the wire shapes.

The result is checked in beside the schemas and compared in a test, so that a change of the wire
is seen. What an operation takes and answers stands in `proposal/`; what many have alike, once
(`Shared`). This module must not do I/O.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from connectors.visma_samspill.operations import OPERATIONS
from connectors.visma_samspill.parts import PARTS
from connectors.visma_samspill.proposal import examples, guide, pieces
from connectors.visma_samspill.proposal.declarations import DECLARED, Declared
from connectors.visma_samspill.proposal.examples import Example
from connectors.visma_samspill.proposal.shapes import ref, schemas
from connectors.visma_samspill.proposal.shared import Shared
from gateway.ports.connector import Operation, Provenance

VERSION = "content/v1"
"""What `tenant.read` says in `contract`, and a municipality may have fixed."""


def openapi() -> dict[str, Any]:
    """The whole document; the same every time."""
    paths: dict[str, Any] = {}
    shared = Shared()
    for operation in OPERATIONS:
        if operation.provenance is not Provenance.MANUAL:
            method, path = operation.call.split(" ", 1)
            for name, concrete, words in _concrete(operation, path):
                made = _operation(operation, name, concrete, words, shared)
                paths.setdefault(concrete, {})[method.lower()] = made
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Visma Flyt Samspill, as the gateway knows it",
            "version": VERSION,
            "summary": "x-provenance says of each operation how we know it.",
            "description": guide.GUIDE,
        },
        "security": [{"connect": []}],
        "x-worked-example": examples.order(),
        "paths": paths,
        "components": {
            "schemas": schemas(),
            "parameters": shared.components["parameters"],
            "headers": shared.components["headers"],
            "responses": {**pieces.RESPONSES, **shared.components["responses"]},
            "securitySchemes": {
                "connect": {
                    "type": "oauth2",
                    "flows": {"clientCredentials": {"tokenUrl": "/connect/token", "scopes": {}}},
                }
            },
        },
    }


def _concrete(operation: Operation, path: str) -> Iterator[tuple[str, str, str]]:
    """(operation id, path, words): an operation of a part once for each part."""
    if "{part}" not in path:
        yield operation.name, path, guide.WHOLE[operation.name]
        return
    for part in PARTS:
        words = guide.OF_PART[operation.name.removeprefix("part.")].format(part=part.name)
        yield f"{operation.name}.{part.name}", path.replace("{part}", part.name), words


def _operation(
    operation: Operation, name: str, path: str, words: str, shared: Shared
) -> dict[str, Any]:
    declared, plays = DECLARED[name], examples.plays(name)
    sent_as, answered_as = examples.media(name)
    made: dict[str, Any] = {
        "operationId": name,
        "summary": words,
        "x-provenance": operation.provenance.value,
        "x-source": operation.source,
    }
    if operation.effects:
        made["x-effects"] = operation.effects
    if not declared.secured:
        made["security"] = []
    made["parameters"] = list(_parameters(declared, path, plays, shared))
    if declared.body:
        made["requestBody"] = {
            "required": True,
            "content": _content(
                declared.body,
                sent_as or declared.media,
                {which: one.body for which, one in plays.items()},
            ),
        }
    made["responses"] = _responses(declared, plays, answered_as, shared)
    return made


def _parameters(
    declared: Declared, path: str, plays: Mapping[str, Example], shared: Shared
) -> Iterator[dict[str, Any]]:
    given = {which: {**one.path, **one.query, **one.headers} for which, one in plays.items()}
    inside = [step[1:-1] for step in path.split("/") if step.startswith("{")]
    required = {*inside, *declared.required_query, *declared.headers}
    for name in (
        *inside, *declared.required_query, *declared.query, *declared.headers, *declared.optional
    ):  # fmt: skip
        made = {"name": name, "required": name in required, **pieces.PARAMETERS[name]}
        made |= _shown({which: one[name] for which, one in given.items() if name in one})
        yield shared.put("parameters", name, made)


def _shown(values: Mapping[str, Any]) -> dict[str, Any]:
    """`example`, or `examples` where an operation is played more than once."""
    if "" in values:
        return {"example": values[""]}
    return {"examples": {key: {"value": one} for key, one in values.items()}} if values else {}


def _responses(
    declared: Declared, plays: Mapping[str, Example], media: str, shared: Shared
) -> dict[str, Any]:
    done = declared.done
    answer: dict[str, Any] = {"description": done.said}
    headers = {
        name: shared.put(
            "headers", name, {"required": name in done.headers, **pieces.HEADERS[name]}
        )
        for name in (*done.headers, *done.optional)
    }
    if headers:
        answer["headers"] = headers
    if done.schema:
        shown = {which: one.answer for which, one in plays.items()}
        answer["content"] = _content(done.schema, media or done.media, shown)
    found = {str(declared.status): answer}
    for status, codes in declared.errors.items():
        named = f"{status}.{'-'.join(codes.split())}"
        found[str(status)] = shared.put("responses", named, pieces.refused(status, codes))
    if not declared.secured:
        error = {"application/json": {"schema": ref("TokenError")}}
        found["400"] = {"description": pieces.FORM_REFUSED, "content": error}
        found["401"] = {"description": pieces.CLIENT_REFUSED, "content": error}
    for status, name in pieces.COMMON.items():
        found.setdefault(str(status), {"$ref": f"#/components/responses/{name}"})
    if declared.body:
        found["413"] = {"$ref": "#/components/responses/TooLarge"}
    return dict(sorted(found.items()))


def _content(schema: str, media: str, shown: Mapping[str, Any]) -> dict[str, Any]:
    return {media: {"schema": {} if schema == "bytes" else ref(schema), **_shown(shown)}}
