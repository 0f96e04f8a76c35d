"""Reads and writes one kind of Samspill resource: rows, id, reference, the vendor's own keys."""

from collections.abc import Callable
from typing import Any

from mappings import kompilering
from mappings.entitetsbygger import builder, template
from mappings.reading import Reading
from mappings.section import Section
from mappings.visma_samspill import strukturer
from mappings.writing import Writing
from schemas.stafettlogg.entitet import Entitet
from schemas.stafettlogg.kodeverk import Kildesystem


class Ressurs:
    """`fixed` are the values the vendor's own keys have when a log of ours is written.

    `start(entity, writing)` gives the record of an entity; structures are the caller's.
    """

    def __init__(
        self,
        section: Section,
        cls: type[Entitet],
        key: str,
        kind: str,
        letter: str,
        fixed: dict[str, Any] | None = None,
    ) -> None:
        self.section = section
        self.cls = cls
        self.key = key
        self.kind = kind
        self.letter = letter
        self.fixed = tuple((fixed or {}).items())
        self._template = template(cls, kildesystem=Kildesystem.SAMSPILL)
        self._build = builder(cls)
        self._read = section.reader()
        self._versioned = "version" in section.keys
        self.start = self._starter()

    def values(self, record: dict[str, Any], reading: Reading) -> dict[str, Any]:
        """The values of one record. `reading.known[kind]` gives its id when it is there."""
        values = self._template.copy()
        vendor = values["kilde_id"] = record[self.key]
        if record["externalReference"] is None:
            values["id"] = reading.ids.canonical(self.kind, vendor)
        else:
            values["id"] = strukturer.read_id(record, self.key, self.kind, self.letter, reading)
        self._read(record, values, reading)
        for key, natural in self.fixed:
            if record[key] != natural:
                reading.leave(key, natural, record[key])
        if self._versioned and record["version"] != 1:
            reading.leave("version", 1, record["version"])
        return values

    def finish(self, record: dict[str, Any], values: dict[str, Any], reading: Reading) -> Any:
        """The entity, its unknown keys in `raa`, and a line in the trace."""
        if (
            reading.leftover
            or reading.orders
            or reading.inner
            or len(record) != len(self.section.keys)
        ):
            values["raa"] = reading.residue(record, self.section.keys)
        reading.trace.append((self.section.name, record, values["id"], ""))
        return self._build(values)

    def read(self, record: dict[str, Any], reading: Reading) -> Any:
        """The entity of a record that has nothing but rows."""
        return self.finish(record, self.values(record, reading), reading)

    def _starter(self) -> Callable[[dict[str, Any], Writing], dict[str, Any]]:
        """Compile what gives a record of an entity's rows, id and fixed values."""
        natural = self.section.template | dict(self.fixed)
        if self._versioned:
            natural["version"] = 1
        return kompilering.record(
            [row for row in self.section.rows if row.kind == self.section.entity],
            natural,
            [key for key, value in self.fixed if value == []],
            Kildesystem.SAMSPILL,
            strukturer.statement(self.key, self.letter),
            self._own,
        )

    def _own(self, entity: dict[str, Any], record: dict[str, Any], writing: Writing) -> None:
        strukturer.write_id(entity, record, self.key, self.kind, self.letter, writing)

    def write(self, entity: dict[str, Any], writing: Writing) -> dict[str, Any]:
        """The record of an entity that has nothing but rows."""
        record = self.start(entity, writing)
        return record if entity["raa"] is None else writing.restore(record, entity)

    def end(
        self, entity: dict[str, Any], record: dict[str, Any], writing: Writing
    ) -> dict[str, Any]:
        """The record with what `raa` kept for it."""
        return record if entity["raa"] is None else writing.restore(record, entity)
