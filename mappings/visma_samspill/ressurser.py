"""The resources of a plan, each with its section, id kind and reference letter."""

from typing import Any

from mappings.visma_samspill import rader, rader_dialog
from mappings.visma_samspill.ressurs import Ressurs
from schemas.stafettlogg.dialog import Innkalling, Kalenderhendelse, Melding, Moete, Moetereferat
from schemas.stafettlogg.innhold import Dokument, Evaluering, Kommentar, Lysglimt, Notat, Tiltak
from schemas.stafettlogg.samtykke import Samtykke

_EMPTY: dict[str, Any] = {"templateId": None, "childsView": None, "calendarEventId": None}

SAMTYKKE = Ressurs(rader.CONSENTS, Samtykke, "consentId", "samtykke", "s", {"sentAt": None})
TILTAK = Ressurs(rader.ACTIVITIES, Tiltak, "activityId", "tiltak", "t")
KOMMENTAR = Ressurs(rader.COMMENTS, Kommentar, "commentId", "kommentar", "k")
EVALUERING = Ressurs(rader.EVALUATIONS, Evaluering, "commentId", "kommentar", "e")
DOKUMENT = Ressurs(rader.DOCUMENTS, Dokument, "documentId", "dokument", "f")
REFERAT = Ressurs(
    rader_dialog.MINUTES, Moetereferat, "messageId", "melding", "r", {"kind": "minutes"}
)
INNKALLING = Ressurs(
    rader_dialog.INVITATIONS,
    Innkalling,
    "messageId",
    "melding",
    "i",
    {"kind": "invitation", "childsView": None},
)
MELDING = Ressurs(
    rader_dialog.LETTERS,
    Melding,
    "messageId",
    "melding",
    "b",
    {"childsView": None, "calendarEventId": None},
)
LYSGLIMT = Ressurs(
    rader_dialog.GLIMPSES,
    Lysglimt,
    "messageId",
    "melding",
    "l",
    {"kind": "message", "attachmentDocumentIds": [], **_EMPTY},
)
NOTAT = Ressurs(
    rader_dialog.NOTES,
    Notat,
    "messageId",
    "melding",
    "n",
    {"kind": "message", "subject": "Notat", "recipientParticipantIds": [], **_EMPTY},
)
MOETE = Ressurs(rader_dialog.MEETINGS, Moete, "eventId", "hendelse", "mo", {"kind": "meeting"})
KALENDER = Ressurs(
    rader_dialog.EVENTS, Kalenderhendelse, "eventId", "hendelse", "ka", {"kind": "other"}
)
