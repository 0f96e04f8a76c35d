"""Transcripts: what a system has no field for, written as notes that a person can read (D-1).

Minutes, comments, the goal's description, the presentation and the initiator. The ids follow from
what is transcribed, so the way home knows them, takes nothing from an unchanged one, and reads one
that was edited as what it is (see `avskrift_hjem`). Pure; knows no vendor.
"""

from collections.abc import Collection, Iterator
from typing import NamedTuple

from mappings.identitet import derived
from schemas.stafettlogg.dialog import Moetereferat
from schemas.stafettlogg.entitet import Entitet
from schemas.stafettlogg.logg import Stafettlogg

INITIATIVTAKER, OM_MEG, OM_MAALET = "Initiativtaker", "Om meg", "Om målet"
REFERAT, KOMMENTAR = "Referat", "Kommentar"
LABELS = frozenset({INITIATIVTAKER, OM_MEG, OM_MAALET, REFERAT, KOMMENTAR})
_VIEW = "Barnets synspunkt: "
_BREAK_VIEW = f"\n{_VIEW}"

Line = tuple[Entitet, str, str, str | None, str | None]
"""What is transcribed, its label, the whole text, the time and the author."""


class Deler(NamedTuple):
    """What the text of minutes is made of."""

    tittel: str | None
    tekst: str | None
    barnets_synspunkt: str | None


def lines(logg: Stafettlogg) -> Iterator[Line]:
    """The transcripts of a log, in a fixed order."""
    if logg.initiativtaker is not None:
        yield logg, INITIATIVTAKER, f"{INITIATIVTAKER}\n{logg.initiativtaker}", None, None
    if logg.om_meg is not None:
        yield logg, OM_MEG, f"{OM_MEG}\n{logg.om_meg}", None, None
    for concern in logg.oppmerksomheter:
        for goal in concern.maal:
            if goal.beskrivelse is not None:
                yield goal, OM_MAALET, f"{OM_MAALET}\n{goal.beskrivelse}", goal.opprettet, None
    for minutes in logg.referater:
        text = minutes_text(parts_of(minutes))
        yield minutes, REFERAT, text, minutes.tid, minutes.avsender
    for comment in logg.kommentarer:
        text = f"{KOMMENTAR}\n{comment.tekst or ''}"
        yield comment, KOMMENTAR, text, comment.tid, comment.forfatter


def places(logg: Stafettlogg, taken: Collection[str]) -> dict[str, tuple[str, str]]:
    """(entity, label) of every note that is, or may have been, a transcript of this log."""
    found = [(logg.id, INITIATIVTAKER), (logg.id, OM_MEG)]
    found += [(g.id, OM_MAALET) for concern in logg.oppmerksomheter for g in concern.maal]
    found += [(minutes.id, REFERAT) for minutes in logg.referater]
    found += [(comment.id, KOMMENTAR) for comment in logg.kommentarer]
    return {note_id(entity, label, taken): (entity, label) for entity, label in found}


def note_id(entity: str, label: str, taken: Collection[str]) -> str:
    """The id of a transcript; another when a note of its own has that id already."""
    return free(derived("avskrift", entity, label), taken)


def free(wanted: str, taken: Collection[str]) -> str:
    """The id, or the first that follows from it and is not taken."""
    while wanted in taken:
        wanted = beside(wanted)
    return wanted


def beside(key: str) -> str:
    """The id of the note of its own that stands beside a transcript."""
    return derived("avskrift", key, "eget")


def parts_of(minutes: Moetereferat) -> Deler:
    """The parts as the minutes have them."""
    return Deler(minutes.tittel, minutes.tekst, minutes.barnets_synspunkt)


def minutes_text(parts: Deler) -> str:
    """The text of minutes."""
    tittel, tekst, view = parts
    found = REFERAT if tittel is None else f"{REFERAT}\n{tittel}"
    if tekst is not None:
        found = f"{found}\n{tekst}"
    return found if view is None else f"{found}\n{_VIEW}{view}"


def below(label: str, text: str | None) -> str | None:
    """What stands below the label; None when the text does not begin with it."""
    if text == label:
        return ""
    head = f"{label}\n"
    return text[len(head) :] if text is not None and text.startswith(head) else None


def read_minutes(text: str | None, known: Deler) -> Deler | None:
    """The parts of a text, as near as may be to those that are known, whatever was edited.

    The parts are always written as the same text again. None when it is no text of minutes.
    """
    if below(REFERAT, text) is None or text is None:
        return None
    best, score = None, (-1, -1)
    for rest, view in _views(text[len(REFERAT) :], known):
        for tittel, tekst in _bodies(rest, known):
            parts = Deler(tittel, tekst, view)
            pairs = list(zip(parts, known, strict=True))
            one = sum(a == b for a, b in pairs), sum((a is None) == (b is None) for a, b in pairs)
            if one > score and minutes_text(parts) == text:
                best, score = parts, one
    return best


def _views(text: str, known: Deler) -> Iterator[tuple[str, str | None]]:
    """The text without and with the child's view; each part begins with its line break."""
    for place in {text.rfind(_BREAK_VIEW), text.find(_BREAK_VIEW)} - {-1}:
        yield text[:place], text[place + len(_BREAK_VIEW) :]
    end = f"{_BREAK_VIEW}{known.barnets_synspunkt}"
    if known.barnets_synspunkt is not None and text.endswith(end):
        yield text[: -len(end)], known.barnets_synspunkt
    yield text, None


def _bodies(rest: str, known: Deler) -> Iterator[tuple[str | None, str | None]]:
    """Title and text; `rest` begins with a line break when there is any of them."""
    if not rest:
        yield None, None
        return
    body = rest[1:]
    first, line_break, after = body.partition("\n")
    if line_break:
        yield first, after
    if known.tittel is not None and body.startswith(f"{known.tittel}\n"):
        yield known.tittel, body[len(known.tittel) + 1 :]
    if known.tekst is not None and body.endswith(f"\n{known.tekst}"):
        yield body[: -len(known.tekst) - 1], known.tekst
    yield None, body
    yield body, None
