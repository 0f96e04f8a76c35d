"""Conexus' content: concern with its one goal, measures, and the evaluation of a measure (D-2).

A concern id of the form `<uuid>.<uuid>` is ours: concern and goal, when the goal's id does not
follow from the concern's. Neighbours with the same concern are parts of one concern.
"""

from typing import Any

from mappings.conexus_companion import rader, strukturer
from mappings.entitetsbygger import builder, template
from mappings.identitet import derived, is_uuid
from mappings.reading import Reading
from schemas.stafettlogg.innhold import Evaluering, Maal, Oppmerksomhet, Tiltak
from schemas.stafettlogg.kodeverk import Kildesystem, Tiltakstatus

_NATIVE = Kildesystem.CONEXUS
_OPPMERKSOMHET = template(Oppmerksomhet, kildesystem=_NATIVE)
_MAAL = template(Maal, kildesystem=_NATIVE)

_ERRONEOUS = Tiltakstatus.FEILREGISTRERT

_READ_CONCERN = rader.OPPMERKSOMHETER.reader()
_READ_GOAL = rader.MAAL.reader()
_READ_TEXT, _READ_SHOWN = strukturer.read_text, strukturer.read_shown
_BUILD_CONCERN, _BUILD_GOAL = builder(Oppmerksomhet), builder(Maal)

Key = tuple[str, str]
Record = dict[str, Any]
Around = tuple[str | None, dict[str, Evaluering]]
"""What a measure needs of its log: the holder, and the evaluations by the vendor's measure id."""


def _measure(record: Record, values: Record, reading: Reading, around: Around) -> None:
    holder, evaluations = around
    _READ_TEXT(record, values)
    _READ_SHOWN(record, reading, holder)
    values["feilregistrert"] = values["status"] is _ERRONEOUS
    if record["evaluering"] is not None:
        values["evaluering"] = evaluations[record["tiltakId"]]


_READ_MEASURES = rader.TILTAK.entities(Tiltak, "tiltakId", "tiltak", _NATIVE, _measure)
_READ_EVALUATIONS = rader.EVALUERING.entities(Evaluering, "evalueringId", "evaluering", _NATIVE)


def goal_of(concern: str) -> str:
    """The id of a concern's only goal, where the goal has none of its own."""
    return derived(concern, "maal")


def _split(value: str, known: dict[str, str]) -> Key:
    """The canonical ids of concern and goal behind a wire id."""
    concern, dot, goal = value.partition(".")
    if dot and is_uuid(concern) and is_uuid(goal):
        return concern, goal
    return known[value], goal_of(known[value])


def joined_id(concern: str, goal: str) -> str:
    """The wire id of a concern and a goal of ours."""
    return concern if goal == goal_of(concern) else f"{concern}.{goal}"


def read_concerns(wire: dict[str, Any], reading: Reading) -> tuple[Oppmerksomhet, ...]:
    """All concerns in order."""
    records = wire["oppmerksomheter"]
    reading.learn("oppmerksomhet", records, "oppmerksomhetId")
    for name in ("oppmerksomheter", "maal", "tiltak", "evaluering"):
        reading.trace[name] = []  # parents first: what is withheld above takes what is below along
    measures = [t for r in records for t in r["tiltak"]]
    reading.learn("tiltak", measures, "tiltakId")
    around = wire["stafettholder"], _evaluations(measures, reading)
    known = reading.known["oppmerksomhet"]
    keys = [_split(r["oppmerksomhetId"], known) for r in records]
    found: list[Oppmerksomhet] = []
    start = 0
    while start < len(records):
        end = start + 1
        while end < len(records) and keys[end][0] == keys[start][0]:
            end += 1
        for index in range(start, end):
            known[records[index]["oppmerksomhetId"]] = keys[start][0]
        found.append(_concern(records[start:end], keys[start:end], around, reading))
        start = end
    return tuple(found)


def _concern(
    records: list[dict[str, Any]], keys: list[Key], around: Around, reading: Reading
) -> Oppmerksomhet:
    first = records[0]
    values = _OPPMERKSOMHET.copy()
    values["id"], values["kilde_id"] = keys[0][0], first["oppmerksomhetId"]
    values["tekst"] = strukturer.read_part(first["tekst"], 1, len(records))
    _READ_CONCERN(first, values, reading)
    if reading.leftover or len(first) != len(rader.OPPMERKSOMHETER.keys):
        values["raa"] = reading.residue(first, rader.OPPMERKSOMHETER.keys)
    reading.trace["oppmerksomheter"].extend((record, keys[0][0], keys[0][1]) for record in records)
    values["maal"] = tuple(
        [
            _goal(record, key[1], values, around, reading)
            for record, key in zip(records, keys, strict=True)
        ]
    )
    return _BUILD_CONCERN(values)


def _goal(
    record: dict[str, Any],
    goal_id: str,
    concern: dict[str, Any],
    around: Around,
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
    reading.trace["maal"].append((inner, goal_id, ""))
    values["tiltak"] = _READ_MEASURES(record["tiltak"], reading, around)
    return _BUILD_GOAL(values)


def _evaluations(measures: list[Record], reading: Reading) -> dict[str, Evaluering]:
    """The evaluations by their measure. Their own ids are never referred to, so none is double."""
    evaluated = [t for t in measures if t["evaluering"] is not None]
    records = [t["evaluering"] for t in evaluated]
    ids = [record["evalueringId"] for record in records]
    reading.known["evaluering"] = reading.ids.many("evaluering", ids)
    read = _READ_EVALUATIONS(records, reading)
    return {t["tiltakId"]: e for t, e in zip(evaluated, read, strict=True)}
