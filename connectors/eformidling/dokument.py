"""The business document around a package: made of a message and a profile, and read back.

Only ids and the two organisations' numbers are in it. It must not call anything.
"""

import uuid
from datetime import datetime, timedelta
from typing import Any

from pydantic import ValidationError

from connectors.eformidling.profil import Profil
from gateway.errors import LocalFault
from gateway.ports.kanal import Forsendelse
from schemas.eformidling.sbd import DOKUMENT, Dokument
from schemas.eformidling.svar import AVSENDER, AVTALT, MOTTATT

TRIES = 25
"""How many times a message may be sent: with the sender's pauses, some days of a platform that
gives everything up. A word that can never be said again leaves the other side waiting for it."""


def message_ids(melding_id: str) -> list[str]:
    """The ids a message may have at the platform, in turn.

    The platform takes an id once for all. The first is the message's own; when that one has failed
    for good, the next is derived from it, the same at every attempt.
    """
    own = uuid.UUID(melding_id)
    return [str(own), *(str(uuid.uuid5(own, str(number))) for number in range(2, TRIES + 1))]


def build(forsendelse: Forsendelse, message_id: str, profil: Profil, now: datetime) -> Dokument:
    """The document. Raises LocalFault("UGYLDIG_MELDING") when it breaks the contract."""
    limit = now + timedelta(seconds=forsendelse.levetid)
    made: Dokument = {
        "standardBusinessDocumentHeader": {
            "headerVersion": "1.0",
            "sender": [{"identifier": _actor(profil.orgnr)}],
            "receiver": [{"identifier": _actor(forsendelse.mottaker.orgnr)}],
            "documentIdentification": {
                "standard": profil.standard,
                "typeVersion": "1.0",
                "instanceIdentifier": message_id,
                "type": "avtalt",
                "creationDateAndTime": now.isoformat(timespec="milliseconds"),
            },
            "businessScope": {
                "scope": [
                    {
                        "type": "ConversationId",
                        "instanceIdentifier": forsendelse.samtale_id,
                        "identifier": profil.prosess,
                        "scopeInformation": [
                            {"expectedResponseDateTime": limit.isoformat(timespec="milliseconds")}
                        ],
                    }
                ]
            },
        },
        "avtalt": {
            "identifier": profil.identifikator,
            "content": {
                "meldingId": forsendelse.melding_id,
                "meldingstype": forsendelse.meldingstype,
            },
        },
    }
    try:
        return DOKUMENT.validate_python(made)
    except ValidationError:
        pass
    raise LocalFault("UGYLDIG_MELDING", place="avtalt")


def _actor(orgnr: str) -> Any:
    return {"authority": "iso6523-actorid-upis", "value": f"0192:{orgnr}"}


def id_of(sbd: Any) -> str:
    """The message id of a document somebody sent; empty when there is none to address it by."""
    try:
        head = MOTTATT.validate_python(sbd)["standardBusinessDocumentHeader"]
        return str(uuid.UUID(head["documentIdentification"]["instanceIdentifier"]))
    except (ValidationError, ValueError):
        return ""


def agreed_of(sbd: Any) -> tuple[str, str]:
    """(message id, word) of ours in a document; empty texts where it holds no such thing."""
    try:
        content = AVTALT.validate_python(sbd)["avtalt"]["content"]
    except ValidationError:
        return "", ""
    return content["meldingId"], content["meldingstype"]


def sender_of(sbd: Any) -> str:
    """The sender's organisation number as the document claims it, else empty."""
    try:
        senders = AVSENDER.validate_python(sbd)["standardBusinessDocumentHeader"]["sender"]
    except ValidationError:
        return ""
    return senders[0]["identifier"]["value"].rpartition(":")[2]
