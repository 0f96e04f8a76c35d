"""`stafett transfer echo`, as a person gives it, between two municipalities that are processes."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from connectors.forsegling.oevingsnoekler import make as make_keys
from tests.story.to_byer import By
from tests.story.to_kommuner import AVGIVER, MOTTAKER
from tests.story.town import CX, ROOT, SP


@pytest.fixture
def byer(tmp_path):
    """One that asks, and one that serves."""
    asks, serves = By(tmp_path / "a", AVGIVER, "9901", CX), By(tmp_path / "m", MOTTAKER, "9902", SP)
    asks.meet(serves, serves.port)
    serves.meet(asks, asks.port)
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.contract.overfoering.serverer", "--config",
         str(serves.config)],
        cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    yield asks, serves
    process.terminate()
    process.wait(20)
    asks.stop()
    serves.stop()


def test_a_person_is_told_what_holds_and_what_does_not(byer):
    """It holds; then our directory is wrong about them, and the end and the remedy are told."""
    asks, _ = byer
    for _ in range(60):
        told = asks.stafett("transfer", "echo", MOTTAKER)
        if told["code"] != "EKKO_IKKE_NAADD":
            break
    assert (told["holds"], told["code"], told["end"]) == (True, "", "")
    _, other = make_keys(asks.folder / "andre", MOTTAKER)
    known = asks.config / "motparter" / f"{MOTTAKER}.cert.pem"
    known.write_bytes(Path(other).read_bytes())
    told = asks.stafett("transfer", "echo", MOTTAKER, ok=(1,))
    assert (told["holds"], told["code"], told["end"]) == (False, "EKKO_DERES_TLS", "her")
    said = subprocess.run(
        [sys.executable, "-m", "gateway.cli", "transfer", "echo", MOTTAKER, "--config",
         str(asks.config)],
        cwd=ROOT, check=False, capture_output=True, text=True,
    )  # fmt: skip
    assert said.returncode == 1
    assert "rettes her: EKKO_DERES_TLS" in said.stdout and "Gjør dette:" in said.stdout
    assert MOTTAKER not in said.stdout + said.stderr
    shown = asks.stafett("transfer", "inbox", "--all")
    assert shown["transfers"] == [] and json.dumps(shown)
    assert asks.stafett("transfer", "echo", "899100123", ok=(1,))["code"] == "UKJENT_MOTPART"
