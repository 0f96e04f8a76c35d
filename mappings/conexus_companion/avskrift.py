"""Transcripts as Conexus holds them: notes, with one file and an author who is known there."""

from typing import Any

from mappings.avskrift import OM_MAALET, lines, note_id
from mappings.codec import TIME
from mappings.conexus_companion import rader
from mappings.writing import Writing
from schemas.stafettlogg.dialog import Moetereferat
from schemas.stafettlogg.logg import Stafettlogg


def notes(logg: Stafettlogg, writing: Writing) -> list[dict[str, Any]]:
    """The notes, in a fixed order. None has the id of a note that is in the log."""
    found = []
    taken = {note.id for note in logg.notater}
    for entity, label, text, at, author in lines(logg):
        record = rader.NOTATER.start()
        record["notatId"] = note_id(entity.id, label, taken)
        record["tekst"] = text
        told = "opprettet" if label == OM_MAALET else "tid"
        record["dato"] = TIME.encode(at, writing, entity.__dict__, told)
        record["forfatter"] = writing.persons.get(author)
        record["filId"] = _file(entity, writing) if isinstance(entity, Moetereferat) else None
        found.append(record)
    return found


def add(there: list[dict[str, Any]], notes: list[dict[str, Any]]) -> None:
    """Put transcripts behind the notes of the log; one that came home before is written anew where
    it stands."""
    places = {record["notatId"]: place for place, record in enumerate(there)}
    for record in notes:
        place = places.get(record["notatId"])
        if place is None:
            there.append(record)
        else:
            there[place] = {**there[place], "tekst": record["tekst"]}


def _file(minutes: Moetereferat, writing: Writing) -> str | None:
    files = writing.known["fil"]
    if len(minutes.vedlegg) > 1:
        writing.manual("FLERE_VEDLEGG", minutes.__dict__, "vedlegg")
    return next((files[f] for f in minutes.vedlegg if f in files), None)
