"""Every archive's README has a full example of its set-up, and the product's own models read it.

Full means every option there is: one that is new and not in the example is found here, and so is
one that is in the example and is gone. What is written is text, as `gateway.toml` gives it.
"""

import importlib
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from gateway.settings.models import Arkiv
from tests.contract.archive_stand import FOLDER, NAMES

_BLOCK = re.compile(r"```toml\n(.*?)```", re.DOTALL)


def example(name: str) -> Arkiv:
    """The archive in the README's example, as the settings model reads it."""
    text = (FOLDER / name / "README.md").read_text(encoding="utf-8")
    found = [
        table
        for block in _BLOCK.findall(text)
        for table in tomllib.loads(block).get("archives", {}).values()
        if table.get("kobling") == name
    ]
    assert len(found) == 1, f"{name}: {len(found)} examples"
    return Arkiv.model_validate({"client_id": "", **found[0]})


def profile(name: str) -> type[BaseModel]:
    """The model that reads the archive's options: in `profil.py`, or beside a small archive."""
    there = "profil" if (FOLDER / name / "profil.py").exists() else "arkiv"
    module: Any = importlib.import_module(f"connectors.{name}.{there}")
    found: type[BaseModel] = module.Profil
    return found


@pytest.mark.parametrize("name", NAMES)
def test_the_example_is_read_and_is_full(name: str) -> None:
    """The settings model takes the table, and the archive's own model every option of it."""
    told = example(name)
    model = profile(name)
    assert model.model_validate(told.options) is not None
    assert set(told.options) == set(model.model_fields)
    assert not told.confirmed


@pytest.mark.parametrize("name", NAMES)
def test_what_the_example_says_may_be_left_out_may_be(name: str) -> None:
    """A `#` with nothing behind it: without all of those the rest is a set-up of its own."""
    text = (FOLDER / name / "README.md").read_text(encoding="utf-8")
    block = next(one for one in _BLOCK.findall(text) if f'kobling = "{name}"' in one)
    free = set(re.findall(r"^(\w+) = .*?#$", block, re.MULTILINE))
    options = {k: v for k, v in example(name).options.items() if k not in free}
    if "tillit" in options and "mottaker_orgnr" in free:
        del options["tillit"]  # the two go together, as it says
    assert profile(name).model_validate(options) is not None


@pytest.mark.parametrize("name", NAMES)
def test_planted_an_option_of_another_name_is_seen(name: str) -> None:
    """Planted: a slip in the example."""
    options = {**example(name).options, "ukjent_valg": "x"}
    with pytest.raises(ValidationError):
        if profile(name).model_config.get("extra") != "forbid":
            raise AssertionError("an unknown option would pass")
        profile(name).model_validate(options)


def test_the_examples_hold_no_path_of_a_machine() -> None:
    """Keys lie where the municipality puts them."""
    for name in NAMES:
        for value in example(name).options.values():
            assert not Path(value.strip()).is_absolute() or "Service.svc" in value
