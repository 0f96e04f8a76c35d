"""The contract as OpenAPI 3.1: made from the operations, the parts and the wire shapes.

The result is checked in beside the schemas and compared in a test, so that a change of the wire
is seen. What an operation takes and answers stands in `proposal/`. This module must not do I/O.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from connectors.visma_samspill.operations import OPERATIONS
from connectors.visma_samspill.parts import PARTS
from connectors.visma_samspill.proposal import examples, guide, pieces
from connectors.visma_samspill.proposal.declarations import DECLARED, Declared
from connectors.visma_samspill.proposal.examples import Example
from connectors.visma_samspill.proposal.shapes import ref, schemas
from gateway.ports.connector import Operation, Provenance


def openapi() -> dict[str, Any]:
    """The whole document; the same every time."""
    paths: dict[str, Any] = {}
    for operation in OPERATIONS:
        if operation.provenance is not Provenance.MANUAL:
            method, path = operation.call.split(" ", 1)
            for name, concrete, words in _concrete(operation, path):
                made = _operation(operation, name, concrete, words)
                paths.setdefault(concrete, {})[method.lower()] = made
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Visma Flyt Samspill, as the gateway knows it",
            "version": "2",
            "summary": "x-provenance says of each operation how we know it.",
            "description": guide.GUIDE,
        },
        "security": [{"connect": []}],
        "x-worked-example": list(examples.examples()),
        "paths": paths,
        "components": {
            "schemas": schemas(),
            "responses": dict(pieces.RESPONSES),
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


def _operation(operation: Operation, name: str, path: str, words: str) -> dict[str, Any]:
    declared, example = DECLARED[name], examples.examples()[name]
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
    made["parameters"] = list(_parameters(declared, path, example))
    if declared.body:
        made["requestBody"] = {
            "required": True,
            "content": _content(declared.body, sent_as or declared.media, example.body),
        }
    made["responses"] = _responses(declared, example, answered_as)
    return made


def _parameters(declared: Declared, path: str, example: Example) -> Iterator[dict[str, Any]]:
    given = {**example.path, **example.query, **example.headers}
    inside = [step[1:-1] for step in path.split("/") if step.startswith("{")]
    required = {*inside, *declared.required_query, *declared.headers}
    for name in (
        *inside, *declared.required_query, *declared.query, *declared.headers, *declared.optional
    ):  # fmt: skip
        made = {"name": name, "required": name in required, **pieces.PARAMETERS[name]}
        if name in given:
            made["example"] = given[name]
        yield made


def _responses(declared: Declared, example: Example, media: str) -> dict[str, Any]:
    done = declared.done
    answer: dict[str, Any] = {"description": done.said}
    headers = {
        name: _header(name, example.answer_headers, required=name in done.headers)
        for name in (*done.headers, *done.optional)
    }
    if headers:
        answer["headers"] = headers
    if done.schema:
        answer["content"] = _content(done.schema, media or done.media, example.answer)
    found = {str(declared.status): answer}
    for status, codes in declared.errors.items():
        found[str(status)] = pieces.refused(status, codes)
    if not declared.secured:
        error = {"application/json": {"schema": ref("TokenError")}}
        found["400"] = {"description": "The form cannot be used.", "content": error}
        found["401"] = {"description": "The client is not known.", "content": error}
    for status, name in pieces.COMMON.items():
        found.setdefault(str(status), {"$ref": f"#/components/responses/{name}"})
    if declared.body:
        found["413"] = {"$ref": "#/components/responses/TooLarge"}
    return dict(sorted(found.items()))


def _header(name: str, given: Mapping[str, str], *, required: bool) -> dict[str, Any]:
    made = {"required": required, **pieces.HEADERS[name]}
    return {**made, "example": given[name]} if name in given else made


def _content(schema: str, media: str, example: Any) -> dict[str, Any]:
    return {media: {"schema": {} if schema == "bytes" else ref(schema), "example": example}}
