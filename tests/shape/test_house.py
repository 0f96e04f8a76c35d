"""The house keeps its shape: sizes, names, docstrings, and a README in every room."""

import ast
import os
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = ("gateway", "connectors", "mappings", "schemas")
BANNED = {"utils", "helpers", "common", "base", "core", "manager", "misc", "service"}
LONGEST = 400
SOURCES = sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py"))


def named(path: Path) -> str:
    """A path as people say it."""
    return path.relative_to(ROOT).as_posix()


def test_files_are_small():
    """No file over 400 lines, and the middle one at most 120."""
    sizes = sorted(len(path.read_text().splitlines()) for path in SOURCES)
    over = [named(p) for p in SOURCES if len(p.read_text().splitlines()) > LONGEST]
    assert over == []
    assert sizes[len(sizes) // 2] <= 120


def test_no_junk_drawers():
    """A module is named by what it is."""
    assert [named(p) for p in SOURCES if p.stem in BANNED or p.parent.name in BANNED] == []


@pytest.mark.parametrize("path", SOURCES, ids=named)
def test_every_module_says_what_it_is(path):
    """A module docstring everywhere, and one on everything public in it."""
    tree = ast.parse(path.read_text())
    assert ast.get_docstring(tree)
    if "migrations" in path.parts:
        return
    silent = [
        node.name
        for node in tree.body
        if isinstance(node, ast.ClassDef | ast.FunctionDef)
        and not node.name.startswith("_")
        and not ast.get_docstring(node)
    ]
    assert silent == []


def test_connector_packages_hold_a_docstring_only():
    """Importing a connector's name must load nothing (httpx least of all)."""
    for init in (ROOT / "connectors").glob("*/__init__.py"):
        tree = ast.parse(init.read_text())
        assert len(tree.body) == 1, named(init)


def test_every_room_has_a_readme():
    """Docs live where they are used."""
    rooms = [*ROOMS, "config", "tests"]
    assert [room for room in rooms if not (ROOT / room / "README.md").exists()] == []


def test_only_the_wiring_knows_a_system_by_name():
    """No vendor's name stands in the gateway, in code or text of code."""
    vendors = {p.parent.name for p in (ROOT / "connectors").glob("*/connector.py")}
    assert vendors
    found = [
        named(path)
        for path in (ROOT / "gateway").rglob("*.py")
        if any(vendor in _code_only(path) for vendor in vendors)
    ]
    assert found == []


def _code_only(path: Path) -> str:
    """The source without docstrings and help texts (examples may name a system there)."""
    tree = ast.parse(path.read_text())
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value:
            node.value = ""
    return ast.unparse(tree)


def _files():
    """What is ours in the folder: not what tools and runs leave in it."""
    for folder, inner, names in os.walk(ROOT):
        inner[:] = [
            one for one in inner
            if one not in {".git", ".venv", "demo", "data", ".hypothesis", "__pycache__", ".cache"}
            and not (one.startswith(".") and one.endswith("_cache"))
        ]  # fmt: skip
        yield from (Path(folder) / name for name in names if name != ".git")


def test_the_product_names_no_registry_and_no_machine():
    """No registry host, no path of a build machine, in any file of the project."""
    hosts = "|".join(("python" + "hosted", "py" + "pi", "npm" + "js", "deb" + r"\.debian"))
    wrong = re.compile(rf"(?i)({hosts})\.org|(?<![\w.])/(work|farm|root)/")
    found = []
    for path in _files():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        if wrong.search(text):
            found.append(named(path))
    assert found == []


def test_the_pure_half_loads_no_client_and_no_database():
    """Importing model, mappings and policy in a fresh interpreter loads no I/O library."""
    import subprocess
    import sys

    code = (
        "import sys, importlib\n"
        "for m in ('schemas.stafettlogg.logg','gateway.policy.rules','gateway.plan.draft',"
        "'gateway.reconcile.compare','mappings.books','mappings.restore'):\n"
        "    importlib.import_module(m)\n"
        "bad={'httpx','sqlalchemy','sqlite3','structlog','dbos','socket'} & set(sys.modules)\n"
        "print(sorted(bad))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    assert set(ast.literal_eval(done.stdout)) <= {"socket"}
