"""The bodies that are sent: folder, record, document and file, made of a snapshot and a profile.

The only place where the child's name and number are put into anything, and only into the class or
the party. Titles are the snapshot's, which say nothing of anyone. This module must not call.
"""

from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from connectors.noark5.profil import Profil
from gateway.ports.archive import Uttak, Uttaksfil, Variant

_HOVED = 1


def merke(key: str) -> str:
    """Our key as it stands in `beskrivelse`: one exact text, so that a filter finds it."""
    return f"stafettlogg {key}"


def filreferanse(key: str, nr: int) -> str:
    """Our key of one file, in `eksternReferanse`."""
    return f"{key}/{nr}"


def klasse(uttak: Uttak, profil: Profil) -> dict[str, Any]:
    """The child's class."""
    body = {
        "klasseID": uttak.hovedperson.nummer,
        "tittel": uttak.hovedperson.navn,
        "beskrivelse": merke(uttak.mappe_key),
    }
    return body | _skjerming(profil, profil.skjerming_klasse)


def part(uttak: Uttak, profil: Profil) -> dict[str, Any]:
    """The child as party."""
    return {
        "navn": uttak.hovedperson.navn,
        "partRolle": {"kode": profil.partrolle},
        "personidentifikator": [{"foedselsnummer": uttak.hovedperson.nummer}],
    }


def saksmappe(uttak: Uttak, profil: Profil) -> dict[str, Any]:
    """The folder of a log."""
    body: dict[str, Any] = {
        "tittel": uttak.mappe_tittel,
        "offentligTittel": uttak.mappe_tittel,
        "beskrivelse": merke(uttak.mappe_key),
    }
    if profil.administrativ_enhet:
        body["administrativEnhet"] = profil.administrativ_enhet
    if profil.saksansvarlig:
        body["saksansvarlig"] = profil.saksansvarlig
    if profil.saksstatus:
        body["saksstatus"] = {"kode": profil.saksstatus}
    return (
        body | _egne(profil, "logg", uttak.mappe_key) | _skjerming(profil, profil.skjerming_mappe)
    )


def journalpost(uttak: Uttak, profil: Profil) -> dict[str, Any]:
    """The record of a snapshot."""
    dag = datetime.combine(datetime.fromisoformat(uttak.dato), time(12), ZoneInfo(profil.tidssone))
    body: dict[str, Any] = {
        "tittel": uttak.tittel,
        "offentligTittel": uttak.tittel,
        "beskrivelse": merke(uttak.key),
        "journalposttype": {"kode": profil.journalposttype},
        "journalstatus": {"kode": profil.journalstatus},
        "dokumentetsDato": dag.isoformat(),
    }
    shielding = _skjerming(profil, profil.skjerming_journalpost)
    return body | _egne(profil, "uttak", uttak.key) | shielding


def dokumentbeskrivelse(uttak: Uttak, fil: Uttaksfil, profil: Profil) -> dict[str, Any]:
    """One document."""
    som = profil.hoveddokument if fil.nr == _HOVED else profil.vedlegg
    body: dict[str, Any] = {
        "tittel": fil.tittel,
        "tilknyttetRegistreringSom": {"kode": som},
        "dokumentnummer": fil.nr,
        "dokumentstatus": {"kode": profil.dokumentstatus},
        "eksternReferanse": filreferanse(uttak.key, fil.nr),
    }
    if profil.dokumenttype:
        body["dokumenttype"] = {"kode": profil.dokumenttype}
    return body


def dokumentobjekt(fil: Uttaksfil, profil: Profil) -> dict[str, Any]:
    """The place of one file, with everything the server shall verify when the bytes arrive."""
    return {
        "variantformat": {"kode": variant(fil, profil)},
        "format": {"kode": fil.format or profil.format_ukjent},
        "filnavn": fil.filnavn,
        "mimeType": fil.media_type,
        "sjekksum": fil.sha256,
        "sjekksumAlgoritme": "SHA-256",
        "filstoerrelse": fil.size,
    }


def variant(fil: Uttaksfil, profil: Profil) -> str:
    """The archive's code for the file's form."""
    arkiv = fil.variant is Variant.ARKIV
    return profil.variant_arkiv if arkiv else profil.variant_produksjon


def egen(profil: Profil, felt: str) -> str:
    """The full name of a field of our own."""
    return f"{profil.egne_felt}:{felt}"


def _egne(profil: Profil, felt: str, key: str) -> dict[str, Any]:
    if not profil.egne_felt:
        return {}
    return {"virksomhetsspesifikkeMetadata": {egen(profil, felt): key}}


def _skjerming(profil: Profil, felter: tuple[str, ...]) -> dict[str, Any]:
    if not felter:
        return {}
    body: dict[str, Any] = {
        "tilgangsrestriksjon": {"kode": profil.tilgangsrestriksjon},
        "skjermingshjemmel": profil.skjermingshjemmel,
        "skjermingMetadata": [{"kode": kode} for kode in felter],
    }
    if profil.skjerming_dokument:
        body["skjermingDokument"] = {"kode": profil.skjerming_dokument}
    if profil.skjermingsvarighet:
        body["skjermingsvarighet"] = profil.skjermingsvarighet
    return {"skjerming": body}
