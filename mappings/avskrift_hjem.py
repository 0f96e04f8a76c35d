"""The way home of transcripts: what somebody did to a note that is really something else.

An edited note that still reads as what it transcribes is an edit of that; a deleted or emptied one
takes it away. Any other becomes a note of its own, marked as such so that a person is told, with an
id that follows from the transcript's: the same way home again finds it, and nothing has an id
twice. Pure; knows no vendor.
"""

from collections.abc import Mapping
from typing import Any

from mappings.avskrift import (
    INITIATIVTAKER,
    KOMMENTAR,
    LABELS,
    OM_MAALET,
    REFERAT,
    Deler,
    below,
    beside,
    free,
    parts_of,
    places,
    read_minutes,
)
from schemas.stafettlogg.entitet import Entitet
from schemas.stafettlogg.flat import instant
from schemas.stafettlogg.innhold import Kommentar, Maal, Notat
from schemas.stafettlogg.logg import Stafettlogg

AS_NOTE = "SOM_NOTAT"
_SAYS = ("tekst", "dato", "forfatter", "oppmerksomhet", "vedlegg")
_NO_PARTS = Deler(None, None, None)

Notes = dict[str, Notat]
Updates = dict[str, Any]


class Avskrifter:
    """The transcripts that somebody edited or deleted; `changed` is empty when there are none."""

    def __init__(self, base: Stafettlogg, theirs: Stafettlogg, ours: Stafettlogg) -> None:
        self._was, self._now = _notes(base), _notes(theirs)
        self._places: Mapping[str, tuple[str, str]] = {}
        self.changed: tuple[str, ...] = ()
        if base.notater == theirs.notater:
            return
        own = {note.id for note in ours.notater}
        touched = [
            key
            for key in self._was | self._now
            if key not in own and self._was.get(key) != self._now.get(key)
        ]
        if touched:
            self._places = places(ours, own)
            self.changed = tuple(
                key for key in touched if key in self._places or self._lost(key, own)
            )

    def _lost(self, key: str, own: set[str]) -> bool:
        """A transcript of what is no longer at home, and no note that was put beside one."""
        was = self._was.get(key)
        if was is None:
            return False
        theirs = self._was.keys() | self._now.keys()
        labelled = (was.tekst or "").partition("\n")[0] in LABELS
        if not labelled and free(key, theirs) not in own:
            return False
        return all(beside(other) != key for other in theirs)

    def without(self, logg: Stafettlogg) -> Stafettlogg:
        """A log of theirs without these notes."""
        kept = tuple(note for note in logg.notater if note.id not in self.changed)
        return logg.model_copy(update={"notater": kept})

    def laid(self, home: Stafettlogg) -> Stafettlogg:
        """The log at home with what was done to these notes."""
        things = _things(home)
        notes = _notes(home)
        updates: dict[str, Updates | None] = {}
        taken = self._was.keys() | self._now.keys()
        for key in self.changed:
            was, now = self._was.get(key), self._now.get(key)
            entity, label = self._places.get(key, ("", ""))
            thing = things.get(entity)
            apart = free(key, taken)
            before = _read(thing, label, was, None)
            stands = was is not None and before is None and apart in notes
            if now is None or _emptied(was, now):
                if stands:
                    del notes[apart]
                elif thing is not None and before is not None:
                    _take_away(updates, thing, label)
                continue
            found = _read(thing, label, now, before)
            if thing is None or found is None:
                notes[apart] = _apart(apart, was, now, notes.get(apart))
                continue
            if stands:
                del notes[apart]
            changes = _changes(thing, before, found)
            updates[entity] = (updates.get(entity) or {}) | changes
        return _updated(home, updates, tuple(notes.values()))


def _notes(logg: Stafettlogg) -> Notes:
    return {note.id: note for note in logg.notater}


def _things(logg: Stafettlogg) -> dict[str, Entitet]:
    """What a transcript may be of; a comment only with the measure it is on."""
    goals = [goal for concern in logg.oppmerksomheter for goal in concern.maal]
    measures = {tiltak.id for goal in goals for tiltak in goal.tiltak}
    comments = [comment for comment in logg.kommentarer if comment.paa in measures]
    return {thing.id: thing for thing in (logg, *goals, *logg.referater, *comments)}


def _emptied(was: Notat | None, now: Notat) -> bool:
    files = set(now.vedlegg) - set(was.vedlegg if was is not None else ())
    return not (now.tekst or "").strip() and not files


def _read(
    thing: Entitet | None, label: str, note: Notat | None, before: Updates | None
) -> Updates | None:
    """The fields of the thing as the note says them; None when it says something else, or more."""
    if thing is None or note is None or note.oppmerksomhet is not None:
        return None
    if label == REFERAT:
        return _read_minutes(thing, note, before)
    text = below(label, note.tekst)
    if text is None or note.vedlegg:
        return None
    if isinstance(thing, Kommentar):
        if not text and thing.tekst is None:
            return {"tekst": None, "tid": note.dato, "forfatter": note.forfatter}
        return {"tekst": text, "tid": note.dato, "forfatter": note.forfatter}
    made = thing.opprettet if isinstance(thing, Maal) else None
    if note.forfatter is not None or instant(note.dato) != instant(made):
        return None
    return {_field(label): text}


def _read_minutes(thing: Any, note: Notat, before: Updates | None) -> Updates | None:
    known = parts_of(thing)
    if before is not None:
        known = Deler(*(before[name] for name in _NO_PARTS._fields))
    parts = read_minutes(note.tekst, known)
    if parts is None:
        return None
    return parts._asdict() | {
        "tid": note.dato,
        "avsender": note.forfatter,
        "vedlegg": note.vedlegg,
    }


def _field(label: str) -> str:
    if label == OM_MAALET:
        return "beskrivelse"
    return "initiativtaker" if label == INITIATIVTAKER else "om_meg"


def _changes(thing: Entitet, before: Updates | None, found: Updates) -> Updates:
    """What they changed; a file is put in front of those a note has no room for."""
    changes: Updates = {}
    for name, value in found.items():
        if before is not None and before[name] == value:
            continue
        if name == "vedlegg":
            shown = {*value, *(before or {}).get(name, ())}
            value = (*value, *(file for file in getattr(thing, name) if file not in shown))
        changes[name] = value
    return changes


def _take_away(updates: dict[str, Updates | None], thing: Entitet, label: str) -> None:
    if label in (REFERAT, KOMMENTAR):
        updates[thing.id] = None
    else:
        updates[thing.id] = (updates.get(thing.id) or {}) | {_field(label): None}


def _apart(key: str, was: Notat | None, now: Notat, mine: Notat | None) -> Notat:
    """A note of its own; the same one edited when it is at home already."""
    if mine is None:
        own = {"id": key, "kilde_id": None, "avledet": True, "avledet_regel": AS_NOTE}
        return now.model_copy(update=own)
    said = {name: getattr(now, name) for name in _SAYS}
    if was is not None:
        said = {name: value for name, value in said.items() if getattr(was, name) != value}
    return mine.model_copy(update=said)


def _updated(
    home: Stafettlogg, updates: dict[str, Updates | None], notes: tuple[Notat, ...]
) -> Stafettlogg:
    changes: Updates = dict(updates.get(home.id) or {})
    changes["notater"] = notes
    changes["referater"] = _each(home.referater, updates)
    changes["kommentarer"] = _each(home.kommentarer, updates)
    changes["oppmerksomheter"] = tuple(
        concern.model_copy(update={"maal": _each(concern.maal, updates)})
        if any(goal.id in updates for goal in concern.maal)
        else concern
        for concern in home.oppmerksomheter
    )
    return home.model_copy(update=changes)


def _each(things: tuple[Any, ...], updates: dict[str, Updates | None]) -> tuple[Any, ...]:
    found = []
    for thing in things:
        update = updates.get(thing.id, {})
        if update is not None:
            found.append(thing.model_copy(update=update) if update else thing)
    return tuple(found)
