"""What reconciliation found is kept until it is seen to be put right, and every log is in a figure.

Both ways between two sandboxes; what is lost, unread or half-made is counted here from outside.
"""

import json
import os
from pathlib import Path

import pytest

from connectors.sandbox.tampering import dropped
from tests.story.test_content_proved import held
from tests.story.test_killed import newest
from tests.story.test_there_and_home import history
from tests.story.town import CX, SP, Town, town

WAYS = ((CX, SP), (SP, CX)) if os.environ.get("STAFETT_FULL") else ((CX, SP),)
"""Both ways in the long form; what is told is the same."""
BROUGHT = {SP: "^PUT .*/content$", CX: "^(POST|PUT) /api/v1/import/"}


@pytest.fixture(params=WAYS, ids="-".join)
def place(request, tmp_path):
    """A town whose source has logs with files; `way` is where they go."""
    with town(tmp_path) as made:
        made.fill(request.param[0], list(history("generert", request.param[0]))[:12])
        made.way = request.param
        yield made


def moved(place: Town) -> str:
    """A run that wrote every log."""
    return str(place.stafett("migrate", place.plan(*place.way))["run"])


def lose(place: Town) -> int:
    """Every file's content in the target goes: how many logs had some."""
    target = place.way[1]
    return len([ref for ref in place.digests(target) if place.apps[target].tamper(ref, dropped)])


def page(place: Town, run_id: str, language: str = "nb") -> str:
    """The report, as text."""
    path = place.stafett("report", run_id, "--language", language)["html"]
    return Path(path).read_text("utf-8")


def repaired(place: Town, run_id: str) -> str:
    """Plan, sign with every place named, and run a repair."""
    plan_id = place.stafett("plan", *place.way, "--repair", run_id)["plan"]
    shown = place.stafett("show", plan_id)
    words = [word for name in shown.get("overwrites", ()) for word in ("--overwrite", name)]
    place.stafett("sign", plan_id, "--by", "IT", *words)
    return str(place.stafett("migrate", plan_id)["run"])


def test_a_look_without_files_forgets_no_loss(place):
    """What the last look with files found stands beside it, until the files are proved again."""
    run_id = moved(place)
    clean = place.here("reconcile", run_id, "--without-files")
    assert (clean.exit_code, "sist prøvd" in clean.stdout) == (0, False)
    logs = lose(place)
    full = place.stafett("reconcile", run_id)
    assert full["states"]["drifted"] == logs

    # A tool that reads the exit code, a person, a program and the next report are all told.
    for _ in range(2):
        blind = place.here("reconcile", run_id, "--without-files")
        assert blind.exit_code == 1
        assert f": {logs} logger hadde filer uten rett innhold" in blind.stdout
        assert "ikke prøvd nå" in blind.stdout
    told = place.stafett("reconcile", run_id, "--without-files")
    assert told["files"] is None
    assert len(told["last_files"]["logs"]) == logs
    assert told["last_files"]["wrong"] == full["files"]["wrong"]
    report = page(place, run_id)
    assert "ikke prøvd" in report
    wrong = full["files"]["wrong"]
    assert f'eller har et annet</th><td class="num">{wrong}</td>' in report
    assert "Alle loggene kom frem, og alt er gjort rede for." not in report

    repaired(place, run_id)
    assert place.here("reconcile", run_id, "--without-files").exit_code == 0
    assert held(place, place.way[1])[1] == 0


def test_a_full_look_that_finds_them_right_clears_it(place):
    """The content is put back by the vendor, and seen."""
    run_id = moved(place)
    target = place.way[1]
    assert lose(place)
    place.stafett("reconcile", run_id)
    repaired(place, run_id)
    assert place.stafett("reconcile", run_id)["states"].get("drifted", 0) == 0
    assert place.here("reconcile", run_id, "--without-files").exit_code == 0
    assert held(place, target)[1] == 0


def test_files_of_parked_logs_are_counted(place):
    """A log the target left something of has files too: with all lost, none is called right."""
    target = place.way[1]
    place.running[target].faults(
        [{"kind": "content_swapped", "match": BROUGHT[target], "times": 0}]
    )
    run_id = moved(place)
    place.running[target].faults([])
    right, wrong = held(place, target)
    assert (right, wrong > 0) == (0, True)
    told = place.stafett("reconcile", run_id)
    assert told["files"] == {"right": 0, "wrong": wrong}
    assert told["states"]["partial"] > 0


def unread(place: Town, kind: str) -> tuple[str, str]:
    """A run, one of whose logs the target answers for in such a way, for ever: run and ref."""
    run_id = moved(place)
    target = place.way[1]
    ref = sorted(place.digests(target))[0]
    place.running[target].faults([{"kind": kind, "match": f"^GET .*{ref}", "times": 0}])
    return run_id, ref


@pytest.mark.parametrize("kind", ["html200", "server500"])
def test_a_log_that_cannot_be_read_is_told_as_that(place, kind):
    """By its ref and its code with what to do; the others are compared, and nobody is sent to
    repair what a repair cannot mend."""
    run_id, ref = unread(place, kind)
    target = place.way[1]
    logs = len(place.running[target].journal()["eksternNokkel"])
    told = place.here("reconcile", run_id, "--json")
    assert told.exit_code == 1, told.output
    facts = json.loads(told.stdout)
    assert facts["states"] == {"settled": logs - 1, "unread": 1}
    assert [row["i målet"] for row in facts["findings"]] == [ref]
    code = "TJENERFEIL" if kind == "server500" else "UGYLDIG_SVAR"
    assert [row["kode"] for row in facts["unread"]] == [code]
    assert facts["untried"] == 1
    shown = place.here("reconcile", run_id).stdout
    assert "Kunne ikke leses i målet" in shown
    assert "Logger der filene ikke ble prøvd" in shown
    assert code in shown
    assert "--repair" not in shown
    report = page(place, run_id)
    assert "Logger der filene ikke ble prøvd" in report
    assert ref in report


def test_a_system_that_is_ill_still_ends_it(place):
    """Nothing it holds can be read, and it does not say what it is either."""
    run_id = moved(place)
    place.running[place.way[1]].faults([{"kind": "server500", "match": "^GET", "times": 0}])
    assert place.here("reconcile", run_id, "--json").exit_code == 4


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_the_headline_follows_what_was_found(place, language):
    """The first line of the report, its list, its time and the command; then the list of tasks."""
    run_id = moved(place)
    before = page(place, run_id, language)
    logs = lose(place)
    place.stafett("reconcile", run_id)
    path = place.stafett("report", run_id, "--language", language)["json"]
    data = json.loads(Path(path).read_text("utf-8"))
    assert len(data["found"]["open"]) == logs
    after = page(place, run_id, language)
    lead = {text.split('<p class="lead')[1].split("</p>")[0] for text in (before, after)}
    assert len(lead) == 2
    command = f"stafett plan {place.way[0]} {place.way[1]} --repair {run_id}"
    assert (command in before, command in after) == (False, True)
    refs = {row[1] for row in data["found"]["findings"]}
    assert len(refs) == logs
    assert all(ref in after for ref in refs)

    tasks = place.here("tasks", "--json")
    assert tasks.exit_code == 1
    (row,) = json.loads(tasks.stdout)["reconciled"]
    assert (row["kjøring"], row["logger"], row["kommando"]) == (run_id, logs, command)
    again = repaired(place, run_id)
    assert json.loads(place.here("tasks", "--json").stdout)["reconciled"] == []
    report = page(place, again, language)
    assert run_id in report.split('<p class="lead')[0]
    assert command not in page(place, run_id, language)


def test_a_half_made_log_of_a_stopped_run_is_ours(place):
    """The process dies with logs in the target and no receipt: they are told as begun, with the
    command that goes on, and never as somebody else's."""
    plan_id = place.plan(*place.way)
    assert place.spawn("migrate", plan_id, STAFETT_FAILPOINT="write.after:3").wait(120) == 137
    run_id = newest(place)
    there = set(place.digests(place.way[1]))
    assert there
    told = place.here("reconcile", run_id, "--json")
    assert told.exit_code == 1, told.output
    facts = json.loads(told.stdout)
    # A chunk may have been done with before; whatever else stands there is told as begun.
    begun = len(there) - facts["states"].pop("settled", 0)
    assert facts["states"] == {"partial": begun}
    assert begun
    assert {row["i målet"] for row in facts["findings"]} <= there
    shown = place.here("reconcile", run_id).stdout
    assert f"stafett resume {run_id}" in shown
    assert "--repair" not in shown
    assert f"stafett resume {run_id}" in page(place, run_id)
    (row,) = json.loads(place.here("tasks", "--json").stdout)["reconciled"]
    assert row["kommando"] == f"stafett resume {run_id}"

    place.stafett("resume", run_id)
    found = place.stafett("reconcile", run_id)["states"]
    assert set(found) == {"settled"}
    assert json.loads(place.here("tasks", "--json").stdout)["reconciled"] == []
