"""Reads JSON Schema draft 7, as much of it as the documentation's own schemas use.

Strict: a keyword it does not know is an error and not passed over, so that nothing is believed to
have been held against a rule that was not read.
"""

import json
import re
from pathlib import Path
from typing import Any

_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
_FORMATS = {"uuid": _UUID, "date-time": _TIME}
_TYPES: dict[str, type] = {"object": dict, "array": list, "string": str}
_KNOWN = {
    "$id", "$schema", "$ref", "description", "definitions", "title", "type", "properties",
    "required", "additionalProperties", "items", "minItems", "maxItems", "format", "default",
}  # fmt: skip


class Skjema:
    """A schema file and those it refers to, in one folder."""

    def __init__(self, path: Path, *others: Path) -> None:
        self._files = {}
        for one in (path, *others):
            data = json.loads(one.read_text(encoding="utf-8"))
            self._files[data["$id"]] = data
        self._main = json.loads(path.read_text(encoding="utf-8"))

    def faults(self, value: Any) -> list[str]:
        """Where `value` breaks the schema; nothing where it does not."""
        found: list[str] = []
        self._check(self._main, self._main["$id"], value, "$", found)
        return found

    def _check(self, rule: Any, home: str, value: Any, where: str, found: list[str]) -> None:
        unknown = set(rule) - _KNOWN
        if unknown:
            raise NotImplementedError(sorted(unknown))
        if "$ref" in rule:
            file, _, path = rule["$ref"].partition("#/")
            home = file or home
            target: Any = self._files[home]
            for step in path.split("/"):
                target = target[step]
            self._check(target, home, value, where, found)
            return
        kind = rule.get("type")
        if kind is not None and not isinstance(value, _TYPES[kind]):
            found.append(f"{where}: {kind}")
            return
        if isinstance(value, dict):
            self._object(rule, home, value, where, found)
        elif isinstance(value, list):
            if not rule.get("minItems", 0) <= len(value) <= rule.get("maxItems", len(value)):
                found.append(f"{where}: items")
            for place, item in enumerate(value):
                self._check(rule.get("items", {}), home, item, f"{where}[{place}]", found)
        elif "format" in rule and not _FORMATS[rule["format"]].fullmatch(value):
            found.append(f"{where}: {rule['format']}")

    def _object(self, rule: Any, home: str, value: Any, where: str, found: list[str]) -> None:
        known = rule.get("properties", {})
        found += [
            f"{where}.{name}: required" for name in rule.get("required", []) if name not in value
        ]
        for name, item in value.items():
            if name in known:
                self._check(known[name], home, item, f"{where}.{name}", found)
            elif rule.get("additionalProperties", True) is False:
                found.append(f"{where}.{name}: unknown")
