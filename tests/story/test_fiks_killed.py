"""Kill -9 of the process that archives over Fiks, against an archive that misbehaves.

Exactly one record per snapshot, and every byte read back. STAFETT_FULL=1 runs 500 snapshots.
"""

import os
import subprocess
import sys
import time
from pathlib import Path
from random import Random

import pytest

from tests.contract.fiks_stand import Stand

FULL = bool(os.environ.get("STAFETT_FULL"))


@pytest.fixture
def stand(amqp, tmp_path):
    """A sandbox of its own."""
    made = Stand(tmp_path / "data", amqp)
    yield made
    made.close()


def runner(stand, first, count):
    """The depositing process."""
    script = Path(__file__).with_name("fiks_deponerer.py")
    command = [sys.executable, script, stand.server.url]
    return subprocess.Popen(
        [*map(str, command), str(first), str(count)], stdout=subprocess.PIPE, text=True
    )


def test_killed_at_any_moment_leaves_exactly_one_record(stand):
    """kill -9 again and again, with a misbehaving archive; every snapshot once, bytes read back."""
    random = Random(20)
    count, kills = (500, 60) if FULL else (6, 3)
    stand.app.switch(
        {"uten_kvittering": 2, "serverfeil": 2, "omvendt": 3, "dobbelt": -1, "plattformfeil": 1}
    )
    stand.server.faults(
        [
            {"kind": "cut_after", "match": "send", "times": 0, "probability": 0.03},
            {"kind": "cut_before", "match": "send", "times": 0, "probability": 0.03},
            {"kind": "busy503", "match": "", "times": 0, "probability": 0.03},
        ],
        seed=4,
    )
    for _ in range(kills):
        process = runner(stand, 1, count)
        time.sleep(random.uniform(0.6, 2.0 if not FULL else 12.0))
        process.kill()
        process.communicate()
    stand.server.faults([])
    process = runner(stand, 1, count)
    out, _ = process.communicate(timeout=600)
    assert process.returncode == 0
    assert out.split() == [str(nr) for nr in range(1, count + 1)]
    journal = stand.app.journal()
    assert list(journal["journalposter"].values()) == [1] * count
    assert list(journal["mapper"].values()) == [1] * count
    assert list(journal["dokumenter"].values()) == [3] * count
