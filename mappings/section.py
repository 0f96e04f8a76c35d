"""A section: the rows of one kind of record, compiled once to two tight loops.

Declared data in, closures out: `read` fills the values of one canonical entity from a record,
`write` gives the record of an entity with its keys in sorted order. What the rows cannot say
stands in structures, in children and in `wire_only`, each named; a key or a row that is declared
twice, or a wire key that is nowhere, stops the import.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from mappings import kompilering
from mappings.entitetsbygger import template
from mappings.reading import Reading
from mappings.row import Row, Structure
from mappings.writing import Writing

Read = Callable[[dict[str, Any], dict[str, Any], Reading], None]
Write = Callable[[dict[str, Any], dict[str, Any], Writing], None]


@dataclass(frozen=True, slots=True)
class Section:
    """`place` is the wire path without indexes; `wire` is the record's TypedDict.

    `rows[0]` decides the primary entity. `children` maps a wire key to the canonical field that
    holds the children (a list, or one or null). `own` are the keys the vendor alone uses, by
    reason code. `within` is the parent's field when the records are values of it,
    `second` the other entity a record becomes. `named` are the keys that a row without an id is
    known by when the rest of it is edited; none where only the whole row tells. `lists` are the
    keys that hold lists or children, and whether they hold children: what a record has of leaves
    beyond one for each other key.
    """

    name: str
    place: str
    wire: Any
    entity: str
    rows: tuple[Row, ...] = ()
    structures: tuple[Structure, ...] = ()
    children: Mapping[str, str] = field(default_factory=dict)
    own: Mapping[str, str] = field(default_factory=dict)
    within: str = ""
    second: str = ""
    named: tuple[str, ...] = ()
    keys: frozenset[str] = field(init=False, default=frozenset())
    template: dict[str, Any] = field(init=False, default_factory=dict)
    lists: tuple[tuple[str, bool], ...] = field(init=False, default=())

    def __post_init__(self) -> None:
        declared = [row.wire for row in self.rows]
        declared += [key for pair in self.structures for key in pair.wire]
        declared += [*self.children, *self.own]
        wanted = set(self.wire.__annotations__)
        if len(declared) != len(set(declared)):
            raise ValueError(f"{self.name}: et felt er oppgitt to ganger")
        if wanted != set(declared):
            raise ValueError(f"{self.name}: uten rad: {sorted(wanted ^ set(declared))}")
        object.__setattr__(self, "keys", frozenset(wanted))
        object.__setattr__(self, "template", dict.fromkeys(sorted(wanted)))
        listed = [(key, key in self.children) for key in declared if self._is_listed(key)]
        object.__setattr__(self, "lists", tuple(listed))

    def _is_listed(self, key: str) -> bool:
        return key in self.children or str(self.wire.__annotations__[key]).startswith("list[")

    def fields(self) -> tuple[tuple[str, str, str], ...]:
        """Every (wire key, canonical field, codec or function) the section can hold."""
        rows = [(row.wire, row.canonical, row.codec.name) for row in self.rows]
        for pair in self.structures:
            rows += [(key, canonical, pair.name) for key, canonical in pair.wire.items()]
            rows += [("", canonical, pair.name) for canonical in pair.also]
        rows += [(key, canonical, "liste") for key, canonical in self.children.items()]
        return tuple(rows)

    def reader(self, kind: str = "") -> Read:
        """Compile the rows of one canonical kind (the section's own if none) for decoding."""
        return kompilering.reader(self._rows(kind or self.entity))

    def entities(
        self, cls: Any, key: str, kind: str, native: Any, more: Callable[..., None] | None = None
    ) -> Callable[..., tuple[Any, ...]]:
        """Compile the reading of a whole list of these records; see `kompilering.entities`."""
        fresh = template(cls, kildesystem=native)
        return kompilering.entities(
            self._rows(self.entity), self.name, self.keys, self.lists, key, kind, fresh, cls, more
        )

    def pairs(
        self,
        key: str,
        templates: tuple[dict[str, Any], dict[str, Any]],
        classes: tuple[Any, Any],
        again: Callable[..., str],
        suffix: str,
        statement: str,
    ) -> Callable[..., list[Any]]:
        """Compile the reading of a list of persons who take part; see `kompilering.pairs`."""
        rows = self._rows(self.entity), self._rows(self.second)
        return kompilering.pairs(
            rows, self.name, self.keys, key, templates, classes, again, suffix, statement
        )

    def _rows(self, kind: str) -> list[Row]:
        return [row for row in self.rows if row.kind == kind]

    def tally(self) -> Callable[..., tuple[int, ...]]:
        """Compile the counting of these records; see `kompilering.tally`."""
        return kompilering.tally(len(self.keys), self.lists)

    def writer(self, kind: str = "") -> Write:
        """Compile the rows of one canonical kind for encoding."""
        return kompilering.writer(self._rows(kind or self.entity))

    def joined(self, template: dict[str, Any]) -> Callable[..., dict[str, Any]]:
        """Compile the writing of a record of both its entities; see `kompilering.joined`."""
        return kompilering.joined(self._rows(self.entity), self._rows(self.second), template)

    def start(self) -> dict[str, Any]:
        """An empty record with its keys in sorted order."""
        return self.template.copy()
