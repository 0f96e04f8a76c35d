"""Concerns, goals and measures as goals and activities with comments (D-2, R-072, R-074)."""

from collections.abc import Sequence
from typing import Any

from mappings.visma_samspill import (
    evalueringstekst,
    maalblokk,
    rader,
    ressurser,
    strukturer,
    tiltaksblokk,
)
from mappings.visma_samspill.lesing_innhold import guardians
from mappings.writing import Writing
from schemas.stafettlogg.innhold import Kommentar, Oppmerksomhet, Tiltak
from schemas.stafettlogg.kodeverk import Tiltaksarena
from schemas.stafettlogg.logg import Stafettlogg

_WRITE_GOAL = rader.GOALS.writer()
_GOAL = rader.GOALS.template | {"version": 1}
_SHARED = ("opprettet", "opprettet_av", "endret")
_APART = frozenset({"id", "aktoer", "evaluering"})
_MOST = 3
_START = ressurser.TILTAK.start
_HOME = Tiltaksarena.HJEM

Records = list[dict[str, Any]]


def write_concerns(
    logg: Stafettlogg, participants: Records, writing: Writing
) -> tuple[Records, Records]:
    """(goals, activities), activities in the order of their goals."""
    comments: dict[str, list[Kommentar]] = {}
    for comment in logg.kommentarer:
        comments.setdefault(comment.paa, []).append(comment)
    by_guardians = guardians({"participants": participants})
    goals: Records = []
    activities: Records = []
    for concern in logg.oppmerksomheter:
        above = concern.__dict__
        if not above["maal"]:
            writing.manual("INGEN_PLASS", above)
        for goal in above["maal"]:
            values = goal.__dict__
            record = _goal(concern, values, writing)
            goals.append(record)
            goal_id = record["goalId"]
            activities += [
                _activity(group, goal_id, comments, by_guardians, writing)
                for group in _groups(values["tiltak"], writing)
            ]
    return goals, activities


def _goal(concern: Oppmerksomhet, values: dict[str, Any], writing: Writing) -> dict[str, Any]:
    record = _GOAL.copy()
    _WRITE_GOAL(values, record, writing)
    wire_id = record["goalId"] = strukturer.identity(values, writing)
    above = concern.__dict__
    if above["avledet"] and strukturer.is_synthetic(concern):
        record["externalReference"] = strukturer.write_native(concern, values, wire_id, writing)
        record["title"] = values["tittel"] or ""
        record["description"] = values["beskrivelse"]
    else:
        record["externalReference"] = f"o:{above['id']};m:{values['id']}"
        record["title"], record["description"] = maalblokk.write(above, values)
        for name in _SHARED:
            if above[name] != values[name]:
                writing.manual("OPPRETTET_ULIK", above, name)
    return record if values["raa"] is None else writing.restore(record, values)


def _groups(measures: tuple[Tiltak, ...], writing: Writing) -> list[list[Tiltak]]:
    """Measures that were one activity are one again, if they still agree; equal texts never are."""
    if all(tiltak.del_av is None for tiltak in measures):
        return [[tiltak] for tiltak in measures]
    groups: list[list[Tiltak]] = []
    open_: dict[str, list[list[Tiltak]]] = {}
    for tiltak in measures:
        same = open_.setdefault(tiltak.del_av, []) if tiltak.del_av is not None else []
        fits = (g for g in same if len(g) < _limit(g, tiltak) and _agrees(g[0], tiltak))
        group = next(fits, None)
        if group is not None:
            group.append(tiltak)
            continue
        groups.append([tiltak])
        same.append(groups[-1])
    for group in groups:
        group[0] = _apart(group[0], writing)
    return groups


def _apart(first: Tiltak, writing: Writing) -> Tiltak:
    """What no longer agrees with the rest of its activity is a new one: the id of the activity,
    and what only it could hold, stay with those who come first."""
    if first.kildesystem is not writing.native or first.kilde_id is None:
        return first
    used: set[str] = writing.extra.setdefault("aktiviteter", set())
    if first.kilde_id in used:
        return first.model_copy(update={"kilde_id": None, "raa": None})
    used.add(first.kilde_id)
    return first


def _limit(group: list[Tiltak], tiltak: Tiltak) -> int:
    """Ids that follow from the first need no room in the reference; others do."""
    ids = strukturer.split_ids(group[0].id, [None, tiltak.aktoer], [group[0].id])
    return 1_000 if ids[1] == tiltak.id else _MOST


def _agrees(first: Tiltak, other: Tiltak) -> bool:
    if other.evaluering is not None or other.aktoer is None or first.aktoer is None:
        return False
    a, b = first.__dict__, other.__dict__
    return all(a[name] == b[name] for name in a if name not in _APART)


def _activity(
    group: Sequence[Tiltak],
    goal_id: str,
    comments: dict[str, list[Kommentar]],
    by_guardians: list[str],
    writing: Writing,
) -> dict[str, Any]:
    values = group[0].__dict__
    record = _START(values, writing)
    record["goalId"] = goal_id
    if values["kildesystem"] is writing.native or len(group) > 1:
        record["externalReference"] = _reference(group, record["activityId"], writing)
    aktoer = values["aktoer"]
    home = aktoer is None and values["arena"] is _HOME and bool(by_guardians)
    if record["externalReference"] is None:
        home = False
        record["title"], record["description"] = values["tittel"] or "", values["beskrivelse"]
        record["when"] = values["naar"] if values["naar"] is not None else values["frist"]
        record["state"] = tiltaksblokk.state_of(values["status"])
    else:
        tiltaksblokk.write(values, record, home)
    if home:
        writing.derived("R-074", values, "aktoer")
        record["responsibleParticipantIds"] = list(by_guardians)
    else:
        # A measure of one, whom the plan knows, is what most are.
        one = writing.known["deltaker"].get(aktoer) if len(group) == 1 else None
        record["responsibleParticipantIds"] = _responsible(group, writing) if one is None else [one]
    if comments or values["evaluering"] is not None:
        record["comments"] = _comments(group, comments, writing)
    else:
        record["comments"] = []
    return record if values["raa"] is None else writing.restore(record, values)


def _responsible(group: Sequence[Tiltak], writing: Writing) -> list[str]:
    known, found = writing.known["deltaker"], []
    for tiltak in group:
        wire_id = known.get(tiltak.aktoer)
        if wire_id is None and tiltak.aktoer is not None:
            wire_id = writing.refer("deltaker", tiltak.aktoer, tiltak.__dict__, "aktoer")
        if wire_id is not None:
            found.append(wire_id)
    return found


def _reference(group: Sequence[Tiltak], wire_id: str, writing: Writing) -> str | None:
    """None for a native activity whose parts follow from it, else the ids that do not follow."""
    first = group[0]
    ids = [t.id for t in group]
    people = [t.aktoer for t in group]
    if first.kildesystem is writing.native and first.kilde_id is not None:
        base = writing.ids.canonical("tiltak", wire_id)
        if ids == strukturer.split_ids(base, people, []):
            return None
    return f"t:{ids[0]}" if len(ids) == 1 else strukturer.split_text(ids, people)


def _comments(
    group: Sequence[Tiltak], comments: dict[str, list[Kommentar]], writing: Writing
) -> Records:
    found: Records = []
    evaluation = group[0].evaluering
    if evaluation is not None:
        values = evaluation.__dict__
        record = ressurser.EVALUERING.start(values, writing)
        record["text"] = evalueringstekst.write(values)
        found.append(ressurser.EVALUERING.end(values, record, writing))
    for tiltak in group if comments else ():
        for comment in comments.get(tiltak.id, ()):
            found.append(ressurser.KOMMENTAR.write(comment.__dict__, writing))
    return found
