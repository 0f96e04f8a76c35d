"""Codecs of Samspill's references: by participant, by account, by document, by unit name."""

from typing import Any

from mappings.codec import Codec
from mappings.henvisning import reference
from mappings.identitet import is_uuid
from mappings.reading import Reading
from mappings.writing import Writing

PARTICIPANT = reference("deltaker")
DOCUMENT = reference("dokument")
EVENT = reference("hendelse")


def _read_creator(value: Any, reading: Reading, _key: str) -> Any:
    return reading.persons.get(value) or reading.person(value)


def _write_creator(value: Any, writing: Writing, entity: dict[str, Any], field: str) -> Any:
    if value is None:
        return None
    found = writing.persons.get(value)
    if found is not None:
        return found
    if value.startswith(writing.prefix):
        return value[len(writing.prefix) :]
    if is_uuid(value):
        return value
    writing.placeholder("HENVISNING_UTEN_MOTPART", entity, field)
    return None


CREATOR = Codec("konto", _read_creator, _write_creator, person=True)
"""An account as text: a participant's, or the id of a person of ours who has none here."""


def _read_unit(value: Any, reading: Reading, _key: str) -> Any:
    if value is None:
        return None
    units = reading.known.setdefault("enhet", {})
    found = units.get(value)
    if found is None:
        found = units[value] = reading.ids.canonical("virksomhet", value)
    return found


def _write_unit(value: Any, writing: Writing, entity: dict[str, Any], field: str) -> Any:
    if value is None:
        return None
    return writing.refer("enhet", value, entity, field)


UNIT = Codec("enhetens navn", _read_unit, _write_unit, known="enhet")
