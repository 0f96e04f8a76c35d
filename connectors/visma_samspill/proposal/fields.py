"""What the fields of the wire shapes mean, and the codes they take: words for the contract file.

The shapes themselves stand in schemas/visma_samspill and are not repeated. Codes follow the
routine's screens, in English; `[*]` after a list says that it is open: a code that is not on it is
kept as it came and shown to a person. A field that is not here says itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Codes:
    """The codes of a field. An open list may grow without a new contract."""

    values: tuple[str, ...]
    open: bool


def _codes(text: str) -> Codes:
    values = text.split()
    return Codes(tuple(value for value in values if value != "[*]"), values[-1] == "[*]")


_ROLES = _codes(
    "role-planansvarleg role-foresatt role-tenesteytar role-deltakar role-planeigar "
    "role-koordinator [*]"
)
CODES: Mapping[str, Codes] = {
    "Plan.status": _codes("awaitingConsent active inactive"),
    "Plan.planTypeId": _codes("pt-stafettlogg pt-ip [*]"),
    "MainPerson.kind": _codes("child youth pregnant unborn"),
    "Participant.roleId": _ROLES,
    "Participant.status": _codes("invited active ended"),
    "RoleChange.roleId": _ROLES,
    "ListedParticipant.roleId": _ROLES,
    "Consent.status": _codes("draft sent partlySigned valid expired withdrawn replaced refused"),
    "Signer.status": _codes("notSent sent signed refused"),
    "Signer.method": _codes("electronicId [*]"),
    "Goal.setting": _codes("home school other leisure"),
    "Goal.state": _codes("active ended"),
    "Activity.state": _codes("active ended"),
    "Message.kind": _codes("message minutes invitation [*]"),
    "CalendarEvent.kind": _codes("meeting other [*]"),
    "Document.category": _codes("attachment consent [*]"),
    "Tenant.rights": _codes("read write import delete [*]"),
    "PlanRow.status": _codes("awaitingConsent active inactive deleted"),
}

WORDS: Mapping[str, str] = {
    "Plan.planId": "Given by the server.",
    "Plan.externalReference": "The sender's own key of the plan. Null in a plan made by the form "
    "and in one made in the product; written with `plan.update`, and found with `plan.search`.",
    "Plan.planTypeId": "Per-customer data; fixed by the form.",
    "Plan.organisationNumber": "The municipality; fixed by the form.",
    "Plan.mainPerson": "Whom the plan is about. Their `nationalId` is fixed once it is there.",
    "Plan.status": "awaitingConsent: made, and no consent is in force. active: in use. inactive: "
    "closed.",
    "Plan.photoDocumentId": "One of the plan's documents.",
    "Plan.createdBy": "Who made the plan. A plan made by the form has **the client id of the "
    "token the form was sent with**; an import may write another. That is how the client knows "
    "its own unfinished plan again.",
    "Plan.version": "The version of the plan's own fields: what `plan.update` names in "
    "`If-Match`. Not the content version.",
    "MainPerson.personId": "The person's account; the server's. What is sent is not used.",
    "MainPerson.kind": "After the form the product's own first value.",
    "MainPerson.nationalId": "Eleven digits (fødselsnummer, D-number) or another number that the "
    "product has for the person, null where none is known. Kept as it came; only the form asks "
    "about its control digits. In bodies only, never in an address, a header or an error.",
    "Participant.personId": "The person's account; the server's. The same `nationalId` is the same "
    "account in every plan.",
    "Participant.nationalId": "As the main person's.",
    "Participant.roleId": "Per-customer data (`roles.list`); those named here must be there. "
    "Exactly one participant has role-planansvarleg.",
    "Participant.status": "invited until the first login **in this system**, whatever is sent; "
    "then active. ended: takes part no more.",
    "Participant.untilPlanDeleted": "After the form the product's own first value.",
    "Participant.roleHistory": "The intervals of the role, oldest first; the current one last.",
    "Participant.accessUntil": "The last day of access; null for none.",
    "RoleChange.until": "Null for the current role.",
    "Consent.evidenceDocumentId": "The signed paper or the signing's own document: one of the "
    "plan's documents.",
    "Consent.signers": "Those who are to sign, each a participant.",
    "Consent.listedParticipants": "Those the consent's text names, as it names them.",
    "Signer.participantId": "One of the plan's participants.",
    "Goal.title": "The goal itself.",
    "Goal.dueDate": "The day it is to be evaluated.",
    "Goal.responsibleParticipantId": "One of the plan's participants.",
    "Activity.goalId": "One of the plan's goals.",
    "Activity.when": "Free text.",
    "Activity.responsibleParticipantIds": "The plan's participants; may be several, and none.",
    "Activity.comments": "In their order. A comment whose `commentId` the activity does not have "
    "(the client sends `tmp:` and something) is new, and the server gives it an id; the rest "
    "keep theirs, and stand once each. A comment that is left out is taken away.",
    "Comment.authorParticipantId": "One of the plan's participants.",
    "Message.templateId": "The template of minutes; per-customer data.",
    "Message.senderParticipantId": "One of the plan's participants.",
    "Message.recipientParticipantIds": "The plan's participants.",
    "Message.calendarEventId": "One of the plan's calendar events.",
    "Message.attachmentDocumentIds": "The plan's documents.",
    "CalendarEvent.participantIds": "The plan's participants.",
    "Document.size": "The number of bytes.",
    "Document.sha256": "SHA-256 of the bytes, lower-case hex. A new digest drops the old bytes: "
    "the content is sent anew, and until then reading it answers 404 NO_CONTENT.",
    "Document.mediaType": "What the bytes are. They travel as application/octet-stream.",
    "Tenant.organisationNumber": "The municipality the token is valid for.",
    "Tenant.contract": "Which contract is served: `info.version` of this file. A municipality "
    "that has configured one stops the work where another is served.",
    "Tenant.environment": "`sandbox`, `test` or `production`.",
    "Tenant.rights": "What the token may do. `read` is needed to read, `import` or `write` to "
    "write, `delete` to delete inactive plans.",
    "Tenant.planCount": "How many plans there are now.",
    "Tenant.freeBytes": "Free bytes for documents; null when the system does not say.",
    "Tenant.visibleWithinSeconds": "A plan that was made, or a reference that was set, is found by "
    'search and stands in the listing within so many seconds. Until then "not found" does not '
    'mean "not there"; a read by id is never behind. Left out, the '
    "municipality's own figure counts (see the guide).",
    "PlanRow.contentVersion": "The plan's content version.",
    "PlanPage.totalCount": "In the listing: how many plans there are in all, on every page. In the "
    "feed: how many rows this page has; not read by the gateway.",
    "PlanPage.nextPageToken": "What to send as `pageToken` for the next page. In the listing null "
    "on the last page; in the feed never null.",
    "FoundPlan.externalReference": "As the search knows it, which may be behind.",
    "FoundPlan.createdBy": "As in the plan. For a plan made by the form: the client id.",
    "Ids.ids": "Every resource of the part, each once, in the order they shall have.",
    "Error.code": "A public code; which ones stands with each operation.",
    "Error.place": "For people: an id, a field name or a header name; may be empty. Never a value.",
    "Form.mainPerson": "Whom the plan is about; gets an account, or has the one the number has.",
    "Form.planLead": "Gets the role role-planansvarleg, an account, and a lasting right to make "
    "plans.",
    "Form.participants": "Before a consent only those who shall consent: role-foresatt.",
    "Form.affiliationId": "From `affiliations.list`; null or left out for none.",
    "Form.planTypeId": "From `planTypes.list`.",
}
