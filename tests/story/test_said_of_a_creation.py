"""A log that may have been made: the same two commands wherever it is shown, ready to be typed.

What is shown is the log's id with us and in the source, never a name.
"""

import pytest

from tests.story.test_made_once import lagging
from tests.story.test_there_and_home import history
from tests.story.town import CX, SP, town


@pytest.fixture
def place(tmp_path):
    """A town whose target never shows what it made."""
    with town(tmp_path) as made:
        made.fill(CX, list(history("generert", CX))[:3])
        made.seen_within = 1.0
        made.write_config()
        made.running[SP].faults([lagging(3600.0)])
        yield made


def test_the_commands_stand_wherever_it_is_shown(place):
    """In the run's list, the run, the log, a new plan, the report and the tasks; what a person
    says names the run to go on with."""
    run_id = place.stafett("migrate", place.plan())["run"]
    row = place.stafett("parked", run_id)["parked"][0]
    logg = place.stafett("show", row["logg"])["logg"]
    typed = [
        f"stafett created {SP} {logg} --by HVEM --at REF",
        f"stafett created {SP} {logg} --by HVEM --not-there",
    ]
    the_log_itself(place, run_id, row)
    plan_id = place.stafett("plan", CX, SP)["plan"]
    assert place.stafett("show", plan_id)["may_be_made"][logg] == typed
    assert place.stafett("parked", run_id)["remedies"][logg] == typed
    assert place.stafett("tasks", ok=(1,))["commands"][logg] == typed
    for words in (("parked", run_id), ("show", run_id), ("tasks",), ("show", plan_id)):
        said = place.here(*words).stdout
        assert all(one in said for one in typed), words
        assert "KANSKJE_OPPRETTET" in said
    html = place.folder / place.stafett("report", run_id)["html"]
    assert all(one in html.read_text("utf-8") for one in typed)
    told = place.here("created", SP, logg, "--by", "IT", "--not-there")
    assert f"stafett parked {run_id} --retry" in told.stdout
    assert logg not in place.stafett("tasks").get("commands", {})


def the_log_itself(place, run_id, row):
    """By its id, from the newest plan that has run."""
    shown = place.stafett("show", row["logg"])
    assert (shown["stopped"], shown["run"]) == ("KANSKJE_OPPRETTET", run_id)
    assert shown["commands"][0].startswith(f"stafett created {SP} {shown['logg']} ")
    said = place.here("show", row["logg"]).stdout
    assert row["ref"] in said
    assert all(one in said for one in shown["commands"])
    place.stafett("plan", CX, SP)
    assert place.stafett("show", row["logg"])["commands"] == shown["commands"]
