"""R-071 to R-084: breaches are listed, and the log is left as it was."""

from gateway.policy.regelbrudd import Regelbrudd, find
from schemas.stafettlogg.innhold import Livsomraade
from schemas.stafettlogg.kodeverk import Kildesystem, Tiltakstatus
from tests.unit.conftest import concern


def rules(logg):
    """(rule, entity) of every breach."""
    return {(b.regel, b.entitet) for b in find(logg)}


def test_two_active_measures_of_one_aktoer(logg):
    """R-071: both measures are named."""
    one = logg(oppmerksomheter=(concern("o1", "laerer", "laerer"),))
    assert {("R-071", "o1-t0"), ("R-071", "o1-t1")} <= rules(one)


def test_one_after_the_other_is_no_breach(logg):
    """R-071 is about active measures."""
    both = concern("o1", "laerer", "laerer")
    done = both.maal[0].tiltak[0].model_copy(update={"status": Tiltakstatus.AVSLUTTET})
    goal = both.maal[0].model_copy(update={"tiltak": (done, both.maal[0].tiltak[1])})
    one = logg(oppmerksomheter=(both.model_copy(update={"maal": (goal,)}),))
    assert not {r for r, _ in rules(one)} & {"R-071"}


def test_a_split_activity(logg):
    """R-072: each part of a split activity is named."""
    both = concern("o1", "laerer", "pp")
    parts = tuple(t.model_copy(update={"del_av": "a1"}) for t in both.maal[0].tiltak)
    goal = both.maal[0].model_copy(update={"tiltak": parts})
    one = logg(oppmerksomheter=(both.model_copy(update={"maal": (goal,)}),))
    assert {("R-072", "o1-t0"), ("R-072", "o1-t1")} <= rules(one)


def test_missing_arenas_and_missing_measures(logg):
    """R-073 and R-076."""
    one = logg(oppmerksomheter=(concern("o1", "laerer"), concern("o2")))
    assert ("R-073", "o1") in rules(one)
    assert ("R-076", "o2") in rules(one)


def test_evaluated_without_an_evaluation(logg):
    """R-078: the state says evaluated and there is not one evaluation."""
    both = concern("o1", "laerer")
    odd = both.maal[0].tiltak[0].model_copy(update={"status": Tiltakstatus.EVALUERT})
    goal = both.maal[0].model_copy(update={"tiltak": (odd,)})
    one = logg(oppmerksomheter=(both.model_copy(update={"maal": (goal,)}),))
    assert ("R-078", "o1-t0") in rules(one)


def test_life_areas_are_not_used_in_a_stafettlogg(logg):
    """R-084."""
    area = Livsomraade(id="l", kildesystem=Kildesystem.SAMSPILL, kode="hjem")
    assert Regelbrudd("R-084", "logg-1") in find(logg(livsomraader=(area,)))
