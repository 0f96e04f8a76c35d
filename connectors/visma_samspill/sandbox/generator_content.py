"""Generated goals, activities and their comment threads in Samspill's wire shape."""

import unicodedata
from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random

from connectors.sandbox import synthetic, timeline
from connectors.visma_samspill.sandbox import generator_texts as texts
from connectors.visma_samspill.sandbox.generator_people import Circle
from schemas.visma_samspill.plan import Activity, Comment, Goal

SETTINGS = ("home", "school", "other", "leisure", None, None)
GOAL_STATES = ("active", "ended")
ACTIVITY_STATES = ("active", "ended")


def phrase(rng: Random, choice: Sequence[str], ring: Circle) -> str:
    """One phrase with name, age and unit put in, NFC; a few end in white space."""
    text = rng.choice(choice).replace("{n}", ring.first_name).replace("{a}", str(ring.age))
    text = text.replace("{u}", ring.unit)
    if rng.random() < 0.03:
        text += rng.choice((" ", "\n"))
    return unicodedata.normalize("NFC", text)


def goal(rng: Random, ring: Circle, language: str, *, ended: bool) -> Goal:
    """A goal directly under the plan; the title is the goal, the due date its evaluation."""
    made = timeline.after(rng, ring.start, 5, 90)
    closed = ended and rng.random() < 0.8
    return Goal(
        goalId=synthetic.identity(rng, "goal"),
        externalReference=None,
        title=phrase(rng, texts.GOAL[language], ring).rstrip(),
        description=phrase(rng, texts.GOAL_TEXT[language], ring) if rng.random() < 0.6 else None,
        dueDate=(
            timeline.day(made + timedelta(days=rng.choice((28, 42, 60, 90))))
            if rng.random() < 0.8
            else None
        ),
        responsibleParticipantId=(
            rng.choice(ring.active)["participantId"] if rng.random() < 0.5 else None
        ),
        lifeAreaId=None,
        goalTemplateId="mal-trivsel" if rng.random() < 0.02 else None,
        setting=rng.choice(SETTINGS),
        state="ended" if closed else "active",
        createdAt=timeline.instant(rng, made),
        createdBy=ring.lead["personId"],
        updatedAt=timeline.instant(rng, made + timedelta(days=1)) if rng.random() < 0.4 else None,
        version=rng.randint(1, 5),
    )


def activity(
    rng: Random, ring: Circle, language: str, under: Goal, fresh: datetime | None
) -> Activity:
    """An activity with none to three responsible participants; `when` is text or a date."""
    made = timeline.after(rng, ring.start, 6, 120)
    if fresh is not None and under["state"] == "active":
        made = fresh - timedelta(minutes=rng.randint(5, 7 * 60))
    when: str | None = rng.choice(texts.WHEN)
    if rng.random() < 0.35:
        when = timeline.day(made + timedelta(days=30))
    elif rng.random() < 0.1:
        when = None
    people = [p["participantId"] for p in ring.active]
    count = rng.choices((0, 1, 2, 3), weights=(8, 62, 22, 8))[0]
    return Activity(
        activityId=synthetic.identity(rng, "act"),
        externalReference=None,
        goalId=under["goalId"],
        title=phrase(rng, texts.ACTIVITY[language], ring).rstrip(),
        description=(
            phrase(rng, texts.ACTIVITY_TEXT[language], ring) if rng.random() < 0.7 else None
        ),
        when=when,
        responsibleParticipantIds=synthetic.some(rng, people, count, count),
        activityTemplateId="mal-samtale" if rng.random() < 0.02 else None,
        state="ended" if under["state"] == "ended" or rng.random() < 0.15 else "active",
        comments=_comments(rng, ring, language, made),
        createdAt=timeline.instant(rng, made),
        createdBy=ring.lead["personId"],
        updatedAt=None,
        version=rng.randint(1, 3),
    )


def _comments(rng: Random, ring: Circle, language: str, made: datetime) -> list[Comment]:
    thread: list[Comment] = []
    at = made
    for _ in range(rng.choices((0, 1, 2), weights=(55, 33, 12))[0]):
        at = timeline.after(rng, at, 5, 30)
        thread.append(
            Comment(
                commentId=synthetic.identity(rng, "com"),
                externalReference=None,
                authorParticipantId=(
                    rng.choice(ring.active)["participantId"] if rng.random() < 0.95 else None
                ),
                at=timeline.instant(rng, at),
                text=phrase(rng, texts.COMMENT[language], ring),
            )
        )
    return thread
