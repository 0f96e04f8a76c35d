"""What an encoding carries with it: the target's ids for our entities, and the remarks.

This module must not know any vendor.
"""

import json
from typing import Any

from gateway.ports.mapping import Note, Remark
from mappings.identitet import identities
from schemas.stafettlogg.kodeverk import Kildesystem

# By name once: to ask the enum for a member is a call, as is a named tuple's own constructor.
_DERIVED, _MANUAL, _PLACEHOLDER = Note.DERIVED, Note.MANUAL, Note.PLACEHOLDER
_remark = tuple.__new__
_PREFIXES = {system: f"{system.value}:" for system in Kildesystem}


class Writing:
    """One encoding of one log. Not shared, not kept."""

    __slots__ = ("extra", "ids", "known", "native", "persons", "prefix", "remarks", "tenant")

    def __init__(self, native: Kildesystem, tenant: str) -> None:
        self.native = native
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
        orders = {"raa": json.dumps({"#": kept.pop("#", {})}), "kildesystem": self.native}
        bundle = self.restore(bundle, orders)
        bundle["plan"] = self.restore(bundle["plan"], {**entity, "raa": json.dumps(kept)})
        return bundle

    def restore(self, record: dict[str, Any], entity: dict[str, Any]) -> dict[str, Any]:
        """The record with the keys kept in `raa`, sorted; only for the system they came from."""
        if entity["kildesystem"] is not self.native:
            return record
        kept = json.loads(entity["raa"])
        for key, (name, order) in kept.pop("#", {}).items():
            place = {wire_id: index for index, wire_id in enumerate(order)}
            record[key].sort(key=lambda r, n=name, p=place: p.get(r[n], len(p)))
        for key, inner in kept.pop("@", {}).items():
            for index, own in inner.items():
                if int(index) < len(record[key]):
                    record[key][int(index)] = _with(record[key][int(index)], own)
        for key, (ruled, raw) in kept.pop("~", {}).items():
            if record[key] == ruled:
                record[key] = raw
        record.update(kept)
        return dict(sorted(record.items()))


def _with(record: dict[str, Any], kept: dict[str, Any]) -> dict[str, Any]:
    """A value's record with its own unknown keys and raw codes."""
    for key, (ruled, raw) in kept.pop("~", {}).items():
        if record[key] == ruled:
            record[key] = raw
    return dict(sorted((record | kept).items()))
