"""Removes one vendor from a copy of the tree and runs the rest: the proof that they are apart."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
PARTS = ("gateway", "connectors", "mappings", "schemas")
VENDORS = sorted(
    path.parent.name
    for path in (ROOT / "connectors").glob("*/connector.py")
    if (path.parent / "sandbox" / "app.py").exists()
)


def _copy(to: Path, *, without: str) -> None:
    # The protocol's own suite stands on the story of two municipalities, each with a vendor.
    skip = shutil.ignore_patterns("__pycache__", "overfoering")
    for part in PARTS:
        shutil.copytree(ROOT / part, to / part, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "tests/contract", to / "tests/contract", ignore=skip)
    shutil.copytree(ROOT / "tests/samsvar", to / "tests/samsvar", ignore=skip)
    for name in ("pyproject.toml", "tests/conftest.py"):
        shutil.copy(ROOT / name, to / name)
    for room in ("schemas", "connectors", "mappings"):
        shutil.rmtree(to / room / without, ignore_errors=True)
        (to / room / f"{without}.py").unlink(missing_ok=True)


def _contract_run(folder: Path) -> subprocess.CompletedProcess[str]:
    # The installed package points at the real tree; the copy must come first.
    environment = {**os.environ, "PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
    picked = "put_can_be_got or paging or provenance or discovery or change_feed or one_creation"
    command = [sys.executable, "-m", "pytest", "tests/contract", "-p", "no:cacheprovider"]
    # The long form is the whole suite, each test of it in its own short form.
    if environment.pop("STAFETT_FULL", None) is None:
        command += ["-k", picked]
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=900
    )


@pytest.mark.skipif(len(VENDORS) < 2, reason="needs a vendor to remove and one to keep")
@pytest.mark.parametrize("vendor", VENDORS)
def test_the_rest_stays_green_without_one_vendor(vendor: str, tmp_path: Path) -> None:
    """Without `vendor`'s folders the contract suite passes for those that are left."""
    _copy(tmp_path, without=vendor)
    done = _contract_run(tmp_path)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]
    assert vendor not in done.stdout


@pytest.mark.skipif(len(VENDORS) < 2, reason="needs a vendor to remove and one to keep")
def test_a_vendor_that_leans_on_another_is_found(tmp_path: Path) -> None:
    """Planted: one vendor imports another, and the run without the other turns red."""
    kept, removed = VENDORS[0], VENDORS[1]
    _copy(tmp_path, without=removed)
    source = tmp_path / "connectors" / kept / "connector.py"
    source.write_text(
        source.read_text(encoding="utf-8") + f"\nimport connectors.{removed}.connector\n",
        encoding="utf-8",
    )
    done = _contract_run(tmp_path)
    assert done.returncode != 0
    assert "ModuleNotFoundError" in done.stdout


@pytest.mark.skipif(len(VENDORS) < 2, reason="needs a broken vendor and a whole one")
def test_a_broken_vendor_fails_alone(tmp_path: Path) -> None:
    """Planted: a vendor that cannot be imported fails under its own name; the other is green."""
    _copy(tmp_path, without="ingen")
    broken, whole = VENDORS[0], VENDORS[1]
    source = tmp_path / "connectors" / broken / "connector.py"
    source.write_text("import finnes_ikke\n", encoding="utf-8")
    done = _contract_run(tmp_path)
    assert done.returncode == 1
    assert f"[{broken}" in done.stdout
    assert f"[{whole}" not in done.stdout
