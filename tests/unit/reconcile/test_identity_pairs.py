"""Who is who where a system gave everything new ids: each sign alone, and their order."""

import importlib
from functools import cache

import pytest

from gateway.reconcile.identity import aligned, renamed
from schemas.stafettlogg.flat import entities
from schemas.stafettlogg.kodeverk import Rolle
from tests.laws.conftest import SYSTEMS, TENANT, mapping
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


@cache
def generated(system):
    """Some logs of a vendor."""
    make = importlib.import_module(f"connectors.{system}.sandbox.generator").generate
    return [mapping(system).decode(wire, TENANT).logg for wire, _ in make(9, 5, tenant=TENANT)]


def anew(one):
    """The log as a system shows it that gave every entity another id."""
    return renamed(one, {e.id: f"ny-{e.id}" for e in entities(one)})


def pairs(expected, actual):
    """The pairs without the log's and the child's own, which every log has."""
    return {k: v for k, v in aligned(expected, actual).items() if k not in ("ny-logg", "ny-barn")}


# -- renamed --------------------------------------------------------------------------------------
def test_without_ids_it_is_the_same_object():
    """Nothing is copied for nothing."""
    one = one_measure(evaluering=evaluering("e"))
    assert renamed(one, {}) is one
    assert renamed(one, {"ingen": "annen"}) is one


def test_one_id_is_put_in_place_wherever_it_stands():
    """The entity, what refers to it, and what is held by one entity alone; text is left alone."""
    one = logg(
        personer=(person("barn", "p"), person("p", "p")),
        deltakelser=(part("d", "p"),),
        oppmerksomheter=(
            concern("o", maal("m", tiltak("t", "p", aktoer="p", evaluering=evaluering("e")))),
            concern("urørt"),
        ),
    )
    made = renamed(one, {"p": "q", "e": "f"})
    assert [p.id for p in made.personer] == ["barn", "q"]
    assert [p.navn for p in made.personer] == ["p", "p"]
    assert made.deltakelser[0].person == "q"
    (measure,) = made.oppmerksomheter[0].maal[0].tiltak
    assert (measure.aktoer, measure.evaluering.id, measure.beskrivelse) == ("q", "f", "p")
    assert made.oppmerksomheter[1] is one.oppmerksomheter[1]
    assert renamed(made, {"q": "p", "f": "e"}) == one


# -- whole logs -----------------------------------------------------------------------------------
@pytest.mark.parametrize("system", SYSTEMS)
@pytest.mark.parametrize("number", range(5))
def test_a_whole_log_under_new_ids_is_the_same_log(system, number):
    """Every entity is found again, and nothing is mixed up."""
    one = generated(system)[number]
    other = anew(one)
    assert renamed(other, aligned(one, other)) == one


@pytest.mark.parametrize("system", SYSTEMS)
def test_the_same_ids_are_left_alone(system):
    """Nothing differs, so nothing is named."""
    one = generated(system)[0]
    assert aligned(one, one) == {}


def test_no_entity_is_paired_twice():
    """As many as are on both sides."""
    one = logg(notater=tuple(note(f"n{n}", "lik") for n in range(3)))
    other = anew(logg(notater=tuple(note(f"x{n}", "lik") for n in range(2))))
    found = pairs(one, other)
    assert len(found) == len(set(found.values())) == 2


# -- persons --------------------------------------------------------------------------------------
def people(*them, parts=()):
    """A log with persons besides the child, and what they take part as."""
    return logg(personer=(person("barn", "Barnet"), *them), deltakelser=tuple(parts))


def test_a_person_is_known_by_all_they_say():
    """Also when they stand in another order."""
    one = people(person("a", "Kari", epost="k@x.test"), person("b", "Ola", epost="o@x.test"))
    other = people(person("1", "Ola", epost="o@x.test"), person("2", "Kari", epost="k@x.test"))
    assert pairs(one, other) == {"1": "b", "2": "a"}


def test_a_person_is_known_by_the_number_before_the_name():
    """The name was swapped between two; the numbers are who they are."""
    one = people(person("a", "Kari", "n1"), person("b", "Ola", "n2"))
    other = people(person("1", "Kari", "n2", epost="x@x.test"), person("2", "Ola", "n1"))
    assert pairs(one, other) == {"1": "b", "2": "a"}


def test_who_has_no_number_is_not_known_by_having_none():
    """Two without a number are not the same for it: their names are."""
    one = people(person("a", "Kari", epost="1@x.test"), person("b", "Ola", epost="2@x.test"))
    other = people(person("1", "Ola", epost="3@x.test"), person("2", "Kari", epost="4@x.test"))
    assert pairs(one, other) == {"1": "b", "2": "a"}


def test_a_participation_tells_who_a_person_is():
    """Another name and no number: the part they take is the one of that role."""
    one = people(
        person("a", "Kari", epost="1@x.test"),
        person("b", "Ola", epost="2@x.test"),
        parts=(part("da", "a", Rolle.AKTOER), part("db", "b", Rolle.VIRKSOMHETSLEDER)),
    )
    other = people(
        person("1", "Gift Annet", epost="3@x.test"),
        person("2", "Ola", epost="4@x.test"),
        parts=(part("da", "1", Rolle.AKTOER), part("d2", "2", Rolle.VIRKSOMHETSLEDER)),
    )
    found = pairs(one, other)
    assert found["1"] == "a"
    assert found["2"] == "b"
    assert found["d2"] == "db"


def test_who_takes_part_in_nothing_is_not_known_by_it():
    """No participation is no sign."""
    one = people(person("a", "Kari", epost="1@x.test"), person("b", "Ola", epost="2@x.test"))
    other = people(
        person("1", "Nils", epost="3@x.test"),
        person("2", "Kari", epost="4@x.test"),
        parts=(part("d", "2"),),
    )
    assert pairs(one, other)["2"] == "a"


def test_two_participations_of_one_person_are_told_apart_by_what_they_say():
    """The role alone would take them as they stand."""
    one = people(
        person("a", "Kari"),
        parts=(part("d1", "a", virksomhet="v1"), part("d2", "a", fra="2026-01-01T00:00:00Z")),
    )
    other = people(
        person("1", "Kari"),
        parts=(part("e2", "1", fra="2026-01-01T00:00:00Z"), part("e1", "1", virksomhet="v1")),
    )
    assert pairs(one, other)["e2"] == "d2"
    assert pairs(one, other)["e1"] == "d1"


def test_a_participation_that_changed_is_known_by_person_and_role():
    """Neither the person alone nor the role alone."""
    one = people(
        person("a", "Kari"),
        person("b", "Ola"),
        parts=(part("da", "a", Rolle.VIRKSOMHETSLEDER), part("db", "b"), part("dc", "a")),
    )
    late = {"til": "2026-02-02T00:00:00Z"}
    other = people(
        person("1", "Kari"),
        person("2", "Ola"),
        parts=(
            part("x", "1", **late),
            part("y", "2", **late),
            part("z", "1", Rolle.VIRKSOMHETSLEDER, **late),
        ),
    )
    found = pairs(one, other)
    assert {k: found[k] for k in "xyz"} == {"x": "dc", "y": "db", "z": "da"}


@pytest.mark.parametrize(
    ("mine", "its", "same"),
    [
        (("Kari", "n1"), ("Ola", "n2"), False),
        (("Kari", "n1"), ("Ola", "n1"), True),
        (("Kari", "n1"), ("Kari", "n2"), True),
        (("Kari", None), ("Ola", "n2"), True),
        (("Kari", "n1"), ("Ola", None), True),
        (("Kari", None), ("Ola", None), True),
    ],
)
def test_persons_who_share_neither_number_nor_name_are_strangers(mine, its, same):
    """They are the only ones left, in the same place, and still not the same. Who may be is."""
    one, other = people(person("a", *mine)), people(person("1", *its))
    assert pairs(one, other) == ({"1": "a"} if same else {})


def test_one_id_is_one_person_whatever_was_corrected():
    """A name and a number were both corrected; the id stands, and nobody else gets it."""
    one = people(person("a", "Kari", "n1"), person("b", "Nils", "n3"))
    other = people(person("a", "Ola", "n2"), person("1", "Kari", "n1"))
    assert pairs(one, other) == {}


def test_the_child_is_the_child():
    """Whom the log is about is paired before any sign, also with another name."""
    one = logg(child="c", personer=(person("s", "Like"), person("c", "Like")))
    other = logg(child="2", personer=(person("2", "Like"), person("1", "Like")))
    assert aligned(one, other) == {"2": "c", "1": "s"}


@pytest.mark.parametrize("missing", [0, 1])
def test_a_child_that_is_not_among_the_persons_is_nobody(missing):
    """On either side; the rest is found all the same."""
    both = [logg(notater=(note("n", "x"),)), logg(notater=(note("m", "x"),))]
    both[missing] = both[missing].model_copy(update={"personer": ()})
    assert aligned(*both) == {"m": "n"}


# -- what they hold -------------------------------------------------------------------------------
def test_equal_texts_are_told_apart_by_whom_they_name():
    """A reference that is known counts before the place."""
    them = (person("a", "Kari"), person("b", "Ola"))
    one = people(*them).model_copy(
        update={
            "oppmerksomheter": (concern("o", maal("m", ansvarlig="a"), maal("n", ansvarlig="b")),)
        }
    )
    other = people(person("1", "Kari"), person("2", "Ola")).model_copy(
        update={
            "oppmerksomheter": (concern("x", maal("y", ansvarlig="2"), maal("z", ansvarlig="1")),)
        }
    )
    found = pairs(one, other)
    assert (found["y"], found["z"]) == ("n", "m")


def test_who_names_somebody_known_is_surer_than_who_names_somebody_unknown():
    """Equal but for whom they name; the sure pair is made first."""

    def measures(*rows):
        return (concern("o", maal("m", *(tiltak(own, "lik", aktoer=who) for own, who in rows))),)

    one = people(person("a", "Kari")).model_copy(
        update={"oppmerksomheter": measures(("t1", "borte"), ("t2", "a"))}
    )
    other = people(person("a", "Kari")).model_copy(
        update={"oppmerksomheter": measures(("u1", "a"), ("u2", "ukjent"))}
    )
    assert aligned(one, other) == {"u1": "t2", "u2": "t1"}


def test_what_is_below_tells_who_is_who():
    """Two goals of one text, with different measures."""
    one = logg(oppmerksomheter=(concern("o", maal("m", tiltak("t", "a")), maal("n")),))
    other = logg(oppmerksomheter=(concern("o", maal("x"), maal("y", tiltak("u", "a"))),))
    assert pairs(one, other) == {"y": "m", "x": "n", "u": "t"}


def test_fields_of_its_own_tell_where_what_is_below_was_changed():
    """The measures are others now; the goal says the same."""
    one = logg(
        oppmerksomheter=(
            concern("o", maal("m", tiltak("t", "a"), tittel="en"), maal("n", tittel="to")),
        )
    )
    other = logg(
        oppmerksomheter=(
            concern("o", maal("x", tittel="to"), maal("y", tiltak("u", "b"), tittel="en")),
        )
    )
    assert pairs(one, other) == {"y": "m", "x": "n", "u": "t"}


def test_what_refers_within_itself_says_so_by_place():
    """A measure that replaced another: both have new ids, nobody outside need be known."""

    def both(a, b, replaced):
        return logg(
            oppmerksomheter=(
                concern("o", maal("m" + a, tiltak(a, "x", erstattet_av=replaced), tiltak(b, "x"))),
            )
        )

    one, other = both("a", "b", "b"), both("c", "d", "d")
    assert pairs(one, other) == {"mc": "ma", "c": "a", "d": "b"}


def test_an_evaluation_follows_its_measure():
    """What is held by one entity alone is paired with it; none is nobody's."""
    one = one_measure(evaluering=evaluering("e"))
    assert aligned(one, one_measure(evaluering=evaluering("f"))) == {"f": "e"}
    assert aligned(one, one_measure()) == {}
    assert aligned(one_measure(), one) == {}


# -- equals, and places ---------------------------------------------------------------------------
def notes(*rows):
    """A log with notes of (id, text)."""
    return logg(notater=tuple(note(own, text) for own, text in rows))


def test_equals_keep_their_place_from_the_front_or_from_the_back():
    """Where one is gone between them, who stood before it and who stood behind it are known."""
    one = notes(("1", "lik"), ("2", "lik"), ("3", "midt"), ("4", "lik"))
    other = notes(("a", "lik"), ("c", "midt"), ("d", "lik"))
    found = aligned(one, other)
    assert (found["a"], found["c"], found["d"]) == ("1", "3", "4")


def test_equals_of_which_the_first_is_gone():
    """From the back, each is who stood there: the last is the last."""
    one = notes(("1", "lik"), ("2", "x"), ("3", "y"), ("4", "lik"))
    other = notes(("b", "x"), ("c", "y"), ("d", "lik"))
    assert aligned(one, other) == {"b": "2", "c": "3", "d": "4"}


def test_equals_where_one_is_new_before_them():
    """They stand one further from the front, and as far from the back."""
    one = notes(("1", "x"), ("2", "lik"), ("3", "y"), ("4", "lik"))
    other = notes(("n", "lik"), ("a", "x"), ("b", "lik"), ("c", "y"), ("d", "lik"))
    found = aligned(one, other)
    assert (found["b"], found["d"]) == ("2", "4")
    assert "n" not in found


def test_as_many_equals_are_taken_in_their_order():
    """Nothing is gone: the first is the first."""
    one, other = notes(("1", "l"), ("2", "l")), notes(("a", "l"), ("b", "l"))
    assert aligned(one, other) == {"a": "1", "b": "2"}


def test_a_changed_text_is_known_by_its_neighbour():
    """It stands behind the same one; what is new stands first."""
    one = notes(("1", "a"), ("2", "b"), ("3", "c"))
    other = notes(("n", "ny"), ("x", "a"), ("y", "b endret"), ("z", "c"))
    assert aligned(one, other) == {"x": "1", "y": "2", "z": "3"}


def test_what_is_left_is_taken_in_order():
    """No neighbour tells: the first that is left is the first that is left."""
    one = notes(("1", "a"), ("2", "b"), ("3", "c"))
    other = notes(("x", "c"), ("y", "d"), ("z", "e"))
    assert aligned(one, other) == {"x": "3", "y": "1", "z": "2"}


def test_more_on_one_side_is_no_fault():
    """On either; who is left over is nobody."""
    few, many = notes(("1", "a")), notes(("x", "b"), ("y", "c"))
    assert aligned(few, many) == {"x": "1"}
    assert aligned(many, few) == {"1": "x"}


def test_what_is_below_somebody_known_by_place_alone_is_found_too():
    """A pair made by place opens the lists it holds, one after the other."""
    one = logg(oppmerksomheter=(concern("o", maal("m", tiltak("t", "a"), tittel="en"), tekst="x"),))
    other = logg(
        oppmerksomheter=(concern("p", maal("n", tiltak("u", "b"), tittel="to"), tekst="y"),)
    )
    assert aligned(one, other) == {"p": "o", "n": "m", "u": "t"}


def test_what_is_below_somebody_known_by_what_is_left_is_found_too():
    """No neighbour tells who it is, for it stands in another place: it is the one that is left."""
    goal, its = maal("m", tiltak("t", "a"), tittel="en"), maal("n", tiltak("u", "b"), tittel="to")
    one = logg(oppmerksomheter=(concern("o", tekst="fast"), concern("p", goal, tekst="x")))
    other = logg(oppmerksomheter=(concern("q", its, tekst="y"), concern("o", tekst="fast")))
    assert aligned(one, other) == {"q": "p", "n": "m", "u": "t"}


def test_fewer_are_left_on_one_side():
    """Who is left over is nobody, on either side, also where no neighbour tells."""
    few, many = notes(("x", "c"), ("y", "d")), notes(("1", "a"), ("2", "b"), ("3", "c"))
    assert aligned(many, few) == {"x": "3", "y": "1"}
    assert aligned(few, many) == {"3": "x", "1": "y"}
