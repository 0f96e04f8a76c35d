"""Consents: what was signed, by whom, for what, and whether it still holds (R-110 to R-119)."""

from gateway.snapshot.blokker import Blokk, entry, heading, paragraph, table
from gateway.snapshot.leser import Leser
from gateway.snapshot.vist import Vist, join
from schemas.stafettlogg.samtykke import Samtykke

_TONES = {"GYLDIG": "groenn", "TRUKKET": "roed", "AVSLAATT": "roed"}


def consents(les: Leser) -> list[Blokk]:
    """Every consent, replaced ones too."""
    if not les.logg.samtykker:
        return [heading(1, les.words["samtykker"]), *paragraph("", les.words["ingen_samtykker"])]
    return [heading(1, les.words["samtykker"]), *(_one(les, one) for one in les.logg.samtykker)]


def _one(les: Leser, one: Samtykke) -> Blokk:
    facts = les.labelled(
        ("gjelder", les.codes(one, "omfang", "samtykkeomfang")),
        ("gyldig", les.span(one, "gyldig_fra", "gyldig_til", days=True)),
        ("form", les.code(one, "form", "samtykkeform")),
        ("rettsgrunnlag", join(", ", (les.code(one, "rettsgrunnlag", "rettsgrunnlag"),
                                      les.text(one, "rettsgrunnlag_tekst")))),
        ("samtykkemal", les.text(one, "mal")),
        ("signert_skjema", les.called(one, "fil")),
        ("oppmerksomheter", les.all_called(one, "oppmerksomheter")),
        ("mottakere", join("; ", _receivers(les, one))),
        ("trukket", join(f" {les.words['av']} ", (les.moment(one, "trukket"),
                                                  les.called(one, "trukket_av")))),
        ("arkivert_i", les.called(one, "arkivert_i")),
    )  # fmt: skip
    return entry(
        title=les.navn[one.id],
        badge=les.code(one, "status", "samtykkestatus"),
        badge_tone=_TONES.get(one.status, ""),
        found=[*facts, *les.trace(one)],
        inside=[
            *_signers(les, one),
            *paragraph(les.words["tekst_signert"], les.text(one, "tekst_signert")),
        ],
    )  # fmt: skip


def _receivers(les: Leser, one: Samtykke) -> list[Vist]:
    return [
        join(", ", (les.text(p, "virksomhet"), les.text(p, "person"),
                    les.code(p, "rolle", "rolle")))
        for p in les.inside(one, "mottakere")
    ]  # fmt: skip


def _signers(les: Leser, one: Samtykke) -> list[Blokk]:
    if not one.signatarer:
        return []
    words = les.words
    rows = [
        (
            les.called(p, "person"),
            les.code(p, "rolle", "rolle"),
            les.code(p, "status", "signaturstatus"),
            les.moment(p, "tid"),
            les.code(p, "metode", "metode"),
        )
        for p in les.inside(one, "signatarer")
    ]
    head = (words["underskriver"], words["rolle"], words["status"], words["tid"], words["metode"])
    return [table(head, (3, 2, 2, 3, 2), rows)]
