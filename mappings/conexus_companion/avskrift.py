"""Transcripts: what Conexus has no field for, written as notes that a person can read (D-1).

Minutes, comments, the goal's description, the presentation and the initiator. The ids follow from
what is transcribed, so the way home knows them and takes nothing from an unchanged one.
"""

from collections.abc import Iterator
from typing import Any

from mappings.conexus_companion import rader
from mappings.identitet import derived
from mappings.writing import Writing
from schemas.stafettlogg.logg import Stafettlogg

Line = tuple[str, str, str | None, str | None, str | None]


def notes(logg: Stafettlogg, writing: Writing) -> list[dict[str, Any]]:
    """The notes, in a fixed order."""
    found = []
    for entity, text, at, author, file in _lines(logg, writing):
        record = rader.NOTATER.start()
        record["notatId"] = derived("avskrift", entity, text.partition("\n")[0])
        record["tekst"] = text
        record["dato"] = at
        record["forfatter"] = writing.persons.get(author)
        record["filId"] = file
        found.append(record)
    return found


def _lines(logg: Stafettlogg, writing: Writing) -> Iterator[Line]:
    if logg.initiativtaker is not None:
        yield logg.id, f"Initiativtaker\n{logg.initiativtaker}", None, None, None
    if logg.om_meg is not None:
        yield logg.id, f"Om meg\n{logg.om_meg}", None, None, None
    for concern in logg.oppmerksomheter:
        for goal in concern.maal:
            if goal.beskrivelse is not None:
                yield goal.id, f"Om målet\n{goal.beskrivelse}", goal.opprettet, None, None
    files = writing.known["fil"]
    for minutes in logg.referater:
        text = "\n".join(
            part
            for part in (
                "Referat",
                minutes.tittel,
                minutes.tekst,
                f"Barnets synspunkt: {minutes.barnets_synspunkt}"
                if minutes.barnets_synspunkt is not None
                else None,
            )
            if part is not None
        )
        if len(minutes.vedlegg) > 1:
            writing.manual("FLERE_VEDLEGG", minutes.__dict__, "vedlegg")
        file = next((files[f] for f in minutes.vedlegg if f in files), None)
        yield minutes.id, text, minutes.tid, minutes.avsender, file
    for comment in logg.kommentarer:
        yield comment.id, f"Kommentar\n{comment.tekst or ''}", comment.tid, comment.forfatter, None
