"""No code of the product lays anything aside in a temporary folder: nobody sweeps that.

What lies there is in clear, also after a power cut. What must be a file has a place of its own.
"""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDERS = ("gateway", "connectors", "mappings", "schemas")
MODULES = {"tempfile", "dbm", "shelve"}
"""Modules that write where nobody looks."""
NAMES = {
    "mkdtemp", "mkstemp", "mktemp", "gettempdir", "NamedTemporaryFile", "TemporaryFile",
    "TemporaryDirectory", "SpooledTemporaryFile", "tmpfile", "O_TMPFILE", "memfd_create",
}  # fmt: skip
PLACES = ("/tmp", "/var/tmp", "/dev/shm", "TMPDIR")


def aside(tree: ast.AST) -> list[int]:
    """Lines that take a temporary file or folder, or name where those are."""
    return sorted({node.lineno for node in ast.walk(tree) if _is_aside(node)})  # type: ignore[attr-defined]


def _is_aside(node: ast.AST) -> bool:
    match node:
        case ast.Import(names=names):
            return any(one.name.split(".")[0] in MODULES for one in names)
        case ast.ImportFrom(module=module, names=names):
            return module in MODULES or any(one.name in NAMES for one in names)
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name in NAMES
        case ast.Constant(value=str() as text):
            return text.startswith(PLACES) and "\n" not in text
    return False


def test_nothing_is_laid_aside() -> None:
    """Every file of the product, the stand-ins for other systems with it."""
    files = [file for folder in FOLDERS for file in (ROOT / folder).rglob("*.py")]
    assert len(files) > 300
    found = {
        file.relative_to(ROOT).as_posix(): lines
        for file in files
        if (lines := aside(ast.parse(file.read_text(encoding="utf-8"))))
    }
    assert found == {}


@pytest.mark.parametrize(
    "planted",
    [
        "import tempfile",
        "from tempfile import mkstemp as a",
        "import os\nhandle = os.open('x', os.O_TMPFILE)",
        "from pathlib import Path\nhere = Path('/tmp') / 'x'",
        "import os\nhere = os.environ['TMPDIR']",
        "def f(t):\n    with t.TemporaryDirectory() as a: pass",
    ],
)
def test_the_guard_sees_it(planted: str) -> None:
    """Planted breaches: each is found."""
    assert aside(ast.parse(planted))
