"""Conexus' content: concern with its one goal, measures, and the evaluation of a measure (D-2).

A concern id of the form `<uuid>.<uuid>` is ours: concern and goal, when the goal's id does not
follow from the concern's. Neighbours with the same concern are parts of one concern.
"""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from mappings.conexus_companion import rader, strukturer
from mappings.entitetsbygger import builder, template
from mappings.identitet import following, is_uuid
from mappings.reading import Reading
from schemas.stafettlogg.innhold import Evaluering, Maal, Oppmerksomhet, Tiltak
from schemas.stafettlogg.kodeverk import Kildesystem

_NATIVE = Kildesystem.CONEXUS
_OPPMERKSOMHET = template(Oppmerksomhet, kildesystem=_NATIVE)
_MAAL = template(Maal, kildesystem=_NATIVE)

_READ_CONCERN = rader.OPPMERKSOMHETER.reader()
_READ_GOAL = rader.MAAL.reader()
_BUILD_CONCERN, _BUILD_GOAL = builder(Oppmerksomhet), builder(Maal)
_COUNT_CONCERNS, _COUNT_GOALS = rader.OPPMERKSOMHETER.tally(), rader.MAAL.tally()
_PARENTS_FIRST = {"oppmerksomheter": (0, 0), "maal": (0, 0), "tiltak": (0, 0)}
"""What is withheld above takes what is below along, so the books want what is above first."""
_WIDTH, _GOAL_WIDTH = len(rader.OPPMERKSOMHETER.keys), len(rader.MAAL.keys)
_ID = following()

Record = dict[str, Any]
Part = tuple[Record, str]
"""A record of Conexus and the id of its goal."""

_READ_MEASURES = rader.TILTAK.entities(
    Tiltak, "tiltakId", "tiltak", _NATIVE, strukturer.read_measure
)
_READ_EVALUATIONS = rader.EVALUERING.entities(Evaluering, "evalueringId", "evaluering", _NATIVE)


def goal_of(concern: str) -> str:
    """The id of a concern's only goal, where the goal has none of its own."""
    return _ID(f"{concern}|maal")


def joined_id(concern: str, goal: str) -> str:
    """The wire id of a concern and a goal of ours."""
    return concern if goal == goal_of(concern) else f"{concern}.{goal}"


def read_concerns(
    wire: Record, measures: list[Record], reading: Reading
) -> tuple[Oppmerksomhet, ...]:
    """All concerns in order; `measures` are those of all of them."""
    records = wire["oppmerksomheter"]
    reading.counts.update(_PARENTS_FIRST)
    concerns = _concerns(records, reading.known["oppmerksomhet"])
    around = wire["stafettholder"], _evaluations(measures, reading)
    read = iter(_READ_MEASURES(measures, reading, around))
    walked: list[Record] = []
    found = [_concern(key, parts, read, walked, reading) for key, parts in concerns]
    reading.counts["oppmerksomheter"] = _COUNT_CONCERNS(walked)
    reading.counts["maal"] = _COUNT_GOALS([record["maal"] for record in walked])
    return tuple(found)


def _concerns(records: list[Record], known: dict[str, str]) -> list[tuple[str, list[Part]]]:
    """The concerns with their parts: neighbours with the same concern in their ids are one."""
    found: list[tuple[str, list[Part]]] = []
    for record in records:
        vendor = record["oppmerksomhetId"]
        concern, dot, goal = vendor.partition(".")
        if dot and is_uuid(concern) and is_uuid(goal):
            known[vendor] = concern
        else:
            concern = known[vendor]
            goal = goal_of(concern)
        if found and found[-1][0] == concern:
            found[-1][1].append((record, goal))
        else:
            found.append((concern, [(record, goal)]))
    return found


def _concern(
    key: str,
    parts: list[Part],
    measures: Iterator[Tiltak],
    walked: list[Record],
    reading: Reading,
) -> Oppmerksomhet:
    first = parts[0][0]
    values = _OPPMERKSOMHET.copy()
    values["id"], values["kilde_id"] = key, first["oppmerksomhetId"]
    values["tekst"] = strukturer.read_part(first["tekst"], 1, len(parts))
    _READ_CONCERN(first, values, reading)
    if reading.leftover or len(first) != _WIDTH:
        values["raa"] = reading.residue(first, rader.OPPMERKSOMHETER.keys)
    goals = []
    for record, goal in parts:
        reading.trace.append(("oppmerksomheter", record, key, goal))
        walked.append(record)
        goals.append(_goal(record, goal, values, measures, reading))
    values["maal"] = tuple(goals)
    return _BUILD_CONCERN(values)


def _goal(
    record: Record, key: str, concern: Record, measures: Iterator[Tiltak], reading: Reading
) -> Maal:
    """The goal is made with its concern (R-076) and shares its dates and status."""
    inner = record["maal"]
    values = _MAAL.copy()
    values["id"], values["kilde_id"] = key, record["oppmerksomhetId"]
    values["opprettet"] = concern["opprettet"]
    values["opprettet_av"] = concern["opprettet_av"]
    values["endret"] = concern["endret"]
    values["status"] = concern["status"]
    _READ_GOAL(inner, values, reading)
    if len(inner) != _GOAL_WIDTH:
        values["raa"] = reading.residue(inner, rader.MAAL.keys)
    reading.trace.append(("maal", inner, key, ""))
    values["tiltak"] = tuple(islice(measures, len(record["tiltak"])))
    return _BUILD_GOAL(values)


def _evaluations(measures: list[Record], reading: Reading) -> dict[str, Evaluering]:
    """The evaluations by the vendor's id of their measure."""
    evaluated = [t for t in measures if t["evaluering"] is not None]
    read = _READ_EVALUATIONS([t["evaluering"] for t in evaluated], reading)
    return {t["tiltakId"]: e for t, e in zip(evaluated, read, strict=True)}
