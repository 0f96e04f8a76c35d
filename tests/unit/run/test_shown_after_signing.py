"""A plan that was signed says which places were named, whether they go, and the hash signed.

What is left has one command with every name; of a plan that has been run, the way to a new one.
"""

import pytest

from gateway.cli.showing import _show_plan
from gateway.run.rows import plan_row
from gateway.texts.catalogue import Catalogue
from tests.machine.conftest import places
from tests.unit.run.stand import EVERY
from tests.unit.run.told import Told

ANEW = Catalogue("nb").label("signer_anew")


@pytest.fixture
def edited(stand):
    """Two logs that both sides have written in, the first in two places."""
    for number in range(2):
        stand.begins(number)
    stand.moved()
    stand.writes("b", 0, text="noens", more="noens")
    stand.writes("b", 1, text="noens")
    for number in range(2):
        stand.writes("a", number, text="våre", more="våre")
    stand.settings = None
    return stand


def shown(stand, plan_id):
    """A plan as it is shown."""
    told = Told()
    _show_plan(stand, plan_id, "", None, told)
    return told


def test_what_was_named_is_told_with_the_hash(edited):
    """All named: all go, under the hash that was signed, and nothing is left to type."""
    plan_id = edited.planned()
    signed = edited.signed(plan_id, EVERY)
    told = shown(edited, plan_id)
    names = places(edited.database, plan_id)
    assert signed != plan_row(edited.database, plan_id)["hash"]
    assert any(line.strip() == f"Signert hash {signed}" for line in told.lines)
    assert told.facts["signed_hash"] == signed
    at = told.lines.index("Nevnt i signaturen; disse stedene skrives over:")
    assert {line.strip() for line in told.lines[at + 1 : at + 1 + len(names)]} == set(names)
    assert not any("blir ikke med" in line or "stafett sign" in line for line in told.lines)


def test_what_was_half_named_does_not_go(edited):
    """It is told as named and left, with the one command that names everything."""
    plan_id = edited.planned()
    names = places(edited.database, plan_id)
    first = [one for one in names if one.startswith("logg-0:")]
    assert len(first) > 1
    rest = [one for one in names if one.startswith("logg-1:")]
    edited.signed(plan_id, (first[0], *rest))
    told = shown(edited, plan_id)
    at = told.lines.index("Nevnt, men loggen blir ikke med, for ikke alle stedene i den er nevnt:")
    assert told.lines[at + 1].strip() == first[0]
    (typed,) = told.facts["commands"]
    assert typed.startswith(f"stafett sign {plan_id} --by HVEM --overwrite ")
    assert sorted(typed.split(" --overwrite ")[1:]) == sorted(names)


def test_a_plan_that_has_been_run_is_not_signed(edited):
    """The way is a new plan, and what to do with it."""
    plan_id = edited.planned()
    edited.carried_out(plan_id)
    told = shown(edited, plan_id)
    assert told.facts["commands"] == ["stafett plan a b"]
    assert any(ANEW in line for line in told.lines)
    assert not any(f"stafett sign {plan_id}" in line for line in told.lines)
