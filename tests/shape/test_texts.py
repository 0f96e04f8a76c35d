"""Every code that can reach a person has a text in all three languages, and no text leaks."""

import re
import tomllib
from pathlib import Path

import pytest

from gateway.texts.catalogue import LANGUAGES, Catalogue

ROOT = Path(__file__).parents[2]
_RAISED = re.compile(
    r"(?:LocalFault|RemoteFault|Transient|Conflict|Rejected|UnknownOutcome|Finding|Fenced|Refusal)"
    r'\(\s*"([A-Z][A-Z0-9_-]+)"'
)
_BREACH = re.compile(r'Regelbrudd\("(R-\d+)"')


def raised() -> set[str]:
    """Codes that stand in the source as literals of an error, a finding or a breach."""
    found: set[str] = set()
    for room in ("gateway", "connectors", "mappings"):
        for path in (ROOT / room).rglob("*.py"):
            if "sandbox" in path.parts:
                continue
            text = path.read_text()
            found |= set(_RAISED.findall(text)) | set(_BREACH.findall(text))
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_has_a_text(language):
    """What happened and what to do next, for each code the source can raise."""
    codes = raised()
    assert len(codes) > 60
    assert sorted(codes - Catalogue(language).known()) == []


def test_the_languages_say_the_same_things():
    """The same codes and labels in every language, and nothing left empty."""
    texts = {
        lang: tomllib.loads((ROOT / "gateway" / "texts" / f"{lang}.toml").read_text("utf-8"))
        for lang in LANGUAGES
    }
    for lang in LANGUAGES:
        assert texts[lang]["code"].keys() == texts["nb"]["code"].keys(), lang
        assert texts[lang]["label"].keys() == texts["nb"]["label"].keys(), lang
        for code, text in texts[lang]["code"].items():
            assert text["what"].strip() and text["do"].strip(), (lang, code)


def test_a_held_log_never_shows_why_it_is_protected():
    """C-4: no text of the manual-handling code mentions address or protection."""
    for language in LANGUAGES:
        text = Catalogue(language).code("P-20")
        words = (text.what + text.do).lower()
        assert not any(w in words for w in ("adresse", "address", "fortrolig", "protect", "sperr"))
