"""Codecs of references: to persons, and to other records of the same document.

A reference that points at nothing in the document becomes a placeholder naming its system, and is
written back verbatim there; elsewhere it is unset with a remark.
"""

from typing import Any

from mappings.codec import Codec
from mappings.entitetsbygger import builder
from mappings.reading import Reading
from mappings.writing import Writing
from schemas.stafettlogg.identifikator import kind_of
from schemas.stafettlogg.person import Identifikator


def _read_person(value: Any, reading: Reading, _key: str) -> Any:
    if value is None:
        return None
    return reading.persons.get(value) or reading.person(value)


def _write_person(value: Any, writing: Writing, entity: dict[str, Any], field: str) -> Any:
    if value is None:
        return None
    found = writing.persons.get(value)
    if found is not None:
        return found
    if value.startswith(writing.prefix):
        return value[len(writing.prefix) :]
    writing.placeholder("HENVISNING_UTEN_MOTPART", entity, field)
    return None


PERSON = Codec("person", _read_person, _write_person, person=True)


def reference(kind: str) -> Codec:
    """A reference to a record of `kind` in the same document."""

    def decode(value: Any, reading: Reading, _key: str) -> Any:
        return reading.refer(kind, value)

    def encode(value: Any, writing: Writing, entity: dict[str, Any], field: str) -> Any:
        return writing.refer(kind, value, entity, field)

    return Codec(f"henvisning til {kind}", decode, encode, known=kind)


_IDENTIFIER = builder(Identifikator)
_KINDS = {f"{head:03}": kind_of(f"{head:03}") for head in range(1000)}
"""The kind a number claims shows in its three first digits."""


def _read_number(value: Any, _reading: Reading, _key: str) -> Any:
    if value is None:
        return ()
    kind = _KINDS.get(value[:3]) or kind_of(value)
    return (_IDENTIFIER({"type": kind, "verdi": value, "status": None}),)


def _write_number(value: Any, _writing: Writing, _entity: dict[str, Any], _field: str) -> Any:
    return value[0].verdi if value else None


NUMBER = Codec(
    "personnummer",
    _read_number,
    _write_number,
    writes="{value}[0].verdi if {value} else None",
)
