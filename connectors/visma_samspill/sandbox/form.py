"""The documented external API: three lists, and the form that makes a plan.

Documented (developer.minflyt.no, Flyt Samspill - External API): accounts are created or updated
for everybody named, the plan lead gets a lasting right to create plans. The answer is an OK
without the plan's id, and sending the form twice makes two plans. Field names and paths are ours.
"""

from typing import Any

from connectors.sandbox import synthetic
from connectors.visma_samspill.sandbox import lists
from connectors.visma_samspill.sandbox.rules import Mode
from connectors.visma_samspill.sandbox.shapes import Refusal

_FORM = {
    "organisationNumber", "planTypeId", "mainPerson", "planLead", "participants", "affiliationId",
}  # fmt: skip
_REQUIRED = {"organisationNumber", "planTypeId", "mainPerson", "planLead"}


def listing(name: str, query: dict[str, str], tenant: str) -> list[dict[str, str]]:
    """One of the three lists. Raises Refusal(404, 400 or 403)."""
    if name not in lists.LISTS:
        raise Refusal(404, "NOT_FOUND")
    if query.get("language") not in lists.LANGUAGES or set(query) - {
        "language",
        "organisationNumber",
    }:
        raise Refusal(400, "INVALID_QUERY")
    if query.get("organisationNumber") != tenant:
        raise Refusal(403, "WRONG_ORGANISATION")
    return lists.listing(name, query["language"])


def check(form: dict[str, Any], tenant: str) -> None:
    """The completeness check of the form. Raises Refusal."""
    if set(form) - _FORM:
        raise Refusal(422, "UNKNOWN_FIELD")
    for key in sorted(_REQUIRED):
        if not form.get(key):
            raise Refusal(422, "MISSING_FIELD", key)
    if form["organisationNumber"] != tenant:
        raise Refusal(403, "WRONG_ORGANISATION")
    if form["planTypeId"] not in lists.PLAN_TYPE_IDS:
        raise Refusal(422, "UNKNOWN_PLAN_TYPE")
    if form.get("affiliationId") not in {None, *lists.AFFILIATION_IDS}:
        raise Refusal(422, "UNKNOWN_AFFILIATION")
    _person(form["mainPerson"], "mainPerson", set())
    _person(form["planLead"], "planLead", set())
    participants = form.get("participants", [])
    if not isinstance(participants, list):
        raise Refusal(422, "INVALID_FIELD", "participants")
    for row in participants:
        _person(row, "participants", {"roleId"})
        if row["roleId"] not in lists.ROLE_IDS:
            raise Refusal(422, "UNKNOWN_ROLE")
        if row["roleId"] != lists.GUARDIAN:
            # Before a consent only those who shall consent may be added.
            raise Refusal(409, "CONSENT_REQUIRED")


def _person(row: Any, place: str, more: set[str]) -> None:
    if not isinstance(row, dict) or set(row) != {"name", "nationalId"} | more:
        raise Refusal(422, "INVALID_FIELD", place)
    if not all(isinstance(value, str) and value for value in row.values()):
        raise Refusal(422, "INVALID_FIELD", place)
    number = row["nationalId"]
    if not (len(number) == 11 and number.isdigit()):
        raise Refusal(422, "INVALID_NATIONAL_ID", place)
    if synthetic.control_digits(number[:9]) != number[9:]:
        raise Refusal(422, "INVALID_NATIONAL_ID", place)


def plan(form: dict[str, Any], plan_id: str, person_id: str, mode: Mode) -> dict[str, Any]:
    """The shell the form makes: a plan that waits for consent."""
    return {
        "planId": plan_id,
        "externalReference": None,
        "planTypeId": form["planTypeId"],
        "shortName": None,
        "planTemplate": None,
        "organisationNumber": form["organisationNumber"],
        "unitName": None,
        "affiliationId": form.get("affiliationId"),
        "status": "awaitingConsent",
        "mainPerson": {**form["mainPerson"], "personId": person_id, "kind": "child",
                       "willLogIn": None},
        "description": None,
        "initiator": None,
        "photoDocumentId": None,
        "lifeAreas": [],
        "subjectPlans": [],
        "createdAt": mode.now,
        "createdBy": mode.client,
        "updatedAt": None,
        "version": 1,
    }  # fmt: skip


def people(form: dict[str, Any]) -> list[dict[str, str]]:
    """The lead and the participants, with roles, in the order they get into the plan."""
    return [{**form["planLead"], "roleId": lists.LEAD}, *form.get("participants", [])]


def participant(
    row: dict[str, str], participant_id: str, person_id: str, mode: Mode
) -> dict[str, Any]:
    """A participant as the form makes one: invited."""
    return {
        "participantId": participant_id,
        "externalReference": None,
        "personId": person_id,
        "nationalId": row["nationalId"],
        "name": row["name"],
        "email": None,
        "mobile": None,
        "roleId": row["roleId"],
        "unitName": None,
        "status": "invited",
        "accessUntil": None,
        "untilPlanDeleted": True,
        "invitedAt": mode.now,
        "activatedAt": None,
        "roleHistory": [{"roleId": row["roleId"], "since": mode.now, "until": None}],
        "version": 1,
    }
