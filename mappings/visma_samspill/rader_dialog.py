"""Samspill's sections for messages and calendar: one wire shape, several canonical kinds."""

from mappings.codec import list_of
from mappings.row import Row, Structure
from mappings.section import Section
from mappings.visma_samspill import koder, lysglimt
from mappings.visma_samspill.henvisninger import DOCUMENT, EVENT, PARTICIPANT, PARTICIPANTS
from mappings.visma_samspill.rader import VERSION, identity
from schemas.visma_samspill import plan as wire

_PEOPLE = PARTICIPANTS
_FILES = list_of(DOCUMENT)
_OWN = {**VERSION, "kind": "SYSTEMETS_EGET"}


def _letter(kind: str, *also: str) -> Structure:
    return identity("messageId", kind, *also)


MINUTES = Section(
    "minutes",
    "messages",
    wire.Message,
    "Moetereferat",
    rows=(
        Row("templateId", "Moetereferat.mal_id"),
        Row("subject", "Moetereferat.tittel"),
        Row("body", "Moetereferat.tekst"),
        Row("childsView", "Moetereferat.barnets_synspunkt"),
        Row("senderParticipantId", "Moetereferat.avsender", PARTICIPANT),
        Row("recipientParticipantIds", "Moetereferat.mottakere", _PEOPLE),
        Row("sentAt", "Moetereferat.tid"),
        Row("calendarEventId", "Moetereferat.moete", EVENT),
        Row("attachmentDocumentIds", "Moetereferat.vedlegg", _FILES),
    ),
    structures=(_letter("Moetereferat", "Stafettlogg.referater"),),
    own=_OWN,
)
INVITATIONS = Section(
    "invitations",
    "messages",
    wire.Message,
    "Innkalling",
    rows=(
        Row("templateId", "Innkalling.mal_id"),
        Row("subject", "Innkalling.emne"),
        Row("body", "Innkalling.tekst"),
        Row("senderParticipantId", "Innkalling.avsender", PARTICIPANT),
        Row("recipientParticipantIds", "Innkalling.mottakere", _PEOPLE),
        Row("sentAt", "Innkalling.tid"),
        Row("calendarEventId", "Innkalling.moete", EVENT),
        Row("attachmentDocumentIds", "Innkalling.vedlegg", _FILES),
    ),
    structures=(_letter("Innkalling", "Stafettlogg.innkallinger"),),
    own={**_OWN, "childsView": "SYSTEMETS_EGET"},
)
LETTERS = Section(
    "letters",
    "messages",
    wire.Message,
    "Melding",
    rows=(
        Row("kind", "Melding.type", koder.MELDING),
        Row("templateId", "Melding.mal_id"),
        Row("subject", "Melding.emne"),
        Row("body", "Melding.tekst"),
        Row("senderParticipantId", "Melding.avsender", PARTICIPANT),
        Row("recipientParticipantIds", "Melding.mottakere", _PEOPLE),
        Row("sentAt", "Melding.tid"),
        Row("attachmentDocumentIds", "Melding.vedlegg", _FILES),
    ),
    structures=(_letter("Melding"),),
    own={**VERSION, "childsView": "SYSTEMETS_EGET", "calendarEventId": "SYSTEMETS_EGET"},
)
GLIMPSES = Section(
    "glimpses",
    "messages",
    wire.Message,
    "Lysglimt",
    rows=(
        Row("body", "Lysglimt.tekst"),
        Row("senderParticipantId", "Lysglimt.forfatter", PARTICIPANT),
        Row("sentAt", "Lysglimt.tid"),
    ),
    structures=(
        _letter("Lysglimt", "Stafettlogg.lysglimt"),
        Structure(
            "lysglimt som melding til familien",
            {"subject": "Lysglimt.id", "recipientParticipantIds": "Lysglimt.id"},
            lysglimt.read,
            lysglimt.write,
        ),
    ),
    own={
        **_OWN,
        "templateId": "SYSTEMETS_EGET",
        "childsView": "SYSTEMETS_EGET",
        "calendarEventId": "SYSTEMETS_EGET",
        "attachmentDocumentIds": "SYSTEMETS_EGET",
    },
)
NOTES = Section(
    "notes",
    "messages",
    wire.Message,
    "Notat",
    rows=(
        Row("body", "Notat.tekst"),
        Row("senderParticipantId", "Notat.forfatter", PARTICIPANT),
        Row("sentAt", "Notat.dato"),
        Row("attachmentDocumentIds", "Notat.vedlegg", _FILES),
    ),
    structures=(_letter("Notat", "Stafettlogg.notater"),),
    own={
        **_OWN,
        "subject": "SYSTEMETS_EGET",
        "templateId": "SYSTEMETS_EGET",
        "childsView": "SYSTEMETS_EGET",
        "calendarEventId": "SYSTEMETS_EGET",
        "recipientParticipantIds": "SYSTEMETS_EGET",
    },
)
MEETINGS = Section(
    "meetings",
    "calendar",
    wire.CalendarEvent,
    "Moete",
    rows=(
        Row("title", "Moete.tittel"),
        Row("startsAt", "Moete.dato"),
        Row("endsAt", "Moete.slutt"),
        Row("location", "Moete.sted"),
        Row("participantIds", "Moete.deltakere", _PEOPLE),
    ),
    structures=(identity("eventId", "Moete", "Stafettlogg.moeter"),),
    own=_OWN,
)
EVENTS = Section(
    "events",
    "calendar",
    wire.CalendarEvent,
    "Kalenderhendelse",
    rows=(
        Row("title", "Kalenderhendelse.tittel"),
        Row("startsAt", "Kalenderhendelse.tid"),
        Row("endsAt", "Kalenderhendelse.slutt"),
        Row("location", "Kalenderhendelse.sted"),
        Row("participantIds", "Kalenderhendelse.deltakere", _PEOPLE),
    ),
    structures=(identity("eventId", "Kalenderhendelse"),),
    own=_OWN,
)
SECTIONS = (MINUTES, INVITATIONS, LETTERS, GLIMPSES, NOTES, MEETINGS, EVENTS)
