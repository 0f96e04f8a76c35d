"""One frame: the register is asked, and a frame filled, in one file; a second one is found."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MAKER = "gateway/frame.py"
SETTINGS = "gateway/app.py"
ANSWERS = frozenset({"protection", "born", "registered", "staff_read"})
"""The fields of a frame that are answers of the world."""


def fills(tree: ast.AST) -> list[int]:
    """Lines that fill an answer of a frame, or ask the register itself."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            # dataclasses.replace, the class itself, and any function that hands it on.
            found += [node.lineno for k in node.keywords if k.arg in ANSWERS]
        if isinstance(node, ast.Dict):
            # model_copy(update=...), replace(**{...}).
            keys = {key.value for key in node.keys if isinstance(key, ast.Constant)}
            found += [node.lineno] * bool(keys & ANSWERS)
        if isinstance(node, ast.Attribute) and node.attr in ("check", "born"):
            whose = ast.unparse(node.value).rsplit(".", 1)[-1].strip("_")
            found += [node.lineno] * whose.endswith("register")
    return found


def makes(tree: ast.AST) -> list[int]:
    """Lines where a frame is made from nothing."""
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("Policyramme")
    ]


def files(search) -> list[str]:
    """The files of the gateway in which a search finds something, each once."""
    return [
        path.relative_to(ROOT).as_posix()
        for path in sorted((ROOT / "gateway").rglob("*.py"))
        if search(ast.parse(path.read_text()))
    ]


def test_one_file_fills_the_answers():
    """Migration, archive and hand-over ask in the same words."""
    assert files(fills) == [MAKER]


def test_one_file_makes_the_frame_of_a_municipality():
    """From its settings; the answers are empty there, which every rule reads as no."""
    assert files(makes) == [SETTINGS]


@pytest.mark.parametrize(
    "planted",
    [
        "def ramme(self, logg):\n    return replace(self.frame, protection=self.ask(logg))\n",
        "def ramme(self, logg):\n    return replace(self.frame, now=1, born={})\n",
        "def ramme(frame):\n    return replace(frame, **{'registered': None})\n",
        "def ramme(self, people):\n    return self.arkiv.register.check(people)\n",
        "def ramme(register, people):\n    return register.born(people)\n",
        "def ramme(self, people):\n    return ask(self._register.born, people)\n",
    ],
)
def test_a_second_one_is_found(planted):
    """Planted breaches: a frame without birth dates, one more that asks, and one that makes up."""
    assert fills(ast.parse(planted)) == [2]


def test_a_frame_made_elsewhere_is_found():
    """Planted breach: a frame from nothing, in which nobody was asked."""
    assert makes(ast.parse("x = 1\nframe = context.Policyramme(now=x)\n")) == [2]
