"""Builds arkivmelding (opprett): the child's folder and one record with every file, in one message.

Children of shared types stand in the metadatakatalog namespace and others in the message's own
(elementFormDefault is qualified in all schemas). Titles carry no content: a name or a number in
one, or in a file name, stops the snapshot. The folder's classification is KS' own elevmappe
pattern, by the archive's profile. Source: ks-no/fiks-arkiv-specification (df8afce3), Schema/V1.
"""

import re

from lxml import etree

from connectors.fiks_arkiv.kontrakt import serialize
from connectors.fiks_arkiv.navn import ARKIVMELDING, METADATA
from connectors.fiks_arkiv.profil import Klasserad, Profil
from connectors.fiks_arkiv.tre import child, kode, noekkel, root, xsi_type
from connectors.titler import refuse_content
from gateway.errors import Rejected
from gateway.ports.archive import Uttak, Uttaksfil

NAVN = "arkivmelding.xml"
_LARGEST = 2**31 - 1
"""filstoerrelse is xs:int."""
_RESERVED = frozenset({NAVN, "mimetype"})


def build(uttak: Uttak, profil: Profil) -> bytes:
    """arkivmelding.xml, valid against our contract; the same snapshot gives the same bytes.

    Raises Rejected: UGYLDIG_ID, INNHOLD_I_TITTEL, UGYLDIG_FILNAVN, FOR_STOR, MANGLER_NUMMER,
    UGYLDIG_TEKST; LocalFault("UGYLDIG_MELDING") when the profile makes what the contract refuses.
    """
    _guard(uttak)
    melding = root(ARKIVMELDING, "arkivmelding")
    child(melding, "system", profil.system)
    if profil.regel:
        child(melding, "regel", profil.regel)
    child(melding, "antallFiler", str(len(uttak.filer)))
    _folder(child(melding, "mappe"), uttak, profil)
    _record(child(melding, "registrering"), uttak, profil)
    return serialize(melding, "arkivmelding")


def _guard(uttak: Uttak) -> None:
    """Nothing of the child where it would be shown, and names that a package can hold."""
    refuse_content(uttak)
    if any(fil.filnavn in _RESERVED for fil in uttak.filer):
        raise Rejected("UGYLDIG_FILNAVN", place=uttak.key)
    if any(fil.size > _LARGEST for fil in uttak.filer):
        raise Rejected("FOR_STOR", place=uttak.key)


def _folder(mappe: etree._Element, uttak: Uttak, profil: Profil) -> None:
    xsi_type(mappe, "saksmappe")
    child(mappe, "tittel", uttak.mappe_tittel)
    # The title says nothing of the child, so the public one is the same and hides nothing.
    child(mappe, "offentligTittel", uttak.mappe_tittel)
    kode(mappe, "dokumentmedium", profil.dokumentmedium)
    kode(mappe, "arkivdel", profil.arkivdel)
    _part(child(mappe, "part"), uttak, profil)
    _shield(mappe, profil)
    for row in profil.rader:
        _class(child(mappe, "klassifikasjon"), row, uttak, profil)
    noekkel(mappe, profil.fagsystem, uttak.mappe_key)
    if profil.mappetype == "ja":
        kode(mappe, "mappetype", uttak.mappetype)
    for name, initialer in (
        ("administrativEnhet", profil.administrativ_enhet),
        ("saksansvarlig", profil.saksansvarlig),
    ):
        if initialer:
            child(child(mappe, name), "initialer", initialer, namespace=METADATA)
    kode(mappe, "saksstatus", profil.saksstatus)


def _part(part: etree._Element, uttak: Uttak, profil: Profil) -> None:
    child(part, "partID", "1")
    child(part, "partNavn", uttak.hovedperson.navn)
    kode(part, "partRolle", profil.partrolle)
    if uttak.hovedperson.nummer:
        # landkode comes before identifikator here, and after it in organisasjonID.
        person = child(part, "personID")
        child(person, "landkode", "NO")
        child(person, "identifikator", uttak.hovedperson.nummer)
    child(part, "erSkjermet", "true")
    child(part, "erPersonnavn", "true")


def _shield(parent: etree._Element, profil: Profil) -> None:
    skjerming = child(parent, "skjerming")
    kode(skjerming, "tilgangsrestriksjon", profil.tilgangsrestriksjon)
    child(skjerming, "skjermingshjemmel", profil.skjermingshjemmel)


def _class(element: etree._Element, row: Klasserad, uttak: Uttak, profil: Profil) -> None:
    barn = uttak.hovedperson
    values = {
        "nummer": barn.nummer,
        "navn": barn.navn,
        "foedselsdato": barn.foedselsdato,
        "enhet": uttak.enhet_orgnr,
        "fagsystem": profil.fagsystem,
    }

    def filled(text: str) -> str:
        missing = [name for name, value in values.items() if not value and f"{{{name}}}" in text]
        if missing:
            # A folder filed under nothing is found by nobody.
            raise Rejected(f"MANGLER_{missing[0].upper()}", place=uttak.key)
        return re.sub(r"\{(\w+)\}", lambda match: values[match.group(1)], text)

    child(element, "klassifikasjonssystemID", filled(row.system))
    child(element, "klasseID", filled(row.klasse))
    if row.tittel:
        child(element, "tittel", filled(row.tittel))
    if row.skjermet:
        child(element, "erSkjermet", "true")


def _record(record: etree._Element, uttak: Uttak, profil: Profil) -> None:
    xsi_type(record, "journalpost")
    parent = child(record, "referanseForelderMappe")
    noekkel(parent, profil.fagsystem, uttak.mappe_key, namespace=METADATA)
    _shield(record, profil)
    for fil in uttak.filer:
        _document(child(record, "dokumentbeskrivelse"), fil, profil)
    child(record, "tittel", uttak.tittel)
    child(record, "offentligTittel", uttak.tittel)
    kode(record, "dokumentmedium", profil.dokumentmedium)
    noekkel(record, profil.fagsystem, uttak.key)
    kode(record, "journalposttype", profil.journalposttype)
    kode(record, "journalstatus", profil.journalstatus)
    child(record, "dokumentetsDato", uttak.dato)


def _document(document: etree._Element, fil: Uttaksfil, profil: Profil) -> None:
    kode(document, "dokumenttype", profil.dokumenttype)
    kode(document, "dokumentstatus", profil.dokumentstatus)
    child(document, "tittel", fil.tittel)
    kode(document, "dokumentmedium", profil.dokumentmedium)
    main = profil.hoveddokument if fil.nr == 1 else profil.vedlegg
    kode(document, "tilknyttetRegistreringSom", main)
    # Echoed in the receipt and in the record: what ties the archive's ids to our files.
    child(document, "dokumentnummer", str(fil.nr))
    _shield(document, profil)
    thing = child(document, "dokumentobjekt")
    child(thing, "versjonsnummer", "1")
    kode(thing, "variantformat", fil.variant.value)
    kode(thing, "format", profil.format_of(fil.format))
    child(thing, "mimeType", fil.media_type)
    child(thing, "filnavn", fil.filnavn)
    # Byte for byte the name of the file in the package.
    child(thing, "referanseDokumentfil", fil.filnavn)
    child(thing, "sjekksum", fil.sha256)
    child(thing, "sjekksumAlgoritme", "SHA-256")
    child(thing, "filstoerrelse", str(fil.size))
