"""Generated messages, minutes, invitations and calendar in Samspill's wire shape.

The level is written as words in a subject, in the many ways people write it, or not at all.
"""

from datetime import timedelta
from random import Random

from connectors.sandbox import synthetic, timeline
from connectors.visma_samspill.sandbox import generator_texts as texts
from connectors.visma_samspill.sandbox.generator_content import phrase
from connectors.visma_samspill.sandbox.generator_people import Circle
from schemas.visma_samspill.plan import CalendarEvent, Document, Message

KINDS = ("message", "minutes", "invitation")
EVENT_KINDS = ("meeting", "other")


def calendar(rng: Random, ring: Circle) -> list[CalendarEvent]:
    """None to three entries, meetings mostly."""
    events: list[CalendarEvent] = []
    at = ring.start
    for _ in range(rng.choices((0, 1, 2, 3), weights=(25, 40, 25, 10))[0]):
        at = timeline.after(rng, at, 20, 70)
        meeting = rng.random() < 0.85
        people = [p["participantId"] for p in ring.participants]
        events.append(
            CalendarEvent(
                eventId=synthetic.identity(rng, "cal"),
                externalReference=None,
                title=rng.choice(("Evalueringsmøte", "Oppstartsmøte", "Møte")) if meeting else None,
                kind="meeting" if meeting else "other",
                startsAt=timeline.instant(rng, at),
                endsAt=timeline.instant(rng, at + timedelta(hours=1)),
                location=f"{ring.unit}, rom 2" if rng.random() < 0.5 else None,
                participantIds=synthetic.some(rng, people, 2, len(people)),
                version=1,
            )
        )
    return events


def messages(
    rng: Random,
    ring: Circle,
    language: str,
    events: list[CalendarEvent],
    documents: list[Document],
    *,
    long: bool,
) -> list[Message]:
    """Minutes and invitations for the meetings, and a few plain messages."""
    level = rng.choices((1, 2, 3, None), weights=(40, 30, 12, 18))[0]
    made: list[Message] = []
    at = ring.start
    for event in events:
        at = timeline.after(rng, at, 20, 70)
        for kind in ("invitation", "minutes"):
            if rng.random() < 0.6:
                made.append(_message(rng, ring, language, kind, level, event["eventId"]))
    for _ in range(rng.choices((0, 1, 2), weights=(50, 35, 15))[0]):
        made.append(_message(rng, ring, language, "message", None, None))
    if long:
        body = "\n".join(phrase(rng, texts.MINUTES[language], ring) for _ in range(420))
        big = _message(rng, ring, language, "minutes", level, None)
        big["body"] = body
        made.append(big)
    attachments = [d["documentId"] for d in documents if d["category"] == "attachment"]
    for message in made:
        if attachments and rng.random() < 0.4:
            message["attachmentDocumentIds"] = [rng.choice(attachments)]
    return made


def _message(
    rng: Random, ring: Circle, language: str, kind: str, level: int | None, event: str | None
) -> Message:
    others = [p["participantId"] for p in ring.active if p is not ring.lead]
    subject: str | None = "Beskjed"
    if kind != "message":
        subject = rng.choice(texts.LEVEL_SUBJECT[level])
    choice = texts.MINUTES if kind == "minutes" else texts.MESSAGE
    view = kind == "minutes" and rng.random() < 0.7
    return Message(
        messageId=synthetic.identity(rng, "msg"),
        externalReference=None,
        kind=kind,
        templateId=f"tpl-niva-{level}" if kind == "minutes" and level else None,
        subject=subject if rng.random() < 0.97 else None,
        body=phrase(rng, choice[language], ring),
        childsView=phrase(rng, texts.CHILDS_VIEW[language], ring) if view else None,
        senderParticipantId=ring.lead["participantId"],
        recipientParticipantIds=synthetic.some(rng, others, 1, len(others)),
        sentAt=timeline.instant(rng, timeline.after(rng, ring.start, 10, 200)),
        calendarEventId=event,
        attachmentDocumentIds=[],
        version=1,
    )
