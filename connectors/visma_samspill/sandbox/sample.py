"""A small order in Samspill's wire shape, for the suite every connector has to pass."""

import hashlib
import json
from datetime import date
from typing import Any

from connectors.sandbox import synthetic
from connectors.visma_samspill.sandbox import lists
from connectors.visma_samspill.sandbox.generator import TENANT

_AT = "2025-03-04T08:30:00Z"


def sample_order(key: str, text: str) -> tuple[bytes, dict[str, bytes]]:
    """A bundle as `put` takes it, with temporary ids, and its files by the ids it uses.

    The same key gives the same persons; `text` stands in the plan's description, a goal, an
    activity with a comment, and a message.
    """
    rng = synthetic.seeded("sample", key)
    owner = _person(rng, "child", date(2016, 4, 12))
    lead = _participant(rng, f"{key}-lead", lists.LEAD, date(1985, 6, 3))
    guardian = _participant(rng, f"{key}-guardian", lists.GUARDIAN, date(1988, 1, 9))
    provider = _participant(rng, f"{key}-provider", lists.PROVIDER, date(1979, 9, 21))
    data = synthetic.tiny_pdf(f"vedlegg {key}")
    bundle = {
        "plan": _plan(key, text, owner),
        "participants": [lead, guardian, provider],
        "consents": [_consent(key, guardian, [lead, provider])],
        "goals": [_goal(key, text, lead)],
        "activities": [_activity(key, text, provider, guardian)],
        "messages": [_message(key, text, lead, guardian)],
        "calendar": [_event(key, lead, guardian)],
        "documents": [_document(key, data)],
    }
    body = json.dumps(bundle, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    return body, {f"tmp:{key}-doc": data}


def _person(rng: Any, kind: str, birth: date) -> dict[str, Any]:
    return {
        "personId": f"tmp:{kind}-person",
        "nationalId": synthetic.national_id(birth, rng),
        "name": synthetic.name(rng),
        "kind": kind,
        "willLogIn": False,
    }


def _plan(key: str, text: str, owner: dict[str, Any]) -> dict[str, Any]:
    return {
        "planId": f"tmp:{key}",
        "externalReference": key,
        "planTypeId": lists.PLAN_TYPE,
        "shortName": None,
        "planTemplate": None,
        "organisationNumber": TENANT,
        "unitName": "Rognebær skule",
        "affiliationId": "aff-skule",
        "status": "active",
        "mainPerson": owner,
        "description": text,
        "initiator": "Skulen",
        "photoDocumentId": None,
        "lifeAreas": [],
        "subjectPlans": [],
        "createdAt": _AT,
        "createdBy": f"{key}-person-lead",
        "updatedAt": None,
        "version": 1,
    }


def _participant(rng: Any, reference: str, role: str, birth: date) -> dict[str, Any]:
    return {
        "participantId": f"tmp:{reference}",
        "externalReference": reference,
        "personId": f"tmp:{reference}-person",
        "nationalId": synthetic.national_id(birth, rng),
        "name": synthetic.name(rng),
        "email": synthetic.email(rng),
        "mobile": None,
        "roleId": role,
        "unitName": None if role == lists.GUARDIAN else "Rognebær skule",
        "status": "invited",
        "accessUntil": None,
        "untilPlanDeleted": True,
        "invitedAt": _AT,
        "activatedAt": None,
        "roleHistory": [{"roleId": role, "since": _AT, "until": None}],
        "version": 1,
    }


def _consent(key: str, guardian: dict[str, Any], named: list[dict[str, Any]]) -> dict[str, Any]:
    signer = {
        "participantId": guardian["participantId"],
        "status": "signed",
        "signedAt": _AT,
        "method": "electronicId",
    }
    return {
        "consentId": f"tmp:{key}-consent",
        "externalReference": f"{key}-consent",
        "template": "Samtykke til å opprette stafettlogg",
        "text": "Eg samtykker til at det blir oppretta stafettlogg.",
        "status": "valid",
        "signers": [signer],
        "listedParticipants": [
            {"name": p["name"], "unitName": p["unitName"], "roleId": p["roleId"]} for p in named
        ],
        "evidenceDocumentId": f"tmp:{key}-doc",
        "sentAt": _AT,
        "withdrawnAt": None,
        "withdrawnBy": None,
        "createdAt": _AT,
        "createdBy": f"{key}-person-lead",
        "version": 1,
    }


def _goal(key: str, text: str, lead: dict[str, Any]) -> dict[str, Any]:
    return {
        "goalId": f"tmp:{key}-goal",
        "externalReference": f"{key}-goal",
        "title": "Kjem til ringetid",
        "description": text,
        "dueDate": "2025-06-01",
        "responsibleParticipantId": lead["participantId"],
        "lifeAreaId": None,
        "goalTemplateId": None,
        "setting": "school",
        "state": "active",
        "createdAt": _AT,
        "createdBy": f"{key}-person-lead",
        "updatedAt": None,
        "version": 1,
    }


def _activity(
    key: str, text: str, provider: dict[str, Any], guardian: dict[str, Any]
) -> dict[str, Any]:
    comment = {
        "commentId": f"tmp:{key}-comment",
        "externalReference": f"{key}-comment",
        "authorParticipantId": guardian["participantId"],
        "at": _AT,
        "text": text,
    }
    return {
        "activityId": f"tmp:{key}-activity",
        "externalReference": f"{key}-activity",
        "goalId": f"tmp:{key}-goal",
        "title": "Møtast ved porten",
        "description": text,
        "when": "kvar morgon",
        "responsibleParticipantIds": [provider["participantId"], guardian["participantId"]],
        "activityTemplateId": None,
        "state": "active",
        "comments": [comment],
        "createdAt": _AT,
        "createdBy": f"{key}-person-lead",
        "updatedAt": None,
        "version": 1,
    }


def _message(key: str, text: str, lead: dict[str, Any], guardian: dict[str, Any]) -> dict[str, Any]:
    return {
        "messageId": f"tmp:{key}-message",
        "externalReference": f"{key}-message",
        "kind": "minutes",
        "templateId": "tpl-niva-1",
        "subject": "Referat nivå 1",
        "body": text,
        "childsView": None,
        "senderParticipantId": lead["participantId"],
        "recipientParticipantIds": [guardian["participantId"]],
        "sentAt": _AT,
        "calendarEventId": f"tmp:{key}-event",
        "attachmentDocumentIds": [f"tmp:{key}-doc"],
        "version": 1,
    }


def _event(key: str, lead: dict[str, Any], guardian: dict[str, Any]) -> dict[str, Any]:
    return {
        "eventId": f"tmp:{key}-event",
        "externalReference": f"{key}-event",
        "title": "Oppstartsmøte",
        "kind": "meeting",
        "startsAt": _AT,
        "endsAt": None,
        "location": None,
        "participantIds": [guardian["participantId"], lead["participantId"]],
        "version": 1,
    }


def _document(key: str, data: bytes) -> dict[str, Any]:
    return {
        "documentId": f"tmp:{key}-doc",
        "externalReference": f"{key}-doc",
        "title": "Vedlegg",
        "fileName": "vedlegg.pdf",
        "mediaType": "application/pdf",
        "size": len(data),
        "sha256": hashlib.sha256(data).hexdigest(),
        "category": "attachment",
        "uploadedAt": _AT,
        "uploadedBy": f"{key}-person-lead",
        "version": 1,
    }
