"""The report says what the run's own line says, and whom a copy without its ground waits for.

One count with one meaning: a log is held or parked whether the plan said so or the run found out.
"""

import pytest

from gateway.cli.planning import summarise
from gateway.cli.ran import counts
from gateway.migrate.rules.scope import Scope
from gateway.report.build import build
from gateway.report.write import bars, page
from gateway.run.rows import plan_row
from gateway.tasks.counted import counted
from gateway.texts.catalogue import LANGUAGES, Catalogue
from tests.unit.run.stand import EVERY
from tests.unit.run.told import Told


def told(stand, plan_id):
    """A plan as it is told."""
    stand.settings = None
    said = Told()
    summarise(stand, plan_id, said)
    return said


@pytest.fixture
def stranded(stand):
    """Of four logs that were moved one has lost its consent, one is gone from the source, and one
    was changed in the target; the copies stand. A fifth is new."""
    for number in range(4):
        stand.begins(number)
    stand.first = stand.moved()
    stand.writes("a", 0, consent=False)
    del stand.sides["a"].documents[stand.ref("a", 1)]
    stand.writes("b", 2, text="noens")
    stand.begins(4)
    return stand


def test_the_report_and_the_run_count_alike(stranded):
    """Every log of the plan in one group, in the picture and in the line."""
    run_id = stranded.moved()
    facts, became = build(stranded.database, run_id), counted(stranded.database, run_id)
    wanted = {"ferdig": 1, "annerledes": 0, "skip": 1, "holdt": 1, "parkert": 1, "flyttet": 0}
    assert became == wanted | {"igjen": 0}
    assert dict(bars(facts)) == wanted
    assert sum(facts["held"].values()) == became["holdt"]
    assert counts(became) == ("1 skrevet og lest tilbake, 1 parkert, 1 holdt, 0 endret underveis")
    other = counts(became | {"annerledes": 2})
    assert other.startswith("1 skrevet og lest tilbake, 2 skrevet, men lest tilbake annerledes, ")


def test_what_was_named_is_counted_by_what_became_of_it(stranded):
    """An overwrite that nobody named is parked; one that was named is written, or remains."""
    stranded.writes("a", 2, text="våre")
    left = stranded.carried_out(stranded.planned())
    assert counted(stranded.database, left)["parkert"] == 1
    plan_id = stranded.planned()
    stranded.signed(plan_id, EVERY)
    run_id = stranded.started(plan_id)
    assert counted(stranded.database, run_id)["igjen"] == 1
    stranded.work(run_id)
    became = counted(stranded.database, run_id)
    assert (became["ferdig"], became["parkert"], became["igjen"]) == (1, 0, 0)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_copy_without_its_ground_is_something_to_do(stranded, language):
    """In the report of the run that met it, held or gone, under what a person must do there."""
    run_id = stranded.moved()
    facts = build(stranded.database, run_id)
    assert {(logg, code) for logg, _, code in facts["ungrounded"]} == {
        ("logg-0", "AKTIV_UTEN_SAMTYKKE"), ("logg-1", "AKTIV_BORTE_I_KILDEN"),
    }  # fmt: skip
    html, texts = page(facts, language), Catalogue(language)
    start = html.index(f"<h2>{texts.label('to_do')}</h2>")
    section = html[start : html.index("<h2>", start + 4)]
    assert texts.label("ungrounded_title") in section
    assert all(ref in section for _, ref, _ in facts["ungrounded"])
    assert texts.label("nothing") not in section


def test_a_plan_counts_all_that_stand_without_ground(stranded):
    """The held one and the one that is gone."""
    rows = dict(reversed(row) for row in told(stranded, stranded.planned()).facts["kinds"])
    assert rows[Catalogue("nb").label("step_task")] == 2
    assert rows[Catalogue("nb").label("step_hold")] == 1


def test_a_part_with_nobody_in_it_is_counted(stranded):
    """All that the source lists lies outside, and what it lists no more is none of it."""
    stranded.moved()
    stranded.begins(1)
    plan_id = stranded.planned(scope=Scope(logs=("ingen",)))
    assert plan_row(stranded.database, plan_id)["state"] == "tom"
    assert any("Utenfor: 5 av 5." in line for line in outside(stranded, plan_id))
    del stranded.sides["a"].documents[stranded.ref("a", 1)]
    plan_id = stranded.planned(scope=Scope(logs=("logg-3",)))
    assert any("Utenfor: 3 av 4." in line for line in outside(stranded, plan_id))


def outside(stand, plan_id):
    """What is said of a chosen part; nobody is asked who answers to it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("gateway.cli.planning._unanswered", lambda *_: None)
        return told(stand, plan_id).lines
