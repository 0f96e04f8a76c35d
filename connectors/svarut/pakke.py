"""A shipment with one sealed package, and what is read of one that came. It must not call.

Its title, file name and metadata say which message it is and nothing of what is in it. Nothing may
be printed.
"""

import re
import uuid

from pydantic import ValidationError

from connectors.svarut.kanalprofil import Kanalprofil
from gateway.errors import LocalFault
from gateway.ports.kanal import PAKKENAVN, Forsendelse
from schemas.svarut.forsendelse import FORSENDELSE
from schemas.svarut.forsendelse import Forsendelse as Skjema
from schemas.svarut.svarinn import Ventende

TITTEL = "Melding"
MEDIA = "application/pkcs7-mime"
MELDINGSTYPE = "meldingstype"
MELDING_ID = "meldingId"
_WORD = re.compile(r"[a-z][a-z0-9_-]{0,39}")
_ORGNR = re.compile(r"\d{9}")


def shipment(forsendelse: Forsendelse, profil: Kanalprofil) -> Skjema:
    """The part `forsendelse`. Raises LocalFault("UGYLDIG_MELDING")."""
    if _WORD.fullmatch(forsendelse.meldingstype) is None:
        raise LocalFault("UGYLDIG_MELDING", place="meldingstype")
    made: Skjema = {
        "tittel": TITTEL,
        "avgivendeSystem": profil.avgivende_system,
        "mottaker": {
            "navn": forsendelse.mottaker.adresse.get("navn", "") or "Mottaker",
            "digitalId": forsendelse.mottaker.orgnr,
        },
        "forsendelsestype": profil.forsendelsestype,
        "eksternReferanse": forsendelse.kopi,
        "korrelasjonsid": forsendelse.samtale_id,
        "kunDigitalLevering": True,
        "taushetsbelagtPost": True,
        "kryptert": profil.kryptert,
        # SvarUt asks for encrypted documents before it asks for level 4.
        "krevNiva4Innlogging": profil.kryptert and profil.niva == 4,
        "metadataFraAvleverendeSystem": {
            "ekstraMetadata": [
                {"key": MELDING_ID, "value": forsendelse.melding_id},
                {"key": MELDINGSTYPE, "value": forsendelse.meldingstype},
            ]
        },
        "metadataForImport": {},
        "dokumenter": [
            {
                "filnavn": PAKKENAVN,
                "mimeType": MEDIA,
                "skalEkskluderesFraUtskrift": True,
                "inneholderPersonsensitivInformasjon": True,
            }
        ],
    }
    try:
        return FORSENDELSE.validate_python(made)
    except ValidationError:
        pass
    raise LocalFault("UGYLDIG_MELDING", place="forsendelse")


def named(waiting: Ventende) -> tuple[str, str]:
    """(message id, word) of a shipment; empty texts where an older reply does not say.

    The sender's own pairs first: the external reference is there in newer replies only.
    """
    told = waiting.get("metadataFraAvleverendeSystem") or {}
    pairs = {pair["key"]: pair["value"] for pair in told.get("ekstraMetadata") or []}
    word = pairs.get(MELDINGSTYPE, "")
    ident = pairs.get(MELDING_ID, "") or waiting.get("eksternRef") or ""
    return _uuid(ident), word if _WORD.fullmatch(word) else ""


def sender(waiting: Ventende) -> str:
    """The organisation number the shipment is said to be answered to, else empty."""
    orgnr = (waiting.get("svarSendesTil") or {}).get("orgnr") or ""
    return orgnr if _ORGNR.fullmatch(orgnr) else ""


def _uuid(text: str) -> str:
    try:
        return str(uuid.UUID(text))
    except ValueError:
        return ""
