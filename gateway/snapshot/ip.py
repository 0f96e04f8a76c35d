"""The hand-over package to an individuell plan: the log in the order of forskrift § 19, a to i.

Tools for individuell plan (DIPS Samspill) document no interface, so a person types it in: a PDF/A
to read from, and the same points as JSON. What the regulation asks for and a log does not hold is
said to be missing, never invented. Pure up to `draw`; the whole log is archived by `freeze`.
"""

import json
import tomllib
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from gateway.errors import LocalFault
from gateway.snapshot import glyphs
from gateway.snapshot.blokker import Blokk, facts, heading, lead, notice, paragraph, table
from gateway.snapshot.deler import hode, personer, samtykker
from gateway.snapshot.leser import Leser
from gateway.snapshot.ordliste import ordliste
from gateway.snapshot.ramme import Ramme
from gateway.snapshot.safetext import SafeText
from gateway.snapshot.strukturert import archivable
from gateway.snapshot.vist import join
from schemas.stafettlogg.innhold import Tiltak
from schemas.stafettlogg.kodeverk import Tiltaksarena
from schemas.stafettlogg.logg import Stafettlogg

_OWN = frozenset({Tiltaksarena.HJEM, Tiltaksarena.BARN})
LETTERS = "abcdefghi"
FORMAT = "urn:stafettlogg:ip-overgang:1"
_ATTEMPTS = 24


@lru_cache(maxsize=1)
def _words() -> dict[str, dict[str, str]]:
    text = (Path(__file__).with_name("ord") / "ip.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def package(logg: Stafettlogg, ramme: Ramme) -> tuple[bytes, bytes]:
    """(PDF/A, JSON) of the hand-over. Raises LocalFault("PDF_FEIL")."""
    from gateway.snapshot import render

    logg = archivable(logg)
    denied: frozenset[str] = frozenset()
    for _ in range(_ATTEMPTS):
        les = Leser(logg, ordliste(ramme.maalform_for(logg)), SafeText(glyphs.drawable(), denied))
        sections = dict(zip(LETTERS, _sections(les, ramme), strict=True))
        try:
            pdf = render.draw(_page(les, ramme, sections), ramme.frosset, ramme.standard)
        except render.Undrawable as refused:
            if refused.cluster in denied:
                break
            denied |= {refused.cluster}
            continue
        return pdf, _json(logg, ramme, sections)
    raise LocalFault("PDF_FEIL", place="tegn")


def _sections(les: Leser, ramme: Ramme) -> Iterator[list[Blokk]]:
    """The points of § 19 in order; an empty one is one the log does not answer."""
    own = _words()[les.words.maalform.value]
    yield list(_goals(les, own))
    yield _without_title(personer.participants(les))
    yield _coordinator(les, own)
    yield _measures(les, own, own_effort=True)
    yield _measures(les, own, own_effort=False)
    yield _carried_out(les, own)
    yield _period(les, own)
    yield _without_title(samtykker.consents(les)) if les.logg.samtykker else []
    yield _units(les, own)


def _goals(les: Leser, own: dict[str, str]) -> Iterator[Blokk]:
    logg = les.logg
    yield from paragraph(own["ressurser"], les.text(logg, "om_meg"))
    yield from paragraph(own["behov"], les.text(logg, "utfordring"))
    yield from paragraph(own["maal"], les.text(logg, "hovedmaal"))
    for concern in logg.oppmerksomheter:
        yield heading(2, les.navn[concern.id])
        yield lead(les.text(concern, "tekst") or les.words["uten_tekst"])
        for goal in concern.maal:
            text = les.text(goal, "tittel") or les.words["uten_tekst"]
            yield from paragraph(les.navn[goal.id], text)


def _coordinator(les: Leser, own: dict[str, str]) -> list[Blokk]:
    for part in les.logg.deltakelser:
        if part.id == les.logg.stafettholder:
            name = join(", ", (les.called(part, "person"), les.called(part, "virksomhet")))
            return [*paragraph("", own["foreslaatt"]), *paragraph("", name)]
    return []


def _all(les: Leser) -> Iterator[Tiltak]:
    for concern in les.logg.oppmerksomheter:
        for goal in concern.maal:
            yield from goal.tiltak


def _measures(les: Leser, own: dict[str, str], *, own_effort: bool) -> list[Blokk]:
    rows = [
        (
            join(": ", (les.navn[one.id], les.text(one, "tittel"))),
            les.called(one, "aktoer"),
            les.span(one, "startdato", "frist", days=True),
            les.text(one, "naar"),
        )
        for one in _all(les)
        if (one.arena in _OWN) is own_effort and not one.feilregistrert
    ]
    head = (own["tiltak"], own["ansvarlig"], own["periode"], own["omfang"])
    return [table(head, (3, 1.4, 1.4, 1.2), rows)] if rows else []


def _carried_out(les: Leser, own: dict[str, str]) -> list[Blokk]:
    rows = [
        (
            les.navn[one.id],
            les.code(one.evaluering, "farge", "farge"),
            join(" ", (les.day(one.evaluering, "dato"), les.text(one.evaluering, "tekst"))),
        )
        for one in _all(les)
        if one.evaluering is not None
    ]
    head = (own["tiltak"], les.words["evaluering"], own["vurdering"])
    return [table(head, (1, 1, 4), rows)] if rows else []


def _period(les: Leser, own: dict[str, str]) -> list[Blokk]:
    return facts(
        pair
        for pair in (
            (own["startet"], les.moment(les.logg, "opprettet")),
            (own["neste"], les.day(les.logg, "neste_moete")),
        )
        if pair[1]
    )


def _units(les: Leser, own: dict[str, str]) -> list[Blokk]:
    rows = [(les.text(one, "navn"), les.text(one, "orgnr")) for one in les.logg.virksomheter]
    return [table((own["enheter"], les.words["orgnr"]), (3, 1), rows)] if rows else []


def _without_title(blocks: list[Blokk]) -> list[Blokk]:
    """A part of the snapshot under a heading of ours: its own first heading is left out, and the
    rest of them stand one level down."""
    return [{**block, "nivaa": 2} if block["k"] == "overskrift" else block for block in blocks[1:]]


def _page(les: Leser, ramme: Ramme, sections: dict[str, list[Blokk]]) -> dict[str, Any]:
    own, words = _words()[les.words.maalform.value], les.words
    blocks: list[Blokk] = [notice(own["tittel"], own["om"])]
    for letter, found in sections.items():
        blocks.append(heading(1, own[letter]))
        blocks += found or paragraph("", own["mangler"])
    band = hode.band(les, ramme)
    return {
        "spraak": words.maalform.value, "tittel": own["tittel"],
        "forfatter": les.safe(ramme.kommune),
        "om": f"{own['tittel']} {les.logg.id}", "dato": list(ramme.frosset.utctimetuple()[:6]),
        "topp": own["tittel"], "hjemmel": words["unntatt"], "bunn": les.safe(ramme.kommune),
        "sum": les.logg.id, "side": words["side"], "side_av": words["side_av"],
        "baand": band, "blokker": blocks,
    }  # fmt: skip


def _json(logg: Stafettlogg, ramme: Ramme, sections: dict[str, list[Blokk]]) -> bytes:
    own = _words()[ramme.maalform_for(logg).value]
    told = {
        "format": FORMAT,
        "logg": logg.id,
        "versjon": ramme.versjon,
        "hjemmel": "FOR-2011-12-16-1256 § 19",
        "punkter": [
            {"bokstav": letter, "tittel": own[letter], "mangler": not found, "innhold": found}
            for letter, found in sections.items()
        ],
    }
    return json.dumps(told, ensure_ascii=False, sort_keys=True, indent=1).encode() + b"\n"
