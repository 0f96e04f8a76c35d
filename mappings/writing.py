"""What an encoding carries with it: the target's ids for our entities, and the remarks.

This module must not know any vendor.
"""

import json
from typing import Any

from gateway.ports.mapping import Note, Remark
from mappings import leftovers
from mappings.identitet import identities
from schemas.stafettlogg.kodeverk import Kildesystem

# By name once: to ask the enum for a member is a call, as is a named tuple's own constructor.
_DERIVED, _MANUAL, _PLACEHOLDER = Note.DERIVED, Note.MANUAL, Note.PLACEHOLDER
_remark = tuple.__new__
_PREFIXES = {system: f"{system.value}:" for system in Kildesystem}


class Writing:
    """One encoding of one log. Not shared, not kept. `home`: the log came from the system."""

    __slots__ = (
        "extra", "home", "ids", "known", "native", "persons", "prefix", "remarks", "tenant",
    )  # fmt: skip

    def __init__(self, native: Kildesystem, tenant: str, *, home: bool = False) -> None:
        self.native = native
        self.home = home
        self.tenant = tenant
        self.prefix = _PREFIXES[native]
        self.ids = identities(native, tenant)
        self.persons: dict[Any, Any] = {None: None}
        self.known: dict[str, dict[Any, Any]] = {}
        self.remarks: list[Remark] = []
        self.extra: dict[str, Any] = {}

    def wire_id(self, entity: dict[str, Any]) -> str:
        """The vendor's own id for an entity that came from there, else the canonical id."""
        if entity["kilde_id"] is not None and entity["kildesystem"] is self.native:
            return str(entity["kilde_id"])
        return str(entity["id"])

    def refer(self, kind: str, value: str | None, entity: dict[str, Any], field: str) -> str | None:
        """The wire id of another entity; null with a remark when the document has it not."""
        if value is None:
            return None
        found = self.known[kind].get(value)
        if found is not None:
            return str(found)
        if value.startswith(self.prefix):
            return value[len(self.prefix) :]
        self.placeholder("HENVISNING_UTEN_MOTPART", entity, field)
        return None

    def placeholder(self, code: str, entity: dict[str, Any], field: str) -> None:
        """The target has no counterpart; its field is unset and a person can claim it later."""
        self.remarks.append(_remark(Remark, (_PLACEHOLDER, code, entity.get("id", ""), field)))

    def manual(self, code: str, entity: dict[str, Any], field: str = "") -> None:
        """A person must do or know something; the value stays in our copy."""
        self.remarks.append(_remark(Remark, (_MANUAL, code, entity["id"], field)))

    def derived(self, code: str, entity: dict[str, Any], field: str) -> None:
        """The target's value was computed by a named rule."""
        self.remarks.append(_remark(Remark, (_DERIVED, code, entity["id"], field)))

    def restore_plan(self, bundle: dict[str, Any], entity: dict[str, Any]) -> dict[str, Any]:
        """A bundle whose head is the plan: orders concern the bundle, the rest the plan."""
        if entity["kildesystem"] is not self.native:
            return bundle
        kept = json.loads(entity["raa"])
        for key, (name, order) in kept.pop("#", {}).items():
            bundle[key] = leftovers.ordered(bundle[key], name, order)
        bundle["plan"] = leftovers.put_back(bundle["plan"], kept)
        return bundle

    def restore(self, record: dict[str, Any], entity: dict[str, Any]) -> dict[str, Any]:
        """The record with what `raa` kept of it, sorted; only for the system it came from."""
        if entity["kildesystem"] is not self.native:
            return record
        return leftovers.put_back(record, json.loads(entity["raa"]))
