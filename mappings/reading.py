"""What a decoding carries with it: identities of one document, references, remarks, the trace.

The trace lists each record with its section and the ids it became, `counts` what each section
held (see `kompilering.tally`), parents first; the books are settled from both. A reading that does
not count leaves that to the mapping. This module must not know any vendor.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from gateway.errors import Rejected
from gateway.ports.mapping import Note, Remark
from mappings import leftovers
from mappings.identitet import Identities, Listed, is_uuid

Traced = tuple[str, dict[str, Any], str, str]
Left = tuple[tuple[str, str], ...]
"""Keys of a record whose raw value stands in no other system, each with its public code."""


class Trace(list[Traced]):
    """The records that were read; `left` is by `id` of those that left something raw."""

    __slots__ = ("left",)

    def __init__(self) -> None:
        super().__init__()
        self.left: dict[int, Left] = {}


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
        self.trace = Trace()
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

    def leave(self, key: str, ruled: Any, raw: Any, why: str = "") -> None:
        """Keep a known key's raw value; it is written again while the rule still gives `ruled`.

        `why` is the public code of a raw value that then stands nowhere but in our copy; none when
        it does stand, or when its section says already that it is the vendor's own.
        """
        if self.leftover is None:
            self.leftover = {}
        self.leftover[key] = [ruled, raw, why]

    def leave_rows(
        self,
        key: str,
        records: Sequence[dict[str, Any]],
        own: dict[int, dict[str, Any]],
        keys: frozenset[str],
        named: Sequence[str],
    ) -> None:
        """Keep what rows without identity of their own could not hold, with their owner.

        `own` is what `residue_of` gave of each, by its index.
        """
        self.inner[key] = leftovers.tied(records, own, keys, named)

    def order(self, key: str, name: str, natural: list[str], actual: list[str]) -> None:
        """Keep the order of a list that the canonical tree would give in another order."""
        if natural != actual:
            self.orders[key] = [name, actual]

    def remark(self, code: str, entity: str, field: str = "") -> None:
        """Tell a person about a place that could not be read as a known code."""
        self.remarks.append(Remark(Note.PLACEHOLDER, code, entity, field))

    def residue_of(self, record: dict[str, Any], keys: frozenset[str]) -> dict[str, Any]:
        """What a record itself leaves; `leftover` is then used up."""
        kept = leftovers.of(record, keys, self.leftover)
        if self.leftover:
            left = tuple((key, why) for key, (_, _, why) in self.leftover.items() if why)
            if left:
                self.trace.left[id(record)] = left
            self.leftover = None
        return kept

    def residue(self, record: dict[str, Any], keys: frozenset[str]) -> str | None:
        """What a record leaves, with orders and rows, as canonical JSON; None when nothing."""
        kept = self.residue_of(record, keys)
        if self.orders:
            kept["#"], self.orders = self.orders, {}
        if self.inner:
            kept["@"], self.inner = self.inner, {}
        return self._kept(kept) if kept else None

    def _kept(self, kept: dict[str, Any]) -> str:
        """As canonical JSON. Raises Rejected("WIRE_UGYLDIG") for a number no JSON holds."""
        try:
            return leftovers.canonical(kept)
        except ValueError:
            pass
        raise Rejected("WIRE_UGYLDIG", place=f"{self.system}:?")
