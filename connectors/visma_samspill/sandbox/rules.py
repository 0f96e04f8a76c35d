"""The vendor's rules as the municipal routines describe them, as pure functions.

Each takes what is and what is asked, and raises Refusal or gives what shall be. An import
(`X-Import: historical`) may carry history that a person at the keyboard could not write. This
module must not touch the data at rest.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from connectors.visma_samspill.parts import PLAN_HISTORY, Part, references
from connectors.visma_samspill.sandbox import lists
from connectors.visma_samspill.sandbox.shapes import Refusal

Item = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Mode:
    """How a request is meant: who asks, when, and which import headers it has."""

    client: str
    now: str
    historical: bool = False
    keep_unknown: bool = False
    silent: bool = False
    change_id: str | None = None


def consented(consents: Sequence[Item]) -> bool:
    """True when a consent to the plan is in force."""
    return any(consent["status"] == "valid" for consent in consents)


def check_gate(part: Part, item: Item, plan: Item, consents: Sequence[Item], mode: Mode) -> None:
    """Consent first (R-039): guardians before it, content and others after it.

    An import may bring participants and documents before the consent that needs them as signers
    and evidence, and content into an inactive plan.
    """
    place = str(item[part.key])
    if plan["status"] == "inactive" and not mode.historical:
        raise Refusal(409, "PLAN_INACTIVE", place)
    if consented(consents) or part.name == "consents":
        return
    if part.name == "participants":
        if item["roleId"] in (lists.GUARDIAN, lists.LEAD) or mode.historical:
            return
        raise Refusal(409, "CONSENT_REQUIRED", place)
    if mode.historical and (part.name == "documents" or plan["status"] == "inactive"):
        return
    raise Refusal(409, "CONSENT_REQUIRED", place)


def check_references(part: Part, item: Item, known: Mapping[str, frozenset[str]]) -> None:
    """Every id the item names is a resource of the same plan. `known` is ids by part name."""
    for _field, target, reference in references(part, item):
        if reference not in known[target]:
            raise Refusal(422, "UNKNOWN_REFERENCE", str(item[part.key]))


_TASKS = ("responsibleParticipantId", "responsibleParticipantIds", "recipientParticipantIds")


def check_active(
    part: Part, item: Item, old: Item | None, participants: Sequence[Item], mode: Mode
) -> None:
    """An invited participant is not made responsible nor sent a message (R-041).

    History may say otherwise, and what stands already is not asked about again.
    """
    if mode.historical:
        return
    able = {p["participantId"] for p in participants if p["status"] == "active"}
    if old is not None:
        able |= {who for field, _, who in references(part, old) if field in _TASKS}
    for field, _, who in references(part, item):
        if field in _TASKS and who not in able:
            raise Refusal(422, "PARTICIPANT_NOT_ACTIVE", str(item[part.key]))


def check_history(part: Part | None, given: Mapping[str, Any], mode: Mode) -> None:
    """Who did what and when is the server's to write, but for an import."""
    if mode.historical:
        return
    for field in part.history if part is not None else PLAN_HISTORY:
        if given.get(field):
            raise Refusal(422, "HISTORY_NEEDS_IMPORT", field)


def participant(new: dict[str, Any], old: Item | None, mode: Mode) -> dict[str, Any]:
    """Nobody who has not logged in here is active: `invited` until then, whatever is asked."""
    if new["roleId"] not in lists.ROLE_IDS:
        raise Refusal(422, "UNKNOWN_ROLE", new["participantId"])
    was = old["status"] if old is not None else "invited"
    status = "ended" if new["status"] == "ended" else "invited" if was == "ended" else was
    new = {**new, "status": status}
    if mode.historical:
        return new
    if old is None:
        first = {"roleId": new["roleId"], "since": mode.now, "until": None}
        return {**new, "invitedAt": mode.now, "activatedAt": None, "roleHistory": [first]}
    kept = {field: old[field] for field in ("invitedAt", "activatedAt", "roleHistory")}
    return with_role({**new, **kept}, old, mode)


def with_role(new: dict[str, Any], old: Item, mode: Mode) -> dict[str, Any]:
    """The role history after a change of role outside an import (R-137)."""
    if new["roleId"] == old["roleId"]:
        return new
    closed = [{**row, "until": row["until"] or mode.now} for row in old["roleHistory"]]
    current = {"roleId": new["roleId"], "since": mode.now, "until": None}
    return {**new, "roleHistory": [*closed, current]}


def demoted(
    participants: Sequence[Item], new: Item, old: Item | None, mode: Mode
) -> list[dict[str, Any]]:
    """Exactly one plan lead: who has to give up the role because `new` takes it.

    Raises LEAD_REQUIRED when the lead would lose the role with nobody taking it.
    """
    lead = lists.LEAD
    if old is not None and old["roleId"] == lead and new["roleId"] != lead:
        raise Refusal(409, "LEAD_REQUIRED", str(new["participantId"]))
    if new["roleId"] != lead:
        return []
    out: list[dict[str, Any]] = []
    for other in participants:
        if other["roleId"] == lead and other["participantId"] != new["participantId"]:
            changed = {**other, "roleId": lists.PROVIDER, "version": other["version"] + 1}
            out.append(changed if mode.historical else with_role(changed, other, mode))
    return out


def consent(new: dict[str, Any], old: Item | None, mode: Mode) -> dict[str, Any]:
    """A consent becomes valid by signing; an import must show the signatures and the evidence."""
    was = old["status"] if old is not None else None
    if new["status"] != "valid" or (was == "valid" and not mode.historical):
        return new
    place = str(new["consentId"])
    if not mode.historical:
        raise Refusal(422, "CONSENT_NEEDS_SIGNING", place)
    if not new["signers"] or any(s["status"] != "signed" for s in new["signers"]):
        raise Refusal(422, "CONSENT_NOT_SIGNED", place)
    if not new["evidenceDocumentId"] and not (new["text"] or "").strip():
        raise Refusal(422, "CONSENT_WITHOUT_EVIDENCE", place)
    return new


def stamped(part: Part, new: dict[str, Any], old: Item | None, mode: Mode) -> dict[str, Any]:
    """The item with the server's own times and names, outside an import."""
    if mode.historical or part.name == "participants":
        return new
    stamps: dict[str, Any] = {field: (old or {}).get(field) for field in part.history}
    if old is None:
        firsts = {"createdAt": mode.now, "createdBy": mode.client, "uploadedAt": mode.now}
        firsts |= {"uploadedBy": mode.client, "sentAt": mode.now}
        stamps = {field: firsts.get(field) for field in part.history}
    elif "updatedAt" in part.history:
        stamps["updatedAt"] = mode.now
    return {**new, **stamps}


def plan(
    new: dict[str, Any], old: Item, consents: Sequence[Item], documents: frozenset[str], mode: Mode
) -> dict[str, Any]:
    """A plan's own fields: who it is about is fixed, and only consent makes it active (R-039)."""
    place = str(new["planId"])
    number = old["mainPerson"]["nationalId"]
    if number is not None and new["mainPerson"]["nationalId"] != number:
        raise Refusal(422, "MAIN_PERSON_FIXED", place)
    if new["affiliationId"] is not None and new["affiliationId"] not in lists.AFFILIATION_IDS:
        raise Refusal(422, "UNKNOWN_AFFILIATION", place)
    if new["photoDocumentId"] is not None and new["photoDocumentId"] not in documents:
        raise Refusal(422, "UNKNOWN_REFERENCE", place)
    if new["status"] == "active" != old["status"] and not consented(consents):
        raise Refusal(409, "CONSENT_REQUIRED", place)
    if new["status"] == "awaitingConsent" != old["status"] and not mode.historical:
        raise Refusal(409, "STATUS_NOT_ALLOWED", place)
    if not mode.historical:
        new = {**new, "createdAt": old["createdAt"], "createdBy": old["createdBy"]}
        new["updatedAt"] = mode.now
    return new
