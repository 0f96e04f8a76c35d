"""Every way to hold it wrong gives a code, a sentence, a next action and an exit code.

Nothing is lost and nothing of a person is in it; the commands are the ones a person types.
"""

import base64
import json
import subprocess

import pytest

from connectors.conexus_companion.sandbox.generator import generate
from tests.story.town import CX, ROOT, SP, here, town


@pytest.fixture
def place(tmp_path):
    """A town with a few logs."""
    with town(tmp_path) as made:
        made.fill(CX, generate(3, 6))
        yield made


def wrong(place, *words, **env):
    """Run a command that must fail; (exit code, code, place of the error)."""
    told = here(*words, "--json", env=place.env(**env))
    error = json.loads(told.stdout)["error"]
    assert error["what"] and error["do"]
    assert "Traceback" not in told.stderr and isinstance(told.exception, SystemExit)
    return told.exit_code, error["code"], error["place"]


def test_an_unknown_key_in_the_configuration(place):
    """The key is named."""
    place.write_config(chunck="5")
    assert wrong(place, "plan", CX, SP) == (3, "KONFIG_UKJENT_NOEKKEL", "gateway.toml: chunck")


def test_a_missing_secret(place):
    """The system is named."""
    (place.folder / "data" / "secret.txt").unlink()
    assert wrong(place, "plan", CX, SP) == (3, "HEMMELIGHET_MANGLER", f"systems.{CX}")


def test_a_wrong_key_for_the_ledger(place):
    """Nothing is read with it, and the right key still opens everything afterwards."""
    place.plan()
    other = "k1:" + base64.b64encode(b"x" * 32).decode()
    assert wrong(place, "status", STAFETT_KEYS=other) == (3, "NOEKKEL_FEIL", "canary")
    assert place.stafett("verify")["broken_at"] is None


def test_no_key_at_all(place):
    """Told before anything is opened."""
    (place.folder / "data" / "keys.txt").unlink()
    assert wrong(place, "status")[:2] == (3, "NOEKKEL_MANGLER")


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("plan", CX, "visma"), "UKJENT_SYSTEM"),
        (("plan", CX, CX), "SAMME_SYSTEM"),
        (("sign", "plan-x", "--by", "IT"), "UKJENT_PLAN"),
        (("migrate", "plan-x"), "UKJENT_PLAN"),
        (("resume", "run-x"), "UKJENT_KJOERING"),
        (("show", "abc"), "UKJENT_LOGG"),
        (("report", "run-x"), "UKJENT_KJOERING"),
    ],
)
def test_names_that_do_not_exist(place, words, code):
    """Each is wrong use, with a clear word."""
    assert wrong(place, *words)[:2] == (2, code)


def test_an_unsigned_plan(place):
    """Nothing is sent before somebody has said yes."""
    plan_id = place.stafett("plan", CX, SP)["plan"]
    assert wrong(place, "migrate", plan_id) == (2, "PLAN_IKKE_SIGNERT", plan_id)
    assert place.running[SP].journal()["skrivinger"] == 0


def test_the_wrong_municipality_answers(place):
    """A token for another tenant stops the run before anything is read."""
    place.running[CX].faults(
        [{"kind": "wrong_tenant", "match": "^GET /api/v1/kommune", "times": 0}]
    )
    assert wrong(place, "plan", CX, SP)[:2] == (3, "FEIL_TENANT")


def test_a_system_that_is_not_there(place):
    """Exit code 4: try again later, with a code that says so."""
    place.running[CX].stop()
    code, name, _ = wrong(place, "plan", CX, SP)
    assert (code, name) == (4, "INGEN_FORBINDELSE")


def test_a_source_that_was_full_and_is_empty(place):
    """Never a mass deletion: stop, and say that nothing was deleted."""
    place.stafett("migrate", place.plan())
    place.replace(CX, "tom")
    assert wrong(place, "plan", CX, SP)[:2] == (4, "TOM_KILDE")


def test_a_register_that_is_missing_holds_everything(place):
    """Fail closed: a plan is made, and every log in it is held with the public code."""
    (place.folder / "register.json").unlink()
    summary = place.stafett("plan", CX, SP)["summary"]
    assert summary["kinds"] == {"hold": 6}
    assert summary["codes"]["P-20"] == 6


def test_a_signature_by_nobody_and_a_wrong_option(place):
    """Wrong use is exit code 2."""
    for words in (("sign", "plan-x", "--by", ""), ("plan", CX), ("plan", CX, SP, "--fort")):
        done = subprocess.run(
            place.command(*words), env=place.env(), cwd=ROOT, capture_output=True, check=False
        )
        assert done.returncode == 2
