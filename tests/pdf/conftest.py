"""Logs to freeze: both vendors' corpora and generators, found by folder, and hostile texts."""

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from importlib import import_module, util
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from pydantic import BaseModel

from gateway.snapshot import dokument, glyphs, render
from gateway.snapshot.ramme import Ramme
from gateway.snapshot.safetext import SafeText
from schemas.stafettlogg.logg import Stafettlogg
from tests.pdf.planted_workers import alone, none_before, plant, uploads

__all__ = ["alone", "none_before", "plant", "uploads"]
TENANT = "899100107"
ROOT = Path(__file__).parents[2]
SYSTEMS = sorted(p.parent.name for p in (ROOT / "mappings").glob("*/mapping.py"))
FULL = os.environ.get("STAFETT_FULL") == "1"
LEVELS = (
    "Én tjeneste følger opp barnet sammen med familien.",
    "To tjenester samarbeider om barnet.",
    "Flere tjenester samarbeider, og barnevern eller spesialisthelsetjenesten kan være med.",
)
RAMME = Ramme(
    kommunenummer="9901", kommune="Øvingsvik kommune",
    frosset=datetime(2026, 11, 21, 10, 0, tzinfo=UTC), versjon="17", nivaa_tekster=LEVELS,
)  # fmt: skip
SUMS = {"innhold_sha": "0" * 64, "json_sha": "1" * 64, "skjema_sha": "2" * 64}
HOSTILE = (
    '#read("/etc/passwd") #panic() #import "@preview/x:1.0.0" #sys.inputs',
    "*fet* _kursiv_ `kode` $x^2$ <script>alert(1)</script> = Overskrift\n- punkt\n+ nr\n/ a: b",
    "a\x00b\x01c\x1b[31md\x7fe\x85f\u2028g\u2029h\ufffei\uffff",
    "\u202eomvendt\u202c \u2066isolert\u2069 \u200e\u200f \u061c slutt",
    "\ue000\uf8ff\U000f0000\U0010fffd privat \uf0b7 \uf0fc \uf0e0",
    "enslig \ud800 og \udfff",
    "Z\u0351\u036b\u0343a\u0334\u0321l\u0310\u0489g\u0321\u033co " * 8,
    "👩‍👩‍👧‍👦 👍🏽 🇳🇴 ❤️ ☎︎ 🏴󠁧󠁢󠁥󠁮󠁧󠁿 1️⃣",
    "donaudampskipsfartsselskapskapteinsuniform" * 40,
    "中文 日本語 한국어 \U00020000 ᚠᚢᚦ 𐍈 \U0001f9ff",
    "سلام مرحبا בעברית ትግርኛ தமிழ் ไทย हिन्दी ქართული հայերեն ខ្មែរ မြန်မာ",
    "\n\n\n\n\n" * 20 + "etter mange linjer",
    '\\u0041 \\n %s {0} {{x}} ${y} \' OR 1=1 -- "sitat" «sitat» \\',
    "ŋŧčžšđáǩǥǧǯʒʹ ÆØÅ æøå ëïöü ñ ß ł Đ đ ơư ắ ﬁ ﬂ ½ № ™ € ≥ ≤ → ✓ ☐",
)


def mapping(system: str) -> Any:
    """The mapping of a system by its folder's name."""
    return import_module(f"mappings.{system}.mapping").MAPPING


def corpus() -> Iterator[tuple[str, Stafettlogg, dict[str, bytes]]]:
    """(name, log, {Dokument.id: bytes}) of every case of every corpus."""
    for system in SYSTEMS:
        for case, wire, files in import_module(f"connectors.{system}.sandbox.corpus").load():
            yield _read(f"{system}-{case}", system, wire, files)


def generated(
    seed: int, count: int, first: int = 0
) -> Iterator[tuple[str, Stafettlogg, dict[str, bytes]]]:
    """The same of generated logs, `count` per system."""
    for system in SYSTEMS:
        make = import_module(f"connectors.{system}.sandbox.generator").generate
        for nr, (wire, files) in enumerate(make(seed, count, first=first, tenant=TENANT)):
            yield _read(f"{system}-{nr}", system, wire, files)


def _read(
    name: str, system: str, wire: Any, files: dict[str, bytes]
) -> tuple[str, Stafettlogg, dict[str, bytes]]:
    logg = mapping(system).decode(wire, TENANT).logg
    return name, logg, {d.id: files[d.kilde_id or ""] for d in logg.dokumenter}


def retold(value: Any, texts: Callable[[], str]) -> Any:
    """The value with every free text told anew; titles, names and codes of nobody in particular."""
    if isinstance(value, tuple):
        return tuple(retold(one, texts) for one in value)
    if not isinstance(value, BaseModel):
        return value
    changed: dict[str, Any] = {}
    for name, field in type(value).model_fields.items():
        inner = getattr(value, name)
        free = not field.repr and type(inner) is str and name != "foedselsdato"
        changed[name] = texts() if free and name != "verdi" else retold(inner, texts)
    return value.model_copy(update=changed)


def hostile(count: int) -> Iterator[tuple[str, Stafettlogg, dict[str, bytes]]]:
    """Corpus logs with hostile texts in every free field, another first text each time."""
    cases = [case for case in corpus() if len(case[1].oppmerksomheter) == 1][:count]
    for nr in range(count):
        name, logg, files = cases[nr % len(cases)]
        at = [nr]

        def texts(at: list[int] = at) -> str:
            at[0] += 1
            return HOSTILE[at[0] % len(HOSTILE)]

        yield f"hostile-{nr}-{name}", retold(logg, texts), files


def build(logg: Stafettlogg, ramme: Ramme = RAMME) -> Any:
    """The document of a log, without its attachments' outcomes."""
    return dokument.build(logg, ramme, (), SUMS, SafeText(glyphs.drawable()))


def draw(logg: Stafettlogg, ramme: Ramme = RAMME) -> tuple[Any, bytes]:
    """The document and its PDF, drawn once a session for a log, a frame and a template."""
    key = (repr(logg.model_dump()), ramme, render.LOG)
    if key not in _drawn:
        _drawn[key] = _draw(logg, ramme)
    return _drawn[key]


def _draw(logg: Stafettlogg, ramme: Ramme) -> tuple[Any, bytes]:
    """Drawn; a cluster the typesetter refuses is written out first."""
    denied: frozenset[str] = frozenset()
    while True:
        made = dokument.build(logg, ramme, (), SUMS, SafeText(glyphs.drawable(), denied))
        try:
            return made, render.draw(made.data, ramme.frosset, ramme.standard)
        except render.Undrawable as refused:
            assert refused.cluster not in denied, "a refused cluster is drawn again"
            denied |= {refused.cluster}


def judged_here() -> list[tuple[str, Stafettlogg, dict[str, bytes]]]:
    """The corpus logs that the slow judge sees: all in the long form.

    In the short form the hardest, and every eighth of the rest: which eighth follows from the
    template, so that another look has other logs judged, and the same look always the same.
    """
    if FULL:
        return _corpus
    at = int(render.template_sha()[:8], 16) % 8
    largest = max(_corpus, key=lambda case: len(case[1].model_dump_json()))
    hard = [case for case in _corpus if case is largest or _is_hard(*case)]
    rest = [case for case in _corpus if case not in hard]
    return hard + rest[at::8]


def _is_hard(name: str, logg: Stafettlogg, files: dict[str, bytes]) -> bool:
    """More than one attachment, Sami letters or odd ones, nynorsk, or a log that has ended."""
    words = ("nynorsk-og-samisk", "rare-te", "inaktiv", "-passiv")
    return len(files) > 2 or any(word in name for word in words)


def _tool(name: str) -> Any:
    spec = util.spec_from_file_location(
        f"stafett_pdf_{name}", Path(__file__).with_name(f"{name}.py")
    )
    assert spec is not None and spec.loader is not None
    module = util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def lab() -> Any:
    """Logs, the frame, drawing, and the two tools that look at a PDF."""
    return SimpleNamespace(
        corpus=lambda: _corpus, judged_here=judged_here, generated=generated, hostile=hostile,
        build=build, draw=draw, ramme=RAMME, HOSTILE=HOSTILE, retold=retold, full=FULL,
        layer=_tool("tekstlag"),
    )  # fmt: skip


@pytest.fixture(scope="session")
def vera() -> Any:
    """veraPDF, started once."""
    return _tool("verapdf")


@pytest.fixture(scope="session")
def first(lab: Any) -> Any:
    """One ordinary log with one attachment: (log, files)."""
    _name, logg, files = lab.corpus()[0]
    return logg, files


_corpus = list(corpus())
_drawn: dict[Any, tuple[Any, bytes]] = {}
