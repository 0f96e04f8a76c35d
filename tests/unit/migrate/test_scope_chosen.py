"""The chosen part of a source: what is asked for together is chosen together, and is kept as text.

A municipality moves a unit or fifty children at a time; what is chosen is part of what is signed.
"""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.migrate.rules.scope import Scope
from schemas.stafettlogg.kodeverk import Kildesystem, Loggstatus
from schemas.stafettlogg.person import Virksomhet
from tests.unit.run.drawn import LOGS

quick = settings(max_examples=80, deadline=None, derandomize=True)
SCHOOL = Virksomhet(
    id="enhet-1", kildesystem=Kildesystem.CONEXUS, navn="Fjordby skole", orgnr="899100115"
)
NURSERY = Virksomhet(id="enhet-2", kildesystem=Kildesystem.CONEXUS, navn="Ænes barnehage")

_NAMES = st.lists(st.text(max_size=8), max_size=3).map(tuple)
SCOPES = st.builds(
    Scope,
    units=_NAMES,
    levels=st.lists(st.integers(1, 3), max_size=3).map(tuple),
    statuses=st.lists(st.sampled_from([s.value for s in Loggstatus]), max_size=3).map(tuple),
    logs=st.none() | _NAMES,
    first=st.none() | st.integers(0, 50),
)


@pytest.fixture
def at_school(logg):
    """A log the school is responsible for, at level two; a nursery takes part."""

    def make(**changes):
        fields = {
            "virksomheter": (SCHOOL, NURSERY), "ansvarlig_virksomhet": "enhet-1", "nivaa": 2,
        }  # fmt: skip
        return logg(**(fields | changes))

    return make


@quick
@given(scope=SCOPES)
def test_what_is_kept_is_what_was_chosen(scope):
    """As text and back it is the same choice, and everything is kept as nothing."""
    assert Scope.of(scope.text()) == scope
    assert (scope.text() is None) == scope.all
    assert Scope.of(None) == Scope.of("") == Scope()


@quick
@given(scope=SCOPES)
def test_one_choice_has_one_text(scope):
    """The text is signed, so the same choice is always the same text, and names stay readable."""
    again = Scope(scope.units, scope.levels, scope.statuses, scope.logs, scope.first)
    assert again.text() == scope.text()
    if (text := scope.text()) is not None:
        assert json.dumps(json.loads(text), sort_keys=True, ensure_ascii=False) == text


@quick
@given(scope=SCOPES, log=LOGS)
def test_all_that_is_asked_must_hold(scope, log):
    """Unit, level and status together choose what each of them alone chooses."""
    alone = (
        Scope(units=scope.units), Scope(levels=scope.levels), Scope(statuses=scope.statuses),
    )  # fmt: skip
    assert scope.chosen(log) == all(one.chosen(log) for one in alone)
    assert Scope().chosen(log)
    assert scope.by_content == any(one.by_content for one in alone)
    if not scope.by_content:
        assert scope.chosen(log)


@pytest.mark.parametrize(
    "name", ["Fjordby skole", "fjordby SKOLE", "  Fjordby skole ", "899100115", "enhet-1"]
)
def test_a_unit_goes_by_its_names(at_school, name):
    """By name in any case, organisation number or id."""
    assert Scope(units=(name,)).chosen(at_school())
    assert Scope(units=("en annen", name)).chosen(at_school())


@pytest.mark.parametrize("name", ["Fjordby", "Ænes barnehage", "enhet-2", "", " "])
def test_another_unit_does_not_choose_it(at_school, name):
    """Part of a name is no name, and taking part is not being responsible."""
    assert not Scope(units=(name,)).chosen(at_school())


def test_letters_beyond_ascii_are_alike_in_any_case(at_school):
    """A unit's name is compared as people read it."""
    there = at_school(ansvarlig_virksomhet="enhet-2")
    assert Scope(units=("ænes BARNEHAGE",)).chosen(there)


def test_a_unit_that_is_named_only_by_id(at_school):
    """A responsible unit that is not listed in the log is known by its id; none is no unit."""
    assert Scope(units=("enhet-9",)).chosen(at_school(ansvarlig_virksomhet="enhet-9"))
    assert not Scope(units=("enhet-9",)).chosen(at_school(ansvarlig_virksomhet=None))
    assert Scope().chosen(at_school(ansvarlig_virksomhet=None))


def test_a_level_nobody_has_set_is_never_asked_for(at_school):
    """All three levels together are not every log."""
    unset = at_school(nivaa=None)
    assert not Scope(levels=(1, 2, 3)).chosen(unset)
    assert Scope().chosen(unset)
    assert [Scope(levels=(n,)).chosen(at_school()) for n in (1, 2, 3)] == [False, True, False]


def test_a_status_is_named_by_its_code(at_school):
    """Any of those named."""
    passive = at_school(status=Loggstatus.PASSIV)
    assert Scope(statuses=(Loggstatus.PASSIV.value,)).chosen(passive)
    assert not Scope(statuses=(Loggstatus.PASSIV.value,)).chosen(at_school())
    both = Scope(statuses=(Loggstatus.AKTIV.value, Loggstatus.PASSIV.value))
    assert both.chosen(passive)
    assert both.chosen(at_school())


def test_a_list_names_logs_by_the_source_s_ref_or_our_id():
    """Either is enough; a log that could not be read is known by its ref alone."""
    some = Scope(logs=("ref-1", "logg-2"))
    assert some.named("ref-1", "logg-1")
    assert some.named("ref-2", "logg-2")
    assert some.named("ref-1", "")
    assert not some.named("ref-3", "logg-3")
    assert not some.named("ref-2", "")


def test_an_empty_list_is_not_everything():
    """A file with no line in it chooses nothing; no file chooses all."""
    assert not Scope(logs=()).named("ref-1", "logg-1")
    assert Scope().named("ref-1", "logg-1")
    assert not Scope(logs=()).all
    assert Scope.of(Scope(logs=()).text()) == Scope(logs=())


def test_a_log_without_an_id_is_not_named_by_an_empty_line():
    """An empty line in the list is nobody's id."""
    assert not Scope(logs=("",)).named("ref-1", "")


def test_the_first_none_is_a_choice_of_its_own():
    """Zero is not everything."""
    assert not Scope(first=0).all
    assert Scope.of(Scope(first=0).text()).first == 0
