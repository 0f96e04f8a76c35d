"""Ctrl-C while a run goes on: one line, out at once; and a run nobody works on is told as such.

Whoever stops a run must know that nothing is lost, and which command goes on with it.
"""

import signal
import subprocess

import pytest

from connectors.conexus_companion.sandbox.generator import generate
from tests import warm
from tests.story.town import CX, ROOT, SP, town


@pytest.fixture
def place(tmp_path):
    """A town whose target takes its time."""
    with town(tmp_path, chunk=5) as made:
        made.fill(CX, generate(21, 10))
        yield made


def started(place, *words):
    """A command that has begun to wait: the process and the run it said it began."""
    process = warm.popen(
        place.command(*words), env=place.env(PYTHONUNBUFFERED="1"), cwd=ROOT, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    line = process.stdout.readline()
    while "er i gang" not in line:
        assert line, process.stderr.read()
        line = process.stdout.readline()
    while not place.running[SP].journal()["skrivinger"]:
        assert process.poll() is None
    return process, line.split()[0]


def slow(place):
    """Each write is answered late."""
    place.running[SP].faults(
        [{"kind": "stall", "match": "^(POST|PUT|PATCH) ", "seconds": 1.0, "times": 0}]
    )


def test_ctrl_c_says_how_to_go_on_and_leaves(place):
    """Exit code 130, one line and no trace; status says that nobody works, and resume finishes."""
    slow(place)
    process, run_id = started(place, "migrate", place.plan())
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert f"stafett resume {run_id}" in out.splitlines()[-1]
    assert "Traceback" not in out + err
    told = place.stafett("status", run_id, ok=(1,))
    assert (told["state"], told["working"]) == ("kjoerer", False)
    said = place.here("status", run_id)
    assert f"stafett resume {run_id}" in said.stdout
    assert "Ingen arbeider med kjøringen nå" in said.stdout
    place.running[SP].faults([])
    done = place.stafett("resume", run_id)
    # What stood half written may wait for a person, as after any kill; nothing is left open.
    assert done["state"] in ("ferdig", "avvik")
    assert done["done"] + done["parked"] == done["total"] > 0
    assert place.doubles(SP) == 0


def test_ctrl_c_answers_a_program_too(place):
    """With --json there is one document, and it names the command."""
    import json

    run_id = place.stafett("migrate", place.plan(), "--detach")["run"]
    slow(place)
    process = warm.popen(
        [*place.command("resume", run_id), "--json"], env=place.env(), cwd=ROOT, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    while not place.running[SP].journal()["skrivinger"]:
        assert process.poll() is None
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert (process.returncode, err) == (130, "")
    assert json.loads(out)["go_on"] == f"stafett resume {run_id}"


def test_a_run_that_was_never_taken_up(place):
    """Detached, and no worker has ever been here."""
    run_id = place.stafett("migrate", place.plan(), "--detach")["run"]
    told = place.stafett("status", run_id, ok=(1,))
    assert (told["working"], told["heard"]) == (False, None)


def test_a_killed_process_is_known_by_its_silence(place, monkeypatch):
    """While a worker lives the run is running, and that is all. Then it is said how long ago
    anybody was heard of; after a lease of silence, that nobody works. Watching ends then: there is
    nothing to watch."""
    from gateway.engine import leases

    slow(place)
    process, run_id = started(place, "migrate", place.plan())
    told = place.stafett("status", run_id, ok=(0,))
    assert (told["state"], told["working"]) == ("kjoerer", True)
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=30)
    told = place.stafett("status", run_id)
    assert told["heard"] is not None
    assert told["working"] is (told["heard"] <= leases.LEASE)
    monkeypatch.setattr(leases, "LEASE", 0.0)
    assert place.stafett("status", run_id, ok=(1,))["working"] is False
    watched = place.here("status", run_id, "--watch")
    assert watched.exit_code == 1
    assert f"stafett resume {run_id}" in watched.stdout
