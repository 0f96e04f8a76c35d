"""Every code that can reach a person has a text in all three languages, and no text leaks."""

import re
import tomllib
from importlib import import_module
from pathlib import Path

import pytest

from gateway.texts.catalogue import LANGUAGES, Catalogue
from mappings import books
from mappings.reasons import REASONS

ROOT = Path(__file__).parents[2]
TENANT = "899100115"
SYSTEMS = ("conexus_companion", "visma_samspill")
_RAISED = re.compile(
    r"(?:LocalFault|RemoteFault|Transient|Conflict|Rejected|UnknownOutcome|Finding|Fenced|Refusal)"
    r'\(\s*"([A-Z][A-Z0-9_-]+)"'
)
_BREACH = re.compile(r'(?:Regelbrudd|Brudd)\("(R-\d+)"')
# A code that is handed on before it is raised: two words or more, in capitals.
_LITERAL = re.compile(r'"([A-Z][A-Z0-9]+(?:_[A-Z0-9]+)+)"')
_NOT_CODES = re.compile(r"STAFETT_[A-Z]+|TO_DO|LD_LIBRARY_PATH|RAYON_NUM_THREADS|IKKE_FORSTAATT")
_REFUSED = re.compile(r'(?:Feil|Refusal)\(\s*\d{3},\s*"([A-Z][A-Z0-9_-]+)"')
_REMARKED = re.compile(r'\.(?:placeholder|manual|derived|remark)\(\s*"([A-Z][A-Z0-9_-]+)"')
_LABEL = re.compile(r"""label\(\s*f?["']([a-z_]+)["']\s*\)""")


def raised(root: Path) -> set[str]:
    """Codes that stand in the source as literals of an error, a finding, a breach or a remark."""
    found: set[str] = set()
    for room in ("gateway", "connectors", "mappings"):
        for path in (root / room).rglob("*.py"):
            text = path.read_text(encoding="utf-8")
            if "sandbox" in path.parts:
                found |= set(_REFUSED.findall(text)) | set(_BREACH.findall(text))
                continue
            found |= set(_RAISED.findall(text)) | set(_BREACH.findall(text))
            found |= set(_REMARKED.findall(text))
            if room != "mappings":
                found |= {c for c in _LITERAL.findall(text) if not _NOT_CODES.fullmatch(c)}
    return found


def settled() -> set[str]:
    """Codes of the books and the remarks of every log of the corpora, there and back."""
    load = {name: import_module(f"connectors.{name}.sandbox.corpus").load for name in SYSTEMS}
    pair = {name: import_module(f"mappings.{name}.mapping").MAPPING for name in SYSTEMS}
    found: set[str] = set()
    for name, other in (SYSTEMS, SYSTEMS[::-1]):
        source, target = pair[name], pair[other]
        for _case, wire, _files in load[name]():
            there = source.decode(wire, TENANT)
            written = target.encode(there.logg, TENANT)
            lines = books.settle(source, target, wire, there, written, {}).lines
            found |= {line.code for line in lines}
            found |= {remark.code for remark in (*there.remarks, *written.remarks)}
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_has_a_text(language):
    """What happened and what to do next, for each code the source can raise."""
    codes = raised(ROOT)
    assert len(codes) > 120
    assert sorted(codes - Catalogue(language).known()) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_of_a_mapping_has_a_text(language):
    """Why a field has no row: the codes of the mappings' own table."""
    assert len(REASONS) > 25
    assert sorted(set(REASONS) - Catalogue(language).known()) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_line_of_real_books_can_be_read(language):
    """Each account line and remark of the corpora says something else than "unexplained"."""
    texts = Catalogue(language)
    unknown = texts.label("unknown_code")
    codes = settled()
    assert {"INGEN_PLASS", "samme"} <= codes
    assert sorted(code for code in codes if texts.code(code).what == unknown) == []


@pytest.mark.parametrize(
    ("room", "line"),
    [
        ("gateway", 'raise LocalFault("PLANTET_KODE")'),
        ("gateway", 'return "PLANTET_KODE"'),
        ("connectors/x", 'raise Rejected(\n    "PLANTET_KODE", place="x")'),
        ("connectors/x/sandbox", 'raise Feil(422, "PLANTET_KODE", "x")'),
        ("mappings/x", 'writing.manual("PLANTET_KODE", entity, "felt")'),
    ],
)
def test_a_planted_code_is_found(tmp_path, room, line):
    """A code without a text cannot hide: each way of giving one is seen."""
    (tmp_path / room).mkdir(parents=True)
    (tmp_path / room / "plantet.py").write_text(line, encoding="utf-8")
    assert raised(tmp_path) == {"PLANTET_KODE"}


def test_the_languages_say_the_same_things():
    """The same codes and labels in every language, and nothing left empty."""
    texts = {
        lang: tomllib.loads((ROOT / "gateway" / "texts" / f"{lang}.toml").read_text("utf-8"))
        for lang in LANGUAGES
    }
    for lang in LANGUAGES:
        assert texts[lang]["code"].keys() == texts["nb"]["code"].keys(), lang
        assert texts[lang]["label"].keys() == texts["nb"]["label"].keys(), lang
        assert all(label.strip() for label in texts[lang]["label"].values()), lang
        for code, text in texts[lang]["code"].items():
            assert text["what"].strip() and text["do"].strip(), (lang, code)


def test_the_languages_are_not_copies():
    """No sentence of what happened is the same in bokmål and English."""
    nb, en = Catalogue("nb"), Catalogue("en")
    assert [code for code in sorted(nb.known()) if nb.code(code).what == en.code(code).what] == []


def test_every_label_in_use_exists():
    """A label that is asked for by name is in the catalogue."""
    asked: set[str] = set()
    for where in ("cli/*.py", "report/*.j2"):
        for path in (ROOT / "gateway").glob(where):
            asked |= set(_LABEL.findall(path.read_text(encoding="utf-8")))
    assert len(asked) > 20
    assert sorted(asked - Catalogue("nb").labels().keys()) == []


def test_a_rule_is_not_called_unexplained():
    """A mapped line shows the name of its rule; a code nobody knows is said to be unknown."""
    texts = Catalogue("en")
    assert texts.code("samme").what == texts.label("by_rule")
    assert texts.code("FINNES_IKKE").what == texts.label("unknown_code")


def test_a_held_log_never_shows_why_it_is_protected():
    """C-4: no text of the manual-handling code mentions address or protection."""
    for language in LANGUAGES:
        text = Catalogue(language).code("P-20")
        words = (text.what + text.do).lower()
        hints = ("adress", "address", "fortrolig", "fortruleg", "confidential", "protect", "sperr")
        hints += ("skjerm", "vern", "beskytt", "regist", "hemmel", "secret", "løynd", "trussel")
        assert not any(w in words for w in hints)


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_attachments_text_is_true_before_anything_is_archived(language):
    """It is told while the snapshot waits for a person to carry it: nothing is in an archive."""
    texts = Catalogue(language)
    told = {code: texts.code(code).what for code in texts.known() if code.startswith("VEDLEGG_")}
    said = re.compile(r"(?:er arkivert|is archived|are archived)")
    assert len(told) > 10 and [code for code, what in told.items() if said.search(what)] == []
