"""A pause while a run goes on: the command ends when what it holds is done, and shows no trace.

The engine may not be closed under work that is to be noted in it.
"""

import subprocess

import pytest

from connectors.conexus_companion.sandbox.generator import generate
from tests import warm
from tests.story.town import CX, ROOT, SP, town


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
