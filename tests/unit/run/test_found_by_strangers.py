"""What was found to lose words or make a log twice, each by its smallest history."""

import pytest

from gateway.errors import LocalFault, Rejected
from gateway.migrate.rules.scope import Scope
from gateway.run.rules.laying import laid
from mappings.restore import restore
from tests.unit.run.drawn import generated
from tests.unit.run.stand import EVERY


def refuses(ref):
    """A system that cannot show what it was given."""
    raise Rejected("UGYLDIG_DOKUMENT", place=ref)


def test_a_copy_we_were_not_done_with_is_no_log_of_its_own(stand):
    """A plan the other way does not take it for a new log and make the child's log twice."""
    stand.begins(0)
    stand.sides["a"].keys.clear()  # a native log carries no key of ours
    plan_id, side = stand.planned(), stand.sides["b"]
    stand.signed(plan_id)
    run_id = stand.started(plan_id)
    side.document = refuses
    stand.work(run_id)
    del side.document
    stand.moved("ba")
    assert len(stand.sides["a"].documents) == 1


def test_what_was_written_after_a_version_is_asked_about_before_it_comes_back(stand):
    """Also where a later run of ours carried a person's words along."""
    stand.begins(0)
    first = stand.moved()
    stand.writes("b", text="et menneskes ord", own="foer")
    stand.writes("a", text="kildens ord")
    stand.moved(names=EVERY)
    (kept,) = stand.kept()
    stand.writes("b", own="skrevet siden")
    stand.moved("ba", "tilbake", first)
    stand.writes("a", text="kildens nye ord")
    stand.moved()
    stand.carried_out(stand.back("b", kept))
    assert stand.document("b")["own"] == "skrevet siden"


def test_what_came_home_otherwise_stays_when_the_source_has_not_changed():
    """What the origin cannot hold as finely as the target is not written back coarser."""
    was = generated("visma_samspill")[0]
    there = was.model_copy(update={"om_meg": "skrevet i maalet"})
    assert was.om_meg
    assert laid(restore, was, was, there) == there
    assert laid(restore, was, was, there, mending=True) != there


def test_a_ref_given_to_another_child_is_not_written_over(stand):
    """A system that was set up anew counts from one again."""
    stand.begins(0)
    stand.begins(1)
    stand.moved(scope=Scope(logs=("a-0",)))
    side = stand.sides["b"]
    side.documents.clear()
    side.keys.clear()
    side.serial = 0
    stand.moved(scope=Scope(logs=("a-1",)))
    stand.writes("a", 0, text="om et annet barn")
    stand.moved()
    assert {d["id"] for d in side.documents.values()} >= {"logg-1"}


def test_the_first_that_are_held_do_not_stand_in_the_way(stand):
    """`--first 1` takes the first that may move, wave after wave."""
    stand.begins(0, consent=False)
    stand.begins(1)
    stand.moved(scope=Scope(first=1))
    assert len(stand.sides["b"].documents) == 1


def test_what_is_made_anew_is_told_before_it_is_signed(stand):
    """It is gone from where it stood, and somebody may have deleted it on purpose."""
    stand.begins(0)
    first = stand.moved()
    stand.sides["b"].documents.clear()
    made = {"logg-0": ("put", "LAGES_PAA_NYTT")}
    assert stand.steps(stand.planned("ab", "reparer", first)) == made
    stand.moved("ab", "reparer", first)
    stand.sides["a"].documents.clear()
    assert stand.steps(stand.planned("ba", "tilbake", first)) == made


def test_runs_against_each_other_are_not_at_once(stand):
    """Each would agree on what the other is changing."""
    stand.begins(0)
    stand.moved()
    stand.writes("a", text="kildens ord")
    stand.begins(1, "b")
    there, home = stand.planned(), stand.planned("ba")
    for plan_id in (there, home):
        stand.signed(plan_id)
    run_id = stand.started(there)
    with pytest.raises(LocalFault, match="KJOERING_PAAGAAR"):
        stand.started(home)
    stand.route = stand.way("a", "b")
    stand.work(run_id)
    stand.started(home)
