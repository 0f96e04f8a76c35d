"""A system's mapping put together from its sections: the port, the accounts and the coverage.

Construction checks the whole declaration: every canonical field must be held by a row or a
structure, or have a reason. This module must not know any vendor.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pydantic import TypeAdapter, ValidationError
from pydantic_core import to_json

from gateway.errors import Rejected
from gateway.ports.mapping import Account, CoverageRow, Decoded, Encoded
from mappings.canonical_fields import CANONICAL
from mappings.document import Counted, Ordered, ordered
from mappings.identitet import identities
from mappings.leaves import count_body
from mappings.reading import Reading, Traced
from mappings.reasons import REASONS
from mappings.section import Section
from mappings.writing import Writing
from schemas.stafettlogg.kodeverk import Kildesystem
from schemas.stafettlogg.logg import Stafettlogg

ReadLogg = Callable[[dict[str, Any], Reading], Stafettlogg]
WriteLogg = Callable[[Stafettlogg, Writing], dict[str, Any]]
Loc = tuple[int | str, ...]
_NO_INTEGER = "int_type"


class TableMapping:
    """One vendor's mapping. Reasons are keyed `Kind.field`, `Kind.*` or `*.field`."""

    def __init__(
        self,
        *,
        system: str,
        native: Kildesystem,
        adapter: TypeAdapter[Any],
        sections: Sequence[Section],
        read: ReadLogg,
        write: WriteLogg,
        canonical_only: Mapping[str, str],
        derives: Mapping[str, str],
        assigned: frozenset[str] = frozenset(),
    ) -> None:
        self.system = system
        self.assigned = assigned
        self.native = native
        self.sections = {section.name: section for section in sections}
        self.canonical_only = dict(canonical_only)
        self.derives = dict(derives)
        self._validate = adapter.validator.validate_json
        self._validate_read = adapter.validator.validate_python
        self._read = read
        self._write = write
        self._tallies = {section.name: section.tally() for section in sections}
        self._held = self._holdings()
        missing = [name for name in CANONICAL if self._account(name) is None]
        if missing:
            raise ValueError(f"{system}: verken rad eller grunn: {', '.join(missing)}")
        self.accounts = {n: a for n in CANONICAL if (a := self._account(n)) is not None}

    def parse(self, body: bytes) -> dict[str, Any]:
        """Validated wire data and its count; `2.0` is 2 where a whole number is asked for.

        Raises Rejected("WIRE_UGYLDIG") with place only.
        """
        try:
            wire = self._validate(body)
        except ValidationError as error:
            faults = error.errors(include_input=False, include_url=False)
        else:
            return Counted(wire, count_body(body))
        # Outside the handler: what pydantic raised quotes the document, also as a context.
        places = [fault["loc"] for fault in faults]
        if all(fault["type"] == _NO_INTEGER for fault in faults):
            whole = self._whole(json.loads(body), places)
            if whole is not None:
                return Counted(whole, count_body(body))
        raise Rejected("WIRE_UGYLDIG", place=f"{self.system}:{_place(places[0])}")

    def _whole(self, wire: Any, places: Sequence[Loc]) -> dict[str, Any] | None:
        """The document with the whole numbers that were written as others; None if it is not all
        that is wrong with it."""
        for *above, last in places:
            holder = wire
            for part in above:
                holder = holder[part]
            value = holder[last]
            if not isinstance(value, float) or not value.is_integer():
                return None
            holder[last] = int(value)
        try:
            found: dict[str, Any] = self._validate_read(wire)
        except ValidationError:
            return None
        return found

    def decode(self, wire: Mapping[str, Any], tenant: str) -> Decoded:
        """Wire to canonical. Raises Rejected("DOBBEL_ID") when two records share an id."""
        reading = Reading(identities(self.native, tenant))
        logg = self._read(wire if isinstance(wire, dict) else dict(wire), reading)
        counts = reading.counts or self._count(reading.trace)
        return Decoded(logg, tuple(reading.remarks), reading.trace, counts)

    def _count(self, trace: Sequence[Traced]) -> dict[str, tuple[int, ...]]:
        """What each section held, from the records that were read."""
        records: dict[str, list[dict[str, Any]]] = {}
        for name, record, _, _ in trace:
            records.setdefault(name, []).append(record)
        return {name: self._tallies[name](found) for name, found in records.items()}

    def encode(self, logg: Stafettlogg, tenant: str) -> Encoded:
        """Canonical to wire; deterministic."""
        writing = Writing(self.native, tenant, home=logg.kildesystem is self.native)
        wire = self._write(logg, writing)
        return Encoded(Ordered(wire), tuple(writing.remarks))

    def dump(self, wire: Mapping[str, Any]) -> bytes:
        """Canonical JSON: sorted keys, compact, UTF-8. What `encode` made is sorted already."""
        return to_json(wire if type(wire) is Ordered else ordered(wire))

    def coverage(self) -> Sequence[CoverageRow]:
        """Every wire key and every canonical field: its row, or the reason it has none."""
        rows: list[CoverageRow] = []
        for section in self.sections.values():
            for key, canonical, codec in section.fields():
                place = f"{section.place}.{key}".lstrip(".") if key else ""
                reason = REASONS[self.derives[canonical]] if canonical in self.derives else ""
                rows.append(CoverageRow(place, canonical, codec, reason))
            for key, code in section.own.items():
                rows.append(
                    CoverageRow(f"{section.place}.{key}".lstrip("."), "", "", REASONS[code])
                )
        rows += [
            CoverageRow("", name, "", REASONS[code])
            for name, (account, code) in self.accounts.items()
            if account is not Account.MAPPED and name not in self._held
        ]
        return rows

    def _holdings(self) -> dict[str, str]:
        held: dict[str, str] = {}
        for section in self.sections.values():
            for _key, canonical, codec in section.fields():
                if canonical not in CANONICAL:
                    raise ValueError(f"{section.name}: ukjent felt {canonical}")
                held[canonical] = codec
        return held

    def _account(self, name: str) -> tuple[Account, str] | None:
        kind, _, field = name.partition(".")
        derived = self.derives.get(name) or self.derives.get(f"{kind}.*")
        if derived:
            return Account.DERIVED, derived
        reason = self.canonical_only.get(name)
        if name in self._held:
            if reason:
                raise ValueError(f"{self.system}: {name} har både rad og grunn")
            return Account.MAPPED, self._held[name]
        reason = reason or self.canonical_only.get(f"{kind}.*")
        reason = reason or self.canonical_only.get(f"*.{field}")
        return None if reason is None else (Account.CARRIED, reason)


def _place(loc: Loc) -> str:
    """A path of names we declared; a name the document invented is not repeated."""
    return ".".join(
        str(part) if isinstance(part, int) or part.isidentifier() else "?" for part in loc
    )
