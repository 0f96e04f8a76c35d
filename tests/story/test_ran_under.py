"""What a plan is signed under is what it is run under, or somebody signs again first."""

import pytest

from connectors.conexus_companion.sandbox.generator import generate
from gateway.settings.load import load
from gateway.settings.ran_under import ran_under
from tests.story.town import CX, SP, entries, town


@pytest.fixture
def place(tmp_path):
    """A town with logs in Conexus."""
    with town(tmp_path, chunk=5) as made:
        made.fill(CX, generate(21, 3))
        yield made


def edit(place, name, old, new):
    """Somebody changes a line of the configuration."""
    path = place.config / name
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def test_a_change_after_the_signature_is_told_before_anything_is_sent(place):
    """By name, and no run has begun; signed again it goes. What only says how patient we are, and
    a secret, change nothing."""
    plan_id = place.plan()
    edit(place, "gateway.toml", "timeout = 5.0", "timeout = 6.0")
    edit(place, "kommuner/9901.toml", "[adressesperre]", "redigering_timer = 9\n[adressesperre]")
    edit(place, "gateway.toml", 'planTypeId = "pt-stafettlogg"', 'planTypeId = "pt-annet"')
    before = place.digests(SP)
    told = place.here("migrate", plan_id)
    assert told.exit_code == 2 and "RAMME_ENDRET" in told.stderr
    assert f"redigering_timer, systems.{SP}.options.planTypeId]" in told.stderr
    assert "pt-annet" not in told.stderr + told.stdout
    assert entries(place, "begin") == [] and place.digests(SP) == before
    edit(place, "gateway.toml", 'planTypeId = "pt-annet"', 'planTypeId = "pt-stafettlogg"')
    place.stafett("sign", plan_id, "--by", "IT")
    run_id = place.stafett("migrate", plan_id)["run"]
    ((_, begun),) = entries(place, "begin")
    (_, (_, signed)) = entries(place, "sign")
    assert begun["under"] == signed["under"] and begun["plan"] == plan_id
    assert place.stafett("status", run_id)["state"] in {"ferdig", "avvik"}


def test_a_run_that_is_gone_on_with_says_what_changed(place):
    """By name, once, in the chain too."""
    plan_id = place.plan()
    run_id = place.stafett("migrate", plan_id, "--detach")["run"]
    place.stafett("pause", run_id)
    edit(place, "kommuner/9901.toml", "[adressesperre]", "redigering_timer = 9\n[adressesperre]")
    told = place.stafett("resume", run_id)
    assert told["changed_settings"] == ["redigering_timer"]
    ((_, body),) = entries(place, "ramme")
    assert body["endret"] == ["redigering_timer"]


def test_what_is_kept_is_no_value_and_no_secret(place):
    """Hashes of sixteen digits by the names of settings; nothing of how we reach a secret."""
    under = ran_under(load(place.config), CX, SP, {"modell": "x"})
    assert {len(value) for value in under.values()} == {16}
    assert f"systems.{SP}.base_url" in under and "samtykke.egen_alder" in under
    assert not [name for name in under if "secret" in name or "timeout" in name]
