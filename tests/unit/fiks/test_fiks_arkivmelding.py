"""arkivmelding: what stands where, what never stands anywhere, and what stops it."""

import dataclasses

import pytest
from lxml import etree
from pydantic import ValidationError

from connectors.fiks_arkiv.arkivmelding import build
from connectors.fiks_arkiv.kontrakt import fault_in
from connectors.fiks_arkiv.navn import ARKIVMELDING, METADATA
from connectors.fiks_arkiv.pakking import client_message_id, package_files
from connectors.fiks_arkiv.profil import Profil
from gateway.errors import LocalFault, Rejected

NS = {"a": ARKIVMELDING, "m": METADATA}


def texts(xml, path):
    """The texts at a path."""
    return [str(found) for found in etree.fromstring(xml).xpath(path + "/text()", namespaces=NS)]


def changed(profil, **values):
    """The profile with other values, validated again."""
    return Profil.model_validate({**profil.model_dump(exclude_unset=True), **values})


def with_file(uttak, **values):
    """The snapshot with its first file changed."""
    first = dataclasses.replace(uttak.filer[0], **values)
    return dataclasses.replace(uttak, filer=(first, *uttak.filer[1:]))


def test_the_folder_is_filed_as_the_profile_says(uttak, profil):
    """Four classifications in their order, the personal one shielded, and nothing hard-coded."""
    xml = build(uttak, profil)
    rows = "/a:arkivmelding/a:mappe/a:klassifikasjon/"
    assert texts(xml, rows + "a:klassifikasjonssystemID") == [
        "Stafettlogg - Stafettloggen",
        "Stafettlogg - Loggtype",
        "Stafettlogg - Institusjon",
        "Stafettlogg - Person",
    ]
    assert texts(xml, rows + "a:klasseID") == [
        "4.16",
        "1",
        uttak.enhet_orgnr,
        uttak.hovedperson.nummer,
    ]
    assert texts(xml, rows + "a:erSkjermet") == ["true"]
    for system in ("Personnummer", "Fødselsnummer"):
        other = changed(profil, klassifikasjoner=f"{system} | {{nummer}} | {{navn}} | skjermet")
        assert texts(build(uttak, other), rows + "a:klassifikasjonssystemID") == [system]


def test_every_file_is_a_document_of_the_one_record(uttak, profil):
    """The main document is H, the others V, numbered, with names, sizes and SHA-256 as frozen."""
    xml = build(uttak, profil)
    document = "//a:dokumentbeskrivelse/"
    assert texts(xml, "/a:arkivmelding/a:antallFiler") == ["3"]
    assert texts(xml, document + "a:tilknyttetRegistreringSom/m:kode") == ["H", "V", "V"]
    assert texts(xml, document + "a:dokumentnummer") == ["1", "2", "3"]
    thing = document + "a:dokumentobjekt/"
    assert texts(xml, thing + "a:sjekksum") == [fil.sha256 for fil in uttak.filer]
    assert texts(xml, thing + "a:referanseDokumentfil") == [fil.filnavn for fil in uttak.filer]
    assert texts(xml, thing + "a:filstoerrelse") == [str(fil.size) for fil in uttak.filer]
    assert texts(xml, thing + "a:variantformat/m:kode") == ["A", "P", "P"]
    assert texts(xml, thing + "a:format/m:kode") == ["RA-PDF", "fmt/817", "fmt/817"]


def test_keys_tie_record_to_folder(uttak, profil):
    """The record names its folder by the folder's own key, and has the snapshot's."""
    xml = build(uttak, profil)
    key = "a:referanseEksternNoekkel/m:noekkel"
    assert texts(xml, f"/a:arkivmelding/a:mappe/{key}") == [uttak.mappe_key]
    assert texts(xml, f"/a:arkivmelding/a:registrering/{key}") == [uttak.key]
    parent = "//a:referanseForelderMappe/m:referanseEksternNoekkel/m:noekkel"
    assert texts(xml, parent) == [uttak.mappe_key]


def test_everything_is_shielded(uttak, profil):
    """Folder, record and every document carry restriction and legal basis; the party is hidden."""
    xml = build(uttak, profil)
    assert texts(xml, "//a:skjerming/a:tilgangsrestriksjon/m:kode") == ["UO"] * 5
    assert texts(xml, "//a:skjerming/a:skjermingshjemmel") == [profil.skjermingshjemmel] * 5
    assert texts(xml, "//a:part/a:erSkjermet") == ["true"]


def test_the_child_is_in_the_folder_alone(uttak, profil):
    """Name and number stand in the party and in one classification, nowhere else."""
    root = etree.fromstring(build(uttak, profil))
    for secret in (uttak.hovedperson.navn, uttak.hovedperson.nummer):
        holding = {
            etree.QName(element.getparent()).localname
            for element in root.iter()
            if element.text and secret in element.text
        }
        assert holding <= {"part", "personID", "klassifikasjon"}
        assert holding


def test_the_same_snapshot_gives_the_same_bytes(uttak, profil):
    """So that a resend is the same message, and a changed profile another."""
    one, two = build(uttak, profil), build(uttak, profil)
    assert one == two
    ident = client_message_id(uttak.key, profil.utgave, one)
    assert ident == client_message_id(uttak.key, "1", two)
    other = build(uttak, changed(profil, journalstatus="J"))
    assert client_message_id(uttak.key, "1", other) != ident
    assert client_message_id(uttak.key, "2", one) != ident


@pytest.mark.parametrize(
    "planted",
    [
        {"tittel": "Stafettlogg for Jørunn Kanari Prøvesen"},
        {"mappe_tittel": "Prøvesen"},
        {"tittel": "Uttak 01811712345"},
        {"tittel": "uttak 123456789"},
    ],
)
def test_a_title_with_content_stops_the_snapshot(uttak, profil, planted):
    """Planted: a name, a surname, a number. The error holds the key alone."""
    with pytest.raises(Rejected) as caught:
        build(dataclasses.replace(uttak, **planted), profil)
    assert str(caught.value) == f"INNHOLD_I_TITTEL ({uttak.key})"


@pytest.mark.parametrize("name", ["Prøvesen.pdf", "../a", "a b.pdf", "arkivmelding.xml", "", "æ"])
def test_a_file_name_with_content_or_a_path_stops_it(uttak, profil, name):
    """Planted: names that say something or that a reader could trip over."""
    with pytest.raises(Rejected, match=r"INNHOLD_I_TITTEL|UGYLDIG_FILNAVN"):
        build(with_file(uttak, filnavn=name), profil)


def test_a_file_title_with_the_name_stops_it(uttak, profil):
    """Planted in a document's title."""
    with pytest.raises(Rejected, match="INNHOLD_I_TITTEL"):
        build(with_file(uttak, tittel="Vedlegg til Kanari"), profil)


def test_sizes_beyond_the_protocols_integer_stop_it(uttak, profil):
    """filstoerrelse is xs:int."""
    with pytest.raises(Rejected, match="FOR_STOR"):
        build(with_file(uttak, size=2**31), profil)


def test_a_child_without_a_number_is_not_filed_under_nothing(uttak, profil):
    """A class that needs the number stops the snapshot; one that does not, goes."""
    nameless = dataclasses.replace(
        uttak, hovedperson=dataclasses.replace(uttak.hovedperson, nummer="")
    )
    with pytest.raises(Rejected, match="MANGLER_NUMMER"):
        build(nameless, profil)
    by_name = changed(profil, klassifikasjoner="Barn | {navn} | | skjermet")
    assert texts(build(nameless, by_name), "//a:personID/a:identifikator") == []


def test_text_xml_cannot_hold_is_refused_without_being_told(uttak, profil):
    """A control character in a name names the element only."""
    barn = dataclasses.replace(uttak.hovedperson, navn="A\x00B")
    with pytest.raises(Rejected) as caught:
        build(dataclasses.replace(uttak, hovedperson=barn), profil)
    assert str(caught.value) == "UGYLDIG_TEKST (partNavn)"
    assert caught.value.__context__ is None


def test_markup_in_a_name_is_text(uttak, profil):
    """A name cannot become an element."""
    barn = dataclasses.replace(uttak.hovedperson, navn="<tittel>&x;</tittel>{nummer}")
    xml = build(dataclasses.replace(uttak, hovedperson=barn), profil)
    assert texts(xml, "//a:partNavn") == ["<tittel>&x;</tittel>{nummer}"]


def test_the_contract_stops_what_a_profile_makes_wrong(uttak, profil):
    """Planted in the tree: an unshielded folder, a wrong order, a hash of another kind."""
    root = etree.fromstring(build(uttak, profil))
    assert fault_in(root, "arkivmelding") == ""
    shield = root.find("a:mappe/a:skjerming", NS)
    shield.getparent().remove(shield)
    assert fault_in(root, "arkivmelding") == "klassifikasjon"
    root = etree.fromstring(build(uttak, profil))
    root.find(".//a:sjekksum", NS).text = "A" * 64
    assert fault_in(root, "arkivmelding") == "sjekksum"
    root = etree.fromstring(build(uttak, profil))
    root.find("a:mappe/a:tittel", NS).text = "Logg 01811712345"
    assert fault_in(root, "arkivmelding") == "tittel"
    with pytest.raises(LocalFault, match=r"UGYLDIG_MELDING \(arkivmelding "):
        build(dataclasses.replace(uttak, dato="i går"), profil)


@pytest.mark.parametrize(
    "values",
    [
        {"klassifikasjoner": "Person | {nummer} | {navn}"},
        {"klassifikasjoner": "Person | {ukjent}"},
        {"klassifikasjoner": "Person"},
        {"klassifikasjoner": "\n"},
        {"tilgangsrestriksjon": ""},
        {"formater": "fmt/476"},
        {"utgave": "x"},
        {"tillit": "/x"},
    ],
)
def test_a_profile_that_would_leak_or_say_nothing_is_refused(profil, values):
    """Planted: an unshielded personal class, an unknown field, no shielding code."""
    with pytest.raises(ValidationError):
        changed(profil, **values)


def test_only_the_frozen_bytes_are_packed(uttak, profil):
    """The store gives other bytes than were frozen: nothing is sent."""
    spoilt = dataclasses.replace(uttak, read_file=lambda nr: b"noe annet")
    with pytest.raises(LocalFault, match="FEIL_SJEKKSUM"):
        package_files(spoilt, b"<x/>")
    assert [fil.navn for fil in package_files(uttak, b"<x/>")] == [
        "arkivmelding.xml",
        "stafettlogg.pdf",
        "stafettlogg.json",
        "manifest.json",
    ]


def test_a_file_of_no_known_kind_has_the_archives_own_code(uttak, profil):
    """PRONOM has none for it, and some archives want one; without an agreement it has none."""
    agreed = changed(profil, formater="fmt/476 = RA-PDF\nukjent = ANNET")
    odd = with_file(uttak, format="")
    assert agreed.format_of("") == "ANNET"
    assert agreed.format_of("fmt/412") == "fmt/412"
    assert profil.format_of("") == ""
    assert b"ANNET" in build(odd, agreed)
