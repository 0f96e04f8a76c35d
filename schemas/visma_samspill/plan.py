"""The Samspill resources as they cross the wire, and the bundle of all of one plan.

Log content: the contract is `assumed` (connectors/visma_samspill/operations.py); only the three
lists and the create-plan form are documented. Words follow the routine's screens, in English.
Every key is required and may be null where the type says so; unknown keys are kept.

Quirks, each where it bites:
- there is no concern: goals stand directly under the plan;
- an activity may have several responsible participants, and `when` is free text;
- evaluation is a comment thread, minutes are messages made from a template per BTI level, and
  the level stands as words in a subject or title;
- a participant is `invited` until the first login;
- each resource has its own `version`; the plan's `contentVersion` grows with any of them.
This module must not import anything but pydantic, typing and the shapes of times.
"""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, TypeAdapter, with_config
from typing_extensions import TypedDict

from schemas.tid import WireDay, WireInstant

_CLOSED = ConfigDict(extra="forbid", hide_input_in_errors=True, strict=True)
_WIRE = ConfigDict(extra="allow", hide_input_in_errors=True, strict=True)

Instant = WireInstant
Day = WireDay
Id = Annotated[str, Field(min_length=1, max_length=80)]
Reference = Annotated[str, Field(max_length=120)]
Text = Annotated[str, Field(max_length=200_000)]
Title = Annotated[str, Field(max_length=255)]
Version = Annotated[int, Field(ge=1)]


@with_config(_WIRE)
class MainPerson(TypedDict):
    """Planeigar/hovudperson."""

    personId: Id
    nationalId: str | None
    name: Text | None
    kind: str
    willLogIn: bool | None


@with_config(_WIRE)
class SubjectPlan(TypedDict):
    """Fagplan: a reference only."""

    subjectPlanId: Id
    title: Text | None
    type: str | None
    reference: str | None


@with_config(_WIRE)
class Plan(TypedDict):
    """A plan of type stafettlogg. `level` is not a field here (R-064)."""

    planId: Id
    externalReference: Reference | None
    planTypeId: Id
    shortName: Text | None
    planTemplate: str | None
    organisationNumber: str
    unitName: Text | None
    affiliationId: str | None
    status: Literal["awaitingConsent", "active", "inactive"]
    mainPerson: MainPerson
    description: Text | None
    initiator: Text | None
    photoDocumentId: str | None
    lifeAreas: list[str]
    subjectPlans: list[SubjectPlan]
    createdAt: Instant | None
    createdBy: str | None
    updatedAt: Instant | None
    version: Version


@with_config(_WIRE)
class RoleChange(TypedDict):
    """One interval of a participant's role; `until` is null for the current one."""

    roleId: str
    since: Instant | None
    until: Instant | None


@with_config(_WIRE)
class Participant(TypedDict):
    """Plandeltakar. Exactly one has the plan lead's role (planansvarleg = stafetthaldar)."""

    participantId: Id
    externalReference: Reference | None
    personId: Id
    nationalId: str | None
    name: Text | None
    email: str | None
    mobile: str | None
    roleId: str
    unitName: Text | None
    status: Literal["invited", "active", "ended"]
    accessUntil: Day | None
    untilPlanDeleted: bool
    invitedAt: Instant | None
    activatedAt: Instant | None
    roleHistory: list[RoleChange]
    version: Version


@with_config(_WIRE)
class Signer(TypedDict):
    """One signer of a consent."""

    participantId: Id
    status: str
    signedAt: Instant | None
    method: str | None


@with_config(_WIRE)
class ListedParticipant(TypedDict):
    """A participant named in the consent's text, with role."""

    name: Text | None
    unitName: Text | None
    roleId: str | None


@with_config(_WIRE)
class Consent(TypedDict):
    """Samtykke til planen."""

    consentId: Id
    externalReference: Reference | None
    template: Text | None
    text: Text | None
    status: str
    signers: list[Signer]
    listedParticipants: list[ListedParticipant]
    evidenceDocumentId: str | None
    sentAt: Instant | None
    withdrawnAt: Instant | None
    withdrawnBy: str | None
    createdAt: Instant | None
    createdBy: str | None
    version: Version


@with_config(_WIRE)
class Goal(TypedDict):
    """Mål. The title is the goal; the due date is the evaluation date."""

    goalId: Id
    externalReference: Reference | None
    title: Title
    description: Text | None
    dueDate: Day | None
    responsibleParticipantId: str | None
    lifeAreaId: str | None
    goalTemplateId: str | None
    setting: str | None
    state: str
    createdAt: Instant | None
    createdBy: str | None
    updatedAt: Instant | None
    version: Version


@with_config(_WIRE)
class Comment(TypedDict):
    """A comment on an activity; how evaluations are written here (R-087)."""

    commentId: Id
    externalReference: Reference | None
    authorParticipantId: str | None
    at: Instant | None
    text: Text | None


@with_config(_WIRE)
class Activity(TypedDict):
    """Aktivitet: what is done to reach a goal; corresponds to tiltak."""

    activityId: Id
    externalReference: Reference | None
    goalId: Id
    title: Title
    description: Text | None
    when: Text | None
    responsibleParticipantIds: list[Id]
    activityTemplateId: str | None
    state: str
    comments: list[Comment]
    createdAt: Instant | None
    createdBy: str | None
    updatedAt: Instant | None
    version: Version


@with_config(_WIRE)
class Message(TypedDict):
    """Melding. `kind` is message, minutes or invitation; minutes come from a template per level."""

    messageId: Id
    externalReference: Reference | None
    kind: str
    templateId: str | None
    subject: Text | None
    body: Text | None
    childsView: Text | None
    senderParticipantId: str | None
    recipientParticipantIds: list[Id]
    sentAt: Instant | None
    calendarEventId: str | None
    attachmentDocumentIds: list[Id]
    version: Version


@with_config(_WIRE)
class CalendarEvent(TypedDict):
    """Kalenderhending."""

    eventId: Id
    externalReference: Reference | None
    title: Text | None
    kind: str
    startsAt: Instant | None
    endsAt: Instant | None
    location: Text | None
    participantIds: list[Id]
    version: Version


@with_config(_WIRE)
class Document(TypedDict):
    """Dokument: metadata; the bytes have their own address."""

    documentId: Id
    externalReference: Reference | None
    title: Text | None
    fileName: Text
    mediaType: str
    size: Annotated[int, Field(ge=0)]
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    category: str | None
    uploadedAt: Instant | None
    uploadedBy: str | None
    version: Version


@with_config(_CLOSED)
class Bundle(TypedDict):
    """All resources of one plan, as the connector hands them over. Lists keep the order."""

    plan: Plan
    participants: list[Participant]
    consents: list[Consent]
    goals: list[Goal]
    activities: list[Activity]
    messages: list[Message]
    calendar: list[CalendarEvent]
    documents: list[Document]


BUNDLE: TypeAdapter[Bundle] = TypeAdapter(Bundle)
