"""Concerns with one goal each, measures and evaluations for Conexus (D-2, R-074).

A goal's deadline is copied to a measure that has none (D-1); the copy is marked as derived, so
that the way home does not take it for a new deadline.
"""

from typing import Any

from mappings.conexus_companion import rader, strukturer
from mappings.writing import Writing
from schemas.stafettlogg.innhold import Evaluering, Maal, Oppmerksomhet, Tiltak
from schemas.stafettlogg.logg import Stafettlogg

_CONCERN = rader.OPPMERKSOMHETER.writer()
_GOAL = rader.MAAL.writer()
_MEASURE = rader.TILTAK.writer()
_EVALUATION = rader.EVALUERING.writer()


def write_concerns(logg: Stafettlogg, holder: str | None, writing: Writing) -> list[dict[str, Any]]:
    """One concern of Conexus for each concern and goal."""
    found: list[dict[str, Any]] = []
    for concern in logg.oppmerksomheter:
        if not concern.maal:
            writing.manual("INGEN_PLASS", concern.__dict__)
        for part, goal in enumerate(concern.maal, 1):
            found.append(_concern(concern, goal, part, holder, writing))
    return found


def _concern(
    concern: Oppmerksomhet, goal: Maal, part: int, holder: str | None, writing: Writing
) -> dict[str, Any]:
    values = concern.__dict__
    record = rader.OPPMERKSOMHETER.start()
    _CONCERN(values, record, writing)
    record["oppmerksomhetId"] = writing.extra["concerns"][concern.id][part - 1]
    record["tekst"] = strukturer.write_part(values["tekst"], part, len(concern.maal))
    record["maal"] = _goal(goal, writing)
    record["tiltak"] = [_measure(t, goal, holder, writing) for t in goal.tiltak]
    return record if values["raa"] is None or part > 1 else writing.restore(record, values)


def _goal(goal: Maal, writing: Writing) -> dict[str, Any]:
    values = goal.__dict__
    record = rader.MAAL.start()
    _GOAL(values, record, writing)
    if values["ansvarlig"] is not None:
        writing.manual("MAALANSVARLIG", values, "ansvarlig")
    return record if values["raa"] is None else writing.restore(record, values)


def _measure(tiltak: Tiltak, goal: Maal, holder: str | None, writing: Writing) -> dict[str, Any]:
    values = tiltak.__dict__
    record = rader.TILTAK.start()
    _MEASURE(values, record, writing)
    record["tiltakId"] = writing.wire_id(values)
    record["tekst"] = strukturer.write_text(values, writing)
    if record["frist"] is None and goal.frist is not None:
        record["frist"] = goal.frist
        writing.derived("FRIST_FRA_MAAL", values, "frist")
    strukturer.write_shown(values, record, holder)
    evaluation = values["evaluering"]
    record["evaluering"] = None if evaluation is None else _evaluation(evaluation, writing)
    return record if values["raa"] is None else writing.restore(record, values)


def _evaluation(evaluation: Evaluering, writing: Writing) -> dict[str, Any]:
    values = evaluation.__dict__
    record = rader.EVALUERING.start()
    _EVALUATION(values, record, writing)
    record["evalueringId"] = writing.wire_id(values)
    return record if values["raa"] is None else writing.restore(record, values)
