"""Who is or was in the log: participations, reading accesses, contact and units."""

from gateway.snapshot.blokker import Blokk, entry, heading, table
from gateway.snapshot.deler.hode import contact
from gateway.snapshot.leser import Leser
from gateway.snapshot.vist import around, join
from schemas.stafettlogg.entitet import Entitet
from schemas.stafettlogg.person import Deltakelse, Lesetilgang


def participants(les: Leser) -> list[Blokk]:
    """Everyone's part in the log, and those who are only named."""
    words = les.words
    found: list[Blokk] = [heading(1, words["deltakere"])]
    found += [_part(les, one) for one in les.logg.deltakelser]
    if les.logg.lesetilganger:
        found.append(heading(1, words["lesetilganger"]))
        found += [_access(les, one) for one in les.logg.lesetilganger]
    return [*found, *_people(les), *_units(les)]


def _part(les: Leser, one: Deltakelse) -> Blokk:
    history = (
        join(" ", (les.code(p, "rolle", "rolle"), les.span(p, "fra", "til")))
        for p in les.inside(one, "rollehistorikk")
    )
    facts = les.labelled(
        ("enhet", les.called(one, "virksomhet")),
        ("periode", les.span(one, "fra", "til")),
        ("tilgang_til", les.day(one, "tilgang_til")),
        ("tilgang_til", les.flag(one, "til_plan_slettes", "til_slettes")),
        ("foreldreansvar", les.code(one, "foreldreansvar", "foreldreansvar")),
        ("rollehistorikk", join("; ", history)),
    )
    return entry(
        title=join(" · ", (les.called(one, "person"), les.code(one, "rolle", "rolle"))),
        badge=les.code(one, "status", "deltakerstatus"),
        found=[*facts, *les.trace(one)],
    )


def _access(les: Leser, one: Lesetilgang) -> Blokk:
    facts = les.labelled(
        ("omfang", les.code(one, "omfang", "tilgangsomfang")),
        ("oppmerksomheter", les.all_called(one, "oppmerksomheter")),
        ("samtykke", les.called(one, "samtykke")),
        ("periode", les.span(one, "fra", "til")),
    )
    return entry(title=les.called(one, "person"), found=[*facts, *les.trace(one)])


def _people(les: Leser) -> list[Blokk]:
    words = les.words
    rows = [
        (
            les.text(one, "navn") or words["uten_navn"],
            les.day(one, "foedselsdato"),
            contact(les, one),
            join(
                "; ",
                (around(f"{words['ekstern']}: ", les.answer(one, "ekstern")), *_traced(les, one)),
            ),
        )
        for one in les.logg.personer
    ]
    if not rows:
        return []
    head = (words["navn"], words["foedt"], words["kontakt"], words["merknad"])
    return [heading(1, words["personer"]), table(head, (3, 2.2, 4, 3.5), rows)]


def _units(les: Leser) -> list[Blokk]:
    words = les.words
    rows = [
        (
            les.text(one, "navn") or words["uten_navn"],
            les.code(one, "type", "virksomhetstype"),
            les.text(one, "orgnr"),
            les.called(one, "leder"),
            join("; ", (join(", ", les.texts(one, "kommuner")), *_traced(les, one))),
        )
        for one in les.logg.virksomheter
    ]
    if not rows:
        return []
    head = (words["enhet"], words["type"], words["orgnr"], words["leder"], words["merknad"])
    return [heading(1, words["enheter"]), table(head, (3, 2, 2, 3, 3), rows)]


def _traced(les: Leser, one: Entitet) -> list[str]:
    return [join(": ", pair) for pair in les.trace(one)]
