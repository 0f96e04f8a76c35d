"""What each thing in a log is called in the document: a person's name, "Tiltak 1.2.3", "Vedlegg 4".

References are shown as these names, so that a reader on paper can find what is meant.
"""

from collections.abc import Iterator, Sequence

from gateway.snapshot.ordliste import Ordliste
from schemas.stafettlogg.entitet import Entitet
from schemas.stafettlogg.innhold import Maal, Tiltak
from schemas.stafettlogg.kodeverk import Tiltaksarena
from schemas.stafettlogg.logg import Stafettlogg


def names(logg: Stafettlogg, words: Ordliste) -> dict[str, str]:
    """Id -> what it is called. Persons and units without a name are said to have none."""
    found = dict(_content(logg, words))
    numbered: tuple[tuple[str, Sequence[Entitet]], ...] = (
        ("samtykke", logg.samtykker), ("moete", logg.moeter), ("vedlegg_nr", logg.dokumenter),
        ("overfoering", logg.overfoeringer), ("arkivuttak_nr", logg.arkivuttak),
        ("notat", logg.notater), ("lysglimt_nr", logg.lysglimt),
    )  # fmt: skip
    for label, things in numbered:
        found.update((thing.id, f"{words[label]} {nr}") for nr, thing in enumerate(things, 1))
    found.update((v.id, v.navn or words["uten_navn"]) for v in logg.virksomheter)
    persons = {p.id: p.navn or words["uten_navn"] for p in logg.personer}
    found.update(persons)
    found.update((d.id, persons.get(d.person, words["uten_navn"])) for d in logg.deltakelser)
    return found


def by_arena(goal: Maal) -> Iterator[tuple[Tiltaksarena | None, list[Tiltak]]]:
    """The measures of a goal by arena: service, home, child, and those without one (R-073)."""
    for arena in (*Tiltaksarena, None):
        group = [measure for measure in goal.tiltak if measure.arena == arena]
        if group:
            yield arena, group


def in_order(goal: Maal) -> list[Tiltak]:
    """The measures of a goal as they stand on the page."""
    return [measure for _arena, group in by_arena(goal) for measure in group]


def _content(logg: Stafettlogg, words: Ordliste) -> Iterator[tuple[str, str]]:
    """Concerns, goals and measures, numbered as they stand: 1, 1.1 and 1.1.1."""
    for i, concern in enumerate(logg.oppmerksomheter, 1):
        yield concern.id, f"{words['oppmerksomhet']} {i}"
        for j, goal in enumerate(concern.maal, 1):
            yield goal.id, f"{words['maal']} {i}.{j}"
            for k, measure in enumerate(in_order(goal), 1):
                yield measure.id, f"{words['tiltak']} {i}.{j}.{k}"
