"""Codecs of Samspill's references: by participant, by account, by document, by unit name."""

from dataclasses import replace
from typing import Any

from mappings.codec import Codec, list_of
from mappings.henvisning import reference
from mappings.identitet import is_uuid
from mappings.reading import Reading
from mappings.writing import Writing

DOUBLE = "deltaker igjen"
FIRST = "første deltaker"
ACCOUNT = "konto"


def participant(value: str | None, reading: Reading) -> tuple[str | None, str | None]:
    """(the person, the participant that is written for that person): one who takes part twice is
    one person, and a reference to them is written as the first time they take part.
    """
    person = reading.known[DOUBLE].get(value)
    if person is None:
        return reading.refer("deltaker", value), value
    return person, reading.known[FIRST][person]


def people(value: list[str], reading: Reading, key: str) -> list[str | None]:
    """The persons of a list of participants; which time they take part is kept."""
    known = reading.known["deltaker"]
    try:
        return [known[one] for one in value]
    except KeyError:
        found = [participant(one, reading) for one in value]
    ruled = [written for _, written in found]
    if ruled != value:
        reading.leave(key, ruled, value)
    return [person for person, _ in found]


def _read_participant(value: Any, reading: Reading, key: str) -> Any:
    person, written = participant(value, reading)
    if written != value:
        reading.leave(key, written, value)
    return person


_NAMED = reference("deltaker")
PARTICIPANT = replace(_NAMED, decode=_read_participant)
PARTICIPANTS = replace(
    list_of(PARTICIPANT), decode=lambda value, reading, key: tuple(people(value, reading, key))
)
DOCUMENT = reference("dokument")
EVENT = reference("hendelse")


def _read_creator(value: Any, reading: Reading, key: str) -> Any:
    person = reading.known[ACCOUNT].get(value)
    if person is not None:
        reading.leave(key, person, value)
        return person
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
