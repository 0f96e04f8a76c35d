"""A bright moment as a message to the child and the guardians: it must reach the child (R-090)."""

from typing import Any, Final

from mappings.reading import Reading
from mappings.visma_samspill.koder import GUARDIAN, OWNER

SUBJECT: Final = "Lysglimt"


def family(participants: list[dict[str, Any]]) -> list[str]:
    """The participants who are the family: owner and guardians that have not left."""
    return [
        p["participantId"]
        for p in participants
        if p["roleId"] in (OWNER, GUARDIAN) and p["status"] != "ended"
    ]


def write(record: dict[str, Any], to: list[str]) -> None:
    """Subject and recipients of the message."""
    record["subject"] = SUBJECT
    record["recipientParticipantIds"] = list(to)


def read(record: dict[str, Any], to: list[str], reading: Reading) -> None:
    """Keep a subject or recipients that are not what `write` gives."""
    if record["subject"] != SUBJECT:
        reading.leave("subject", SUBJECT, record["subject"], "INGEN_PLASS")
    if record["recipientParticipantIds"] != to:
        sent = record["recipientParticipantIds"]
        reading.leave("recipientParticipantIds", to, sent, "INGEN_PLASS")
