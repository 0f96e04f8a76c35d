"""Canonical to Conexus: a log as one nested document."""

from typing import Any

from mappings.conexus_companion import avskrift, rader, skriving_personer, strukturer
from mappings.conexus_companion.lesing_innhold import joined_id
from mappings.conexus_companion.skriving_innhold import write_concerns
from mappings.section import Section
from mappings.writing import Writing
from schemas.stafettlogg.kodeverk import Kildesystem
from schemas.stafettlogg.logg import Stafettlogg

_PDF = "application/pdf"


class Liste:
    """Writes the entities of one flat list: rows, id, what `raa` kept."""

    def __init__(self, section: Section, key: str) -> None:
        self.section = section
        self.key = key
        self._write = section.writer()

    def start(self, entity: dict[str, Any], writing: Writing) -> dict[str, Any]:
        """The record of an entity; structures are the caller's."""
        record = self.section.template.copy()
        self._write(entity, record, writing)
        record[self.key] = writing.wire_id(entity)
        return record

    def write(self, entity: dict[str, Any], writing: Writing) -> dict[str, Any]:
        """The record of an entity that has nothing but rows."""
        record = self.start(entity, writing)
        return record if entity["raa"] is None else writing.restore(record, entity)


_LOGG = rader.LOGG.writer()
_VIRKSOMHET = Liste(rader.VIRKSOMHETER, "virksomhetId")
_LESETILGANG = Liste(rader.LESETILGANGER, "lesetilgangId")
_SAMTYKKE = Liste(rader.SAMTYKKER, "samtykkeId")
_MOETE = Liste(rader.MOTER, "moteId")
_LYSGLIMT = Liste(rader.LYSGLIMT, "lysglimtId")
_NOTAT = Liste(rader.NOTATER, "notatId")
_DOKUMENT = Liste(rader.FILER, "filId")
_OVERFOERING = Liste(rader.OVERFORINGER, "overforingId")


def write_logg(logg: Stafettlogg, writing: Writing) -> dict[str, Any]:
    """The document, keys in sorted order at every level."""
    values = logg.__dict__
    _learn(logg, writing)
    wire = rader.LOGG.start()
    people = skriving_personer.write(logg, wire, writing)
    _LOGG(values, wire, writing)
    own = writing.ids.canonical("logg", writing.wire_id(values))
    strukturer.write_key(values, wire, writing, own)
    if logg.kildesystem is not writing.native:
        wire["eksternNokkel"] = logg.id
    wire["stafettholder"] = strukturer.write_holder(values, writing, people)
    wire["virksomheter"] = [_VIRKSOMHET.write(v.__dict__, writing) for v in logg.virksomheter]
    wire["oppmerksomheter"] = write_concerns(logg, wire["stafettholder"], writing)
    wire["lesetilganger"] = [_reader(a.__dict__, writing) for a in logg.lesetilganger]
    wire["samtykker"] = [_consent(s.__dict__, writing) for s in logg.samtykker]
    wire["moter"] = [_MOETE.write(m.__dict__, writing) for m in logg.moeter]
    wire["lysglimt"] = [_LYSGLIMT.write(g.__dict__, writing) for g in logg.lysglimt]
    wire["notater"] = [_note(n.__dict__, writing) for n in logg.notater]
    # A log of its own has none of this but what came in elsewhere, which has no field here either.
    avskrift.add(wire["notater"], avskrift.notes(logg, writing))
    wire["filer"] = [
        _DOKUMENT.write(d.__dict__, writing)
        for d in logg.dokumenter
        if d.id in writing.known["fil"]
    ]
    wire["overforinger"] = [_OVERFOERING.write(o.__dict__, writing) for o in logg.overfoeringer]
    return wire if values["raa"] is None else writing.restore(wire, values)


def _learn(logg: Stafettlogg, writing: Writing) -> None:
    """The wire ids of everything that something may refer to."""
    wire_id, known = writing.wire_id, writing.known
    known["virksomhet"] = {v.id: wire_id(v.__dict__) for v in logg.virksomheter}
    known["samtykke"] = {s.id: wire_id(s.__dict__) for s in logg.samtykker}
    known["mote"] = {m.id: wire_id(m.__dict__) for m in logg.moeter}
    files: dict[Any, Any] = {}
    known["fil"] = files
    for document in logg.dokumenter:
        if document.medietype == _PDF or document.kildesystem is writing.native:
            files[document.id] = wire_id(document.__dict__)
        else:
            writing.manual("BARE_PDF", document.__dict__)
    concerns: dict[Any, Any] = {}
    measures: dict[Any, Any] = {}
    known["oppmerksomhet"], known["tiltak"] = concerns, measures
    split: dict[str, list[str]] = {}
    for concern in logg.oppmerksomheter:
        ids = [concern_id(g.__dict__, concern.id, writing) for g in concern.maal]
        if ids:
            concerns[concern.id], split[concern.id] = ids[0], ids
        for goal in concern.maal:
            for tiltak in goal.tiltak:
                measures[tiltak.id] = wire_id(tiltak.__dict__)
    for found in known.values():
        found[None] = None
    writing.extra["concerns"] = split
    writing.extra["samtykker"] = logg.samtykker


def concern_id(goal: dict[str, Any], concern: str, writing: Writing) -> str:
    """The wire id of a concern with one goal: native, ours, or both ids when they are two."""
    if goal["kilde_id"] is not None and goal["kildesystem"] is Kildesystem.CONEXUS:
        return str(goal["kilde_id"])
    return joined_id(concern, goal["id"])


def _reader(entity: dict[str, Any], writing: Writing) -> dict[str, Any]:
    record = _LESETILGANG.start(entity, writing)
    record["oppmerksomheter"] = strukturer.write_concerns(
        entity["oppmerksomheter"], writing, entity, "oppmerksomheter"
    )
    return record if entity["raa"] is None else writing.restore(record, entity)


def _consent(entity: dict[str, Any], writing: Writing) -> dict[str, Any]:
    record = _SAMTYKKE.start(entity, writing)
    strukturer.write_signatures(entity, record, writing)
    record["mottakere"] = strukturer.write_receivers(entity, writing)
    record["oppmerksomheter"] = strukturer.write_concerns(
        entity["oppmerksomheter"], writing, entity, "oppmerksomheter"
    )
    return record if entity["raa"] is None else writing.restore(record, entity)


def _note(entity: dict[str, Any], writing: Writing) -> dict[str, Any]:
    record = _NOTAT.start(entity, writing)
    record["filId"] = strukturer.write_file(entity["vedlegg"], writing, entity, "vedlegg")
    return record if entity["raa"] is None else writing.restore(record, entity)
