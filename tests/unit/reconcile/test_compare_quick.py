"""The quick look says "the same" of nothing that is not, wherever the only difference stands."""

import pytest

from gateway.reconcile.compare import compare
from schemas.stafettlogg.flat import parts
from schemas.stafettlogg.logg import Stafettlogg
from tests.unit.reconcile.made import evaluering, logg, one_measure, person

MANY, SINGLE = parts(Stafettlogg)
PLAIN = set(Stafettlogg.model_fields) - MANY - SINGLE - {"raa", "kilde_id", "kildesystem"}


@pytest.mark.parametrize("turned", [False, True])
def test_an_evaluation_that_only_one_of_them_has(turned):
    """It is a difference, from either side, and with nothing else beside it."""
    two = [one_measure(), one_measure(evaluering=evaluering("e"))]
    one, other = reversed(two) if turned else two
    assert compare(one, other).state == "drifted"
    assert compare(one, one.model_copy(deep=True)).state == "settled"
    assert compare(other, other.model_copy(deep=True)).state == "settled"


def test_an_evaluation_that_says_another_thing():
    """What both have is looked into."""
    one = one_measure(evaluering=evaluering("e", tekst="slik"))
    other = one_measure(evaluering=evaluering("e", tekst="saann"))
    found = compare(one, other)
    assert (found.state, found.places) == ("drifted", (("Evaluering", "tekst", "changed", 1),))


def test_every_field_another():
    """Nothing alike in the fields of the log itself."""
    other = logg().model_copy(update=dict.fromkeys(PLAIN - {"id", "endret", "sist_oppdatert"}, 7))
    other = other.model_copy(update={"id": "en annen"})
    assert compare(logg(personer=()), other.model_copy(update={"personer": ()})).state == "drifted"


def test_every_list_longer():
    """A log that had nothing, and has something in every list."""
    empty = logg(personer=())
    full = empty.model_copy(update=dict.fromkeys(MANY, (person("p"),)))
    assert compare(empty, full).state == "drifted"
    assert compare(full, empty).state == "drifted"


def test_every_list_another():
    """As many in every list, and not one of them the same."""
    empty = logg(personer=())
    one = empty.model_copy(update=dict.fromkeys(MANY, (person("p", "en"),)))
    other = empty.model_copy(update=dict.fromkeys(MANY, (person("p", "to"),)))
    assert compare(one, other).state == "drifted"


def test_places_are_counted():
    """Two of one kind are one line of two."""
    one = logg(personer=(person("p", "a"), person("q", "b")))
    other = logg(personer=(person("p", "x"), person("q", "y")))
    assert compare(one, other).places == (("Person", "navn", "changed", 2),)
