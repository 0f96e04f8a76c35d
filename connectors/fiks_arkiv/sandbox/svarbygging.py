"""Writes the archive's replies, each held against our own contract before it leaves.

It must not decide what to answer.
"""

import uuid
from collections.abc import Sequence

from lxml import etree

from connectors.fiks_arkiv.kontrakt import serialize
from connectors.fiks_arkiv.navn import (
    FEIL,
    FEIL_ROOT,
    KVITTERING,
    METADATA,
    MINIMUM,
    REGISTRERING_RESULTAT,
    SOK_RESULTAT,
    STRUKTUR,
)
from connectors.fiks_arkiv.sandbox.lager import Row
from connectors.fiks_arkiv.tre import child, kode, noekkel, root, xsi_type

_NOW = "2026-11-22T02:00:00+01:00"
_YEAR = "2026"
_WHO = "Sandkassen"


def error(kind: str, message: str = "avvist") -> bytes:
    """feilmelding.<kind>."""
    element = root(f"{FEIL_ROOT}{kind}/v1", kind)
    child(element, "feilId", str(uuid.uuid4()), namespace=FEIL)
    child(element, "feilmelding", message, namespace=FEIL)
    return serialize(element, kind)


def _failed(parent: etree._Element, name: str) -> None:
    element = child(parent, name)
    child(element, "feilId", str(uuid.uuid4()), namespace=FEIL)
    child(element, "feilmelding", "kunne ikke opprettes", namespace=FEIL)


def receipt(
    folder: tuple[Row, bool] | None,
    record: tuple[Row, bool] | None,
    documents: Sequence[Row],
    failed: Sequence[str] = (),
) -> bytes:
    """arkivmeldingKvittering; (row, did it exist) of what was made, and the parts that failed."""
    element = root(KVITTERING, "arkivmeldingKvittering")
    if folder is not None:
        row, existed = folder
        part = child(element, "mappeKvittering")
        xsi_type(part, "saksmappeKvittering")
        child(part, "systemID", row["system_id"])
        child(part, "mappeID", f"{_YEAR}/{row['nr']}")
        child(part, "opprettetDato", _NOW)
        noekkel(part, row["fagsystem"], row["noekkel"])
        child(part, "opprettetEllerEksisterende", "Eksisterende" if existed else "Opprettet")
        child(part, "saksaar", _YEAR)
        child(part, "sakssekvensnummer", str(row["nr"]))
        child(part, "saksdato", _NOW[:10])
    if "mappeFeilet" in failed:
        _failed(element, "mappeFeilet")
    if record is not None:
        _record_receipt(element, *record, documents)
    if "registreringFeilet" in failed:
        _failed(element, "registreringFeilet")
    return serialize(element, "arkivmelding-kvittering")


def _record_receipt(
    parent: etree._Element, row: Row, existed: bool, documents: Sequence[Row]
) -> None:
    part = child(parent, "registreringKvittering")
    xsi_type(part, "journalpostKvittering")
    child(part, "systemID", row["system_id"])
    child(part, "opprettetDato", _NOW)
    for one in documents:
        document = child(part, "dokumentbeskrivelseKvittering")
        child(document, "systemID", one["system_id"])
        child(document, "dokumentnummer", str(one["nummer"]))
        thing = child(document, "dokumentobjekt")
        child(thing, "systemID", one["objekt_id"])
        child(thing, "versjonsnummer", "1")
        kode(thing, "variantformat", one["variant"])
    child(part, "registreringsID", f"{_YEAR}/{row['mappe']}-{row['nr']}")
    noekkel(part, row["fagsystem"], row["noekkel"])
    child(part, "opprettetEllerEksisterende", "Eksisterende" if existed else "Opprettet")
    child(part, "journalaar", _YEAR)
    child(part, "journalsekvensnummer", str(row["nr"]))
    child(part, "journalpostnummer", str(row["nr"]))
    kode(part, "journalposttype", row["type"])
    kode(part, "journalstatus", row["status"])
    child(part, "journaldato", _NOW[:10])


def record(row: Row, folder: Row, documents: Sequence[Row]) -> bytes:
    """registreringHentResultat for a record."""
    element = root(REGISTRERING_RESULTAT, "registreringHentResultat")
    post = child(element, "journalpost")

    def put(parent: etree._Element, name: str, text: str | None = None) -> etree._Element:
        return child(parent, name, text, namespace=STRUKTUR)

    def made(parent: etree._Element) -> None:
        put(parent, "opprettetDato", _NOW)
        put(parent, "opprettetAv", _WHO)

    def code(parent: etree._Element, name: str, value: str) -> None:
        child(put(parent, name), "kode", value, namespace=METADATA)

    put(post, "systemID", row["system_id"])
    made(post)
    parent = put(post, "referanseForelderMappe")
    child(parent, "systemID", folder["system_id"], namespace=METADATA)
    for forms in _by_document(documents):
        one = forms[0]
        document = put(post, "dokumentbeskrivelse")
        put(document, "systemID", one["system_id"])
        code(document, "dokumenttype", "DOKUMENT")
        code(document, "dokumentstatus", "F")
        put(document, "tittel", one["tittel"])
        made(document)
        code(document, "tilknyttetRegistreringSom", one["rolle"])
        put(document, "dokumentnummer", str(one["nummer"]))
        put(document, "tilknyttetDato", _NOW)
        put(document, "tilknyttetAv", _WHO)
        for form in forms:
            thing = put(document, "dokumentobjekt")
            put(thing, "systemID", form["objekt_id"])
            put(thing, "versjonsnummer", str(form["versjon"]))
            code(thing, "variantformat", form["variant"])
            put(thing, "filnavn", form["filnavn"])
            code(thing, "format", form["format"])
            put(thing, "mimeType", form["mime"])
            made(thing)
            put(thing, "referanseDokumentfil", form["filnavn"])
            put(thing, "sjekksum", form["sjekksum"])
            put(thing, "sjekksumAlgoritme", "SHA-256")
            put(thing, "filstoerrelse", str(form["stoerrelse"]))
    put(post, "registreringsID", f"{_YEAR}/{row['mappe']}-{row['nr']}")
    put(post, "tittel", row["tittel"])
    noekkel(post, row["fagsystem"], row["noekkel"], namespace=STRUKTUR)
    put(post, "journalaar", _YEAR)
    put(post, "journalsekvensnummer", str(row["nr"]))
    put(post, "journalpostnummer", str(row["nr"]))
    code(post, "journalposttype", row["type"])
    code(post, "journalstatus", row["status"])
    put(post, "journaldato", _NOW[:10])
    put(post, "dokumentetsDato", row["dato"])
    return serialize(element, "registrering-hent-resultat")


def _by_document(documents: Sequence[Row]) -> list[list[Row]]:
    """The files of each document together, in their order."""
    found: dict[str, list[Row]] = {}
    for one in documents:
        found.setdefault(one["system_id"], []).append(one)
    return list(found.values())


def hits(rows: Sequence[Row]) -> bytes:
    """sokeresultatMinimum with these folders."""
    element = root(SOK_RESULTAT, "sokeresultatMinimum")
    child(element, "system", _WHO)
    child(element, "take", "10")
    child(element, "skip", "0")
    child(element, "count", str(len(rows)))
    child(element, "resultattype", "saksmappe")
    listing = child(element, "resultatListe")
    for row in rows:
        case = child(child(listing, "resultatMinimum"), "saksmappe")
        for name, text in (
            ("systemID", row["system_id"]),
            ("mappeID", f"{_YEAR}/{row['nr']}"),
            ("tittel", row["tittel"]),
        ):
            child(case, name, text, namespace=MINIMUM)
        noekkel(case, row["fagsystem"], row["noekkel"], namespace=MINIMUM)
        for name, text in (
            ("saksaar", _YEAR),
            ("sakssekvensnummer", str(row["nr"])),
            ("saksdato", _NOW[:10]),
        ):
            child(case, name, text, namespace=MINIMUM)
        for name in ("administrativEnhet", "saksansvarlig"):
            who = child(case, name, namespace=MINIMUM)
            child(who, "navn", _WHO, namespace=METADATA)
        status = child(case, "saksstatus", namespace=MINIMUM)
        child(status, "kode", "B", namespace=METADATA)
    return serialize(element, "sok-resultat-minimum")
