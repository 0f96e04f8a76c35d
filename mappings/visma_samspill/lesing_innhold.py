"""Samspill's goals and activities as concerns, goals, measures and their comments.

A native goal gets a concern of its own, made from its title and marked as derived (D-2). An
activity with several responsible becomes as many measures, tied by `del_av` (R-072).
"""

from typing import Any

from gateway.errors import Rejected
from mappings.entitetsbygger import builder, template
from mappings.reading import Reading
from mappings.visma_samspill import (
    evalueringstekst,
    koder,
    maalblokk,
    rader,
    referanse,
    ressurser,
    strukturer,
    tiltaksblokk,
)
from mappings.visma_samspill.henvisninger import people
from schemas.stafettlogg.innhold import Kommentar, Maal, Oppmerksomhet, Tiltak
from schemas.stafettlogg.kodeverk import Kildesystem, Tiltaksarena

_NATIVE = Kildesystem.SAMSPILL
_OPPMERKSOMHET = template(Oppmerksomhet, kildesystem=_NATIVE)
_MAAL = template(Maal, kildesystem=_NATIVE)
_BUILD_CONCERN, _BUILD_GOAL = builder(Oppmerksomhet), builder(Maal)
_READ_GOAL = rader.GOALS.reader()
_HOME = Tiltaksarena.HJEM
_SHARED = ("opprettet", "opprettet_av", "endret")

Found = tuple[tuple[Oppmerksomhet, ...], tuple[Kommentar, ...]]


def read_concerns(bundle: dict[str, Any], reading: Reading, orders: dict[str, Any]) -> Found:
    """All concerns in order, and the comments on their measures."""
    goals, activities = bundle["goals"], bundle["activities"]
    reading.alone(goals, "goalId")
    reading.alone(activities, "activityId")
    under: dict[str, list[dict[str, Any]]] = {record["goalId"]: [] for record in goals}
    for record in activities:
        _under(record, under, reading)
    comments: list[Kommentar] = []
    concerns: dict[str, dict[str, Any]] = {}
    held: dict[str, list[Maal]] = {}
    order: dict[str, list[str]] = {}
    for record in goals:
        concern, goal = _goal(record, under[record["goalId"]], bundle, comments, reading)
        held.setdefault(concern["id"], []).append(goal)
        order.setdefault(concern["id"], []).append(record["goalId"])
        concerns.setdefault(concern["id"], concern)
    written = [goal_id for ids in order.values() for goal_id in ids]
    if written != [r["goalId"] for r in goals]:
        orders["goals"] = ["goalId", [r["goalId"] for r in goals]]
    by_goal = [r["activityId"] for goal_id in written for r in under[goal_id]]
    if by_goal != [r["activityId"] for r in activities]:
        orders["activities"] = ["activityId", [r["activityId"] for r in activities]]
    for key, concern in concerns.items():
        concern["maal"] = tuple(held[key])
    return tuple([_BUILD_CONCERN(c) for c in concerns.values()]), tuple(comments)


def _under(
    record: dict[str, Any], under: dict[str, list[dict[str, Any]]], reading: Reading
) -> None:
    if record["goalId"] not in under:
        raise Rejected("AKTIVITET_UTEN_MAAL", place=f"{reading.system}:activities.goalId")
    under[record["goalId"]].append(record)


def _goal(
    record: dict[str, Any],
    activities: list[dict[str, Any]],
    bundle: dict[str, Any],
    comments: list[Kommentar],
    reading: Reading,
) -> tuple[dict[str, Any], Maal]:
    concern, goal = _OPPMERKSOMHET.copy(), _MAAL.copy()
    concern["kilde_id"] = goal["kilde_id"] = record["goalId"]
    concern["id"], goal["id"], ours = strukturer.read_goal(record, reading)
    _READ_GOAL(record, goal, reading)
    if ours:
        maalblokk.read(record["title"], record["description"], concern, goal)
        title, text = maalblokk.write(concern, goal)
        if text != record["description"] or title != record["title"]:
            strukturer.leave_edited(record, {"title": title, "description": text}, reading)
    else:
        goal["tittel"], goal["beskrivelse"] = record["title"], record["description"]
        concern["tekst"], concern["status"] = record["title"], goal["status"]
        concern["avledet"], concern["avledet_regel"] = True, strukturer.SYNTHETIC
    for name in _SHARED:
        concern[name] = goal[name]
    strukturer.read_version(record, reading)
    if reading.leftover or len(record) != len(rader.GOALS.keys):
        goal["raa"] = reading.residue(record, rader.GOALS.keys)
    reading.trace.append(("goals", record, goal["id"], ""))
    measures: list[Tiltak] = []
    for activity in activities:
        measures += _measures(activity, bundle, comments, reading)
    goal["tiltak"] = tuple(measures)
    return concern, _BUILD_GOAL(goal)


def _measures(
    record: dict[str, Any], bundle: dict[str, Any], comments: list[Kommentar], reading: Reading
) -> list[Tiltak]:
    given = referanse.parse(record["externalReference"]).get("t", [])
    evaluation, mine = _comments(record, reading)
    key = "responsibleParticipantIds"
    responsible = people(record[key], reading, key)
    values = ressurser.TILTAK.values(record, reading)
    values["evaluering"] = evaluation
    if given:
        by_guardians = tiltaksblokk.read(record, values)
        home = not responsible and values["arena"] is _HOME and bool(guardians(bundle))
        if by_guardians and record[key] == guardians(bundle):
            responsible, home = [], values["arena"] is _HOME and record[key] != []
        ruled: dict[str, Any] = {}
        tiltaksblokk.write(values, ruled, home)
        if (
            ruled["description"] != record["description"]
            or ruled["title"] != record["title"]
            or ruled["when"] != record["when"]
        ):
            strukturer.leave_edited(record, ruled, reading)
    else:
        values["tittel"], values["beskrivelse"] = record["title"], record["description"]
        tiltaksblokk.read_when(record["when"], values)
        values["status"] = tiltaksblokk.ruled_status(
            record["state"], erroneous=False, evaluated=evaluation is not None
        )
    state = tiltaksblokk.state_of(values["status"])
    if state != record["state"]:
        reading.leave("state", state, record["state"], "UKJENT_KODE")
    ids = strukturer.split_ids(values["id"], responsible, given)
    values["id"] = ids[0]
    # Most often the reference is the one id, and says all.
    if given and record["externalReference"] != f"t:{ids[0]}":
        written = strukturer.split_text(ids, responsible)
        if record["externalReference"] != written:
            reading.leave("externalReference", written, record["externalReference"])
    values["aktoer"] = responsible[0] if responsible else None
    values["del_av"] = ids[0] if len(responsible) > 1 else None
    first: Tiltak = ressurser.TILTAK.finish(record, values, reading)
    comments += [c.model_copy(update={"paa": first.id}) for c in mine]
    rest = {"evaluering": None}
    return [first] + [
        first.model_copy(update={"id": ids[i], "aktoer": responsible[i], **rest})
        for i in range(1, len(responsible))
    ]


def guardians(bundle: dict[str, Any]) -> list[str]:
    """The participants who answer for a measure in the home (R-074)."""
    return [
        p["participantId"]
        for p in bundle["participants"]
        if p["roleId"] == koder.GUARDIAN and p["status"] != "ended"
    ]


def _comments(record: dict[str, Any], reading: Reading) -> tuple[Any, list[Kommentar]]:
    """(the evaluation, the other comments): an evaluation only when exactly one is unambiguous."""
    said = [_said(c) for c in record["comments"]]
    only = sum(1 for s in said if s is not None) == 1
    evaluation: Any = None
    others: list[Kommentar] = []
    order: list[str] = []
    for comment, found in zip(record["comments"], said, strict=True):
        if found is not None and only:
            values = ressurser.EVALUERING.values(comment, reading)
            values.update(found)
            written = evalueringstekst.write(found)
            if written != comment["text"]:
                reading.leave("text", written, comment["text"], "BLOKK_ENDRET")
            evaluation = ressurser.EVALUERING.finish(comment, values, reading)
            order.insert(0, comment["commentId"])
        else:
            values = ressurser.KOMMENTAR.values(comment, reading)
            values["paa"] = ""
            others.append(ressurser.KOMMENTAR.finish(comment, values, reading))
            order.append(comment["commentId"])
    reading.order("comments", "commentId", order, [c["commentId"] for c in record["comments"]])
    return evaluation, others


def _said(comment: dict[str, Any]) -> dict[str, Any] | None:
    reference = comment["externalReference"]
    if "k" in referanse.parse(reference):
        return None
    return evalueringstekst.read(comment["text"], ours=reference is not None)
