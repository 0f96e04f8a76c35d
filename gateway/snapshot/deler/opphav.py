"""Where the content comes from, what has no field of its own, and what is not on these pages."""

from collections.abc import Iterator, Mapping

from gateway.snapshot.blokker import Blokk, facts, heading, paragraph, small, table
from gateway.snapshot.leser import Leser
from gateway.snapshot.ramme import Ramme
from gateway.snapshot.tidspunkt import moment_text
from schemas.stafettlogg.entitet import Entitet
from schemas.stafettlogg.flat import parts


def raw_fields(les: Leser) -> list[Blokk]:
    """What the source system had beside the fields of the model, word for word."""
    rows = [(_kind(les, one), les.text(one, "raa")) for one in entities(les.logg) if one.raa]
    if not rows:
        return []
    head = (les.words["gjelder"], les.words["felt_i_kilden"])
    return [
        heading(1, les.words["raa_felt"]),
        *paragraph("", les.words["raa_felt_om"]),
        table(head, (2, 5), rows),
    ]


def _kind(les: Leser, one: Entitet) -> str:
    return les.navn.get(one.id) or les.words[f"kind_{type(one).__name__.lower()}"]


def entities(entity: Entitet) -> Iterator[Entitet]:
    """The entity and every entity inside it."""
    yield entity
    many, single = parts(type(entity))
    for name in type(entity).model_fields:
        if name in many:
            for child in getattr(entity, name):
                yield from entities(child)
        elif name in single and getattr(entity, name) is not None:
            yield from entities(getattr(entity, name))


def closing(
    les: Leser, ramme: Ramme, sums: Mapping[str, str], left_out: Mapping[str, int]
) -> list[Blokk]:
    """What this document is, its version and checksums, and what is not shown and why.

    `sums` is label name -> SHA-256; `left_out` is reason -> number of leaves.
    """
    words = les.words
    told = les.labelled(
        ("versjon", les.safe(ramme.versjon)),
        ("sist_endret", moment_text(ramme.sist_endret) if ramme.sist_endret else ""),
        ("utloeser", les.safe(words.code("utloeser", ramme.utloeser)) if ramme.utloeser else ""),
        ("logg_id", les.logg.id),
        ("kommune", f"{les.safe(ramme.kommune)} ({ramme.kommunenummer})"),
    )
    rows = [(words[f"grunn_{name}"], str(count)) for name, count in left_out.items()]
    return [
        heading(1, words["om_dokumentet"]),
        *paragraph("", words["om_dokumentet_tekst"]),
        *facts(told),
        *(small(words[name], value) for name, value in sums.items()),
        heading(2, words["ikke_vist"]),
        *paragraph("", words["ikke_vist_om"]),
        table((words["grunn"], words["antall"]), (5, 1), rows),
    ]
