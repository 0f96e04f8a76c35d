"""Where somebody changed a log is told, each place once, and nothing else is said to be changed."""

import json

import pytest
from hypothesis import given, settings

from gateway.run.rules.edits import Place, edits, losing, standing
from schemas.stafettlogg.innhold import Maal, Oppmerksomhet, Tiltak
from schemas.stafettlogg.kodeverk import Kildesystem
from tests.unit.run.drawn import EDITED, LOGS, changed, differs, entities

CX = Kildesystem.CONEXUS
quick = settings(max_examples=60, deadline=None, derandomize=True)


def told(places):
    """Places as plain tuples."""
    return {(place.kind, place.entity, place.field) for place in places}


def measure(name, **fields):
    """A measure."""
    return Tiltak(id=name, kildesystem=CX, **fields)


@pytest.fixture
def whole(logg):
    """A log with one concern, one goal and these measures."""

    def make(*measures, **fields):
        goal = Maal(id="maal-1", kildesystem=CX, tiltak=measures)
        concern = Oppmerksomhet(id="bekymring-1", kildesystem=CX, maal=(goal,))
        return logg(oppmerksomheter=(concern,), **fields)

    return make


@quick
@given(was=LOGS, rng=EDITED)
def test_every_change_is_told_at_its_place_and_nothing_else_is(was, rng):
    """What differs, counted another way, is what is told; either way round."""
    now = changed(was, rng)
    assert told(edits(was, now)) == differs(was, now)
    assert edits(now, was) == edits(was, now)


@quick
@given(was=LOGS, rng=EDITED)
def test_nothing_is_lost_where_nothing_was_written_or_it_stands(was, rng):
    """No edit, or a write that leaves what stands, asks for no place; a write that takes it all
    back asks for every place."""
    now, other = changed(was, rng), changed(was, rng)
    assert losing(was, was, other) == ()
    assert losing(was, now, now) == ()
    assert losing(was, now, was) == tuple(sorted(edits(was, now)))


@quick
@given(was=LOGS, rng=EDITED)
def test_what_is_lost_is_an_edit_that_another_takes_the_place_of(was, rng):
    """Each place is one a person changed, and one that the write changes; told in a fixed order."""
    now, written = changed(was, rng), changed(was, rng)
    lost = losing(was, now, written)
    assert set(lost) == edits(was, now) & edits(now, written)
    assert list(lost) == sorted(lost)
    assert all(place.name for place in lost)


@quick
@given(now=LOGS, rng=EDITED)
def test_what_stands_half_written_is_asked_for_unless_it_is_empty(now, rng):
    """Nobody knows who wrote it: what would be another or go is a person's to name."""
    written = changed(now, rng)
    places = standing(now, written)
    assert set(places) <= edits(now, written)
    assert standing(now, now) == ()
    whole = {place for place in edits(now, written) if not place.field}
    gone = {place for place in whole if (place.kind, place.entity) in entities(now)}
    assert gone <= set(places)
    assert not (whole - gone) & set(places)


def test_an_empty_field_is_ours_to_fill(whole):
    """A half written log: an empty field asks nobody, a filled one and an entry do."""
    there = whole(measure("tiltak-1", tittel="skrevet"), om_meg=None)
    ours = whole(measure("tiltak-1", tittel="vårt"), measure("tiltak-2"), om_meg="vårt")
    assert [place.name for place in standing(there, ours)] == ["tiltak-tiltak-1.tittel"]
    assert [place.name for place in standing(ours, there)] == [
        "stafettlogg-logg-1.om_meg", "tiltak-tiltak-1.tittel", "tiltak-tiltak-2",
    ]  # fmt: skip


def test_a_place_is_named_as_a_person_signs_it():
    """The kind, the start of the id, and the field; the whole entry has no field."""
    entity = "1a2b3c4d-0000-5000-8000-000000000000"
    assert Place("Tiltak", entity, "beskrivelse").name == "tiltak-1a2b3c4d.beskrivelse"
    assert Place("Tiltak", entity, "").name == "tiltak-1a2b3c4d"


def test_a_list_is_told_by_its_members(whole):
    """A measure that came or went is a place of its own; the goal it stands in is none."""
    one, two = measure("tiltak-1"), measure("tiltak-2")
    assert told(edits(whole(one), whole(one, two))) == {("Tiltak", "tiltak-2", "")}
    assert told(edits(whole(one, two), whole(two))) == {("Tiltak", "tiltak-1", "")}


def test_another_order_is_a_change_of_the_list(whole):
    """The order is said by the list, also when a member came or went at the same time."""
    one, two, three = (measure(f"tiltak-{n}") for n in (1, 2, 3))
    order = ("Maal", "maal-1", "tiltak")
    assert told(edits(whole(one, two), whole(two, one))) == {order}
    assert told(edits(whole(one, two), whole(three, two, one))) == {order, ("Tiltak", three.id, "")}


def test_a_measure_moved_to_another_goal_is_told_where_it_was_and_where_it_is(logg):
    """It came and went in two lists, and the measure itself is the same."""
    one, two = measure("tiltak-1"), measure("tiltak-2")

    def with_goals(*lists):
        goals = tuple(
            Maal(id=f"maal-{n}", kildesystem=CX, tiltak=found) for n, found in enumerate(lists)
        )
        return logg(oppmerksomheter=(Oppmerksomhet(id="b", kildesystem=CX, maal=goals),))

    assert told(edits(with_goals((one, two), ()), with_goals((one,), (two,)))) == {
        ("Maal", "maal-0", "tiltak"), ("Maal", "maal-1", "tiltak"),
    }  # fmt: skip


def test_texts_in_a_list_are_no_members(whole):
    """A part of a goal that is a text, and not an entry, is told where it stands."""

    def with_parts(*texts):
        goal = Maal(id="maal-1", kildesystem=CX, delmaal=texts)
        return whole().model_copy(
            update={"oppmerksomheter": (Oppmerksomhet(id="b", kildesystem=CX, maal=(goal,)),)}
        )

    place = {("Maal", "maal-1", "delmaal")}
    assert told(edits(with_parts("a"), with_parts("a", "b"))) == place
    assert told(edits(with_parts("a", "a"), with_parts("a"))) == place
    assert told(edits(with_parts("a", "b"), with_parts("b", "a"))) == place


def test_what_the_system_counts_is_nobodys_edit(logg):
    """A version that went up and a time of change say nothing of who wrote; a key of the vendor's
    own does."""

    def with_own(**own):
        return logg(raa=json.dumps(own) if own else None)

    counted = frozenset({"version"})
    place = {("Stafettlogg", "logg-1", "raa")}
    assert edits(with_own(version=1), with_own(version=2), counted) == frozenset()
    assert edits(with_own(), with_own(version=2), counted) == frozenset()
    assert told(edits(with_own(version=1), with_own(version=2))) == place
    assert told(edits(with_own(version=1, x=1), with_own(version=2, x=2), counted)) == place
    kept = {"~": {"version": ["1", 1]}}
    again = {"~": {"version": ["1", 2]}}
    assert edits(with_own(**kept), with_own(**again), counted) == frozenset()
    assert told(edits(with_own(**kept), with_own(**again))) == place
    since = logg(endret="2026-11-21T10:00:00Z", sist_oppdatert="2026-11-21T10:00:00Z")
    assert edits(logg(), since) == frozenset()


def test_a_raw_value_is_an_edit_by_what_was_written_not_by_how_it_was_read(logg):
    """The same raw word that a rule reads otherwise is the same word."""
    one = logg(raa=json.dumps({"~": {"kode": ["UKJENT", "egen"]}}))
    other = logg(raa=json.dumps({"~": {"kode": ["ANNEN", "egen"]}}))
    third = logg(raa=json.dumps({"~": {"kode": ["UKJENT", "en annen"]}}))
    assert edits(one, other) == frozenset()
    assert told(edits(one, third)) == {("Stafettlogg", "logg-1", "raa")}
