"""The bodies that are sent: folder, record and document, made of a snapshot and a profile.

The only place where the child's name and number are put into anything: the folder's class or its
party, both shielded. Titles are the snapshot's, which say nothing of anyone, and are shielded all
the same. Elements stand in the order of the standard. This module must not call.
"""

import base64
from datetime import datetime, time
from zoneinfo import ZoneInfo

from connectors.gi_arkiv.profil import Profil
from connectors.gi_arkiv.tre import Element, code, leaf, make, typed
from gateway.ports.archive import Uttak, Uttaksfil, Variant

_PDF = "application/pdf"


def finn_saksmappe(key: str, profil: Profil) -> Element:
    """Folders with our key; their classes and parties are not asked for."""
    wanted = typed(make("inn", "nokkel", _key("kje", "eksternnoekkel", key, profil)), "kje",
                   "SakEksternNoekkel")  # fmt: skip
    flags = ("Merknad", "Tilleggsinformasjon", "Sakspart", "Klasse")
    return make("inn", "FinnSaksmapperGittNoekkel", wanted, *map(_no, flags))


def finn_journalpost(key: str, profil: Profil) -> Element:
    """Records with our key."""
    wanted = typed(make("inn", "nokkel", _key("kje", "eksternnoekkel", key, profil)), "kje",
                   "JournpostEksternNoekkel")  # fmt: skip
    flags = ("Merknad", "Tilleggsinformasjon", "Korrespondansepart", "Avskrivning")
    return make("inn", "FinnJournalposterGittNoekkel", wanted, *map(_no, flags))


def finn_dokumenter(journalpost: str) -> Element:
    """Documents of a record, without their bytes."""
    ident = make("kje", "systemID", leaf("kje", "id", journalpost))
    wanted = typed(make("inn", "journpostnokkel", ident), "kje", "JournpostSystemID")
    return make("inn", "FinnDokumenterGittJournalpostnoekkel", wanted, _no("Fil"))


def hent_fil(dokument: str) -> Element:
    """The bytes of a document."""
    return make("inn", "HentFil", make("inn", "systemid", leaf("kje", "id", dokument)))


def ny_saksmappe(uttak: Uttak, profil: Profil) -> Element:
    """The folder of a log, with the child in its class or as its party."""
    as_class = profil.barnet == "klasse"
    mappe = make(
        "upd",
        "mappe",
        code("kje", "mappetype", profil.mappetype),
        leaf("kje", "tittel", uttak.mappe_tittel),
        leaf("kje", "offentligTittel", uttak.mappe_tittel),
        leaf("kje", "skjermetTittel", "true" if profil.skjermet_tittel else "false"),
        _skjerming(profil),
        code("kje", "saksstatus", profil.saksstatus),
        code("kje", "referanseArkivdel", profil.arkivdel),
        code("kje", "journalenhet", profil.journalenhet),
        leaf("kje", "administrativEnhetInit", profil.administrativ_enhet),
        leaf("kje", "saksansvarligInit", profil.saksansvarlig),
        leaf("kje", "tilgangsgruppeNavn", profil.tilgangsgruppe),
        _klasse(uttak, profil) if as_class else None,
        None if as_class else _sakspart(uttak, profil),
        _key("kje", "referanseEksternNoekkel", uttak.mappe_key, profil),
    )
    return make("upd", "NySaksmappe", mappe)


def ny_journalpost(uttak: Uttak, mappe: str, profil: Profil) -> Element:
    """The record of a snapshot, in the folder by the archive's id and by our key."""
    dag = datetime.combine(datetime.fromisoformat(uttak.dato), time(12), ZoneInfo(profil.tidssone))
    ident = make("kje", "systemID", leaf("kje", "id", mappe))
    post = make(
        "upd",
        "journalpost",
        code("kje", "journalposttype", profil.journalposttype),
        leaf("kje", "dokumentetsDato", dag.isoformat()),
        code("kje", "journalstatus", profil.journalstatus),
        leaf("kje", "tittel", uttak.tittel),
        leaf("kje", "skjermetTittel", "true" if profil.skjermet_tittel else "false"),
        _skjerming(profil),
        code("kje", "referanseArkivdel", profil.arkivdel),
        leaf("kje", "antallVedlegg", str(len(uttak.filer) - 1)),
        leaf("kje", "offentligTittel", uttak.tittel),
        leaf("kje", "tilgangsgruppeNavn", profil.tilgangsgruppe),
        make("kje", "referanseSakSystemID", ident),
        _key("kje", "referanseEksternNoekkel", uttak.key, profil),
        _key("kje", "referanseMappeEksternNoekkel", uttak.mappe_key, profil),
    )
    return make("upd", "NyJournalpost", post)


def ny_dokument(fil: Uttaksfil, data: bytes, journalpost: str, profil: Profil) -> Element:
    """One document with its bytes."""
    arkiv = fil.variant is Variant.ARKIV
    sent = make(
        "dok",
        "Fil",
        leaf("dok", "filnavn", fil.filnavn),
        leaf("dok", "mimeType", fil.media_type),
        make("dok", "base64", text=base64.b64encode(data).decode()),
    )
    dokument = make(
        "upd",
        "dokument",
        leaf("dok", "dokumentnummer", str(fil.nr)),
        code(
            "dok",
            "tilknyttetRegistreringSom",
            profil.hoveddokument if fil.nr == 1 else profil.vedlegg,
        ),
        code("dok", "dokumenttype", profil.dokumenttype),
        leaf("dok", "tittel", fil.tittel),
        code("dok", "dokumentstatus", profil.dokumentstatus),
        code("dok", "variantformat", profil.variant_arkiv if arkiv else profil.variant_produksjon),
        code("dok", "format", profil.format_pdf if fil.media_type == _PDF else profil.format_annet),
        leaf("dok", "referanseJournalpostSystemID", journalpost),
        typed(sent, "dok", "Filinnhold"),
    )
    return make("upd", "NyDokument", dokument, leaf("upd", "returnerFil", "false"))


def _key(prefix: str, tag: str, key: str, profil: Profil) -> Element:
    return make(
        prefix, tag, leaf("kje", "fagsystem", profil.fagsystem), leaf("kje", "noekkel", key)
    )


def _no(what: str) -> Element | None:
    return leaf("inn", f"returner{what}", "false")


def _skjerming(profil: Profil) -> Element:
    return make(
        "kje",
        "skjerming",
        code("kje", "tilgangsrestriksjon", profil.tilgangsrestriksjon),
        leaf("kje", "skjermingshjemmel", profil.skjermingshjemmel),
    )


def _klasse(uttak: Uttak, profil: Profil) -> Element:
    one = make(
        "kje",
        "liste",
        leaf("kje", "rekkefoelge", "1"),
        code("kje", "klassifikasjonssystem", profil.klassifikasjonssystem),
        leaf("kje", "klasseID", uttak.hovedperson.nummer),
        leaf("kje", "skjermetKlasse", "true"),
        leaf("kje", "tittel", uttak.hovedperson.navn),
    )
    return make("kje", "klasse", one)


def _sakspart(uttak: Uttak, profil: Profil) -> Element:
    person = make(
        "kon",
        "personid",
        leaf("kon", "personidentifikatorNr", uttak.hovedperson.nummer),
        code("kon", "personidentifikatorType", profil.personidentifikatortype),
    )
    kontakt = make("kje", "Kontakt", leaf("kon", "navn", uttak.hovedperson.navn), person)
    one = make(
        "kje",
        "liste",
        leaf("kje", "skjermetSakspart", "true"),
        code("kje", "sakspartRolle", profil.sakspartrolle),
        typed(kontakt, "kon", "Person"),
    )
    return make("kje", "sakspart", one)
