"""One name for one thing: the glossary and the model say the same words."""

import ast
import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import BaseModel

import schemas.stafettlogg

ROOT = Path(__file__).parents[2]
GLOSSARY = ROOT / "schemas" / "stafettlogg" / "GLOSSARY.md"
RULE = re.compile(r"(?:[RBC]-\d+|[DE]-\d|S\d{3}|design)")
_TERM = re.compile(r"^\| `([^`]+)` \| (.+) \| (\S+) \|$")
_BANNED = re.compile(r"^\| `([^`]+)` \| (.+) \|$")
COLLISIONS = {
    "RunPlan", "run", "samarbeidsplan", "overfoering", "transport", "maal", "maalsystem",
    "kvittering", "receipt", "visma_samspill", "dips_samspill",
}  # fmt: skip


def terms() -> list[tuple[str, str, str]]:
    """(term, meaning, source) of every row."""
    lines = GLOSSARY.read_text(encoding="utf-8").splitlines()
    return [found.groups() for line in lines if (found := _TERM.match(line))]  # type: ignore[misc]


def banned() -> set[str]:
    """The words that must not be part of a name in the core."""
    text = GLOSSARY.read_text(encoding="utf-8").partition("## Words we do not use")[2]
    return {found[1] for line in text.splitlines() if (found := _BANNED.match(line))}


def model_words() -> tuple[set[str], set[str]]:
    """(public classes, field names) of the canonical model."""
    classes: set[str] = set()
    fields: set[str] = set()
    for module in pkgutil.iter_modules(schemas.stafettlogg.__path__):
        loaded = importlib.import_module(f"schemas.stafettlogg.{module.name}")
        for name, cls in vars(loaded).items():
            if not inspect.isclass(cls) or cls.__module__ != loaded.__name__:
                continue
            if not name.startswith("_"):
                classes.add(name)
            if issubclass(cls, BaseModel):
                fields |= cls.model_fields.keys()
    return classes, fields


def names(source: str) -> Iterator[str]:
    """Every name that Python source gives to something, in parts and in lower case."""
    for node in ast.walk(ast.parse(source)):
        given = (
            getattr(node, "id", None) or getattr(node, "name", None) or getattr(node, "arg", None)
        )
        if isinstance(given, str) and isinstance(
            node, ast.Name | ast.FunctionDef | ast.ClassDef | ast.arg
        ):
            yield from re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", given).lower().split("_")


def test_every_word_of_the_model_is_explained():
    """Each public class and each field has a row; a row for something gone is not kept."""
    classes, fields = model_words()
    known = [term for term, _, _ in terms()]
    assert len(classes) > 50
    assert len(fields) > 150
    assert sorted((classes | fields) - set(known)) == []


def test_no_row_outlives_what_it_explains():
    """A term under entities, code lists or fields is a class or a field of the model."""
    classes, fields = model_words()
    text = GLOSSARY.read_text(encoding="utf-8")
    part = text.partition("## Entities")[2].partition("## Words we do not use")[0]
    told = {found[1] for line in part.splitlines() if (found := _TERM.match(line))}
    assert sorted(told - classes - fields) == []


def test_no_term_stands_twice():
    """One term, one meaning; one meaning, one term."""
    known = [term for term, _, _ in terms()]
    meanings = [meaning for _, meaning, _ in terms()]
    assert sorted({t for t in known if known.count(t) > 1}) == []
    assert sorted({m for m in meanings if meanings.count(m) > 1}) == []


def test_every_term_is_one_sentence_with_a_source():
    """A capital, a full stop, and the rule or routine it comes from."""
    for term, meaning, source in terms():
        assert meaning[0].isupper(), term
        assert meaning.endswith("."), term
        assert ". " not in meaning, term
        assert RULE.fullmatch(source), term


def test_the_collisions_are_settled():
    """Words that mean two things elsewhere have a row each."""
    assert sorted(COLLISIONS - {term for term, _, _ in terms()}) == []


def test_no_banned_word_is_a_name_in_the_core():
    """`gateway/` never says the same thing with another word."""
    words = banned()
    assert "mal" in words
    found = {
        f"{path.relative_to(ROOT).as_posix()}: {name}"
        for path in (ROOT / "gateway").rglob("*.py")
        for name in names(path.read_text(encoding="utf-8"))
        if name in words
    }
    assert sorted(found) == []


@pytest.mark.parametrize("line", ["mal = 1", "def read_mal(): ...", "class MalListe: ...",
                                  "def f(ny_mal): ..."])  # fmt: skip
def test_a_planted_synonym_is_seen(line):
    """A banned word is found as a variable, in a function, a class and an argument."""
    assert "mal" in set(names(line))
