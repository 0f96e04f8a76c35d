"""What the command line says of a hand-over is so: in the queue, gone, delivered.

Two municipalities on disk and a line that is dead, then not; every step is a command.
"""

import json
from datetime import UTC, datetime

import pytest

from connectors.conexus_companion.sandbox.generator import generate
from gateway.policy.context import Policyramme
from gateway.policy.samtykke import valid_consents
from schemas.stafettlogg.kodeverk import Loggstatus
from tests.story.to_byer import UNIT_NAME, Byer
from tests.story.to_kommuner import HOLDER, unit_of
from tests.story.town import CX, here


@pytest.fixture
def byer(tmp_path):
    """Two municipalities, and nobody listens at the receiver."""
    made = Byer(tmp_path)
    yield made
    made.stop()


def chosen(byer, stock=None):
    """A log that may be handed over, its unit and its consent."""
    ramme = Policyramme(now=datetime.now(UTC), kommunenummer="9901", production=False, born={})
    for logg in byer.fill(stock or generate(31, 12)):
        unit = next((v for v in logg.virksomheter if v.id == logg.ansvarlig_virksomhet), None)
        valid = valid_consents(logg, ramme)
        active = logg.status is Loggstatus.AKTIV and logg.oppmerksomheter
        if active and unit and unit.orgnr and valid:
            return logg.id, f"leder-{unit.orgnr}", valid[0].id
    raise AssertionError("no log may go")


def run(by, *words):
    """A command: its exit code, what a person reads, and its document."""
    command = [*words, "--config", str(by.config)]
    told, document = here(*command), here(*command, "--json")
    return told.exit_code, told.stdout + told.stderr, json.loads(document.stdout)


def test_a_dead_line_is_not_called_sent(byer):
    """`transfer send` says that it lies here, and its exit code says so too; the family's letter
    is not written for what has not happened."""
    logg, leder, consent = chosen(byer)
    by, other = byer.a, byer.m
    by.stafett("archive", "due", CX)
    byer.to_m.stop()
    own = by.stafett(
        "transfer", "start", logg, "--by", leder, "--to", other.orgnr,
        "--unit", unit_of(other.orgnr), "--unit-name", UNIT_NAME, "--person", HOLDER,
        "--concern", "alle", "--consent", consent, "--read-by", "leder",
    )["overfoering"]  # fmt: skip
    by.stafett("archive", "run", CX)
    told = by.stafett("transfer", "send", own, "--by", leder, ok=(1,))
    assert (told["tilstand"], told["said"], told["ansvarlig"]) == ("SENDT", "koe", "oss")
    code, text, document = run(by, "transfer", "show", own)
    assert code == 0
    assert "ligger i køen" in text and document["said"] == "koe"
    assert " sendt" not in text.split("nr ")[0]
    code, text, _ = run(
        by, "transfer", "message", own, "--out", str(by.folder / "b"), "--by", leder
    )
    assert code == 2
    assert not (by.folder / "b").exists()
