"""Generated logs of every vendor, and keys of three invented municipalities, made once."""

import shutil
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from connectors.forsegling.oevingsnoekler import make as make_keys
from schemas.stafettlogg.logg import Stafettlogg

ROOT = Path(__file__).parents[3]
SYSTEMS = sorted(p.parent.name for p in (ROOT / "mappings").glob("*/mapping.py"))
TENANT = "899100107"
AVGIVER, MOTTAKER, ANNEN = "899100107", "899200209", "899100115"


def generated(count: int = 30) -> Iterator[Stafettlogg]:
    """Logs of each system, as the canonical model has them."""
    for system in SYSTEMS:
        mapping = import_module(f"mappings.{system}.mapping").MAPPING
        generator = import_module(f"connectors.{system}.sandbox.generator")
        for wire, _ in generator.generate(11, count, tenant=TENANT):
            yield mapping.decode(wire, TENANT).logg


@pytest.fixture(scope="session")
def logs() -> list[Stafettlogg]:
    """Those that have concerns to choose among."""
    found = [one for one in generated() if one.oppmerksomheter]
    assert len(found) >= 20
    return found


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Paths of key and certificate by name; nothing made here outlives the run."""
    folder = tmp_path_factory.mktemp("noekler")
    made = {
        "avgiver": make_keys(folder, AVGIVER, "avgiver"),
        "mottaker": make_keys(folder, MOTTAKER, "mottaker"),
        "mottaker_ny": make_keys(folder, MOTTAKER, "mottaker_ny"),
        "annen": make_keys(folder, ANNEN, "annen"),
        "utgaatt": make_keys(folder, AVGIVER, "utgaatt", days=0),
        "kort": make_keys(folder, AVGIVER, "kort", days=1),
        "fremmed": make_keys(folder, AVGIVER, "fremmed"),
    }
    return SimpleNamespace(folder=folder, **made)


@pytest.fixture(scope="session")
def openssl() -> str:
    """Another implementation than ours; without it the test is skipped, loudly."""
    found = shutil.which("openssl")
    if found is None:
        pytest.skip("openssl is not installed, so no hand-over met another implementation")
    return found
