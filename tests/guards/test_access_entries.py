"""Every way content reaches a person has its entry, and nobody acts who was not asked for.

Who acts is made by `Staff.acting` alone, an access by `access.note` alone, and whatever writes a
file or opens what is sealed for a person asks for one. Each guard is shown a breach.
"""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MAKERS = {
    "Acting": "gateway/staff/staff.py",
    "Access": "gateway/ledger/access.py",
}
"""Class -> the one file that may make it."""

WRITES = frozenset({"write_bytes", "write_text", "lay_files"})
WITHOUT_CONTENT = {
    "gateway/effects/transferring/intern.py": "sealed messages to ourselves",
    "gateway/effects/archiving/dropping.py": "notices; what they carry has guards of its own",
    "gateway/effects/archiving/proof.py": "a tombstone: ids, hashes and times",
    "gateway/report/archive.py": "codes and counts",
    "gateway/report/write.py": "places, codes and counts",
    "gateway/cli/textfile.py": "a plan, line by line: places and codes",
    "gateway/cli/transfershow.py": "a proof: ids and hashes",
}
"""Files that write files with nothing of a log's content in them, each with what it is."""

OPENS = frozenset({"read_notes", "lay_out", "counterpart"}) | {"brev.write", "deciding.show"}
"""What gives out content, or what is sealed about a log, for a person."""


def files(root: Path) -> dict[str, ast.Module]:
    """The product's modules, those that only play it left out."""
    return {
        path.relative_to(root).as_posix(): ast.parse(path.read_text("utf-8"))
        for path in sorted((root / "gateway").rglob("*.py"))
        if "demo" not in path.parts
    }


def name_of(node: ast.Call) -> tuple[str, str]:
    """(last word, last two words) of what is called."""
    text = ast.unparse(node.func)
    return text.rsplit(".", 1)[-1], ".".join(text.rsplit(".", 2)[-2:])


def made_elsewhere(modules: dict[str, ast.Module]) -> list[str]:
    """Where an Acting or an Access is made by another than its maker."""
    return [
        f"{path}:{node.lineno}"
        for path, tree in modules.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and (kind := name_of(node)[0]) in MAKERS
        and path != MAKERS[kind]
    ]


def written_without(modules: dict[str, ast.Module]) -> list[str]:
    """Functions that write a file, and no function of their module asks for an access."""
    found = []
    for path, tree in modules.items():
        if path in WITHOUT_CONTENT:
            continue
        writes = [
            node.lineno
            for node in ast.walk(tree)
            if isinstance(node, ast.Call) and name_of(node)[0] in WRITES
        ]
        asks = any(
            isinstance(node, ast.Call) and name_of(node)[1].endswith("access.covers")
            for node in ast.walk(tree)
        )
        found += [f"{path}:{line}" for line in writes if not asks]
    return found


def shown_without(modules: dict[str, ast.Module]) -> list[str]:
    """Functions of a surface that open something for a person and write no entry."""
    found = []
    for path, tree in modules.items():
        if not path.startswith("gateway/cli/"):
            continue
        for function in ast.walk(tree):
            if not isinstance(function, ast.FunctionDef):
                continue
            called = [name_of(n) for n in ast.walk(function) if isinstance(n, ast.Call)]
            opens = [full for last, full in called if last in OPENS or full in OPENS]
            if opens and not {last for last, _ in called} & {"note", "note_in"}:
                found.append(f"{path}:{function.name}: {opens[0]}")
    return found


GUARDS = [made_elsewhere, written_without, shown_without]


@pytest.mark.parametrize("guard", GUARDS)
def test_the_house_holds(guard):
    """Nothing is found."""
    assert guard(files(ROOT)) == []


def test_every_reason_is_of_a_file_that_writes():
    """A reason that is of no use any more is taken out."""
    modules = files(ROOT)
    for path in WITHOUT_CONTENT:
        called = {name_of(n)[0] for n in ast.walk(modules[path]) if isinstance(n, ast.Call)}
        assert called & WRITES, path


PLANTED = {
    made_elsewhere: [
        "def sneak(ref):\n    return Acting(ref, 'leder', Act.SIGN)\n",
        "def sneak(own):\n    return access.Access(Shown.UTTAK, own)\n",
    ],
    written_without: [
        "def sneak(verk, row, path):\n    path.write_bytes(verk.store.get(row.payload))\n",
        "def sneak(logg, path):\n    path.write_text(logg.om_meg)\n",
    ],
    shown_without: [
        "def sneak(verk, rad, told):\n    told.say(oversikt.counterpart(verk, rad))\n",
        "def sneak(verk, own, out, access):\n    confirming.lay_out(verk, own, out, access)\n",
        "def sneak(verk):\n    return deciding.show(verk)\n",
    ],
}


@pytest.mark.parametrize(
    ("guard", "text"), [(guard, text) for guard, texts in PLANTED.items() for text in texts]
)
def test_a_new_way_without_an_entry_is_found(guard, text):
    """Planted: one more way to a person, beside those there are."""
    planted = files(ROOT) | {"gateway/cli/sneaking.py": ast.parse(text)}
    (found,) = guard(planted)
    assert found.startswith("gateway/cli/sneaking.py")
