"""What a decoding carries with it: identities of one document, references, remarks, the trace.

The trace lists each record with its section and the ids it became, `counts` what each section
held (see `kompilering.tally`), parents first; the books are settled from both. A reading that does
not count leaves that to the mapping. This module must not know any vendor.
"""

import json
from collections.abc import Iterable
from typing import Any

from gateway.errors import Rejected
from gateway.ports.mapping import Note, Remark
from mappings.identitet import Identities, Listed, is_uuid

Traced = tuple[str, dict[str, Any], str, str]
_canonical = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


class Reading:
    """One decoding of one document. Not shared, not kept."""

    __slots__ = (
        "counts",
        "ids",
        "inner",
        "known",
        "leftover",
        "orders",
        "persons",
        "remarks",
        "system",
        "trace",
    )

    def __init__(self, ids: Identities) -> None:
        self.ids = ids
        self.system = ids.system
        self.persons: dict[Any, Any] = {None: None}
        self.known: dict[str, dict[Any, Any]] = {}
        self.remarks: list[Remark] = []
        self.inner: dict[str, Any] = {}
        self.orders: dict[str, list[Any]] = {}
        self.leftover: dict[str, list[Any]] | None = None
        self.trace: list[Traced] = []
        self.counts: dict[str, tuple[int, ...]] = {}

    def learn(self, lists: Iterable[Listed]) -> None:
        """Know the ids of lists of records. Raises Rejected("DOBBEL_ID")."""
        self.known.update(self.ids.learned(lists))

    def alone(self, records: list[dict[str, Any]], key: str) -> None:
        """Raises Rejected on a double id, as `learn`, for records nothing refers to."""
        if len({record[key] for record in records}) != len(records):
            raise Rejected("DOBBEL_ID", place=f"{self.system}:{key}")

    def person(self, value: str | None) -> str | None:
        """The canonical person of a vendor id, or a placeholder that names the system."""
        if value is None:
            return None
        found = self.persons.get(value)
        if found is not None:
            return str(found)
        return value if is_uuid(value) else f"{self.system}:{value}"

    def refer(self, kind: str, value: str | None) -> str | None:
        """The canonical id of a record in the same document, or a placeholder."""
        if value is None:
            return None
        found = self.known[kind].get(value)
        return f"{self.system}:{value}" if found is None else found

    def leave(self, key: str, ruled: Any, raw: Any) -> None:
        """Keep a known key's raw value; it is written again while the rule still gives `ruled`."""
        if self.leftover is None:
            self.leftover = {}
        self.leftover[key] = [ruled, raw]

    def leave_inner(self, key: str, index: int, kept: str) -> None:
        """Keep what a value without identity of its own could not hold, with its owner."""
        self.inner.setdefault(key, {})[str(index)] = json.loads(kept)

    def order(self, key: str, name: str, natural: list[str], actual: list[str]) -> None:
        """Keep the order of a list that the canonical tree would give in another order."""
        if natural != actual:
            self.orders[key] = [name, actual]

    def remark(self, code: str, entity: str, field: str = "") -> None:
        """Tell a person about a place that could not be read as a known code."""
        self.remarks.append(Remark(Note.PLACEHOLDER, code, entity, field))

    def residue(self, record: dict[str, Any], keys: frozenset[str]) -> str | None:
        """Unknown keys and left-over raw values as canonical JSON; None when there are none."""
        kept: dict[str, Any] = {}
        if self.orders:
            kept["#"], self.orders = self.orders, {}
        if self.inner:
            kept["@"], self.inner = self.inner, {}
        if len(record) != len(keys):
            kept = {key: record[key] for key in record if key not in keys}
        if self.leftover:
            kept["~"] = self.leftover
            self.leftover = None
        if not kept:
            return None
        return _canonical(kept)
