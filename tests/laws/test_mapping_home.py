"""The way home keeps what the books call carried: keys without a row at every level, the order of
lists the model splits, codes nobody knows; untouched by what somebody edits elsewhere."""

import copy
from collections.abc import Callable
from random import Random
from typing import Any

import pytest

from mappings import laws
from mappings.restore import restore
from tests.laws import planting
from tests.laws.test_identity import renumbered

Wire = dict[str, Any]
COUNT = 60


def _plain(wire: Wire, _rng: Random, _system: str) -> None:
    """As it was generated."""


def _unknown(wire: Wire, rng: Random, _system: str) -> None:
    planting.unknown(wire, rng, rng.choice((0.2, 1.0)))


def _mixed(wire: Wire, rng: Random, _system: str) -> None:
    planting.mixed(wire, rng)


def _odd(wire: Wire, rng: Random, system: str) -> None:
    planting.odd(wire, rng, system)


def _twice(wire: Wire, rng: Random, _system: str) -> None:
    planting.twice(wire, rng)


def _all(wire: Wire, rng: Random, system: str) -> None:
    planting.mixed(wire, rng)
    planting.twice(wire, rng)
    planting.odd(wire, rng, system, 0.2)
    planting.unknown(wire, rng, rng.choice((0.2, 1.0)))


PLANTS = (_unknown, _mixed, _odd, _twice, _all)


@pytest.fixture
def planted(lab: Any) -> Callable[..., list[Wire]]:
    """Generated documents of a system with something planted in each."""

    def make(system: str, plant: Any, seed: int = 71, count: int = COUNT) -> list[Wire]:
        found = []
        for number, wire in enumerate(lab.documents(system, seed, count)):
            whole = copy.deepcopy(wire)
            plant(whole, Random(f"{seed}-{number}"), system)
            found.append(whole)
        return found

    return make


@pytest.mark.parametrize("plant", PLANTS, ids=lambda f: f.__name__.strip("_"))
def test_there_and_home_with_what_we_have_no_row_for(
    pair: Any, planted: Any, tenant: str, plant: Any
) -> None:
    """A to A, and A to B and home with the complement, are byte for byte what was."""
    source, target, name = pair
    for wire in planted(name, plant):
        laws.native(source, wire, tenant)
        laws.round_trip(source, target, wire, tenant)
        laws.balanced(source, target, wire, tenant)
        laws.deterministic(source, target, wire, tenant)


@pytest.mark.parametrize("plant", PLANTS, ids=lambda f: f.__name__.strip("_"))
def test_what_came_from_the_other_system_is_held_to_the_same(
    pair: Any, lab: Any, tenant: str, plant: Any
) -> None:
    """A document the other system filled, with blocks and references of ours, and edited there."""
    other, source, _name = pair
    name = source.system
    for number, wire in enumerate(lab.documents(other.system, 97, 40)):
        ours = other.decode(wire, tenant).logg
        whole = copy.deepcopy(dict(source.encode(ours, tenant).wire))
        if name == "visma_samspill":
            whole = renumbered(whole, name, ours.id)
        plant(whole, Random(number), name)
        laws.native(source, whole, tenant)
        laws.round_trip(source, other, whole, tenant)
        laws.balanced(source, other, whole, tenant)


def test_who_came_from_the_other_system_goes_on_working_here(lab: Any) -> None:
    """Brought by us, they have an account here by now: what they make is told by it, what they made
    before by our id. Both are theirs, and both are written as they were."""
    other, source = lab.mapping("conexus_companion"), lab.mapping("visma_samspill")
    for log in lab.documents("conexus_companion", 109, 30):
        ours = other.decode(log, lab.tenant).logg
        whole = renumbered(dict(source.encode(ours, lab.tenant).wire), "visma_samspill", ours.id)
        lead = whole["participants"][0]
        new = copy.deepcopy(whole["goals"][:1])
        for goal in new:
            goal |= {"goalId": "goal-ny", "externalReference": None}
            goal |= {"createdBy": lead["personId"], "responsibleParticipantId": None}
        whole["goals"] += new
        laws.native(source, whole, lab.tenant)
        logg = source.decode(whole, lab.tenant).logg
        made = [g.opprettet_av for c in logg.oppmerksomheter for g in c.maal][-len(new) :]
        assert {*made} <= {logg.deltakelser[0].person}


# -- one edit elsewhere -----------------------------------------------------------------------


def _goal_in_conexus(base: Wire, home: Wire, rng: Random) -> bool:
    """A concern's goal is worded anew: it is the title of that goal."""
    if not base["oppmerksomheter"]:
        return False
    place = rng.randrange(len(base["oppmerksomheter"]))
    base["oppmerksomheter"][place]["maal"]["kjennetegn"] = "Nytt fra møtet"
    home["goals"][place]["title"] = "Nytt fra møtet"
    return True


def _note_in_conexus(base: Wire, home: Wire, rng: Random) -> bool:
    """A note is a message at home, new there; all else stands where it stood."""
    base["notater"].append(
        {
            "notatId": "notat-ny", "tekst": "Et nytt notat", "dato": None, "forfatter": None,
            "oppmerksomhetId": None, "filId": None,
        }
    )  # fmt: skip
    home["messages"].append({"body": "Et nytt notat"})
    return True


def _signer_in_conexus(base: Wire, home: Wire, rng: Random) -> bool:
    """A signature is taken off a consent: that signer goes, and nobody takes over a key."""
    for there, here in zip(base["samtykker"], home["consents"], strict=True):
        if len(there["signertAv"]) > 1 and len(here["signers"]) == len(there["signertAv"]):
            place = rng.randrange(len(there["signertAv"]))
            del there["signertAv"][place], here["signers"][place]
            return True
    return False


def _receiver_in_conexus(base: Wire, home: Wire, rng: Random) -> bool:
    """A service is added to a consent, behind those who stood there."""
    if not base["samtykker"]:
        return False
    base["samtykker"][0]["mottakere"].append("PPT Fjordby")
    new = {"name": None, "unitName": "PPT Fjordby", "roleId": None}
    home["consents"][0]["listedParticipants"].append(new)
    return True


def _goal_in_samspill(base: Wire, home: Wire, rng: Random) -> bool:
    """A goal's title is the concern's sign of attainment."""
    if not base["goals"]:
        return False
    place = rng.randrange(len(base["goals"]))
    base["goals"][place]["title"] = "Nytt fra møtet"
    home["oppmerksomheter"][place]["maal"]["kjennetegn"] = "Nytt fra møtet"
    return True


def _measure_in_samspill(base: Wire, home: Wire, rng: Random) -> bool:
    """An activity is taken away: that measure goes."""
    called = {t["erstattetAv"] for o in home["oppmerksomheter"] for t in o["tiltak"]}
    for place, concern in enumerate(home["oppmerksomheter"]):
        goal = base["goals"][place]["goalId"]
        under = [a for a in base["activities"] if a["goalId"] == goal]
        if len(under) == len(concern["tiltak"]) > 1:
            gone = rng.randrange(len(under))
            if concern["tiltak"][gone]["tiltakId"] in called:
                continue
            base["activities"].remove(under[gone])
            del concern["tiltak"][gone]
            return True
    return False


EDITS = {
    "visma_samspill": (
        _goal_in_conexus, _note_in_conexus, _signer_in_conexus, _receiver_in_conexus,
    ),
    "conexus_companion": (_goal_in_samspill, _measure_in_samspill),
}  # fmt: skip


@pytest.mark.parametrize(
    ("name", "edit"),
    [(name, edit) for name, edits in EDITS.items() for edit in edits],
    ids=lambda value: getattr(value, "__name__", value).strip("_"),
)
@pytest.mark.parametrize(
    "plant", [_plain, _unknown, _mixed, _all], ids=lambda f: f.__name__.strip("_")
)
def test_one_edit_there_changes_that_and_nothing_else(
    lab: Any, planted: Any, name: str, edit: Any, plant: Any
) -> None:
    """What comes home is the original with the edit, byte for byte."""
    other = next(b for a, b in lab.pairs if a == name)
    source, target = lab.mapping(name), lab.mapping(other)
    seen = 0
    for number, wire in enumerate(planted(name, plant, 73)):
        ours = source.decode(wire, lab.tenant).logg
        there = target.encode(ours, lab.tenant).wire
        base = target.parse(target.dump(there))
        edited, wanted = copy.deepcopy(dict(base)), copy.deepcopy(wire)
        if not edit(edited, wanted, Random(f"edit-{number}")):
            continue
        seen += 1
        was, now = (target.decode(w, lab.tenant).logg for w in (base, edited))
        home = source.encode(restore(was, now, ours), lab.tenant).wire
        home = source.parse(source.dump(home))
        if edit is _note_in_conexus:
            _take_out_the_new(home, wire)
            del wanted["messages"][-1]
        differences = laws.differences(dict(home), wanted)
        assert differences == [], differences
        assert source.dump(home) == source.dump(wanted)
    assert seen > COUNT // 4


def _take_out_the_new(home: Wire, wire: Wire) -> None:
    known = {message["messageId"] for message in wire["messages"]}
    new = [m for m in home["messages"] if m["messageId"] not in known]
    assert [m["body"] for m in new] == ["Et nytt notat"]
    home["messages"].remove(new[0])


def _split(wire: Wire) -> Any:
    """An activity with more than one responsible, if there is one."""
    return next((a for a in wire["activities"] if len(a["responsibleParticipantIds"]) > 1), None)


@pytest.mark.parametrize("which", [0, 1], ids=["the first", "the last"])
def test_one_of_several_measures_of_an_activity_may_be_edited_there(
    lab: Any, planted: Any, which: int
) -> None:
    """What was one activity with several responsible becomes two, each with an id of its own; the
    keys we have no row for stay with the one that was there, and so does its thread."""
    source, target = lab.mapping("visma_samspill"), lab.mapping("conexus_companion")
    seen = 0
    for wire in planted("visma_samspill", _unknown, 79):
        one = _split(wire)
        if one is None:
            continue
        ours = source.decode(wire, lab.tenant).logg
        base = target.parse(target.dump(target.encode(ours, lab.tenant).wire))
        edited = copy.deepcopy(dict(base))
        ids = [t.id for t in _measures(ours) if t.kilde_id == one["activityId"]]
        (measure,) = [
            t
            for concern in edited["oppmerksomheter"]
            for t in concern["tiltak"]
            if t["tiltakId"] == ids[-which]
        ]
        measure["tekst"] = "Ny ordlyd"
        was, now = (target.decode(w, lab.tenant).logg for w in (base, edited))
        home = source.encode(restore(was, now, ours), lab.tenant).wire
        assert len({a["activityId"] for a in home["activities"]}) == len(home["activities"])
        assert len(home["activities"]) == len(wire["activities"]) + 1
        kept = [a for a in home["activities"] if a["activityId"] == one["activityId"]]
        new = [a for a in home["activities"] if a["activityId"].startswith("tmp:")]
        assert len(kept) == len(new) == 1
        assert set(kept[0]) == set(one)
        assert set(new[0]) <= set(source.sections["activities"].keys)
        assert len(kept[0]["comments"]) == len(one["comments"])
        assert [a["title"] for a in (*kept, *new)].count("Ny ordlyd") == 1
        again = source.decode(source.parse(source.dump(home)), lab.tenant).logg
        assert {t.id for t in _measures(again)} == {t.id for t in _measures(ours)}
        seen += 1
    assert seen > 10


def _measures(logg: Any) -> list[Any]:
    return [t for concern in logg.oppmerksomheter for goal in concern.maal for t in goal.tiltak]


def test_losing_the_last_task_there_is_no_new_role_here(lab: Any) -> None:
    """In Conexus the role follows from the tasks; a participant of Samspill keeps the one given."""
    source, target = lab.mapping("visma_samspill"), lab.mapping("conexus_companion")
    seen = 0
    for wire in lab.documents("visma_samspill", 101, 40):
        ours = source.decode(wire, lab.tenant).logg
        base = target.parse(target.dump(target.encode(ours, lab.tenant).wire))
        edited = copy.deepcopy(dict(base))
        for concern in edited["oppmerksomheter"]:
            seen += len(concern["tiltak"])
            concern["tiltak"] = []
        was, now = (target.decode(w, lab.tenant).logg for w in (base, edited))
        home = source.encode(restore(was, now, ours), lab.tenant).wire
        assert source.parse(source.dump(home))["participants"] == wire["participants"]
        assert home["activities"] == []
    assert seen > 40


def test_a_new_holder_there_leaves_one_holder_here(lab: Any) -> None:
    """The baton goes to another in Conexus: one lead in Samspill, and the first takes part."""
    source, target = lab.mapping("visma_samspill"), lab.mapping("conexus_companion")
    seen = 0
    for wire in lab.documents("visma_samspill", 103, 40):
        ours = source.decode(wire, lab.tenant).logg
        base = target.parse(target.dump(target.encode(ours, lab.tenant).wire))
        edited = copy.deepcopy(dict(base))
        others = [a["personId"] for a in base["ansatte"] if a["personId"] != base["stafettholder"]]
        if not others:
            continue
        for concern in edited["oppmerksomheter"]:
            for measure in concern["tiltak"]:
                measure["aktor"] = None
        edited["stafettholder"] = others[0]
        was, now = (target.decode(w, lab.tenant).logg for w in (base, edited))
        home = source.encode(restore(was, now, ours), lab.tenant).wire
        roles = [p["roleId"] for p in source.parse(source.dump(home))["participants"]]
        assert roles.count("role-planansvarleg") == 1
        assert roles[0] == "role-tenesteytar"
        seen += 1
    assert seen > 10
