"""The attachments: what each was called, what it became in the archive, and its checksum."""

from collections.abc import Sequence

from gateway.snapshot.arkivert import Arkivert
from gateway.snapshot.blokker import Blokk, entry, heading, paragraph
from gateway.snapshot.leser import Leser
from gateway.snapshot.vist import Vist, around, join, same
from schemas.stafettlogg.innhold import Dokument


def attachments(les: Leser, archived: Sequence[Arkivert]) -> list[Blokk]:
    """Every file of the log; files are kept beside this document, never inside it."""
    words = les.words
    found = [heading(1, words["vedlegg"])]
    if not les.logg.dokumenter:
        return [*found, *paragraph("", words["ingen_vedlegg"])]
    outcome = {one.dokument: one for one in archived}
    return [*found, *(_one(les, one, outcome.get(one.id)) for one in les.logg.dokumenter)]


def _one(les: Leser, one: Dokument, outcome: Arkivert | None) -> Blokk:
    words = les.words
    size = same(les.number(one, "stoerrelse"), str(outcome.size) if outcome else "")
    facts = les.labelled(
        ("tittel", les.text(one, "tittel")),
        ("type", les.code(one, "type", "dokumenttype")),
        ("medietype", les.text(one, "medietype")),
        ("stoerrelse", around("", size, " byte")),
        ("arkivert_som", ", ".join(outcome.filer) if outcome else ""),
        ("omgjort", words["omgjort_tekst"] if outcome and outcome.converted else ""),
    )
    inside: list[Blokk] = []
    checksum = same(les.text(one, "sha256"), Vist(outcome.sha256) if outcome else "")
    if checksum:
        inside.append({"k": "smaatt", "navn": words["sjekksum_original"], "tekst": checksum})
    if outcome and outcome.code:
        told = words[outcome.code.lower()]
        inside.append({"k": "foreloepig", "navn": words["trenger_menneske"], "tekst": told})
    return entry(
        title=join(": ", (les.navn[one.id], les.text(one, "filnavn") or words["uten_navn"])),
        found=[*facts, *les.trace(one)],
        inside=inside,
    )
