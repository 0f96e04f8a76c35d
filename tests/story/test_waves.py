"""A municipality moves in waves: a chosen part at a time, looked at by people before the next.

Three waves of a town, the second killed in the middle, the third with a repair; what is shared
between logs is made once, the samples are signed, and the books of the waves sum to the whole.
STAFETT_FULL=1 runs 200 logs.
"""

import json
import os
import signal
import time
from collections import Counter

import pytest

from tests.story.test_there_and_home import edit, history
from tests.story.town import CX, SP, Town, town

LOGS = 200 if os.environ.get("STAFETT_FULL") else 24


@pytest.fixture
def place(tmp_path):
    """A town with logs in Conexus."""
    with town(tmp_path) as made:
        made.fill(CX, list(history("generert", CX))[:LOGS])
        yield made


def looked_at(place: Town, run_id: str) -> int:
    """Draw the sample and let somebody look at every log of it."""
    drawn = place.stafett("sample", run_id, "--size", "3", ok=(1,))["sample"]
    for row in drawn:
        place.stafett("sample", run_id, "--looked", row["logg"], "--by", "IT", "--says", "riktig")
    assert place.stafett("sample", run_id, ok=(0,))["unseen"] == ""
    return len(drawn)


def accounts(place: Town, plan_id: str) -> Counter:
    """The books of a plan, in leaves."""
    return Counter(place.stafett("show", plan_id)["summary"]["accounts"])


def test_three_waves_one_killed_one_repaired(place):
    """The whole routine, by command."""
    whole = place.stafett("plan", CX, SP)
    puts = whole["summary"]["kinds"]["put"]
    third = puts // 3

    first = place.stafett("plan", CX, SP, "--first", str(third))
    assert first["scope"]["first"] == third
    place.stafett("sign", first["plan"], "--by", "IT")
    one = place.stafett("migrate", first["plan"])
    assert looked_at(place, one["run"]) >= 3

    second = place.stafett("plan", CX, SP, "--first", str(third), "--after-sample", one["run"])
    place.stafett("sign", second["plan"], "--by", "IT")
    running = place.spawn("migrate", second["plan"])
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if running.poll() is not None or int(place.stafett("status").get("done") or 0) >= 2:
            break
        time.sleep(0.05)
    running.send_signal(signal.SIGKILL)
    running.wait(10)
    two = place.stafett("migrate", second["plan"])

    drawn = place.stafett("sample", two["run"], "--size", "3", ok=(1,))["sample"]
    last = place.stafett("plan", CX, SP, "--after-sample", two["run"])
    place.stafett("sign", last["plan"], "--by", "IT")
    refused = place.here("migrate", last["plan"], "--detach", "--json")
    assert refused.exit_code == 2
    assert "PROEVE_IKKE_SETT" in refused.output
    place.stafett(
        "sample", two["run"], "--looked", drawn[0]["logg"], "--by", "IT", "--says", "feil"
    )
    assert place.here("migrate", last["plan"], "--detach", "--json").exit_code == 2
    wrong = drawn[0]["logg"]
    place.stafett("sample", two["run"], "--looked", wrong, "--by", "IT", "--says", "riktig")
    assert place.here("migrate", last["plan"], "--detach", "--json").exit_code == 2
    place.stafett("sample", two["run"], "--looked", wrong, "--by", "Rektor", "--says", "rettet")
    looked_at(place, two["run"])
    three = place.stafett("migrate", last["plan"])

    bundle = next(b for b in place.apps[SP].bundles() if b["goals"])
    edit(place, bundle["plan"]["planId"], bundle["goals"][0])
    runs = [one["run"], two["run"], three["run"]]
    told = {run: place.stafett("reconcile", run)["states"] for run in runs}
    hurt = next(run for run in runs if "drifted" in told[run])
    repair = place.stafett("plan", CX, SP, "--repair", hurt)["plan"]
    (name,) = place.stafett("show", repair)["overwrites"]
    place.stafett("sign", repair, "--by", "IT", "--overwrite", name)
    mended = place.stafett("migrate", repair)["run"]
    looked_at(place, mended)
    for run in runs:
        assert set(place.stafett("reconcile", run)["states"]) <= {"settled", "superseded"}

    books = [accounts(place, plan["plan"]) for plan in (first, second, last)]
    assert sum(books, Counter()) == Counter(whole["summary"]["accounts"])
    assert sum(run["done"] for run in (one, two, three)) == puts
    assert place.doubles(SP) == 0
    # One account for each person, however many logs and waves they are in.
    accounts_of: dict[str, set[str]] = {}
    for each in place.apps[SP].bundles():
        for person in each["participants"]:
            if person["nationalId"]:
                accounts_of.setdefault(person["nationalId"], set()).add(person["personId"])
    assert all(len(ids) == 1 for ids in accounts_of.values())


def test_a_part_is_chosen_by_what_a_log_says(place, tmp_path):
    """Unit, level, status and a list; what lies outside is counted, and the part is in the hash."""
    whole = place.stafett("plan", CX, SP)
    listed = whole["summary"]["listed"]
    some = tmp_path / "logger.txt"
    ids = [b["loggId"] for b in place.apps[CX].documents()]
    some.write_text(f"{ids[0]}\n{ids[1]}\n")
    chosen = place.stafett("plan", CX, SP, "--logs", str(some))
    assert chosen["summary"]["steps"] == 2
    assert chosen["hash"] != whole["hash"]
    levels = {}
    for level in (1, 2, 3):
        made = place.stafett("plan", CX, SP, "--level", str(level))
        levels[level] = made["summary"]["steps"]
        assert made["summary"]["listed"] == listed
    without = sum(1 for d in place.apps[CX].documents() if d["nivaa"] is None)
    assert sum(levels.values()) + without == listed
    units = Counter(d["virksomhetId"] for d in place.apps[CX].documents())
    unit, number = units.most_common(1)[0]
    named = next(
        v["navn"] for d in place.apps[CX].documents() for v in d["virksomheter"]
        if v["virksomhetId"] == unit
    )  # fmt: skip
    assert place.stafett("plan", CX, SP, "--unit", named)["summary"]["steps"] == number
    both = place.stafett("plan", CX, SP, "--unit", named, "--status", "AKTIV")
    active = [d for d in place.apps[CX].documents() if d["status"] == "AKTIV"]
    assert both["summary"]["steps"] == sum(d["virksomhetId"] == unit for d in active) > 0
    # Those that are held are told on the way to the first that moves.
    first = place.stafett("plan", CX, SP, "--unit", named, "--first", "1")
    assert first["summary"]["kinds"].get("put", 0) <= 1
    assert place.stafett("plan", CX, SP, "--first", "1")["summary"]["kinds"]["put"] == 1
    assert place.here("plan", CX, SP, "--status", "NOE", "--json").exit_code == 2


def test_a_scoped_plan_closes_against_its_part(place):
    """What lies outside the chosen part is counted, and is no reason to call the run unfinished."""
    plan_id = place.stafett("plan", CX, SP, "--first", "2")["plan"]
    place.stafett("sign", plan_id, "--by", "IT")
    run_id = place.stafett("migrate", plan_id)["run"]
    summary = json.loads((place.folder / place.stafett("report", run_id)["json"]).read_text())
    source = summary["summary"]["source"]
    # Those held on the way to the two are told with them, and take no place among them.
    assert (summary["summary"]["kinds"]["put"], source["new"], source["gone"]) == (2, 0, 0)
    assert source["outside"] == source["listed"] - source["chosen"]
