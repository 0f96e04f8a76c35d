"""One exit gate: one call site for a write towards a target, and removing the gate is seen."""

import ast
from pathlib import Path

import pytest

from gateway.effects import gate
from gateway.policy.verdict import Release, Verdict
from gateway.ports.archive import Part, Uttak, Uttaksfil, Variant
from gateway.ports.connector import Order

ROOT = Path(__file__).parents[2]


def writes(tree: ast.AST) -> list[int]:
    """Lines that write to a target, delete at a source, or bring something to an archive."""
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and (node.func.attr, _whose(node.func.value)) in WRITES
    ]


WRITES = {
    ("put", "target"), ("delete", "target"), ("put", "source"), ("delete", "source"),
    ("deposit", "archive"), ("send", "kanal"),
}  # fmt: skip


def _whose(node: ast.AST) -> str:
    """The last word of what is called: `route.target` and `self._route.target` are `target`."""
    return ast.unparse(node).rsplit(".", 1)[-1].strip("_")


def call_sites() -> list[str]:
    """Files of the gateway that write to a target."""
    return [
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "gateway").rglob("*.py")
        for _line in writes(ast.parse(path.read_text()))
    ]


def test_there_is_one_call_site_of_each():
    """A write to a target, a log settled at home, a deposit to an archive, a deletion, a message
    to another municipality: each stands once, in the gate."""
    assert call_sites() == ["gateway/effects/gate.py"] * 5


def test_the_guard_sees_a_second_way_out():
    """Planted breach: a put beside the gate is found."""
    planted = ast.parse("def sneak(route, order):\n    route.target.put(order)\n")
    assert writes(planted) == [2]
    planted = ast.parse("def sneak(self, uttak):\n    self._maal.archive.deposit(uttak, None)\n")
    assert writes(planted) == [2]
    planted = ast.parse("def sneak(verk, pakke):\n    verk.kanal.send(pakke)\n")
    assert writes(planted) == [2]
    planted = ast.parse("def sneak(verk):\n    verk.source.delete('ref', '1')\n")
    assert writes(planted) == [2]


def test_a_release_of_another_snapshot_opens_no_archive():
    """A snapshot goes only on a release for exactly its files."""
    file = Uttaksfil(1, "a.pdf", "A", "application/pdf", "fmt/476", Variant.ARKIV, "a" * 64, 1)
    uttak = Uttak("u", "m", "aarlig", "2026-01-01", "t", "m", "annen", "1", Part("", ""),
                  (file,), lambda _nr: b"")  # fmt: skip
    for passed in (
        gate.SnapshotRelease("v", ("a" * 64,)),
        gate.SnapshotRelease("u", ("b" * 64,)),
        gate.SnapshotRelease("u", ()),
    ):
        with pytest.raises(ValueError, match="does not belong"):
            gate.deposit(None, uttak, None, passed)


def test_a_release_for_something_else_opens_nothing():
    """A release names exactly one content of one log; any other order is refused."""

    class Route:
        target = None

    order = Order("logg-1", "logg-1:1:" + "a" * 32, b"{}", lambda _id: b"")
    for passed in (
        Release("logg-2", "a" * 64, Verdict()),
        Release("logg-1", "b" * 64, Verdict()),
    ):
        with pytest.raises(ValueError, match="does not belong"):
            gate.send(Route(), order, passed)
