"""Holds values against the schemas of an OpenAPI 3.1 file, as much of JSON Schema as ours use.

Strict: a keyword it does not know is an error and not passed over. Every schema is compiled once.
What is found names members and keywords, never a value: these are logs about children.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

_TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "boolean": (bool,),
    "null": (type(None),),
    "integer": (int,),
    "number": (int, float),
}
_SAID = {"title", "description", "examples", "example", "default", "deprecated", "contentMediaType"}
"""Keywords that ask for nothing."""
_HELD = {
    "$ref", "type", "properties", "required", "additionalProperties", "items", "enum", "const",
    "pattern", "minLength", "maxLength", "minimum", "maximum", "minItems", "maxItems",
    "uniqueItems", "anyOf", "oneOf", "allOf", "format", "minProperties",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Breach:
    """One thing that does not hold. `undeclared` ones can be taken out of their container."""

    where: str
    what: str
    container: dict[str, Any] | None = field(default=None, repr=False, compare=False)
    key: str = field(default="", compare=False)

    @property
    def undeclared(self) -> bool:
        """A member no schema names."""
        return self.container is not None


Found = list[Breach]
# Holds a value in its place, and gives the names of the members it has spoken for.
Inplace = Callable[[Any, str, Found], set[str]]


class Schemas:
    """The schemas of one document. With `open_documents` a schema that says that it keeps unknown
    members (`additionalProperties: true`) is taken at its word; without, they are undeclared.
    With `lean` a member that may be left out counts as undeclared, too."""

    def __init__(
        self, document: Mapping[str, Any], *, open_documents: bool = False, lean: bool = False
    ) -> None:
        self._document = document
        self._open = open_documents
        self._lean = lean
        self._compiled: dict[str, Inplace] = {}
        # By identity: the schemas are the document's own, and are kept as long as this is.
        self._places: dict[int, tuple[Mapping[str, Any], Inplace]] = {}

    def breaches(self, schema: Mapping[str, Any], value: Any) -> Found:
        """Where `value` breaks `schema`, and the members nothing speaks for."""
        found: Found = []
        if id(schema) not in self._places:
            self._places[id(schema)] = (schema, self.place(schema))
        self._places[id(schema)][1](value, "", found)
        return found

    def place(self, schema: Mapping[str, Any]) -> Inplace:
        """As `_inplace`, and the whole word on the members of an object."""
        inplace = self._inplace(schema)

        def hold(value: Any, where: str, found: Found) -> set[str]:
            spoken = inplace(value, where, found)
            if isinstance(value, dict):
                for key in value:
                    if key not in spoken:
                        found.append(Breach(f"{where}.{key}", "undeclared", value, key))
            return spoken

        return hold

    def resolved(self, node: Mapping[str, Any]) -> Mapping[str, Any]:
        """The node itself, or what its `$ref` points at."""
        while "$ref" in node:
            node = self._at(node["$ref"])
        return node

    def _at(self, reference: str) -> Mapping[str, Any]:
        home, _, path = reference.partition("#/")
        if home:
            raise NotImplementedError("a reference out of the file")
        target: Any = self._document
        for step in path.split("/"):
            target = target[step.replace("~1", "/").replace("~0", "~")]
        found: Mapping[str, Any] = target
        return found

    def _inplace(self, schema: Mapping[str, Any]) -> Inplace:
        unknown = {key for key in schema if not key.startswith("x-")} - _SAID - _HELD
        if unknown:
            raise NotImplementedError(sorted(unknown))
        checks = list(self._checks(schema))

        def hold(value: Any, where: str, found: Found) -> set[str]:
            spoken: set[str] = set()
            for check in checks:
                spoken |= check(value, where, found)
            return spoken

        return hold

    def _checks(self, schema: Mapping[str, Any]) -> Iterator[Inplace]:
        if "$ref" in schema:
            yield self._reference(schema["$ref"])
        if "allOf" in schema:
            for one in schema["allOf"]:
                yield self._inplace(one)
        for word in ("anyOf", "oneOf"):
            if word in schema:
                yield self._choice([self._inplace(one) for one in schema[word]], word)
        simple = [(key, schema[key]) for key in _SIMPLE if key in schema]
        if simple:
            yield _values(simple)
        if "properties" in schema or "additionalProperties" in schema or "required" in schema:
            yield self._members(schema)
        if "items" in schema:
            yield self._items(schema["items"])

    def _reference(self, reference: str) -> Inplace:
        """Compiled when first met, so that a schema may hold itself."""

        def hold(value: Any, where: str, found: Found) -> set[str]:
            if reference not in self._compiled:
                self._compiled[reference] = self._inplace(self._at(reference))
            return self._compiled[reference](value, where, found)

        return hold

    def _choice(self, branches: list[Inplace], word: str) -> Inplace:
        def hold(value: Any, where: str, found: Found) -> set[str]:
            spoken: set[str] = set()
            nearest: Found | None = None
            held = 0
            for branch in branches:
                inner: Found = []
                named = branch(value, where, inner)
                wrong = [breach for breach in inner if not breach.undeclared]
                if not wrong:
                    if word == "anyOf" or not held:
                        spoken |= named
                        found.extend(inner)
                    held += 1
                elif nearest is None or len(wrong) < len(nearest):
                    nearest = wrong
            if not held:
                found.append(Breach(where, word))
                found.extend(nearest or [])
            return spoken

        return hold

    def _members(self, schema: Mapping[str, Any]) -> Inplace:
        required = tuple(schema.get("required", ()))
        known = {
            key: self.place(one)
            for key, one in schema.get("properties", {}).items()
            if key in required or not self._lean
        }
        more = schema.get("additionalProperties")
        rest = self.place(more) if isinstance(more, dict) else None
        keeps = more is True and self._open

        def hold(value: Any, where: str, found: Found) -> set[str]:
            if not isinstance(value, dict):
                return set()
            spoken: set[str] = set()
            for key, item in value.items():
                if key in known:
                    known[key](item, f"{where}.{key}", found)
                    spoken.add(key)
                elif rest is not None:
                    rest(item, f"{where}.*", found)
                    spoken.add(key)
                elif keeps:
                    spoken.add(key)
            found.extend(
                Breach(f"{where}.{key}", "required") for key in required if key not in value
            )
            return spoken

        return hold

    def _items(self, schema: Mapping[str, Any]) -> Inplace:
        each = self.place(schema)

        def hold(value: Any, where: str, found: Found) -> set[str]:
            if isinstance(value, list):
                for item in value:
                    each(item, f"{where}[]", found)
            return set()

        return hold


def _is(kind: Any, value: Any) -> bool:
    names = [kind] if isinstance(kind, str) else kind
    if isinstance(value, bool):
        return "boolean" in names
    return any(isinstance(value, _TYPES[name]) for name in names)


def _dated(kind: str, value: Any) -> bool:
    """A date or a time that there is: the pattern cannot know how long February is."""
    if not isinstance(value, str):
        return True
    try:
        if kind == "date":
            date.fromisoformat(value)
        elif kind == "date-time":
            return datetime.fromisoformat(value).tzinfo is not None
        elif kind not in ("binary", "password"):
            raise NotImplementedError(kind)
    except ValueError:
        return False
    return True


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


_SIMPLE: dict[str, Callable[[Any, Any], bool]] = {
    "type": _is,
    "enum": lambda rule, v: any(type(v) is type(one) and v == one for one in rule),
    "const": lambda rule, v: type(v) is type(rule) and bool(v == rule),
    "pattern": lambda rule, v: not isinstance(v, str) or re.search(rule, v) is not None,
    "minLength": lambda rule, v: not isinstance(v, str) or len(v) >= rule,
    "maxLength": lambda rule, v: not isinstance(v, str) or len(v) <= rule,
    "minimum": lambda rule, v: not _number(v) or v >= rule,
    "maximum": lambda rule, v: not _number(v) or v <= rule,
    "minItems": lambda rule, v: not isinstance(v, list) or len(v) >= rule,
    "maxItems": lambda rule, v: not isinstance(v, list) or len(v) <= rule,
    "uniqueItems": lambda rule, v: (
        not (rule and isinstance(v, list)) or len(set(map(repr, v))) == len(v)
    ),
    "minProperties": lambda rule, v: not isinstance(v, dict) or len(v) >= rule,
    "format": _dated,
}


def _values(rules: list[tuple[str, Any]]) -> Inplace:
    def hold(value: Any, where: str, found: Found) -> set[str]:
        found.extend(Breach(where, word) for word, rule in rules if not _SIMPLE[word](rule, value))
        return set()

    return hold
