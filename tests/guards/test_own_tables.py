"""A room's tables are read by that room alone: others ask it a question, and never its columns.

Rows that are looked up by another formula than their writer's are never found, and nobody sees it.
"""

import ast
from pathlib import Path

ROOT = Path(__file__).parents[2]
OWNERS = {
    "archive_tables": "gateway/effects/archiving/",
    "moving_tables": "gateway/effects/moving/",
    "transfer_tables": "gateway/effects/transferring/",
}
LEDGER = "gateway/ledger/"
"""The ledger itself: migrations, and the sweep that must know every pointer there is."""
STILL = {
    ("archive_tables", "gateway/engine/archiving.py"),
    ("archive_tables", "gateway/report/archive.py"),
    ("archive_tables", "gateway/schedule/nights.py"),
    ("archive_tables", "gateway/schedule/rounds.py"),
}
"""Archiving's own nights and reports, which stand beside its room. The list only shrinks."""


def imported(text: str) -> set[str]:
    """Which of the rooms' tables a file imports, in whatever way."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(text)):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith("import_module"):
            names = [str(one.value) for one in node.args if isinstance(one, ast.Constant)]
        found |= {room for name in names for room in OWNERS if room in name.split(".")}
    return found


def readers(root: Path) -> set[tuple[str, str]]:
    """(tables, file) of everybody who imports another room's tables."""
    found = set()
    for path in sorted((root / "gateway").rglob("*.py")):
        name = path.relative_to(root).as_posix()
        for room in imported(path.read_text(encoding="utf-8")):
            if not name.startswith((OWNERS[room], LEDGER)):
                found.add((room, name))
    return found


def test_a_room_s_tables_are_its_own():
    """Exactly those that are left: one that has stopped must be taken off the list."""
    assert readers(ROOT) == STILL


def test_the_list_only_shrinks():
    """Nobody is put on it: four, and never more."""
    assert len(STILL) <= 4


def test_a_room_that_reads_another_s_table_is_found(tmp_path):
    """Planted: the hand-over reads the moves' table, as it once did; and three other ways."""
    ways = (
        "from gateway.ledger import moving_tables as mv\n",
        "import gateway.ledger.moving_tables\n",
        "from gateway.ledger.moving_tables import watched_person\n",
        "import importlib\nm = importlib.import_module('gateway.ledger.moving_tables')\n",
    )
    for nr, line in enumerate(ways):
        folder = tmp_path / str(nr) / "gateway" / "effects" / "transferring"
        folder.mkdir(parents=True)
        (folder / "importering.py").write_text(
            f"def f():\n    {line.replace(chr(10), chr(10) + '    ')}\n"
        )
        found = readers(tmp_path / str(nr))
        assert found == {("moving_tables", "gateway/effects/transferring/importering.py")}, line
