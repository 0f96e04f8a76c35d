"""The shipment: its JSON and the multipart body around it, made of a snapshot and a profile.

The only place where the child's number is put into anything: the main document's `ekstraMetadata`
in the body. The name is sent nowhere; the receiver has it. Titles are the snapshot's, which say
nothing of anyone. Nothing may be printed. This module must not call.
"""

import hashlib
from collections.abc import Callable, Sequence
from datetime import datetime, time
from zoneinfo import ZoneInfo

from connectors.http.strictjson import dump
from connectors.svarut.profil import Profil
from gateway.errors import LocalFault
from gateway.ports.archive import Uttak, Uttaksfil
from schemas.svarut.forsendelse import Dokument, Forsendelse, Metadata


def forsendelse(uttak: Uttak, profil: Profil) -> Forsendelse:
    """The part `forsendelse`."""
    dag = datetime.combine(datetime.fromisoformat(uttak.dato), time(12), ZoneInfo(profil.tidssone))
    pairs: list[Metadata] = [{"key": key, "value": value} for key, value in profil.filter]
    return {
        "tittel": uttak.tittel,
        "avgivendeSystem": profil.avgivende_system,
        "mottaker": {"navn": profil.mottaker_navn, "digitalId": profil.mottaker_orgnr},
        "forsendelsestype": profil.forsendelsestype,
        "eksternReferanse": uttak.key,
        "korrelasjonsid": uttak.mappe_key,
        "kunDigitalLevering": True,
        "taushetsbelagtPost": True,
        "kryptert": profil.kryptert,
        # SvarUt asks for encrypted documents before it asks for level 4.
        "krevNiva4Innlogging": profil.kryptert,
        "metadataFraAvleverendeSystem": {
            "tittel": uttak.mappe_tittel,
            "dokumentetsDato": dag.isoformat(),
            "ekstraMetadata": [
                *pairs,
                {"key": "mappetype", "value": uttak.mappetype},
                {"key": "mappenoekkel", "value": uttak.mappe_key},
            ],
        },
        "metadataForImport": {
            "tittel": uttak.tittel,
            "journalposttype": profil.journalposttype,
            "journalstatus": profil.journalstatus,
            "dokumentetsDato": dag.isoformat(),
        },
        "dokumenter": [_dokument(uttak, fil, profil) for fil in uttak.filer],
    }


def _dokument(uttak: Uttak, fil: Uttaksfil, profil: Profil) -> Dokument:
    told: list[Metadata] = [
        {"key": "sha256", "value": fil.sha256},
        {"key": "format", "value": fil.format},
        {"key": profil.nin_noekkel, "value": uttak.hovedperson.nummer},
    ]
    made: Dokument = {
        "filnavn": fil.filnavn,
        "mimeType": fil.media_type,
        "skalEkskluderesFraUtskrift": True,
        "inneholderPersonsensitivInformasjon": True,
        "ekstraMetadata": told,
    }
    if profil.dokumenttype:
        made["dokumentType"] = profil.dokumenttype
    return made


def files(uttak: Uttak, seal: Callable[[bytes], bytes] | None) -> list[tuple[str, str, bytes]]:
    """(file name, media type, bytes) of each file in its order; sealed when `seal` is given.

    Raises LocalFault("FIL_STEMMER_IKKE").
    """
    sent: list[tuple[str, str, bytes]] = []
    for fil in uttak.filer:
        data = uttak.read_file(fil.nr)
        if len(data) != fil.size or hashlib.sha256(data).hexdigest() != fil.sha256:
            raise LocalFault("FIL_STEMMER_IKKE", place=f"{uttak.key}/{fil.nr}")
        sent.append((fil.filnavn, fil.media_type, seal(data) if seal else data))
    return sent


def body(
    first: Forsendelse, parts: Sequence[tuple[str, str, bytes]], place: str
) -> tuple[bytes, str]:
    """(multipart body, its content type): the JSON first, then the files as it lists them."""
    metadata = dump(first, place)
    digest = hashlib.sha256(metadata)
    for _, _, data in parts:
        digest.update(data)
    # At most 70 characters (RFC 2046). The same shipment has the same one, and no file of it can
    # hold the hash of itself.
    boundary = f"stafett-{digest.hexdigest()[:48]}"
    pieces = [_part(boundary, "forsendelse", "", "application/json; charset=utf-8", metadata)]
    pieces += [_part(boundary, name, name, media, data) for name, media, data in parts]
    pieces.append(f"--{boundary}--\r\n".encode("ascii"))
    return b"".join(pieces), f"multipart/form-data; boundary={boundary}"


def _part(boundary: str, name: str, filename: str, media: str, data: bytes) -> bytes:
    shown = f'; filename="{filename}"' if filename else ""
    head = (
        f"--{boundary}\r\n"
        f'Content-Disposition: form-data; name="{name}"{shown}\r\n'
        f"Content-Type: {media}\r\n\r\n"
    )
    return head.encode("utf-8") + data + b"\r\n"
