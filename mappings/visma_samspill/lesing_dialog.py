"""Samspill's messages and calendar as minutes, calls, letters, bright moments, notes, meetings."""

from typing import Any

from mappings.reading import Reading
from mappings.visma_samspill import lysglimt, ressurser
from mappings.visma_samspill.referanse import parse
from mappings.visma_samspill.ressurs import Ressurs

_KINDS = {"minutes": ressurser.REFERAT, "invitation": ressurser.INNKALLING}
_LETTERS = {"l": ressurser.LYSGLIMT, "n": ressurser.NOTAT}
_LISTS = (
    (ressurser.REFERAT, "referater"),
    (ressurser.INNKALLING, "innkallinger"),
    (ressurser.MELDING, "meldinger"),
    (ressurser.LYSGLIMT, "lysglimt"),
    (ressurser.NOTAT, "notater"),
)
_CALENDAR = ((ressurser.MOETE, "moeter"), (ressurser.KALENDER, "kalender"))


def kind_of(record: dict[str, Any]) -> Ressurs:
    """What a message is: by its kind, and for ordinary messages by our reference."""
    found = _KINDS.get(record["kind"])
    if found is not None:
        return found
    letter = next(iter(parse(record["externalReference"])), "")
    return _LETTERS.get(letter, ressurser.MELDING)


def read_messages(
    bundle: dict[str, Any], values: dict[str, Any], reading: Reading, orders: dict[str, Any]
) -> None:
    """Fill the five lists that messages become; their common order is kept when it is mixed."""
    records = bundle["messages"]
    reading.alone(records, "messageId")
    found: dict[str, list[Any]] = {name: [] for _, name in _LISTS}
    names = {id(ressurs): name for ressurs, name in _LISTS}
    for record in records:
        ressurs = kind_of(record)
        entity = ressurs.values(record, reading)
        if ressurs is ressurser.LYSGLIMT:
            lysglimt.read(record, lysglimt.family(bundle["participants"]), reading)
        found[names[id(ressurs)]].append(ressurs.finish(record, entity, reading))
    _fill(found, values, records, "messages", "messageId", orders)


def read_calendar(
    bundle: dict[str, Any], values: dict[str, Any], reading: Reading, orders: dict[str, Any]
) -> None:
    """Meetings are `Moete`; every other entry is a `Kalenderhendelse`."""
    records = bundle["calendar"]
    found: dict[str, list[Any]] = {name: [] for _, name in _CALENDAR}
    for record in records:
        meeting = record["kind"] == "meeting"
        ressurs = ressurser.MOETE if meeting else ressurser.KALENDER
        found["moeter" if meeting else "kalender"].append(ressurs.read(record, reading))
    _fill(found, values, records, "calendar", "eventId", orders)


def _fill(
    found: dict[str, list[Any]],
    values: dict[str, Any],
    records: list[dict[str, Any]],
    key: str,
    name: str,
    orders: dict[str, Any],
) -> None:
    natural = [entity.kilde_id for entities in found.values() for entity in entities]
    actual = [record[name] for record in records]
    if natural != actual:
        orders[key] = [name, actual]
    for field, entities in found.items():
        values[field] = tuple(entities)
