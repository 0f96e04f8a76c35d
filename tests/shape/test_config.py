"""The configuration is documented, validated, and says what is wrong without quoting it."""

from pathlib import Path

import pytest
from pydantic import BaseModel

from gateway.errors import LocalFault
from gateway.settings.load import load, secret
from gateway.settings.models import (
    Arkiv,
    Gateway,
    Kanaloppsett,
    Kommune,
    Motpart,
    System,
    Varselmappe,
)
from gateway.texts.catalogue import Catalogue

ROOT = Path(__file__).parents[2]
README = (ROOT / "config" / "README.md").read_text("utf-8")


def keys(model: type[BaseModel], prefix: str = "") -> list[str]:
    """Every key of a settings model, nested ones with a dot."""
    found = []
    for name, field in model.model_fields.items():
        inner = field.annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            found += keys(inner, f"{prefix}{name}.")
        else:
            found.append(prefix + name)
    return found


@pytest.mark.parametrize(
    "key",
    [
        *keys(Gateway), *keys(System), *keys(Arkiv), *keys(Kanaloppsett), *keys(Motpart),
        *keys(Kommune), *keys(Varselmappe, "varsler.<navn>."),
    ],
)  # fmt: skip
def test_every_key_is_documented(key):
    """The table has a row that names the key."""
    assert f"`{key}`" in README


def test_the_shipped_example_is_valid():
    """What we ship can be read."""
    assert load(ROOT / "config").kommune.nummer == "9901"


def write(folder, gateway="", kommune=""):
    """A configuration folder with these extra lines."""
    config = folder / "config"
    (config / "kommuner").mkdir(parents=True)
    text = (ROOT / "config" / "gateway.toml").read_text("utf-8")
    (config / "gateway.toml").write_text(gateway + "\n" + text, "utf-8")
    text = (ROOT / "config" / "kommuner" / "9901.toml").read_text("utf-8")
    (config / "kommuner" / "9901.toml").write_text(kommune + "\n" + text, "utf-8")
    return config


@pytest.mark.parametrize(
    ("gateway", "kommune", "code", "place"),
    [
        ("databse = 'x'", "", "KONFIG_UKJENT_NOEKKEL", "gateway.toml: databse"),
        ("chunk = 'mange'", "", "KONFIG_UGYLDIG", "gateway.toml: chunk"),
        ("chunk = = 1", "", "KONFIG_UGYLDIG", "gateway.toml"),
        ("", "navm = 'x'", "KONFIG_UKJENT_NOEKKEL", "9901.toml: navm"),
        ("", "redigering_timer = 99", "KONFIG_UGYLDIG", "9901.toml: redigering_timer"),
    ],
)
def test_a_wrong_key_is_named_and_its_value_is_not(tmp_path, gateway, kommune, code, place):
    """The error says where; what stood there stays there."""
    with pytest.raises(LocalFault) as caught:
        load(write(tmp_path, gateway, kommune))
    assert (caught.value.code, caught.value.place) == (code, place)
    assert "mange" not in str(caught.value)


def test_a_missing_file_and_a_missing_municipality(tmp_path):
    """Each is a clear error."""
    with pytest.raises(LocalFault, match="KONFIG_MANGLER"):
        load(tmp_path)
    config = write(tmp_path)
    with pytest.raises(LocalFault, match="KONFIG_MANGLER"):
        load(config, "1234")
    (config / "kommuner" / "9902.toml").write_text("", "utf-8")
    with pytest.raises(LocalFault, match="KOMMUNE_IKKE_VALGT"):
        load(config)


def test_a_missing_secret(tmp_path, monkeypatch):
    """HEMMELIGHET_MANGLER names the system; a secret is read from the environment."""
    monkeypatch.delenv("CONEXUS_SECRET", raising=False)
    settings = load(write(tmp_path))
    config = settings.gateway.systems["conexus_companion"]
    with pytest.raises(LocalFault, match="HEMMELIGHET_MANGLER"):
        secret("conexus_companion", config, settings)
    monkeypatch.setenv("CONEXUS_SECRET", "s3")
    assert secret("conexus_companion", config, settings) == "s3"


def test_one_value_where_a_list_is_wanted_is_told_as_that(tmp_path):
    """`dekryptering = "x.key"`: a word of its own, and how it is written is in the advice."""
    folder = tmp_path / "config"
    (folder / "kommuner").mkdir(parents=True)
    text = (ROOT / "config" / "gateway.toml").read_text("utf-8")
    (folder / "gateway.toml").write_text(text, "utf-8")
    (folder / "kommuner" / "9901.toml").write_text(
        'nummer = "9901"\nnavn = "x"\norgnr = "899100107"\n'
        '[overfoering]\nsystem = "ks"\ndekryptering = "x.key"\n',
        "utf-8",
    )
    with pytest.raises(LocalFault, match="KONFIG_SKAL_VAERE_LISTE") as told:
        load(folder)
    assert told.value.place == "9901.toml: overfoering.dekryptering"
    for language in ("nb", "nn", "en"):
        assert '["' in Catalogue(language).code("KONFIG_SKAL_VAERE_LISTE").do
