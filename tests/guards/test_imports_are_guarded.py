"""Each import contract turns red when its breach is planted in a copy of the house."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BREACHES = {
    "Schemas import nothing of ours": ("schemas/stafettlogg/person.py", "import gateway.errors"),
    "Vendors do not know each other": (
        "connectors/visma_samspill/connector.py",
        "import connectors.conexus_companion.connector",
    ),
    "The Fiks room knows no protocol": (
        "connectors/fiks/kanal.py",
        "import connectors.fiks_arkiv.arkiv",
    ),
    "A connector knows the wire": (
        "connectors/conexus_companion/connector.py",
        "import schemas.stafettlogg.logg",
    ),
    "A mapping knows shapes": ("mappings/books.py", "import gateway.policy.rules"),
    "The pure half does no I/O": ("gateway/policy/alder.py", "import httpx"),
    "The core never sees a vendor": (
        "gateway/effects/pull.py",
        "import schemas.conexus_companion.logg",
    ),
    "A hint of a move starts nothing": (
        "gateway/effects/moving/deciding.py",
        "import gateway.effects.transferring.avgi",
    ),
    "One file knows the durable engine": ("gateway/effects/runs.py", "import dbos"),
}


@pytest.mark.parametrize("contract", BREACHES)
def test_a_planted_import_breaks_its_contract(contract, tmp_path):
    """The named contract is broken by the planted line."""
    for room in ("gateway", "connectors", "mappings", "schemas"):
        shutil.copytree(ROOT / room, tmp_path / room, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    name, line = BREACHES[contract]
    target = tmp_path / name
    target.write_text(target.read_text() + f"\n{line}\n")
    done = subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache"],
        cwd=tmp_path, capture_output=True, text=True, check=False,
        env={"PYTHONPATH": str(tmp_path), "PATH": "", "COLUMNS": "200"},
    )  # fmt: skip
    broken = [row for row in done.stdout.splitlines() if row.endswith("BROKEN")]
    assert done.returncode != 0
    assert any(row.startswith(contract) for row in broken), done.stdout[-2000:]
