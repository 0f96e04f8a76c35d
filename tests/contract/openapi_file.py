"""An OpenAPI file as the recorder asks it: which operation a call is, and what that declares."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import schemas
from tests.contract.openapi_schema import Schemas

METHODS = ("get", "put", "post", "delete", "patch", "head", "options")


@dataclass(frozen=True, slots=True)
class Answer:
    """One declared answer: its headers by lower-case name, its media types with their schemas."""

    headers: Mapping[str, Mapping[str, Any]]
    content: Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one path. Parameters are by place ("path", "query", "header") and name;
    header names are lower case."""

    name: str
    method: str
    path: str
    raw: Mapping[str, Any] = field(repr=False)
    parameters: Mapping[str, Mapping[str, Mapping[str, Any]]] = field(repr=False)
    bodies: Mapping[str, Mapping[str, Any]] = field(repr=False)
    body_required: bool
    answers: Mapping[str, Answer] = field(repr=False)
    secured: bool

    def answer(self, status: int) -> Answer | None:
        """What is declared of a status: itself, its range, or what is said of all others."""
        for key in (str(status), f"{status // 100}XX", "default"):
            if key in self.answers:
                return self.answers[key]
        return None


def media(content: Mapping[str, Mapping[str, Any]], kind: str) -> Mapping[str, Any] | None:
    """The declared media type that `kind` is one of."""
    kind = kind.partition(";")[0].strip().lower()
    for name in (kind, f"{kind.partition('/')[0]}/*", "*/*"):
        if name in content:
            return content[name]
    return None


class Contract:
    """A whole file."""

    def __init__(
        self, document: Mapping[str, Any], *, open_documents: bool = False, lean: bool = False
    ) -> None:
        self.document = document
        self.schemas = Schemas(document, open_documents=open_documents, lean=lean)
        self._lean = lean
        self.operations = tuple(
            self._operation(path, method, shared, node)
            for path, shared in document["paths"].items()
            for method, node in shared.items()
            if method in METHODS
        )
        # A fixed step goes before one that is anything.
        ranked = sorted(self.operations, key=lambda one: one.path.count("{"))
        self._routes = [(one, re.compile(_pattern(one.path))) for one in ranked]

    @classmethod
    def of(cls, system: str, *, open_documents: bool = False, lean: bool = False) -> "Contract":
        """The file that is checked in for a system. `lean`: what may be left out is left out."""
        return _checked_in(system, open_documents, lean)

    def find(self, method: str, path: str) -> tuple[Operation, dict[str, str]] | None:
        """The operation a call is, and the values in its path."""
        for operation, route in self._routes:
            match = route.fullmatch(path)
            if match and operation.method == method:
                names = re.findall(r"\{(\w+)\}", operation.path)
                return operation, dict(zip(names, match.groups(), strict=True))
        return None

    def _operation(
        self, path: str, method: str, shared: Mapping[str, Any], node: Mapping[str, Any]
    ) -> Operation:
        parameters: dict[str, dict[str, Mapping[str, Any]]] = {
            place: {} for place in ("path", "query", "header")
        }
        for one in [*shared.get("parameters", ()), *node.get("parameters", ())]:
            parameter = self.schemas.resolved(one)
            name = parameter["name"]
            place = parameter["in"]
            parameters[place][name.lower() if place == "header" else name] = parameter
        body = self.schemas.resolved(node.get("requestBody", {}))
        security = node.get("security", self.document.get("security", []))
        return Operation(
            name=node["operationId"],
            method=method.upper(),
            path=path,
            raw=node,
            parameters=parameters,
            bodies=body.get("content", {}),
            body_required=body.get("required", False),
            answers={key: self._answer(one) for key, one in node["responses"].items()},
            secured=bool(security),
        )

    def _answer(self, node: Mapping[str, Any]) -> Answer:
        answer = self.schemas.resolved(node)
        headers = {
            name.lower(): self.schemas.resolved(one)
            for name, one in answer.get("headers", {}).items()
        }
        if self._lean:
            headers = {name: one for name, one in headers.items() if one.get("required")}
        return Answer(headers, answer.get("content", {}))


@cache
def _checked_in(system: str, open_documents: bool, lean: bool) -> Contract:
    path = Path(schemas.__path__[0]) / system / "openapi.json"
    document = json.loads(path.read_text(encoding="utf-8"))
    return Contract(document, open_documents=open_documents, lean=lean)


def _pattern(path: str) -> str:
    return "".join(
        "([^/]+)" if piece.startswith("{") else re.escape(piece)
        for piece in re.split(r"(\{\w+\})", path)
        if piece
    )
