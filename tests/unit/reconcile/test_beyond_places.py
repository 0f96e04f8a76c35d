"""What only the raw fields say: what was promised is asked for, what is empty is not."""

import json

import pytest

from gateway.reconcile.beyond import lost
from tests.unit.reconcile.made import logg, person

NOTHING = frozenset()
LOST = (("Stafettlogg", "raa", "changed", 1),)


def raw(**told):
    """A log that keeps these raw."""
    return logg(raa=json.dumps(told))


def test_nothing_kept_on_either_side_is_nothing_lost():
    """An empty tuple, which is added to other places."""
    assert lost(logg(), logg(), NOTHING) == ()


def test_all_that_was_promised_is_gone():
    """Nothing raw stands at all."""
    assert lost(raw(felt="noe"), logg(), NOTHING) == LOST
    assert lost(logg(), raw(felt="noe"), NOTHING) == ()


@pytest.mark.parametrize("value", [True, 5, 2.5, "noe", [1], {"a": 1}])
def test_a_value_that_is_gone_or_another_is_told(value):
    """Whatever kind of value it is."""
    assert lost(raw(felt=value), raw(annet="x"), NOTHING) == LOST
    assert lost(raw(felt=value), raw(felt="noe annet"), NOTHING) == LOST
    assert lost(raw(felt=value), raw(felt=value), NOTHING) == ()


@pytest.mark.parametrize("value", [None, "", [], {}, False])
def test_an_empty_value_needs_not_stand(value):
    """A system that leaves out what is empty has kept it."""
    assert lost(raw(felt=value), raw(annet="x"), NOTHING) == ()


def test_numbers_within_lists_are_values_too():
    """They are read as they are, and ids as ours."""
    wanted, found = raw(felt=[1, {"a": 2}]), raw(felt=[1, {"a": 3}])
    assert lost(wanted, found, NOTHING) == LOST


def test_what_the_system_counts_is_not_promised():
    """Neither plainly nor under a rule."""
    ruled = {"~": {"teller": [1, 2]}}
    assert lost(raw(teller=1), raw(teller=2), frozenset({"teller"})) == ()
    assert lost(raw(**ruled), raw(annet="x"), frozenset({"teller"})) == ()
    assert lost(raw(**ruled), raw(annet="x"), NOTHING) == LOST


def test_what_was_promised_by_a_rule_is_what_the_rule_gives():
    """Only what stands was kept raw: it is another than the rule's."""
    stands = raw(**{"~": {"felt": ["regel", "noe annet"]}})
    assert lost(logg(), stands, NOTHING) == LOST
    assert lost(raw(felt="noe annet"), stands, NOTHING) == ()


def test_an_entity_that_only_one_has_is_no_line_here():
    """It is a difference the model tells itself."""
    extra = person("p", raa=json.dumps({"felt": "noe"}))
    assert lost(logg(personer=(extra,)), logg(), NOTHING) == ()
