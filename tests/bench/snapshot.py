"""B5: snapshots per CPU second, against the same content through WeasyPrint, and flat memory.

Ours makes the whole document of a log (every leaf accounted for, PDF/A-2a and PDF/UA-1) warm on
one core; the reference only sets the finished content, as PDF/A-2a (it cannot be PDF/UA-1 too).
It is measured twice: as pip alone gives it, with its fonts made small by fontTools, which the goal
is held against and which its makers call a way out of use; and with the system's HarfBuzz-Subset.
Both have the same font files: a machine without them would set it in others, of another size.
WeasyPrint is no dependency of the project: name a Python that has it in STAFETT_WEASYPRINT, or the
row says loudly that it was not measured.
"""

import json
import os
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

from jinja2 import Environment

from gateway import app
from gateway.snapshot import dokument, glyphs, render
from gateway.snapshot.ramme import Ramme
from gateway.snapshot.safetext import SafeText
from schemas.stafettlogg.logg import Stafettlogg
from tests.bench.measure import Line, Spent, best, timed, told
from tests.bench.stage import CONEXUS, SAMSPILL, TENANT

HOW = (
    "NOT MEASURED: WeasyPrint is missing. Make a venv outside the project, `pip install"
    " weasyprint==70.0` in it (and `apt-get install libpango-1.0-0 libpangoft2-1.0-0"
    " libharfbuzz-subset0`), and set STAFETT_WEASYPRINT to its python"
)
WAYS = {"pip": "fontTools", "system": "HarfBuzz-Subset"}
RAMME = Ramme(
    kommunenummer="9901", kommune="Øvingsvik kommune",
    frosset=datetime(2026, 11, 21, 10, 0, tzinfo=UTC), versjon="17",
)  # fmt: skip
SUMS = {"innhold_sha": "0" * 64, "json_sha": "1" * 64, "skjema_sha": "2" * 64}
# `Font.subset` in weasyprint/pdf/fonts.py asks its `harfbuzz_subset` whether the system has
# libharfbuzz-subset. Without it fontTools makes the subsets, as where only pip has been used.
_WEASY = """
import json, sys, time
import weasyprint, weasyprint.pdf.fonts
has = bool(weasyprint.pdf.fonts.harfbuzz_subset)
if sys.argv[2] == "system" and not has: sys.exit(print("absent"))
if sys.argv[2] == "pip": weasyprint.pdf.fonts.harfbuzz_subset = None
rounds = json.load(open(sys.argv[1]))
def run(htmls):
    for html in htmls:
        weasyprint.HTML(string=html).write_pdf(pdf_variant="pdf/a-2a")
run(rounds[0][:1])
for pages in rounds:
    start = time.process_time(); run(pages); print(time.process_time() - start)
"""
_FONTS = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>{folder}</dir><cachedir>{cache}</cachedir></fontconfig>
"""
_MEMORY = """
from tests.bench import peak, snapshot
left, seed = {count}, 0
while left > 0:
    for logg in snapshot.logs("small", seed)[:left]:
        snapshot.drawn(logg)
        left -= 1
    seed += 1
print(peak.peak_kb())
"""


def logs(size: str, seed: int) -> list[Stafettlogg]:
    """Generated logs of one seed: the smaller half of twenty, or the four largest of sixty."""
    found: list[Stafettlogg] = []
    for system in (CONEXUS, SAMSPILL):
        mapping = app.mapping(system)
        generator = import_module(f"connectors.{system}.sandbox.generator")
        for wire, _files in generator.generate(seed, 30 if size == "large" else 10, tenant=TENANT):
            found.append(mapping.decode(wire, TENANT).logg)
    by_size = sorted(found, key=lambda one: len(one.model_dump_json()))
    return by_size[-4:] if size == "large" else by_size[:10]


def drawn(logg: Stafettlogg) -> bytes:
    """A log as PDF/A, from the canonical log."""
    made = document(logg)
    return render.draw(made.data, RAMME.frosset, RAMME.standard)


def document(logg: Stafettlogg) -> dokument.Dokument:
    """What is drawn, with its books."""
    return dokument.build(logg, RAMME, (), SUMS, SafeText(glyphs.drawable()))


def speed(size: str, repetitions: int) -> list[Line]:
    """CPU of a snapshot against WeasyPrint's of the same content, a line for each way to have it.

    Each repetition has logs of its own: the typesetter remembers what it has laid out before.
    """
    rounds = [logs(size, 90 + nr) for nr in range(repetitions)]
    drawn(logs(size, 89)[0])
    first: list[bytes] = []
    spent: list[Spent] = []
    for chosen in rounds:
        made: list[bytes] = []
        spent.append(timed(partial(_all, chosen, made)))
        first += made
    again = [drawn(logg) for chosen in rounds for logg in chosen]
    ours = best(spent)
    void = "" if again == first else "the bytes differ from one time to the next"
    note = (
        f"{ours.items} logs, {ours.cpu / ours.items * 1000:.0f} CPU ms each, "
        f"{sum(map(len, first)) // len(first) // 1000} kB"
    )
    lines = []
    for way, name in WAYS.items():
        reference = weasyprint(rounds, way)
        factor = None if reference is None else reference / ours.cpu
        held = way == "pip"
        lines.append(Line(
            f"B5 snapshot, {size}, {name}", told(ours),
            "not measured" if reference is None else f"{reference:.2f} CPU-s WeasyPrint",
            "-" if factor is None else f"{factor:.1f} x", ">= 20 x" if held else "-",
            None if factor is None or not held else factor >= 20,
            note=f"{note}; {HOW if reference is None else ''}", void=void,
        ))  # fmt: skip
    return lines


def _all(chosen: list[Stafettlogg], made: list[bytes]) -> tuple[int, str]:
    made += [drawn(logg) for logg in chosen]
    return len(chosen), ""


def weasyprint(rounds: list[list[Stafettlogg]], way: str) -> float | None:
    """CPU seconds of the reference's best round in a process of its own, warm; None without it."""
    python = os.environ.get("STAFETT_WEASYPRINT", "")
    if not python:
        return None
    source = Path(__file__).with_name("weasy.html.j2").read_text("utf-8")
    template = Environment(autoescape=True).from_string(source)
    pages = [[template.render(d=document(one).data) for one in chosen] for chosen in rounds]
    with tempfile.TemporaryDirectory() as place:
        (Path(place) / "pages.json").write_text(json.dumps(pages), encoding="utf-8")
        fonts = Path(place) / "fonts.conf"
        fonts.write_text(_FONTS.format(folder=glyphs.folder(), cache=place), encoding="utf-8")
        done = subprocess.run(
            [python, "-W", "ignore", "-c", _WEASY, f"{place}/pages.json", way],
            capture_output=True, text=True, check=True,
            env={**os.environ, "FONTCONFIG_FILE": str(fonts)},
        )  # fmt: skip
    if done.stdout.strip() == "absent":
        return None
    return min(float(line) for line in done.stdout.split())


def memory(counts: tuple[int, int]) -> Line:
    """Peak resident size after few and after many snapshots, each in a fresh process."""
    few, many = (_peak(count) for count in counts)
    return Line(
        "B5 snapshot memory", f"{many} MB for {counts[1]}", f"{few} MB for {counts[0]}",
        f"{many / few:.2f} x", "<= 1.15 x", many <= few * 1.15,
        note="peak resident size of a process that draws ordinary logs one after another",
    )  # fmt: skip


def _peak(count: int) -> int:
    done: Any = subprocess.run(
        [sys.executable, "-c", _MEMORY.format(count=count)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return int(done.stdout) // 1024
