"""Edits, laying and bringing back, each rule by the smallest log that shows it."""

import json

import pytest

from gateway.run.rules.edits import Place, edits, losing, standing, taken
from gateway.run.rules.laying import laid
from gateway.run.rules.picking import put_back
from mappings.restore import restore
from schemas.stafettlogg.kodeverk import Deltakerstatus, Rolle
from tests.unit.reconcile.made import (
    concern,
    evaluering,
    logg,
    maal,
    note,
    one_measure,
    part,
    person,
    tiltak,
)


def names(places):
    """(kind, entity, field) of places."""
    return {(p.kind, p.entity, p.field) for p in places}


def notes(*rows, **more):
    """A log with notes of (id, text)."""
    return logg(notater=tuple(note(own, text) for own, text in rows), **more)


def raw(**told):
    """A log that keeps these raw."""
    return logg(raa=json.dumps(told))


# -- places ---------------------------------------------------------------------------------------
def test_the_name_of_a_place():
    """Eight characters of the id; the field where it is one."""
    assert Place("Tiltak", "1a2b3c4d5e", "beskrivelse").name == "tiltak-1a2b3c4d.beskrivelse"
    assert Place("Tiltak", "1a2b3c4d5e", "").name == "tiltak-1a2b3c4d"
    assert sorted([Place("B", "a", ""), Place("A", "b", ""), Place("A", "a", "x")]) == [
        Place("A", "a", "x"), Place("A", "b", ""), Place("B", "a", ""),
    ]  # fmt: skip


# -- edits ----------------------------------------------------------------------------------------
def test_no_edit():
    """The same log, and the same by another object."""
    one = one_measure()
    assert edits(one, one) == frozenset()
    assert edits(one, one.model_copy(deep=True)) == frozenset()


def test_a_field_is_a_place():
    """And no other is."""
    found = edits(one_measure("a"), one_measure("b"))
    assert names(found) == {("Tiltak", "t", "beskrivelse")}


@pytest.mark.parametrize("turned", [False, True])
def test_what_comes_or_goes_is_a_whole_place_and_not_its_list(turned):
    """The list only tells of its members."""
    two = [notes(("a", "1"), ("b", "2")), notes(("b", "2"))]
    one, other = reversed(two) if turned else two
    assert names(edits(one, other)) == {("Notat", "a", "")}


def test_another_order_is_an_edit_of_the_list():
    """Also when a member went at the same time."""
    before = notes(("a", "1"), ("b", "2"), ("c", "3"))
    assert names(edits(before, notes(("c", "3"), ("a", "1"), ("b", "2")))) == {
        ("Stafettlogg", "logg", "notater")
    }
    assert names(edits(before, notes(("c", "3"), ("a", "1")))) == {
        ("Stafettlogg", "logg", "notater"), ("Notat", "b", ""),
    }  # fmt: skip


def test_a_list_of_references_is_a_field_like_any_other():
    """Its members are nobody's place: what it lost stands elsewhere still."""
    before, after = (
        logg(notater=(note("n", "x", vedlegg=("d", "e")),)),
        logg(notater=(note("n", "x", vedlegg=("d",)),)),
    )
    assert names(edits(before, after)) == {("Notat", "n", "vedlegg")}


def test_a_single_entity_that_comes_is_a_place_and_the_field_that_holds_it():
    """The evaluation itself, and that the measure has one."""
    found = edits(one_measure(), one_measure(evaluering=evaluering("e")))
    assert ("Evaluering", "e", "") in names(found)


def test_a_list_that_became_something_else_is_told():
    """A tuple of texts against one of values, and against nothing."""
    one = logg().model_copy(update={"planmal": ("a", "b")})
    for other in (("a",), "a", None, (1, 2)):
        changed = one.model_copy(update={"planmal": other})
        assert names(edits(one, changed)) == {("Stafettlogg", "logg", "planmal")}


def test_what_is_the_systems_own_is_no_edit():
    """Times of change, its ids and where it came from."""
    one = logg()
    own = {"endret": "2026-01-01T00:00:00Z", "sist_oppdatert": "2026-01-01T00:00:00Z",
           "kilde_id": "x", "avledet_regel": "R"}  # fmt: skip
    assert edits(one, one.model_copy(update=own)) == frozenset()


@pytest.mark.parametrize(
    ("before", "after", "assigned", "edited"),
    [
        ({"a": 1}, {"a": 2}, (), True),
        ({"a": 1}, {"a": 2}, ("a",), False),
        ({"a": 1}, {}, ("a",), False),
        ({"a": 1, "b": 1}, {"a": 2, "b": 1}, ("a",), False),
        ({"a": 1, "b": 1}, {"b": 2, "a": 1}, ("a",), True),
        ({"a": 1, "b": 1}, {"b": 1, "a": 1}, (), False),
        ({"~": {"a": ["r", 1]}}, {"~": {"a": ["r", 2]}}, (), True),
        ({"~": {"a": ["r", 1]}}, {"~": {"a": ["s", 1]}}, (), False),
        ({"~": {"a": ["r", 1]}}, {"~": {"a": ["r", 2]}}, ("a",), False),
        ({"~": {"a": ["r", 1]}}, {}, ("a",), False),
        ({"~": {"a": ["r", 1]}}, {}, (), True),
    ],
)
def test_raw_fields(before, after, assigned, edited):
    """What a system counts itself is left out, plainly and under a rule; order says nothing."""
    found = edits(raw(**before), raw(**after), frozenset(assigned))
    assert names(found) == ({("Stafettlogg", "logg", "raa")} if edited else set())


def test_raw_that_is_all_the_systems_own_is_none():
    """As if nothing had been kept."""
    assert edits(raw(a=1), logg(), frozenset({"a"})) == frozenset()
    assert names(edits(raw(a=1), logg())) == {("Stafettlogg", "logg", "raa")}


INVITED, ACTIVE, ENDED = Deltakerstatus.INVITERT, Deltakerstatus.AKTIV, Deltakerstatus.AVSLUTTET
AT = "2026-01-01T00:00:00Z"


@pytest.mark.parametrize(
    ("before", "after", "edited"),
    [
        ((INVITED, None), (ACTIVE, None), set()),
        ((INVITED, None), (ACTIVE, AT), set()),
        ((ACTIVE, AT), (INVITED, None), set()),
        ((INVITED, "2025-01-01T00:00:00Z"), (ACTIVE, AT), {"fra"}),
        ((ACTIVE, None), (ENDED, None), {"status"}),
        ((ACTIVE, None), (ACTIVE, AT), {"fra"}),
        ((INVITED, None), (ENDED, AT), {"status", "fra"}),
    ],
)
def test_who_has_signed_in_is_the_systems_own_knowledge(before, after, edited):
    """Invited becomes active, from a time that was not there: nothing else of it (R-041)."""

    def told(status, at):
        return logg(deltakelser=(part("d", "p", status=status, fra=at),))

    assert {p.field for p in edits(told(*before), told(*after))} == edited


def test_what_else_was_changed_as_somebody_signed_in_is_an_edit():
    """The role is; and a status of another kind of thing is."""
    before = logg(deltakelser=(part("d", "p", status=INVITED),))
    after = logg(deltakelser=(part("d", "p", Rolle.SEKRETAER, status=ACTIVE),))
    assert names(edits(before, after)) == {("Deltakelse", "d", "rolle")}
    one = logg(notater=(note("n", "x").model_copy(update={"status": INVITED}),))
    assert edits(one, one) == frozenset()


# -- what is lost, taken, or stands ---------------------------------------------------------------
def test_an_edit_that_would_not_stand_is_losing():
    """One that stands after is not, and what nobody edited is not; sorted."""
    was, now = notes(("a", "1"), ("b", "2"), ("c", "3")), notes(("a", "x"), ("b", "y"), ("c", "3"))
    written = notes(("a", "1"), ("b", "y"), ("c", "z"))
    assert names(losing(was, now, written)) == {("Notat", "a", "tekst")}
    whole = losing(was, now, was)
    assert [p.entity for p in whole] == ["a", "b"]
    assert isinstance(whole, tuple)
    counted = (raw(teller=1), raw(teller=2), raw(teller=3))
    assert losing(*counted, frozenset({"teller"})) == ()
    assert len(losing(*counted)) == 1


def test_what_stands_and_would_be_gone_is_taken():
    """Gone or emptied; another text is not taken away, and what comes is not."""
    now = logg(om_meg="x", utfordring="y", hovedmaal=None, notater=(note("b", "2"), note("a", "1")))
    written = logg(om_meg=None, utfordring="z", hovedmaal="ny", notater=())
    found = taken(now, written)
    assert [(p.kind, p.entity, p.field) for p in found] == [
        ("Notat", "a", ""), ("Notat", "b", ""), ("Stafettlogg", "logg", "om_meg"),
    ]  # fmt: skip
    assert taken(written.model_copy(update={"om_meg": ""}), now) == tuple(
        p for p in taken(written, now)
    )
    assert [p.field for p in taken(raw(a=1), logg())] == ["raa"]
    assert taken(raw(a=1), logg(), frozenset({"a"})) == ()


def test_what_stands_and_would_be_another_or_go_is_standing():
    """What is empty is ours to fill."""
    now = logg(om_meg="x", utfordring="y", hovedmaal=None, notater=(note("b", "2"), note("a", "1")))
    written = logg(om_meg=None, utfordring="z", hovedmaal="ny", notater=(note("n", "3"),))
    found = standing(now, written)
    assert [(p.kind, p.entity, p.field) for p in found] == [
        ("Notat", "a", ""), ("Notat", "b", ""),
        ("Stafettlogg", "logg", "om_meg"), ("Stafettlogg", "logg", "utfordring"),
    ]  # fmt: skip
    assert [p.field for p in standing(raw(a=1), raw(a=2))] == ["raa"]
    assert standing(raw(a=1), raw(a=2), frozenset({"a"})) == ()


@pytest.mark.parametrize("empty", [None, "", (), False])
def test_what_is_empty_does_not_stand(empty):
    """Nothing, no text, no list, and a no."""
    now = logg().model_copy(update={"om_meg": empty})
    written = logg(om_meg="ny")
    assert standing(now, written) == ()
    assert taken(now, written) == ()
    assert [p.field for p in taken(written, now)] == ["om_meg"]


def test_a_yes_stands():
    """It is not empty."""
    now = logg(gravid_ufoedt=True)
    assert [p.field for p in taken(now, logg())] == ["gravid_ufoedt"]


# -- laid -----------------------------------------------------------------------------------------
def test_a_single_entity_the_target_lacks_comes():
    """The source had it before and has it now; the target never got it."""
    was = one_measure(evaluering=evaluering("e", tekst="slik"))
    assert laid(restore, was, was, one_measure()) == was


def test_a_single_entity_the_target_holds_otherwise_stays():
    """What came in there was agreed; a repair writes anew."""
    was = one_measure(evaluering=evaluering("e", tekst="slik"))
    there = one_measure(evaluering=evaluering("e", tekst="målets"))
    assert laid(restore, was, was, there) == there
    assert laid(restore, was, was, there, mending=True) == was


def test_a_field_the_target_lacks_comes_and_one_it_has_otherwise_stays():
    """Empty there is lacking."""
    was = logg(om_meg="a", utfordring="b")
    there = logg(om_meg=None, utfordring="målets")
    found = laid(restore, was, was, there)
    assert (found.om_meg, found.utfordring) == ("a", "målets")
    mended = laid(restore, was, was, there, mending=True)
    assert (mended.om_meg, mended.utfordring) == ("a", "b")


def test_what_the_source_leaves_empty_is_the_targets():
    """Also in a repair: the source says nothing of it."""
    was, there = logg(om_meg=None), logg(om_meg="målets")
    assert laid(restore, was, was, there) == there
    assert laid(restore, was, was, there, mending=True) == there


def test_members_the_target_lacks_come_with_all_they_hold():
    """The list is as the source has it, and the target's own stays."""
    was = logg(oppmerksomheter=(concern("o", maal("m", tiltak("t"))), concern("p")))
    there = logg(oppmerksomheter=(concern("p"), concern("eget")))
    found = laid(restore, was, was, there)
    assert {c.id for c in found.oppmerksomheter} == {"o", "p", "eget"}
    assert next(c for c in found.oppmerksomheter if c.id == "o") == was.oppmerksomheter[0]


# -- put back -------------------------------------------------------------------------------------
def back(now, kept, *named):
    """The log with these places as they were kept."""
    return put_back(now, kept, named)


def test_a_field_comes_back_alone():
    """And the log it stands in is the same where nothing is named."""
    now, kept = logg(om_meg="a", utfordring="b"), logg(om_meg="x", utfordring="y")
    found = back(now, kept, "stafettlogg-logg.om_meg")
    assert (found.om_meg, found.utfordring) == ("x", "b")
    assert back(now, kept, "stafettlogg-logg.hovedmaal") is now


def test_a_field_of_what_was_not_kept_stays():
    """There is nothing to bring back."""
    now, kept = notes(("a", "1")), notes()
    assert back(now, kept, "notat-a.tekst") is now


def test_a_whole_entity_comes_back_where_it_stood():
    """Behind the neighbour it had, first where that is gone, and not twice."""
    kept = notes(("a", "1"), ("b", "2"), ("c", "3"))

    def order(now, *named):
        return [n.id for n in back(now, kept, *named).notater]

    assert order(notes(("a", "1"), ("c", "3")), "notat-b") == ["a", "b", "c"]
    assert order(notes(("a", "1"), ("b", "2")), "notat-c") == ["a", "b", "c"]
    assert order(notes(("b", "2"), ("c", "3")), "notat-a") == ["a", "b", "c"]
    assert order(notes(("c", "3"), ("x", "4")), "notat-b") == ["b", "c", "x"]
    assert order(notes(("c", "3")), "notat-a", "notat-b") == ["a", "b", "c"]
    assert order(kept, "notat-b") == ["a", "b", "c"]
    assert order(notes(("a", "1")), "notat-x") == ["a"]


def test_a_field_of_what_is_gone_brings_its_entity():
    """With all it had."""
    found = back(notes(), notes(("a", "1")), "notat-a.tekst")
    assert [n.tekst for n in found.notater] == ["1"]


def test_a_whole_entity_that_was_not_there_goes():
    """Named as a whole; not by a field, and not where it was kept."""
    now, kept = notes(("a", "1"), ("b", "2")), notes(("a", "1"))
    assert [n.id for n in back(now, kept, "notat-b").notater] == ["a"]
    assert back(now, kept, "notat-b.tekst") is now
    assert back(now, kept, "notat-a") is now


def test_a_list_gets_its_order_back():
    """What both have, in the order it had; what is new keeps its place."""
    now = notes(("c", "3"), ("ny", "x"), ("a", "1"), ("b", "2"))
    kept = notes(("a", "1"), ("b", "2"), ("gone", "g"), ("c", "3"))
    found = back(now, kept, "stafettlogg-logg.notater")
    assert [n.id for n in found.notater] == ["a", "ny", "b", "c"]
    assert back(kept, kept, "stafettlogg-logg.notater") is kept


def test_below_what_was_not_kept_things_stay():
    """An entity nobody kept holds lists nobody kept."""
    now = logg(oppmerksomheter=(concern("o", maal("m")),))
    assert back(now, logg(), "maal-m.tittel", "oppmerksomhet-o.maal") is now


def test_a_single_entity_comes_goes_and_changes():
    """An evaluation: back as it was, gone as it was, or another text of it."""
    with_, without = one_measure(evaluering=evaluering("e", tekst="slik")), one_measure()
    other = one_measure(evaluering=evaluering("e", tekst="saann"))
    assert back(without, with_, "evaluering-e") == with_
    assert back(without, with_, "evaluering-e.tekst") == with_
    assert back(without, with_, "evaluering-x") is without
    assert back(with_, without, "evaluering-e") == without
    assert back(with_, without, "evaluering-e.tekst") is with_
    assert back(with_, other, "evaluering-e.tekst") == other
    assert back(with_, other, "tiltak-t.beskrivelse") is with_
    assert back(without, without, "evaluering-e") is without


def test_one_evaluation_for_another():
    """The one that was not there goes, and the one that was comes in its place."""
    now = one_measure(evaluering=evaluering("ny"))
    kept = one_measure(evaluering=evaluering("e"))
    assert back(now, kept, "evaluering-ny", "evaluering-e") == kept
    assert back(now, kept, "evaluering-e") is now


def test_persons_are_places_too():
    """The kind is part of the name: a note of the same id is another."""
    now = logg(personer=(person("x", "ny"),), notater=(note("x", "ny"),))
    kept = logg(personer=(person("x", "før"),), notater=(note("x", "før"),))
    found = back(now, kept, "person-x.navn")
    assert (found.personer[0].navn, found.notater[0].tekst) == ("før", "ny")
