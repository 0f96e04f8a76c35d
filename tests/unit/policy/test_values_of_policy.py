"""What the values of policy are: frozen, without a place to hide anything, silent about persons."""

from dataclasses import FrozenInstanceError, fields, is_dataclass
from datetime import UTC, date, datetime

import pytest

from gateway.policy import context, regelbrudd, verdict
from gateway.policy.context import Minimering, Policyramme, Samtykkeregler, Signatar
from gateway.policy.regelbrudd import Regelbrudd
from gateway.policy.verdict import Finding, Release, Verdict
from schemas.stafettlogg.kodeverk import Adressebeskyttelse

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
FRAME = Policyramme(NOW, "9901", production=False)
VALUES = (
    FRAME,
    Samtykkeregler(),
    Minimering(),
    Regelbrudd("R-071", "t"),
    Finding("P-80", (), hold=True),
    Verdict(),
    Release("logg-1", "a" * 64, Verdict()),
)


def kind(value):
    """The name of a value's class."""
    return type(value).__name__


def test_every_value_is_here():
    """Or a new one would be held to nothing."""
    made = {
        one
        for module in (context, regelbrudd, verdict)
        for one in vars(module).values()
        if isinstance(one, type) and is_dataclass(one)
    }
    assert made == {type(value) for value in VALUES}


@pytest.mark.parametrize("value", VALUES, ids=kind)
def test_it_cannot_be_changed(value):
    """A verdict that is given stands."""
    with pytest.raises(FrozenInstanceError):
        setattr(value, fields(value)[0].name, None)


@pytest.mark.parametrize("value", VALUES, ids=kind)
def test_nothing_can_be_hung_on_it(value):
    """No value of a log rides along on one."""
    assert not hasattr(value, "__dict__")


def test_the_defaults_are_the_strict_ones():
    """B-01 to B-03, B-28, R-077: what holds where a municipality has said nothing."""
    rules = Samtykkeregler()
    assert (rules.egen_alder, rules.under, rules.fra) == (16, Signatar.FORESATTE, Signatar.BEGGE)
    assert rules.alle_foresatte is True
    assert Minimering() == Minimering(med_bilde=False, med_presentasjon=True)
    assert FRAME.redigering_timer == 8
    assert (FRAME.target_reads_whole_log, FRAME.going_home) == (True, False)


def test_a_frame_nobody_has_asked_knows_nothing():
    """Every answer is the one the rules say no to; of staff, that there is no file."""
    assert (FRAME.protection, FRAME.born) == ({}, None)
    assert (FRAME.registered, FRAME.staff_read) == (None, True)


def test_the_answers_are_not_shown():
    """C-4: who is protected, born when and employed is in nobody's traceback."""
    frame = Policyramme(
        NOW, "9901", production=False, protection={"per-1": Adressebeskyttelse.FORTROLIG},
        born={"per-2": date(2018, 5, 4)}, registered=frozenset({"per-3"}),
    )  # fmt: skip
    assert "per-" not in repr(frame)
    assert "FORTROLIG" not in repr(frame)
    assert "P-41" not in repr(Release("l", "s", Verdict((Finding("P-41", (), hold=False),))))


def test_a_finding_is_of_the_whole_log_unless_it_says_where():
    """And is no note unless it says so."""
    one = Finding("P-80", ("R-010",), hold=True)
    assert (one.entity, one.field, one.until, one.note, one.place) == ("", "", None, False, "")
    assert Finding("P-15", (), True, "p", "Person.foedselsdato").place == "p Person.foedselsdato"
    assert Finding("P-16", (), True, "s1").place == "s1"


def test_breaches_stand_in_order():
    """Sorted by rule, then by entity."""
    mixed = [Regelbrudd("R-072", "a"), Regelbrudd("R-071", "b"), Regelbrudd("R-071", "a")]
    assert sorted(mixed) == [
        Regelbrudd("R-071", "a"), Regelbrudd("R-071", "b"), Regelbrudd("R-072", "a"),
    ]  # fmt: skip


# -- a verdict ----------------------------------------------------------------------------------

STOP = Finding("H1", (), hold=True, entity="e", field="K.f")
LATER = Finding("H2", (), hold=True, until=NOW)
LATEST = Finding("H3", (), hold=True, until=NOW.replace(hour=15))
KEPT = Finding("W", (), hold=False, entity="w")
TOLD = Finding("N", (), hold=False, entity="n", note=True)


def test_the_first_hold_is_the_one_that_shows():
    """Its code and its place, whatever stands before it."""
    verdict = Verdict((TOLD, KEPT, STOP, LATER))
    assert verdict.held is True
    assert (verdict.code, verdict.place) == ("H1", "e K.f")
    assert (verdict.holds, verdict.notes) == ((STOP, LATER), (TOLD,))
    assert verdict.withheld() == {("w", ""): "W"}


def test_without_a_hold_there_is_nothing_to_show():
    """Neither what is withheld nor what is told holds."""
    verdict = Verdict((TOLD, KEPT))
    assert verdict.held is False
    assert (verdict.code, verdict.place, verdict.until, verdict.holds) == ("", "", None, ())


def test_time_removes_a_hold_only_when_it_removes_all():
    """The latest of them, and none where one waits for a person."""
    assert Verdict((LATER, KEPT, LATEST)).until == LATEST.until
    assert Verdict((LATEST, LATER)).until == LATEST.until
    assert Verdict((LATER,)).until == NOW
    assert Verdict((LATER, STOP)).until is None
    assert Verdict().until is None
