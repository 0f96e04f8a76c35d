"""The parts of a plan, in the order they can be written, and the fields that refer to others.

One table, used by the client, the sandbox and the contract, so that a confirmed contract is an
edit here. This module must not do I/O.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

PLAN_KEYS = (
    "externalReference", "shortName", "planTemplate", "unitName", "affiliationId", "status",
    "mainPerson", "description", "initiator", "photoDocumentId", "lifeAreas", "subjectPlans",
    "createdAt", "createdBy", "updatedAt",
)  # fmt: skip
"""The plan's own fields that a client may write."""

PLAN_HISTORY = ("createdAt", "createdBy", "updatedAt")


@dataclass(frozen=True, slots=True)
class Part:
    """One kind of resource under a plan.

    `one` and `many` name fields that hold one id or a list of ids of `Part`s (by part name).
    `history` are fields only an import may set. `nested` is a list of objects with references of
    its own: (field, its id key or "", its one-references).
    """

    name: str
    key: str
    one: Mapping[str, str]
    many: Mapping[str, str]
    history: tuple[str, ...]
    authors: tuple[str, ...] = ()
    nested: tuple[tuple[str, str, Mapping[str, str]], ...] = ()
    needs_consent: bool = True


PARTS: tuple[Part, ...] = (
    Part(
        "participants", "participantId", {}, {},
        ("invitedAt", "activatedAt", "roleHistory"), needs_consent=False,
    ),
    Part(
        "documents", "documentId", {}, {},
        ("uploadedAt", "uploadedBy"), ("uploadedBy",),
    ),
    Part(
        "consents", "consentId", {"evidenceDocumentId": "documents"}, {},
        ("createdAt", "createdBy", "withdrawnAt", "withdrawnBy"), ("createdBy", "withdrawnBy"),
        nested=(("signers", "", {"participantId": "participants"}),), needs_consent=False,
    ),
    Part(
        "goals", "goalId", {"responsibleParticipantId": "participants"}, {},
        ("createdAt", "createdBy", "updatedAt"), ("createdBy",),
    ),
    Part(
        "activities", "activityId", {"goalId": "goals"},
        {"responsibleParticipantIds": "participants"},
        ("createdAt", "createdBy", "updatedAt"), ("createdBy",),
        nested=(("comments", "commentId", {"authorParticipantId": "participants"}),),
    ),
    Part(
        "calendar", "eventId", {}, {"participantIds": "participants"}, (),
    ),
    Part(
        "messages", "messageId",
        {"senderParticipantId": "participants", "calendarEventId": "calendar"},
        {"recipientParticipantIds": "participants", "attachmentDocumentIds": "documents"},
        ("sentAt",),
    ),
)  # fmt: skip

BY_NAME: Mapping[str, Part] = {part.name: part for part in PARTS}
BUNDLE_ORDER = (
    "participants", "consents", "goals", "activities", "messages", "calendar", "documents",
)  # fmt: skip
"""The order the parts are read in, and stand in a bundle."""


def references(part: Part, item: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Every (field, part name, id) the item refers to; nulls are left out."""
    for field, target in part.one.items():
        if item[field] is not None:
            yield field, target, item[field]
    for field, target in part.many.items():
        for reference in item[field]:
            yield field, target, reference
    for field, _, ones in part.nested:
        for inner in item[field]:
            for name, target in ones.items():
                if inner[name] is not None:
                    yield f"{field}.{name}", target, inner[name]
