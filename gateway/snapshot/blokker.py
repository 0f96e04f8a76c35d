"""The few kinds of block a page is made of, as plain data for the template.

A block says what something is (a table, a labelled text), never how it looks: looks are in
`uttak.typ`, one branch per kind. Values are strings, and a `Vist` where they show the log.
"""

from collections.abc import Iterable, Sequence
from typing import Any

Blokk = dict[str, Any]
Par = tuple[str, str]
_SHORT = 12
"""Rows of a table that is kept on one page."""


def pairs(*found: Par) -> list[Par]:
    """(label, value) pairs, without those that have no value."""
    return [pair for pair in found if pair[1]]


def heading(level: int, text: str) -> Blokk:
    """A heading; level 1 is a section."""
    return {"k": "overskrift", "nivaa": level, "tekst": text}


def lead(text: str) -> Blokk:
    """The sentence a part is about, larger than what follows."""
    return {"k": "ingress", "tekst": text}


def paragraph(label: str, text: str) -> list[Blokk]:
    """A labelled text; nothing when there is no text. The label may be empty."""
    return [{"k": "tekst", "navn": label, "tekst": text}] if text else []


def line(found: Iterable[Par]) -> list[Blokk]:
    """Small facts in a row under a heading."""
    kept = list(found)
    return [{"k": "linje", "par": kept}] if kept else []


def facts(found: Iterable[Par]) -> list[Blokk]:
    """Labelled values in two columns."""
    kept = list(found)
    return [{"k": "fakta", "par": kept}] if kept else []


def cards(*cards_: tuple[str, Sequence[Par]]) -> Blokk:
    """Boxes with a title and labelled values, two in a row."""
    return {"k": "kort", "kort": [{"tittel": t, "par": list(p)} for t, p in cards_ if p]}


def table(head: Sequence[str], widths: Sequence[float], rows: Iterable[Sequence[str]]) -> Blokk:
    """A table with a header row; `widths` are fractions. A column nobody has filled is left out."""
    lines = [list(row) for row in rows]
    used = [nr for nr in range(len(head)) if not lines or any(row[nr] for row in lines)]
    short = len(lines) <= _SHORT and sum(len(cell) for row in lines for cell in row) <= 100 * _SHORT
    return {
        "k": "tabell", "samlet": short, "hode": [head[nr] for nr in used],
        "bredder": [widths[nr] for nr in used],
        "rader": [[row[nr] for nr in used] for row in lines],
    }  # fmt: skip


def entry(
    *,
    title: str = "",
    badge: str = "",
    badge_tone: str = "",
    tone: str = "",
    found: Iterable[Par] = (),
    inside: Iterable[Blokk] = (),
) -> Blokk:
    """One thing with a bar at its side. `tone` is a colour's name, `badge` a word to the right."""
    return {
        "k": "innslag", "tittel": title, "merke": badge, "merketone": badge_tone, "tone": tone,
        "par": list(found), "innhold": list(inside),
    }  # fmt: skip


def evaluation(tone: str, word: str, found: Iterable[Par], text: str) -> Blokk:
    """A coloured dot, always with the colour's word, and what was said."""
    return {"k": "evaluering", "tone": tone, "ord": word, "par": list(found), "tekst": text}


def notice(title: str, text: str, points: Iterable[str] = ()) -> Blokk:
    """A framed notice with a list of points."""
    return {"k": "merknad", "tittel": title, "tekst": text, "punkter": list(points)}


def small(label: str, text: str) -> Blokk:
    """A labelled value in small type, for checksums."""
    return {"k": "smaatt", "navn": label, "tekst": text}
