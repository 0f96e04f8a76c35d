"""Leaves that end elsewhere than their row says: by policy, by a remark, or kept raw.

The log is Samspill's and goes to Conexus. What is moved is said to the books by hand, so that each
rule is seen alone; the books balance every time.
"""

import copy
from functools import cache
from typing import Any

import pytest

from gateway.ports.mapping import Account, Encoded, Note, Remark
from mappings.books import settle
from mappings.leaves import count_leaves
from tests.laws.conftest import TENANT, documents, mapping

SOURCE, TARGET = mapping("visma_samspill"), mapping("conexus_companion")
WITHHELD, CARRIED, DERIVED = Account.WITHHELD, Account.CARRIED, Account.DERIVED


@cache
def document() -> dict[str, Any]:
    """A log with goals, measures with comments, and people with history."""
    return next(
        wire
        for wire in documents("visma_samspill", 83, 60)
        if len(wire["goals"]) > 1
        and any(a["comments"] for a in wire["activities"])
        and any(p["roleHistory"] for p in wire["participants"])
    )


def books(wire: Any = None, remarks: Any = (), withheld: Any = None) -> dict[Any, int]:
    """(place, account, code) -> leaves; the books balance."""
    wire = document() if wire is None else wire
    decoded = SOURCE.decode(wire, TENANT)
    told = remarks(decoded.logg) if callable(remarks) else remarks
    held = withheld(decoded.logg) if withheld is not None else {}
    made = settle(SOURCE, TARGET, wire, decoded, Encoded({}, tuple(told)), held)
    assert made.balanced
    assert made.leaves == count_leaves(wire)
    found: dict[Any, int] = {}
    for line in made.lines:
        key = line.place, line.account, line.code
        found[key] = found.get(key, 0) + line.count
    return found


def moved(found: dict[Any, int]) -> dict[Any, int]:
    """What is otherwise than with nothing moved."""
    before = books()
    keys = before.keys() | found.keys()
    return {k: n for k in sorted(keys) if (n := found.get(k, 0) - before.get(k, 0))}


def to(found: dict[Any, int], account: Account, code: str) -> dict[str, int]:
    """Place -> leaves that came to an account by a code."""
    return {place: n for (place, a, c), n in moved(found).items() if (a, c) == (account, code)}


def leaves(value: Any) -> int:
    """How many a value of a record is: as many as a list holds, and one where it is empty."""
    return len(value) if isinstance(value, list) and value else 1


def goal(logg: Any) -> Any:
    """The first goal, as the source has it."""
    native = document()["goals"][0]["goalId"]
    goals = (goal for concern in logg.oppmerksomheter for goal in concern.maal)
    return next(one for one in goals if one.kilde_id == native)


def test_only_mappings_of_rows_have_books() -> None:
    """On either side."""
    decoded = SOURCE.decode(document(), TENANT)
    for source, target in ((object(), TARGET), (SOURCE, object()), (object(), object())):
        with pytest.raises(TypeError):
            settle(source, target, document(), decoded, Encoded({}), {})


def test_a_withheld_entity_is_withheld_leaf_by_leaf() -> None:
    """All that the record holds and has a place for, and nothing of any other record."""
    found = books(withheld=lambda logg: {(goal(logg).id, ""): "P-42"})
    came = to(found, WITHHELD, "P-42")
    assert came
    assert all(place.startswith("goals.") for place in came)
    assert sum(moved(found).values()) == 0
    one = {k: [v] if isinstance(v, str) else v for k, v in document()["goals"][0].items()}
    assert sum(came.values()) == sum(
        len(v) if isinstance(v, list) and v else 1 for v in one.values()
    )


def test_a_withheld_field_is_that_leaf_alone() -> None:
    """Of the one record."""
    found = moved(books(withheld=lambda logg: {(goal(logg).id, "tittel"): "P-42"}))
    came = {k: n for k, n in found.items() if k[1] is WITHHELD}
    assert sum(came.values()) == 1
    assert all(place.startswith("goals.") for place, _, _ in came)
    assert sum(found.values()) == 0


def test_two_withheld_fields_are_two_leaves() -> None:
    """Each by its own code."""
    found = books(
        withheld=lambda logg: {
            (goal(logg).id, "tittel"): "P-42", (goal(logg).id, "beskrivelse"): "P-43",
        }
    )  # fmt: skip
    assert sum(to(found, WITHHELD, "P-42").values()) == 1
    assert sum(to(found, WITHHELD, "P-43").values()) == 1


@pytest.mark.parametrize("number", range(3))
def test_what_is_withheld_above_is_withheld_below(number: int) -> None:
    """From Conexus: a concern goes with its goal and its measures, and no other concern does; a
    measure goes with its evaluation."""
    wire = next(w for w in documents("conexus_companion", 83, 9) if len(w["oppmerksomheter"]) > 2)
    decoded = TARGET.decode(wire, TENANT)
    native = wire["oppmerksomheter"][number]
    concern = next(
        c for c in decoded.logg.oppmerksomheter if c.kilde_id == native["oppmerksomhetId"]
    )
    evaluated = [t for t in native["tiltak"] if t["evaluering"]] or native["tiltak"]
    measure = next(
        t for m in concern.maal for t in m.tiltak if t.kilde_id == evaluated[0]["tiltakId"]
    )
    for own, below in ((concern.id, native), (measure.id, evaluated[0])):
        made = settle(TARGET, SOURCE, wire, decoded, Encoded({}), {(own, ""): "P-42"})
        assert made.balanced
        held = [line for line in made.lines if line.account is WITHHELD]
        assert sum(line.count for line in held) == count_leaves(below)
        assert all(line.place.startswith("oppmerksomheter.") for line in held)


def test_what_is_withheld_beside_something_whole_is_withheld_too() -> None:
    """A concern, a measure of another concern, and somebody's participation, at once: each as
    alone."""
    wire = next(w for w in documents("conexus_companion", 83, 9) if len(w["oppmerksomheter"]) > 2)
    decoded = TARGET.decode(wire, TENANT)
    one, other = decoded.logg.oppmerksomheter[:2]
    part = next(d for d in decoded.logg.deltakelser if d.rolle not in ("hovedperson", "foresatt"))
    single = [one.id, other.maal[0].tiltak[0].id, part.id]

    def held(*owns: str) -> dict[str, int]:
        moves = {(own, ""): "P-42" for own in owns}
        made = settle(TARGET, SOURCE, wire, decoded, Encoded({}), moves)
        assert made.balanced
        return {
            place: sum(x.count for x in made.lines if x.place == place and x.account is WITHHELD)
            for place in {x.place for x in made.lines if x.account is WITHHELD}
        }

    alone = [held(own) for own in single]
    assert all(alone)
    wanted = {p: sum(a.get(p, 0) for a in alone) for p in {p for a in alone for p in a}}
    assert held(*single) == wanted


def test_what_is_withheld_below_is_that_record_alone() -> None:
    """One comment of a measure that goes."""
    found = books(withheld=lambda logg: {(logg.kommentarer[0].id, ""): "P-42"})
    came = to(found, WITHHELD, "P-42")
    assert came
    assert {place.rpartition(".")[0] for place in came} == {"activities.comments"}
    assert max(came.values()) == 1


def test_the_second_entity_of_a_record_moves_its_own_leaves() -> None:
    """A participation that is withheld leaves the person's name where it was."""

    def held(logg: Any) -> Any:
        part = next(d for d in logg.deltakelser if d.rolle != "hovedperson")
        return {(part.id, ""): "P-42"}

    came = to(books(withheld=held), WITHHELD, "P-42")
    assert came
    assert "participants.name" not in came
    assert "participants.roleId" in came
    assert all(place.startswith("participants.") for place in came)


@pytest.mark.parametrize(
    ("kind", "account"),
    [(Note.DERIVED, DERIVED), (Note.MANUAL, CARRIED), (Note.PLACEHOLDER, CARRIED)],
)
def test_a_remark_moves_a_leaf_by_its_kind(kind: Note, account: Account) -> None:
    """What follows from a rule is derived; what a person must see to is carried."""
    found = books(remarks=lambda logg: [Remark(kind, "GRUNN", goal(logg).id, "tittel")])
    assert sum(to(found, account, "GRUNN").values()) == 1
    assert sum(moved(found).values()) == 0


def test_two_remarks_on_one_entity_both_count() -> None:
    """Each its own field; of one field, the first."""
    found = books(
        remarks=lambda logg: [
            Remark(Note.MANUAL, "EN", goal(logg).id, "tittel"),
            Remark(Note.DERIVED, "TO", goal(logg).id, "beskrivelse"),
            Remark(Note.DERIVED, "TRE", goal(logg).id, "tittel"),
        ]
    )
    assert sum(to(found, CARRIED, "EN").values()) == 1
    assert sum(to(found, DERIVED, "TO").values()) == 1
    assert to(found, DERIVED, "TRE") == {}


def test_the_policy_wins_over_a_remark() -> None:
    """On the same field; the remark's other field counts."""
    found = books(
        remarks=lambda logg: [
            Remark(Note.MANUAL, "EN", goal(logg).id, "tittel"),
            Remark(Note.MANUAL, "TO", goal(logg).id, "beskrivelse"),
        ],
        withheld=lambda logg: {(goal(logg).id, "tittel"): "P-42"},
    )
    assert sum(to(found, WITHHELD, "P-42").values()) == 1
    assert to(found, CARRIED, "EN") == {}
    assert sum(to(found, CARRIED, "TO").values()) == 1


def test_the_same_remark_twice_is_once() -> None:
    """On one entity, and on another the same moves again."""

    def told(logg: Any) -> Any:
        one = [Remark(Note.MANUAL, "EN", c.maal[0].id, "tittel") for c in logg.oppmerksomheter[:2]]
        return [*one, *one]

    assert sum(to(books(remarks=told), CARRIED, "EN").values()) == 2


def test_keys_without_a_row_are_carried_leaf_by_leaf() -> None:
    """In the section they stand in, and as many as they hold."""
    wire = copy.deepcopy(document())
    wire["activities"][0]["fremmed"] = {"a": [1, 2], "b": "x"}
    wire["activities"][1]["annen"] = "y"
    found = books(wire)
    assert {k: n for k, n in found.items() if k[2] == "UKJENT_FELT"} == {
        ("activities.?", CARRIED, "UKJENT_FELT"): 4
    }
    before = books()
    assert {k: n for k, n in found.items() if k[2] != "UKJENT_FELT"} == before


def test_a_value_that_was_kept_raw_is_carried() -> None:
    """A code nobody knows, of one measure."""
    wire = copy.deepcopy(document())
    wire["activities"][0]["state"] = "sett på vent"
    assert to(books(wire), CARRIED, "UKJENT_KODE") == {"activities.state": 1}


def test_a_value_that_was_kept_raw_beside_something_withheld_is_carried_too() -> None:
    """The one concern goes; the raw value of another's measure is told of as what it is."""
    found = next(w for w in documents("conexus_companion", 83, 9) if len(w["oppmerksomheter"]) > 2)
    wire = copy.deepcopy(found)
    wire["oppmerksomheter"][1]["tiltak"][0]["arena"] = "FREMMED"
    decoded = TARGET.decode(wire, TENANT)
    moves = {(decoded.logg.oppmerksomheter[0].id, ""): "P-42"}
    made = settle(TARGET, SOURCE, wire, decoded, Encoded({}), moves)
    assert made.balanced
    kept = [x for x in made.lines if x.code == "UKJENT_KODE"]
    assert [(x.place, x.account, x.count) for x in kept] == [
        ("oppmerksomheter.tiltak.arena", CARRIED, 1)
    ]
