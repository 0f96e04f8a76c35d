"""The examples of channels in config/README.md, written to disk and opened as they stand there.

What is the municipality's own (addresses, ids, secrets, keys) is the sandbox's; which keys there
are, how paths are written and what they are relative to, is the example's.
"""

import importlib
import json
import re
import shutil
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from gateway.app_overfoering import channel_operations, open_channel
from gateway.errors import LocalFault
from gateway.ports.connector import Provenance
from gateway.ports.kanal import Motpart
from gateway.settings.load import load
from tests.contract.channels.stand import ORGNR
from tests.story.kanalene import NAVN, A, B, open_platform

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "config" / "README.md").read_text("utf-8")
EXAMPLES = {
    one["kobling"]: (name, one)
    for block in re.findall(r"```toml\n(.*?)```", TEXT, re.DOTALL)
    for name, one in tomllib.loads(block).get("kanaler", {}).items()
}
OURS = {"amqp_url", "integrasjon_id", "konto_id", "orgnr", "svarinn_url", "svarinn_bruker"}
"""Options that say where and who, and so are each municipality's own."""


@pytest.fixture(scope="module", params=NAVN)
def plattform(request, tmp_path_factory):
    """A platform, running."""
    made = open_platform(
        request.param,
        tmp_path_factory.mktemp(request.param),
        lambda: request.getfixturevalue("amqp"),
    )
    yield made
    made.close()


def toml(value):
    """A value as TOML; dates and text are enough."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(k)} = {toml(v)}" for k, v in value.items()) + "}"
    return json.dumps(value) if isinstance(value, str | int | float) else value.isoformat()


def write(folder, plattform, who, **changes):
    """One municipality's configuration on disk: the example with the sandbox's own values."""
    name, example = EXAMPLES[plattform.navn]
    own = plattform.stand.settings(who)
    options = dict(example["options"])
    module = importlib.import_module(f"connectors.{plattform.navn}.kanal")
    for option in (*getattr(module, "STIER", ()), *getattr(module, "STILISTER", ())):
        if option in options:
            there = folder / options[option]
            assert not Path(options[option]).is_absolute()
            there.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(own.options[option], there)
    options |= {key: own.options[key] for key in OURS if key in options}
    (folder / example["secret_file"]).parent.mkdir(parents=True, exist_ok=True)
    (folder / example["secret_file"]).write_text(own.client_secret + "\n")
    reached = {"base_url": own.base_url, "client_id": own.client_id}
    if "token_url" in example:
        reached["token_url"] = own.token_url
    table = {**example, **reached, "options": options | changes}
    config = folder / "config"
    (config / "kommuner").mkdir(parents=True)
    (config / "motparter").mkdir()
    (config / "gateway.toml").write_text(
        "systems = {}\n"
        + f"[kanaler.{name}]\n"
        + "".join(f"{key} = {toml(value)}\n" for key, value in table.items())
    )
    (config / "kommuner" / "9901.toml").write_text(
        f'nummer = "9901"\nnavn = "Kommune"\norgnr = "{ORGNR[who]}"\n'
        f'[overfoering]\nkanaler = ["{name}"]\n'
    )
    other = B if who == A else A
    adresse = "".join(
        f"{key} = {toml(value)}\n" for key, value in plattform.stand.motpart(other).adresse.items()
    )
    (config / "motparter" / "annen.toml").write_text(
        f'orgnr = "{ORGNR[other]}"\nnavn = "Annen"\nkommunenummer = "9902"\nkanal = "{name}"\n'
        f"sertifikater = []\n[adresse]\n{adresse}"
    )
    return name, load(config)


def test_there_is_an_example_of_each():
    """And the operations it confirms are the ones that must be."""
    assert set(EXAMPLES) == set(NAVN)
    for kind, (_, example) in EXAMPLES.items():
        assumed = {o.name for o in channel_operations(kind) if o.provenance is Provenance.ASSUMED}
        assert set(example["confirmed"]) == assumed


def test_the_example_opens_and_carries_a_package(plattform, tmp_path):
    """Both ends opened from disk; a package goes from one to the other."""
    ends = {}
    for who in (A, B):
        name, settings = write(tmp_path / who, plattform, who)
        ends[who] = (open_channel(settings, name, listening=False), settings)
    try:
        (a, ours), (b, _) = ends[A], ends[B]
        assert a.facts().tosidig
        counterpart = ours.motparter[ORGNR[B]]
        sent = replace(
            plattform.stand.forsendelse(B), mottaker=Motpart(ORGNR[B], counterpart.adresse)
        )
        assert a.send(sent)
        [came] = plattform.stand.fetch(b, 1)
        assert came.pakke == sent.pakke
        b.kvitter(came.ref)
    finally:
        for kanal, _ in ends.values():
            kanal.close()


def test_a_wrong_option_is_named_and_not_quoted(plattform, tmp_path):
    """An option nobody knows, and a key that is not there."""
    name, settings = write(tmp_path / "a", plattform, A, ukjent="hemmelig-verdi")
    with pytest.raises(LocalFault) as told:
        open_channel(settings, name, listening=False)
    assert "ukjent" in told.value.place and "hemmelig-verdi" not in str(told.value)
    for key in (tmp_path / "a" / "noekler").glob("*.pem"):
        key.unlink()
        name, settings = write(tmp_path / key.stem, plattform, A)
        (tmp_path / key.stem / "noekler" / key.name).unlink()
        with pytest.raises(LocalFault):
            open_channel(settings, name, listening=False)
