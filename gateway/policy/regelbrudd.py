"""Breaches of the routines' own rules found on the way: listed, never repaired (R-071 ff.)."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from schemas.stafettlogg.innhold import Oppmerksomhet
from schemas.stafettlogg.kodeverk import Tiltaksarena, Tiltakstatus
from schemas.stafettlogg.logg import Stafettlogg


@dataclass(frozen=True, slots=True, order=True)
class Regelbrudd:
    """A rule and the entity that breaks it; ids only."""

    regel: str
    entitet: str


def find(logg: Stafettlogg) -> tuple[Regelbrudd, ...]:
    """Every breach, sorted and without repeats."""
    found = {b for concern in logg.oppmerksomheter for b in _in_concern(concern)}
    if logg.livsomraader:
        found.add(Regelbrudd("R-084", logg.id))
    kinds = {d.id: d.medietype for d in logg.dokumenter}
    found |= {
        Regelbrudd("R-091", note.id)
        for note in logg.notater
        if any(kinds.get(file) != "application/pdf" for file in note.vedlegg)
    }
    return tuple(sorted(found))


def _in_concern(concern: Oppmerksomhet) -> Iterator[Regelbrudd]:
    measures = [t for goal in concern.maal for t in goal.tiltak]
    active = [t for t in measures if t.status is Tiltakstatus.AKTIV]
    for aktoer, count in Counter(t.aktoer for t in active if t.aktoer).items():
        if count > 1:
            yield from (Regelbrudd("R-071", t.id) for t in active if t.aktoer == aktoer)
    yield from (Regelbrudd("R-072", t.id) for t in measures if t.del_av)
    yield from (
        Regelbrudd("R-078", t.id)
        for t in measures
        if t.status is Tiltakstatus.EVALUERT and t.evaluering is None
    )
    arenas = {t.arena for t in measures if t.arena}
    if arenas and arenas != set(Tiltaksarena):
        yield Regelbrudd("R-073", concern.id)
    if not measures:
        yield Regelbrudd("R-076", concern.id)
