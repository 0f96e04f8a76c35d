"""The resources of the worked example: what is sent to each part, without what the server owns.

Nobody in it exists: numbers have month + 80, addresses end in `.example`, the texts say nothing of
anybody.
"""

import hashlib
from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any

from connectors.sandbox.synthetic import national_id, seeded

TENANT = "899100107"
CLIENT = "stafett"
SECRET = "hemmelig"  # noqa: S105 - the sandbox's own, on this machine
KEY = "00000000-0000-4000-8000-00000000e001"
WORK = "c0ffee00c0ffee00c0ffee00c0ffee00"
PLAN = "plan-example"
BYTES = "%PDF-1.4\n% example\n%%EOF\n"
AT = "2026-03-02T09:00:00+01:00"
CLOCK = "2026-11-30T12:00:00Z"
"""What the server's own clock says in the example."""

LEAD, GUARDIAN, PROVIDER = "role-planansvarleg", "role-foresatt", "role-tenesteytar"


@cache
def number(who: str) -> str:
    """The synthetic number of somebody in the example."""
    years = {"main": 2016, "lead": 1985, "guardian": 1988, "provider": 1979}
    return national_id(date(years[who], 4, 12), seeded("contract", who))


def name(who: str) -> str:
    """A name nobody has."""
    return f"Example {who.capitalize()}"


def form() -> dict[str, Any]:
    """The form that makes the plan."""
    return {
        "organisationNumber": TENANT,
        "planTypeId": "pt-stafettlogg",
        "mainPerson": {"name": name("main"), "nationalId": number("main")},
        "planLead": {"name": name("lead"), "nationalId": number("lead")},
        "participants": [
            {"name": name("guardian"), "nationalId": number("guardian"), "roleId": GUARDIAN}
        ],
        "affiliationId": None,
    }


def plan() -> dict[str, Any]:
    """The plan the form makes."""
    return {
        "planId": PLAN,
        "externalReference": None,
        "planTypeId": "pt-stafettlogg",
        "shortName": None,
        "planTemplate": None,
        "organisationNumber": TENANT,
        "unitName": None,
        "affiliationId": None,
        "status": "awaitingConsent",
        "mainPerson": {
            "name": name("main"),
            "nationalId": number("main"),
            "personId": "pers-main",
            "kind": "child",
            "willLogIn": None,
        },
        "description": None,
        "initiator": None,
        "photoDocumentId": None,
        "lifeAreas": [],
        "subjectPlans": [],
        "createdAt": CLOCK,
        "createdBy": CLIENT,
        "updatedAt": None,
        "version": 1,
    }


def from_form(who: str, role: str) -> dict[str, Any]:
    """A participant as the form makes one."""
    return {
        "participantId": f"part-{who}",
        "personId": f"pers-{who}",
        **participant(who, role),
        "externalReference": None,
        "invitedAt": CLOCK,
        "roleHistory": [{"roleId": role, "since": CLOCK, "until": None}],
        "unitName": None,
        "version": 1,
    }


def participant(who: str, role: str) -> dict[str, Any]:
    """What is sent to make a participant."""
    return {
        "externalReference": f"example-{who}",
        "nationalId": number(who),
        "name": name(who),
        "email": None,
        "mobile": None,
        "roleId": role,
        "unitName": "Example school",
        "status": "invited",
        "accessUntil": None,
        "untilPlanDeleted": True,
        "invitedAt": AT,
        "activatedAt": None,
        "roleHistory": [{"roleId": role, "since": AT, "until": None}],
    }


NEW: Mapping[str, Mapping[str, Any]] = {
    "participants": participant("provider", PROVIDER),
    "documents": {
        "externalReference": "example-document",
        "title": "Example",
        "fileName": "example.pdf",
        "mediaType": "application/pdf",
        "size": len(BYTES),
        "sha256": hashlib.sha256(BYTES.encode("latin-1")).hexdigest(),
        "category": "consent",
        "uploadedAt": AT,
        "uploadedBy": "pers-lead",
    },
    "consents": {
        "externalReference": "example-consent",
        "template": "Example template",
        "text": None,
        "status": "valid",
        "signers": [
            {
                "participantId": "part-guardian",
                "status": "signed",
                "signedAt": AT,
                "method": "electronicId",
            }
        ],
        "listedParticipants": [
            {"name": name("lead"), "unitName": "Example school", "roleId": LEAD}
        ],
        "evidenceDocumentId": "doc-example",
        "sentAt": AT,
        "withdrawnAt": None,
        "withdrawnBy": None,
        "createdAt": AT,
        "createdBy": "pers-lead",
    },
    "goals": {
        "externalReference": "example-goal",
        "title": "Example goal",
        "description": None,
        "dueDate": "2028-02-29",
        "responsibleParticipantId": "part-lead",
        "lifeAreaId": None,
        "goalTemplateId": None,
        "setting": "school",
        "state": "active",
        "createdAt": AT,
        "createdBy": "pers-lead",
        "updatedAt": None,
    },
    "activities": {
        "externalReference": "example-activity",
        "goalId": "goal-example",
        "title": "Example activity",
        "description": None,
        "when": "example text",
        "responsibleParticipantIds": ["part-lead", "part-guardian"],
        "activityTemplateId": None,
        "state": "active",
        "comments": [
            {
                "commentId": "tmp:example-comment",
                "externalReference": "example-comment",
                "authorParticipantId": "part-guardian",
                "at": AT,
                "text": "Example comment",
            }
        ],
        "createdAt": AT,
        "createdBy": "pers-lead",
        "updatedAt": None,
    },
    "calendar": {
        "externalReference": "example-event",
        "title": "Example meeting",
        "kind": "meeting",
        "startsAt": AT,
        "endsAt": None,
        "location": None,
        "participantIds": ["part-lead", "part-guardian"],
    },
    "messages": {
        "externalReference": "example-message",
        "kind": "minutes",
        "templateId": "tpl-niva-1",
        "subject": "Example minutes",
        "body": "Example text",
        "childsView": None,
        "senderParticipantId": "part-lead",
        "recipientParticipantIds": ["part-guardian"],
        "sentAt": AT,
        "calendarEventId": "cal-example",
        "attachmentDocumentIds": ["doc-example"],
    },
}
"""What is sent to `part.create`, by part."""

IDS: Mapping[str, str] = {
    "participants": "part-provider",
    "documents": "doc-example",
    "consents": "cons-example",
    "goals": "goal-example",
    "activities": "act-example",
    "calendar": "cal-example",
    "messages": "msg-example",
}
"""The id the server gives what `NEW` makes."""

CHANGE: Mapping[str, Mapping[str, Any]] = {
    "participants": {"unitName": "Example service"},
    "documents": {"title": "Example, renamed"},
    "consents": {"text": "Example text"},
    "goals": {"description": "Example description"},
    "activities": {"state": "ended"},
    "calendar": {"location": "Example room"},
    "messages": {"childsView": "Example view"},
}
"""What is sent to `part.update`, by part."""
