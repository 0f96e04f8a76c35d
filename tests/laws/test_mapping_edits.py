"""People edit in the target while the log is there; the way home keeps the edit and all else."""

from typing import Any

import pytest

from mappings import laws
from mappings.restore import restore
from schemas.stafettlogg.flat import compare


def _copy(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _copy(inner) for key, inner in value.items()}
    return [_copy(inner) for inner in value] if isinstance(value, list) else value


def retitle(bundle: dict[str, Any]) -> None:
    """Change a goal's title."""
    bundle["goals"][0]["title"] = "Nytt mål fra møtet"


def describe(bundle: dict[str, Any]) -> None:
    """Write below an activity's block."""
    first = bundle["activities"][0]
    first["description"] = f"{(first['description'] or '').partition(chr(10) * 2)[0]}\n\nNy tekst"


def add(bundle: dict[str, Any]) -> None:
    """Add an activity under the first goal."""
    new = _copy(bundle["activities"][0])
    new |= {"activityId": "act-ny", "externalReference": None, "title": "Nytt tiltak"}
    new |= {"comments": [], "responsibleParticipantIds": [], "description": None, "when": None}
    bundle["activities"].append(new)


def delete(bundle: dict[str, Any]) -> None:
    """Delete the first activity."""
    del bundle["activities"][0]


def _first(logg: Any) -> Any:
    return logg.oppmerksomheter[0].maal[0]


@pytest.mark.parametrize("edit", [retitle, describe, add, delete], ids=lambda f: f.__name__)
def test_an_edit_in_samspill_comes_home(lab: Any, edit: Any) -> None:
    """The edit is there, and nothing else has changed."""
    source, target = lab.mapping("conexus_companion"), lab.mapping("visma_samspill")
    seen = 0
    for wire in lab.documents("conexus_companion", 29, 60):
        ours = source.decode(wire, lab.tenant)
        base = _copy(target.encode(ours.logg, lab.tenant).wire)
        if not base["activities"]:
            continue
        edited = _copy(base)
        edit(edited)
        home = laws.edit_survives(source, target, ours, edited, base, lab.tenant)
        before, after = _first(ours.logg), _first(home)
        if edit is retitle:
            assert after.tittel == "Nytt mål fra møtet"
        elif edit is describe:
            assert after.tiltak[0].beskrivelse == "Ny tekst"
        elif edit is add:
            assert [t.tittel for t in after.tiltak] == [
                *(t.tittel for t in before.tiltak),
                "Nytt tiltak",
            ]
        else:
            assert [t.id for t in after.tiltak] == [t.id for t in before.tiltak[1:]]
        written = source.encode(home, lab.tenant).wire
        assert source.parse(source.dump(written)) == written
        seen += 1
    assert seen > 30


def test_an_edit_in_conexus_comes_home(lab: Any) -> None:
    """A measure's words and a new evaluation written in Conexus stand in Samspill afterwards."""
    source, target = lab.mapping("visma_samspill"), lab.mapping("conexus_companion")
    seen = 0
    for wire in lab.documents("visma_samspill", 31, 60):
        ours = source.decode(wire, lab.tenant)
        base = _copy(target.encode(ours.logg, lab.tenant).wire)
        if not base["oppmerksomheter"] or not base["oppmerksomheter"][0]["tiltak"]:
            continue
        edited = _copy(base)
        edited["oppmerksomheter"][0]["maal"]["kjennetegn"] = "Nytt kjennetegn"
        home = laws.edit_survives(source, target, ours, edited, base, lab.tenant)
        written = source.encode(home, lab.tenant).wire
        assert any(goal["title"] == "Nytt kjennetegn" for goal in written["goals"])
        changed = {(d.kind, d.field) for d in compare(ours.logg, home)}
        assert changed == {("Maal", "tittel")}
        seen += 1
    assert seen > 30


def test_nothing_changed_is_nothing_done(pair: Any, lab: Any) -> None:
    """`restore(b, b, ours)` is ours, whatever the target could not hold."""
    source, target, name = pair
    for wire in lab.documents(name, 37, 40):
        ours = source.decode(wire, lab.tenant).logg
        there = target.decode(target.encode(ours, lab.tenant).wire, lab.tenant).logg
        assert restore(there, there, ours) == ours
        assert compare(ours, restore(there, there, ours), frozenset()) == ()


def test_a_measure_moved_to_another_goal_keeps_what_only_we_have(lab: Any) -> None:
    """Moving is not deleting and adding: colour, replacement and the like follow the measure."""
    source, target = lab.mapping("conexus_companion"), lab.mapping("visma_samspill")
    for wire in lab.documents("conexus_companion", 41, 80):
        ours = source.decode(wire, lab.tenant)
        base = _copy(target.encode(ours.logg, lab.tenant).wire)
        if len(base["goals"]) < 2 or not base["activities"]:
            continue
        edited = _copy(base)
        moved = next(a for a in edited["activities"] if a["goalId"] == base["goals"][0]["goalId"])
        moved["goalId"] = base["goals"][1]["goalId"]
        home = laws.edit_survives(source, target, ours, edited, base, lab.tenant)
        was = ours.logg.oppmerksomheter[0].maal[0].tiltak[0]
        now = [t for t in home.oppmerksomheter[1].maal[0].tiltak if t.id == was.id]
        assert now == [was]
        return
    pytest.fail("no generated log with two goals")
