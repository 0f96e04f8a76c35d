"""A pause while a run goes on: the command ends when what it holds is done, and shows no trace.

The engine may not be closed under work that is to be noted in it.
"""

import subprocess
from concurrent.futures import ThreadPoolExecutor

import pytest

from connectors.conexus_companion.sandbox.generator import generate
from gateway import app
from gateway.effects import runs
from gateway.engine.worker import Worker
from gateway.settings.load import load
from tests import warm
from tests.story.town import CX, ORGNR, ROOT, SP, town


@pytest.fixture
def place(tmp_path):
    """A town whose target takes its time."""
    with town(tmp_path, chunk=3) as made:
        made.fill(CX, generate(21, 8))
        made.running[SP].faults(
            [{"kind": "stall", "match": "^(POST|PUT|PATCH) ", "seconds": 0.25, "times": 0}]
        )
        yield made


def begun(place, *words):
    """A command that has begun to write."""
    before = place.running[SP].journal()["skrivinger"]
    process = warm.popen(
        place.command(*words), env=place.env(), cwd=ROOT, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    while place.running[SP].journal()["skrivinger"] == before:
        assert process.poll() is None
    return process


def test_a_pause_ends_the_command_clean(place):
    """Of migrate, and of resume: paused, exit code 0, nothing on stderr; and it goes on to its
    end."""
    plan_id = place.plan()
    process = begun(place, "migrate", plan_id)
    run_id = place.stafett("status")["run_id"]
    for again in (True, False):
        place.stafett("pause", run_id)
        out, err = process.communicate(timeout=60)
        assert (process.returncode, err) == (0, "")
        assert "Satt på pause" in out or "Pauset" in out
        if again:
            process = begun(place, "resume", run_id)
    place.running[SP].faults([])
    done = place.stafett("resume", run_id)
    assert done["state"] in ("ferdig", "avvik")
    assert done["done"] + done["parked"] == done["total"] > 0
    assert place.doubles(SP) == 0


@pytest.fixture
def begun_twice(tmp_path):
    """A run whose first attempt was paused before any of it began, and a worker of its own."""
    with town(tmp_path, chunk=6) as made:
        made.fill(CX, generate(7, 24, tenant=ORGNR))
        run_id = made.stafett("migrate", made.plan(), "--detach")["run"]
        house = app.open_house(load(made.config))
        runs.set_state(house.database, run_id, "pauset", house.clock.now().isoformat(), "", "")
        runs.go_on(house.database, run_id, house.clock.now().isoformat())
        worker = Worker(house)
        yield made, worker, run_id
        worker.stop()
        house.close()


def test_an_attempt_that_was_overtaken_in_the_queue_writes_nothing(begun_twice):
    """Seen: both attempts at a chunk began when the run was taken up again, and filled one log
    twice over."""
    place, worker, run_id = begun_twice
    assert worker._push(run_id, 1, 1) == "overtatt"
    assert place.running[SP].journal()["skrivinger"] == 0
    assert worker._push(run_id, 1, 2) == "ferdig"
    assert place.running[SP].journal()["skrivinger"] > 0


def test_two_at_one_chunk_take_turns(begun_twice):
    """Nothing of a log is made twice, and nothing is read back otherwise."""
    place, worker, run_id = begun_twice
    slow = {"kind": "stall", "match": "^(POST|PUT|PATCH) ", "seconds": 0.05, "times": 0}
    place.running[SP].faults([slow])
    with ThreadPoolExecutor(2) as two:
        first = two.submit(worker._push, run_id, 1, 2)
        while not place.running[SP].journal()["skrivinger"]:
            assert not first.done()
        second = two.submit(worker._push, run_id, 1, 2)
        assert "ferdig" in (first.result(), second.result())
    goals = [g["externalReference"] for b in place.apps[SP].bundles() for g in b["goals"]]
    assert goals and len(goals) == len(set(goals))
    assert place.doubles(SP) == 0
