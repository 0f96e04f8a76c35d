"""A section: the rows of one kind of record, compiled once to two tight loops.

Declared data in, closures out: `read` fills the values of one canonical entity from a record,
`write` gives the record of an entity with its keys in sorted order. What the rows cannot say
stands in structures, in children and in `wire_only`, each named; a key or a row that is declared
twice, or a wire key that is nowhere, stops the import.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any

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
    `second` the other entity a record becomes.
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
    keys: frozenset[str] = field(init=False, default=frozenset())
    template: dict[str, Any] = field(init=False, default_factory=dict)

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

    def fields(self) -> tuple[tuple[str, str, str], ...]:
        """Every (wire key, canonical field, codec or function) the section can hold."""
        rows = [(row.wire, row.canonical, row.codec.name) for row in self.rows]
        for pair in self.structures:
            rows += [(key, canonical, pair.name) for key, canonical in pair.wire.items()]
            rows += [("", canonical, pair.name) for canonical in pair.also]
        rows += [(key, canonical, "liste") for key, canonical in self.children.items()]
        return tuple(rows)

    def reader(self, kind: str = "") -> Read:
        """Compile the rows of one canonical kind (the section's own when not named) for decoding."""
        rows = [row for row in self.rows if row.kind == (kind or self.entity)]
        plain, people, tables, coded = _sorted(rows)
        names, pick = [row.field for row in plain], _picker([row.wire for row in plain])
        known = [(row.wire, row.field) for row in people]
        looked: list[tuple[str, str, Any]] = [(r.wire, r.field, r.codec.there) for r in tables]
        called = [(row.wire, row.field, row.codec.decode) for row in coded]
        slow = [(row.wire, row.field, row.codec.decode) for row in (*people, *tables)]

        def read(record: dict[str, Any], values: dict[str, Any], reading: Reading) -> None:
            values.update(zip(names, pick(record), strict=True))
            persons = reading.persons
            try:
                for key, name in known:
                    values[name] = persons[record[key]]
                for key, name, table in looked:
                    values[name] = table[record[key]]
            except KeyError:
                for key, name, decode in slow:
                    values[name] = decode(record[key], reading, key)
            for key, name, decode in called:
                values[name] = decode(record[key], reading, key)

        return read

    def writer(self, kind: str = "") -> Write:
        """Compile the rows of one canonical kind for encoding."""
        rows = [row for row in self.rows if row.kind == (kind or self.entity)]
        plain, people, tables, coded = _sorted(rows)
        keys, pick = [row.wire for row in plain], _picker([row.field for row in plain])
        known = [(row.wire, row.field) for row in people]
        looked: list[tuple[str, str, Any]] = [(r.wire, r.field, r.codec.back) for r in tables]
        called = [(row.wire, row.field, row.codec.encode) for row in coded]
        slow = [(row.wire, row.field, row.codec.encode) for row in (*people, *tables)]

        def write(entity: dict[str, Any], record: dict[str, Any], writing: Writing) -> None:
            record.update(zip(keys, pick(entity), strict=True))
            persons = writing.persons
            try:
                for key, name in known:
                    record[key] = persons[entity[name]]
                for key, name, table in looked:
                    record[key] = table[entity[name]]
            except KeyError:
                for key, name, encode in slow:
                    record[key] = encode(entity[name], writing, entity, name)
            for key, name, encode in called:
                record[key] = encode(entity[name], writing, entity, name)

        return write

    def start(self) -> dict[str, Any]:
        """An empty record with its keys in sorted order."""
        return self.template.copy()


def _sorted(rows: list[Row]) -> tuple[list[Row], list[Row], list[Row], list[Any]]:
    """Rows by how they run: copied, looked up among persons, looked up in a table, called."""
    plain = [row for row in rows if row.codec.plain]
    people = [row for row in rows if row.codec.person]
    tables = [row for row in rows if row.codec.there is not None]
    return plain, people, tables, [r for r in rows if r not in (*plain, *people, *tables)]


def _picker(keys: list[str]) -> Callable[[dict[str, Any]], tuple[Any, ...]]:
    """The values of these keys as a tuple, in one call."""
    if len(keys) > 1:
        return itemgetter(*keys)
    return lambda record: tuple([record[key] for key in keys])
