"""Conexus' content: concern with its one goal, measures, and the evaluation of a measure (D-2).

A concern id of the form `<uuid>.<uuid>` is ours: concern and goal, when the goal's id does not
follow from the concern's. Neighbours with the same concern are parts of one concern.
"""

from typing import Any

from mappings.conexus_companion import rader, strukturer
from mappings.entitetsbygger import build, template
from mappings.identitet import derived, is_uuid
from mappings.reading import Reading
from schemas.stafettlogg.innhold import Evaluering, Maal, Oppmerksomhet, Tiltak
from schemas.stafettlogg.kodeverk import Kildesystem, Tiltakstatus

_NATIVE = Kildesystem.CONEXUS
_OPPMERKSOMHET = template(Oppmerksomhet, kildesystem=_NATIVE)
_MAAL = template(Maal, kildesystem=_NATIVE)
_TILTAK = template(Tiltak, kildesystem=_NATIVE)
_EVALUERING = template(Evaluering, kildesystem=_NATIVE)

_READ_CONCERN = rader.OPPMERKSOMHETER.reader()
_READ_GOAL = rader.MAAL.reader()
_READ_MEASURE = rader.TILTAK.reader()
_READ_EVALUATION = rader.EVALUERING.reader()

Key = tuple[str, str]


def goal_of(concern: str) -> str:
    """The id of a concern's only goal, where the goal has none of its own."""
    return derived(concern, "maal")


def split_id(value: str, reading: Reading) -> Key:
    """The canonical ids of concern and goal behind a wire id."""
    concern, dot, goal = value.partition(".")
    if dot and is_uuid(concern) and is_uuid(goal):
        return concern, goal
    concern = reading.ids.canonical("oppmerksomhet", value)
    return concern, goal_of(concern)


def joined_id(concern: str, goal: str) -> str:
    """The wire id of a concern and a goal of ours."""
    return concern if goal == goal_of(concern) else f"{concern}.{goal}"


def read_concerns(wire: dict[str, Any], reading: Reading) -> tuple[Oppmerksomhet, ...]:
    """All concerns in order."""
    records = wire["oppmerksomheter"]
    reading.learn("oppmerksomhet", records, "oppmerksomhetId")
    reading.learn("tiltak", [t for r in records for t in r["tiltak"]], "tiltakId")
    keys = [split_id(r["oppmerksomhetId"], reading) for r in records]
    known = reading.known["oppmerksomhet"]
    found: list[Oppmerksomhet] = []
    start = 0
    while start < len(records):
        end = start + 1
        while end < len(records) and keys[end][0] == keys[start][0]:
            end += 1
        for index in range(start, end):
            known[records[index]["oppmerksomhetId"]] = keys[start][0]
        found.append(_concern(records[start:end], keys[start:end], wire, reading))
        start = end
    return tuple(found)


def _concern(
    records: list[dict[str, Any]], keys: list[Key], wire: dict[str, Any], reading: Reading
) -> Oppmerksomhet:
    first = records[0]
    values = _OPPMERKSOMHET.copy()
    values["id"], values["kilde_id"] = keys[0][0], first["oppmerksomhetId"]
    values["tekst"] = strukturer.read_part(first["tekst"], 1, len(records))
    _READ_CONCERN(first, values, reading)
    if reading.leftover or len(first) != len(rader.OPPMERKSOMHETER.keys):
        values["raa"] = reading.residue(first, rader.OPPMERKSOMHETER.keys)
    trace = reading.trace.setdefault("oppmerksomheter", [])
    trace.extend((record, keys[0][0], keys[0][1]) for record in records)
    values["maal"] = tuple(
        [
            _goal(record, key[1], values, wire, reading)
            for record, key in zip(records, keys, strict=True)
        ]
    )
    return build(Oppmerksomhet, values)


def _goal(
    record: dict[str, Any],
    goal_id: str,
    concern: dict[str, Any],
    wire: dict[str, Any],
    reading: Reading,
) -> Maal:
    """The goal is made with its concern (R-076) and shares its dates and status."""
    inner = record["maal"]
    values = _MAAL.copy()
    values["id"], values["kilde_id"] = goal_id, record["oppmerksomhetId"]
    values["opprettet"] = concern["opprettet"]
    values["opprettet_av"] = concern["opprettet_av"]
    values["endret"] = concern["endret"]
    values["status"] = concern["status"]
    _READ_GOAL(inner, values, reading)
    if len(inner) != len(rader.MAAL.keys):
        values["raa"] = reading.residue(inner, rader.MAAL.keys)
    reading.trace.setdefault("maal", []).append((inner, goal_id, ""))
    trace = reading.trace.setdefault("tiltak", [])
    holder = wire["stafettholder"]
    values["tiltak"] = tuple([_measure(t, holder, trace, reading) for t in record["tiltak"]])
    return build(Maal, values)


def _measure(
    record: dict[str, Any],
    holder: str | None,
    trace: list[tuple[dict[str, Any], str, str]],
    reading: Reading,
) -> Tiltak:
    values = _TILTAK.copy()
    vendor = record["tiltakId"]
    values["id"] = canonical = reading.known["tiltak"][vendor]
    values["kilde_id"] = vendor
    _READ_MEASURE(record, values, reading)
    strukturer.read_text(record, values)
    strukturer.read_shown(record, reading, holder)
    values["feilregistrert"] = values["status"] is Tiltakstatus.FEILREGISTRERT
    if reading.leftover or len(record) != len(rader.TILTAK.keys):
        values["raa"] = reading.residue(record, rader.TILTAK.keys)
    trace.append((record, canonical, ""))
    if record["evaluering"] is not None:
        values["evaluering"] = _evaluation(record["evaluering"], reading)
    return build(Tiltak, values)


def _evaluation(record: dict[str, Any], reading: Reading) -> Evaluering:
    values = _EVALUERING.copy()
    vendor = record["evalueringId"]
    values["id"] = canonical = strukturer.read_id(reading, "evaluering", vendor)
    values["kilde_id"] = vendor
    _READ_EVALUATION(record, values, reading)
    if reading.leftover or len(record) != len(rader.EVALUERING.keys):
        values["raa"] = reading.residue(record, rader.EVALUERING.keys)
    reading.trace.setdefault("evaluering", []).append((record, canonical, ""))
    return build(Evaluering, values)
