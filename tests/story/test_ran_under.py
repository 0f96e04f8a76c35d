"""What a plan is signed under is what it is run under, or somebody signs again first."""

import os
import subprocess
import sys

import pytest
from pydantic import BaseModel

from connectors.conexus_companion.sandbox.generator import generate
from gateway.run.under import changed
from gateway.settings.load import load
from gateway.settings.models import Arkiv, Gateway, Kommune, System
from gateway.settings.ran_under import LEFT_OUT, ran_under
from tests.people import FOLK, line, staff_file
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


def without(place, lines):
    """The staff file as it is when somebody has left, or may not sign any more."""
    rest = [line(own, roles) for own, roles in FOLK.items() if own != "IT"]
    staff_file(place.folder / "data" / "ansatte.json", rest + lines)


@pytest.mark.parametrize(
    "now", [[], [line("IT", ["lesetilgang"])], [line("IT", ["it_leder"], gyldigTil="2020-01-01")]],
    ids=["gone", "reads only", "left"],
)  # fmt: skip
def test_a_signer_who_may_not_sign_any_more_is_told_before_anything_is_sent(place, now):
    """Gone from the staff file, with another role, or left; somebody else signs, and it goes."""
    plan_id = place.plan()
    before = place.digests(SP)
    without(place, now)
    told = place.here("migrate", plan_id)
    assert told.exit_code == 2 and "SIGNATAR_UTE" in told.stderr, told.stderr
    assert entries(place, "begin") == [] and place.digests(SP) == before
    place.stafett("sign", plan_id, "--by", "leder")
    assert place.stafett("migrate", plan_id, "--detach")["run"]


def test_a_run_that_goes_on_says_that_its_signer_is_out(place):
    """And goes on; by `migrate` as by `resume`."""
    plan_id = place.plan()
    run_id = place.stafett("migrate", plan_id, "--detach")["run"]
    place.stafett("pause", run_id)
    without(place, [])
    assert place.stafett("migrate", plan_id)["signer_out"] is True
    assert place.stafett("status", run_id)["state"] in {"ferdig", "avvik"}


@pytest.mark.parametrize(
    ("name", "old", "new", "told"),
    [
        ("kommuner/9901.toml", "[adressesperre]\n",
         '[adressesperre]\nkontaktpunkt = "arkivar"\n', "adressesperre.kontaktpunkt"),
        ("kommuner/9901.toml", "[adressesperre]\n", 'maalform = "nn"\n[adressesperre]\n',
         "maalform"),
        ("kommuner/9901.toml", "[slett]", '[arkiv]\nmappetype = "annen"\n[slett]',
         "arkiv.mappetype"),
        ("kommuner/9901.toml", "[slett]", '[nivaa_tekst]\n1 = "x"\n[slett]', "nivaa_tekst"),
    ],
)  # fmt: skip
def test_what_decides_what_is_written_or_held_is_signed(place, name, old, new, told):
    """Each by its name, and no other with it; the bytes of the staff file are not of it."""
    before = ran_under(load(place.config), CX, SP, {})
    without(place, [])
    assert ran_under(load(place.config), CX, SP, {}) == before
    edit(place, name, old, new)
    assert changed(before, ran_under(load(place.config), CX, SP, {})) == [told]


def names_of(model, at=""):
    """Every setting of a kind, by its name from the top."""
    for name, one in model.model_fields.items():
        kind = one.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            yield from names_of(kind, f"{at}{name}.")
        else:
            yield f"{at}{name}"


def test_what_is_left_out_is_there_and_says_why():
    """A name that no setting has would leave out nothing; a new setting is held to by itself."""
    kinds = {"gateway": (Gateway,), "kommune": (Kommune,), "service": (System, Arkiv)}
    for kind, models in kinds.items():
        names = {name for model in models for name in names_of(model)}
        assert set(LEFT_OUT[kind]) <= names
        assert all(len(why) > 20 for why in LEFT_OUT[kind].values())


def test_a_set_has_one_hash_in_every_process(place):
    """Its own order is another in each."""
    said = {
        subprocess.run(
            [sys.executable, "-c", _ASK, str(place.config)], check=True, capture_output=True,
            env=os.environ | {"PYTHONHASHSEED": n}, text=True,
        ).stdout
        for n in ("1", "2", "3")
    }  # fmt: skip
    assert len(said) == 1


_ASK = """
import sys
from pathlib import Path
from gateway.settings import load, ran_under
print(ran_under.ran_under(load.load(Path(sys.argv[1])), "conexus_companion", "visma_samspill", {}))
"""


def test_what_is_kept_is_no_value_and_no_secret(place):
    """Hashes of sixteen digits by the names of settings; nothing of how we reach a secret."""
    under = ran_under(load(place.config), CX, SP, {"modell": "x"})
    assert {len(value) for value in under.values()} == {16}
    assert f"systems.{SP}.base_url" in under and "samtykke.egen_alder" in under
    assert not [name for name in under if "secret" in name or "timeout" in name]
