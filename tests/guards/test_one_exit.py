"""One exit gate: one call site for a write towards a target, and removing the gate is seen."""

import ast
from pathlib import Path

import pytest

from gateway.effects import gate
from gateway.policy.verdict import Release, Verdict
from gateway.ports.connector import Order

ROOT = Path(__file__).parents[2]


def writes(tree: ast.AST) -> list[int]:
    """Lines that call `.put(` on anything called target or connector."""
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ("put", "delete")
        and "target" in ast.unparse(node.func.value)
    ]


def call_sites() -> list[str]:
    """Files of the gateway that write to a target."""
    return [
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "gateway").rglob("*.py")
        for _line in writes(ast.parse(path.read_text()))
    ]


def test_there_is_one_call_site():
    """Every byte towards a target passes gateway/effects/gate.py."""
    assert call_sites() == ["gateway/effects/gate.py"]


def test_the_guard_sees_a_second_way_out():
    """Planted breach: a put beside the gate is found."""
    planted = ast.parse("def sneak(route, order):\n    route.target.put(order)\n")
    assert writes(planted) == [2]


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
