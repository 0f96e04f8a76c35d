"""Take what a verdict withholds out of a log, before anything is encoded.

A withheld entity disappears, and so do references to it: a measure keeps its text and loses its
aktør. A withheld field becomes unset; a participation whose status is withheld has ended. Each
removed reference is itself a withheld leaf, so the result lists them; the books need every one.
"""

from typing import Any

from gateway.policy.verdict import Verdict
from schemas.stafettlogg.innhold import Maal, Oppmerksomhet, Tiltak
from schemas.stafettlogg.kodeverk import Deltakerstatus
from schemas.stafettlogg.logg import Stafettlogg
from schemas.stafettlogg.person import Deltakelse

Withheld = dict[tuple[str, str], str]


def redact(logg: Stafettlogg, verdict: Verdict) -> tuple[Stafettlogg, Withheld]:
    """The log without its withheld parts, and every (entity id, field) that was taken, by code."""
    taken = verdict.withheld()
    if not taken:
        return logg, {}
    gone = {entity: code for (entity, field), code in taken.items() if not field}
    persons = {d.person: gone[d.id] for d in logg.deltakelser if d.id in gone}
    still = {d.person for d in logg.deltakelser if d.id not in gone} | {logg.hovedperson.person}
    persons = {p: code for p, code in persons.items() if p not in still}
    for person, code in persons.items():
        taken[(person, "")] = code
    changes: dict[str, Any] = {
        "deltakelser": tuple(_ended(d, taken) for d in logg.deltakelser if d.id not in gone),
        "dokumenter": tuple(d for d in logg.dokumenter if d.id not in gone),
        "personer": tuple(p for p in logg.personer if p.id not in persons),
        "oppmerksomheter": tuple(_concern(c, persons, taken) for c in logg.oppmerksomheter),
    }
    for (entity, field), _code in list(taken.items()):
        if entity == logg.id and field:
            changes[field] = None
    for name in ("moeter", "referater", "innkallinger", "meldinger", "kalender"):
        changes[name] = tuple(_people(item, persons, taken) for item in getattr(logg, name))
    return logg.model_copy(update=changes), taken


def _ended(one: Deltakelse, taken: Withheld) -> Deltakelse:
    if (one.id, "status") not in taken:
        return one
    return one.model_copy(update={"status": Deltakerstatus.AVSLUTTET})


def _people(item: Any, persons: dict[str, str], taken: Withheld) -> Any:
    changes: dict[str, Any] = {}
    for field in ("deltakere", "mottakere"):
        there = getattr(item, field, ())
        kept = tuple(p for p in there if p not in persons)
        if kept != there:
            changes[field] = kept
            taken[(item.id, field)] = next(persons[p] for p in there if p in persons)
    sender = getattr(item, "avsender", None)
    if sender in persons:
        changes["avsender"] = None
        taken[(item.id, "avsender")] = persons[sender]
    return item.model_copy(update=changes) if changes else item


def _concern(concern: Oppmerksomhet, persons: dict[str, str], taken: Withheld) -> Oppmerksomhet:
    goals = tuple(_goal(goal, persons, taken) for goal in concern.maal)
    return concern if goals == concern.maal else concern.model_copy(update={"maal": goals})


def _goal(goal: Maal, persons: dict[str, str], taken: Withheld) -> Maal:
    changes: dict[str, Any] = {}
    measures = tuple(_measure(tiltak, persons, taken) for tiltak in goal.tiltak)
    if measures != goal.tiltak:
        changes["tiltak"] = measures
    if goal.ansvarlig in persons:
        changes["ansvarlig"] = None
        taken[(goal.id, "ansvarlig")] = persons[goal.ansvarlig or ""]
    return goal.model_copy(update=changes) if changes else goal


def _measure(tiltak: Tiltak, persons: dict[str, str], taken: Withheld) -> Tiltak:
    if tiltak.aktoer not in persons:
        return tiltak
    taken[(tiltak.id, "aktoer")] = persons[tiltak.aktoer or ""]
    return tiltak.model_copy(update={"aktoer": None})
