"""What the log says and what the page says: leaf by leaf, in the PDF's own text layer."""

import re
from collections.abc import Iterator
from datetime import datetime
from enum import Enum
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from gateway.errors import LocalFault
from gateway.snapshot import render
from gateway.snapshot.deler import oppmerksomheter
from gateway.snapshot.grunner import Grunn
from gateway.snapshot.regnskap import balance, places
from gateway.snapshot.vist import Vist, texts

_OSLO = ZoneInfo("Europe/Oslo")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT")
_DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)$")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")
_ESCAPED = re.compile(r"\[U\+([0-9A-F]{4,6})\]")
# Bullets of Word's symbol font come out as real ones.
_WORDS_OWN = {0xF0B7: "•", 0xF0FC: "✓", 0xF0E0: "→"}
OPEN_CODES = {
    "rolle", "kategori", "farge", "plantype", "status_aarsak", "type", "omfang", "kode", "kilde",
    "livsomraade", "metode", "kanal", "status", "utloeser",
}  # fmt: skip


def says(shown: str, value: Any, field: str, fold: Any) -> bool:
    """Independent of how the page was made: does this text say this value?"""
    if isinstance(value, bool):
        return bool(shown.strip())
    if isinstance(value, Enum) or field in OPEN_CODES:
        return bool(shown.strip()) and (":" not in str(value) or str(value) in shown)
    text = str(value)
    if _INSTANT.match(text):
        local = datetime.fromisoformat(text).astimezone(_OSLO)
        return f"{local.day}. " in shown and f"{local:%Y} kl. {local:%H.%M}" in shown
    if day := _DAY.match(text):
        return f"{int(day[3])}. " in shown and day[1] in shown
    if _UUID.match(text):
        return bool(shown.strip())
    text = text.translate(_WORDS_OWN)
    plain = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), shown)
    return fold(text) in fold(plain) or fold(text) in fold(shown)


def unsaid(log: Any, made: Any, fold: Any) -> Iterator[tuple[Any, Any]]:
    """Leaves whose shown text does not say their value."""
    for sted, value in places(log):
        shown = made.regnskap.shown.get(sted)
        field = next(part for part in reversed(sted[2].split(".")) if not part.isdigit())
        if shown is not None and not any(says(one, value, field, fold) for one in shown):
            yield sted, value


def test_every_leaf_is_on_the_page_or_has_a_reason(lab: Any) -> None:
    """Over both corpora and generated logs: nothing missing, nothing extra, in reading order."""
    more = lab.generated(31, 150) if lab.full else lab.generated(29, 8)
    cases = [*lab.corpus(), *more]
    reasons = set()
    for name, log, _files in cases:
        made, pdf = lab.draw(log)
        assert lab.layer.missing(made.data, pdf) == [], name
        leaves = dict(places(log))
        assert leaves.keys() == made.regnskap.shown.keys() | made.regnskap.left_out.keys(), name
        assert list(unsaid(log, made, lab.layer.folded)) == [], name
        reasons |= set(made.regnskap.left_out.values())
    assert reasons == set(Grunn)


def test_hostile_texts_are_on_the_page(lab: Any) -> None:
    """No text, however it is made, pushes another off the page or vanishes itself."""
    for name, log, _files in lab.hostile(14):
        made, pdf = lab.draw(log)
        assert list(unsaid(log, made, lab.layer.folded)) == [], name
        text = lab.layer.body_text(pdf)
        for string in lab.layer.drawn(made.data):
            if string.isascii() and not string.startswith("[") and string.strip():
                assert lab.layer.folded(string) in text, name


def test_a_leaf_that_no_part_shows_stops_the_snapshot(
    lab: Any, first: Any, monkeypatch: Any
) -> None:
    """Planted: the evaluations are left out by the part, and the books do not balance."""
    monkeypatch.setattr(
        oppmerksomheter, "_evaluated", lambda *_: {"k": "tekst", "navn": "", "tekst": ""}
    )
    with pytest.raises(LocalFault, match="UTTAK_UFULLSTENDIG") as caught:
        lab.build(first[0])
    assert caught.value.place.startswith("Evaluering.")


def test_a_leaf_that_is_lost_on_the_way_stops_the_snapshot(lab: Any, first: Any) -> None:
    """Planted: one text loses its place, as if it were never shown."""
    made = lab.build(first[0])
    target = first[0].oppmerksomheter[0]
    place = ("Oppmerksomhet", target.id, "tekst")

    def without(node: Any) -> Any:
        if isinstance(node, Vist) and place in node.steder:
            return ""
        if isinstance(node, dict):
            return {key: without(value) for key, value in node.items()}
        return [without(one) for one in node] if isinstance(node, list | tuple) else node

    balance(first[0], [made.data["baand"], made.data["blokker"]])
    with pytest.raises(LocalFault, match="UTTAK_UFULLSTENDIG"):
        balance(first[0], without([made.data["baand"], made.data["blokker"]]))


@pytest.mark.parametrize(
    ("line", "instead"),
    [
        ("        if b.par.len() > 0 { linje(b.par) }\n        for i in b.innhold { blokk(i) }",
         "        for i in b.innhold { blokk(i) }"),
        ('      if b.tekst != "" { par(b.tekst) }\n', ""),
        ("strong(b.ord)", "b.ord.slice(0, 3)"),
        ("..b.rader.flatten()", "..b.rader.slice(1).flatten()"),
        ('par(text(12.5pt, weight: "bold", d.baand.navn))', "par(text(12.5pt)[])"),
    ],
)  # fmt: skip
def test_a_template_that_drops_a_field_is_seen(
    lab: Any, first: Any, monkeypatch: Any, tmp_path: Any, line: str, instead: str
) -> None:
    """Planted: the template forgets one thing, and the text layer does not say it."""
    source = render.LOG.read_text("utf-8")
    assert line in source
    mutant = tmp_path / "uttak.typ"
    mutant.write_text(source.replace(line, instead), "utf-8")
    monkeypatch.setattr(render, "LOG", mutant)
    made, pdf = lab.draw(first[0])
    assert lab.layer.missing(made.data, pdf)


def test_only_the_main_persons_number_is_on_the_page(lab: Any) -> None:
    """C-6: others' numbers are in the structured copy alone, and the document says so."""
    for name, log, _files in lab.corpus():
        made = lab.build(log)
        page = "\n".join(texts(made.data))
        for one in log.personer:
            for number in one.identifikatorer:
                assert (number.verdi in page) is (one.id == log.hovedperson.person), name
