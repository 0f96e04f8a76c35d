"""A release is proof that the exit gate judged: the gate makes it, and nobody else can."""

import ast
from pathlib import Path

ROOT = Path(__file__).parents[2]
GATE = "gateway/effects/gate.py"
PROOFS = frozenset({"Release", "SnapshotRelease", "Transport"})


def made(text: str) -> list[int]:
    """Lines that make a proof: by its name, by another name it was imported under, by a module it
    stands in, or by copying one with something else in it."""
    tree = ast.parse(text)
    names = {name: name for name in PROOFS}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            names |= {a.asname: a.name for a in node.names if a.asname and a.name in PROOFS}
        if (
            isinstance(node, ast.Assign)
            and isinstance(node.value, ast.Name | ast.Attribute)
            and ast.unparse(node.value).rpartition(".")[2] in PROOFS
        ):
            names |= {one.id: "" for one in node.targets if isinstance(one, ast.Name)}
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and _makes(node, frozenset(names))
    ]


def _makes(node: ast.Call, names: frozenset[str]) -> bool:
    called = ast.unparse(node.func)
    if called.rpartition(".")[2] == "__new__" or called in ("replace", "dataclasses.replace"):
        first = ast.unparse(node.args[0]) if node.args else ""
        return first in names or first in ("passed", "release")
    alone = isinstance(node.func, ast.Name) and called in names
    return alone or (isinstance(node.func, ast.Attribute) and node.func.attr in PROOFS)


def makers(root: Path) -> set[str]:
    """Files of the product that make one."""
    return {
        path.relative_to(root).as_posix()
        for room in ("gateway", "connectors", "mappings", "schemas")
        for path in sorted((root / room).rglob("*.py"))
        # A client library has a class of the same name, and a connector knows no gate.
        if any(word in (text := path.read_text(encoding="utf-8")) for word in PROOFS)
        if made(text)
    }


def test_the_gate_alone_makes_a_release():
    """One file: whoever writes has asked it."""
    assert makers(ROOT) == {GATE}


def test_a_second_maker_is_found():
    """Planted: by name, through the module, under another name, by assignment, by copying."""
    for line in (
        "from gateway.policy.verdict import Release, Verdict\nx = Release('l', 'a', Verdict())\n",
        "from gateway.effects import gate\nx = gate.Transport('m', 'o')\n",
        "from gateway.policy.verdict import Release as Free\nx = Free('l', 'a', v)\n",
        "from gateway.policy import verdict\nMake = verdict.Release\nx = Make('l', 'a', v)\n",
        "from dataclasses import replace\nx = replace(passed, content_sha='b')\n",
        "from gateway.policy.verdict import Release\nx = Release.__new__(Release)\n",
    ):
        assert made(line), line


def test_a_release_that_is_only_named_is_none():
    """A type in a signature makes nothing."""
    assert (
        made("from gateway.policy.verdict import Release\ndef f(x: Release) -> None: ...\n") == []
    )
