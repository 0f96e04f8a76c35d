"""Who may load the typesetter and the readers of strangers' files, and who may not."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ALONE = {
    "typst": {"gateway/snapshot/render.py"},
    "page": {"gateway/snapshot/omgjoering.py"},
    "pypdfium2": {"gateway/snapshot/omgjoering.py", "gateway/snapshot/pdfside.py"},
    "PIL": {
        "gateway/snapshot/bildefil.py",
        "gateway/snapshot/jpegfil.py",
        "gateway/snapshot/omgjoering.py",
        "gateway/snapshot/pdfbilder.py",
        "gateway/snapshot/pdfside.py",
    },
    "gateway.snapshot.jpegfil": {"gateway/snapshot/bildefil.py", "gateway/snapshot/pdfbilder.py"},
    "gateway.snapshot.pngfil": {"gateway/snapshot/bildefil.py"},
    "gateway.snapshot.faksbilde": {"gateway/snapshot/pdfbilder.py"},
    "gateway.snapshot.pakkebilde": {"gateway/snapshot/pdfbilder.py"},
    "gateway.snapshot.bildefil": {"gateway/snapshot/omgjoering.py"},
    "gateway.snapshot.pdfside": {"gateway/snapshot/omgjoering.py"},
    "gateway.snapshot.pdfinnhold": {
        "gateway/snapshot/omgjoering.py",
        "gateway/snapshot/pdfside.py",
    },
    "gateway.snapshot.pdfbilder": {
        "gateway/snapshot/bildefil.py",
        "gateway/snapshot/pdfinnhold.py",
        "gateway/snapshot/pdfside.py",
    },
    "gateway.snapshot.omgjoering": {"gateway/snapshot/vedleggsprosess.py"},
}


def imports(path: Path) -> Iterator[str]:
    """The modules a file imports, anywhere in it."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def breaches(root: Path) -> list[str]:
    """Files that import what only one other may."""
    found = []
    for room in ("gateway", "connectors", "mappings", "schemas"):
        for path in sorted((root / room).rglob("*.py")):
            name = path.relative_to(root).as_posix()
            for module in imports(path):
                for alone, allowed in ALONE.items():
                    if (module + ".").startswith(alone + ".") and name not in allowed:
                        found.append(f"{name}: {module}")
    return found


def test_each_is_loaded_by_one_file() -> None:
    """The typesetter by one; readers of uploads by the few that only the worker process loads."""
    assert breaches(ROOT) == []


@pytest.mark.parametrize("line", ["import typst", "from PIL import Image",
                                  "from gateway.snapshot import omgjoering"])  # fmt: skip
def test_a_planted_import_is_seen(tmp_path: Path, line: str) -> None:
    """Planted: another file loads one of them."""
    (tmp_path / "gateway").mkdir()
    (tmp_path / "gateway" / "plantet.py").write_text(f"def f():\n    {line}\n", "utf-8")
    assert breaches(tmp_path) != []


def test_freezing_reads_no_upload_in_its_own_process() -> None:
    """Loading the freezer loads neither a PDF reader nor an image reader."""
    code = (
        "import sys, gateway.snapshot.freeze\n"
        "print(sorted({'page', 'pypdfium2', 'PIL', 'httpx', 'sqlalchemy'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_document_is_made_without_the_typesetter() -> None:
    """The pure part of the snapshot loads no typesetter and reads no clock."""
    code = (
        "import sys, gateway.snapshot.dokument, gateway.snapshot.manifest\n"
        "print(sorted({'typst', 'subprocess'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
    pure = (ROOT / "gateway" / "snapshot").rglob("*.py")
    assert not any(
        word in path.read_text("utf-8") for path in pure
        for word in ("datetime.now(", "date.today(", "time.time(", "utcnow(")
    )  # fmt: skip
