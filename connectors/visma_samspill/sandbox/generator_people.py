"""The invented municipality behind generated Samspill plans: staff by unit, and families.

Staff depend on the seed alone, so that one person takes part in several plans under one personId.
This module must not know about goals or messages.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from random import Random

from connectors.sandbox import synthetic, timeline
from connectors.visma_samspill.sandbox import generator_texts as texts
from connectors.visma_samspill.sandbox import lists
from schemas.visma_samspill.plan import MainPerson, Participant, RoleChange

STAFF_PER_UNIT = 6


@dataclass(frozen=True, slots=True)
class Human:
    """A person as the product knows one."""

    person_id: str
    national_id: str | None
    name: str
    email: str | None
    mobile: str | None
    unit: str | None


@lru_cache(maxsize=8)
def staff(seed: int) -> tuple[Human, ...]:
    """Everybody employed in the generated municipality."""
    people: list[Human] = []
    for place, (_, unit) in enumerate(texts.UNITS):
        rng = synthetic.seeded(seed, "unit", place)
        people += [_human(rng, rng.randint(26, 63), unit) for _ in range(STAFF_PER_UNIT)]
    return tuple(people)


def _human(rng: Random, age: int, unit: str | None) -> Human:
    return Human(
        person_id=synthetic.identity(rng, "pers"),
        national_id=synthetic.national_id(timeline.birth(rng, age), rng),
        name=synthetic.name(rng),
        email=synthetic.email(rng) if rng.random() < 0.9 else None,
        mobile=synthetic.mobile(rng) if rng.random() < 0.8 else None,
        unit=unit,
    )


@dataclass(frozen=True, slots=True)
class Circle:
    """Those around one plan, the plan lead first; `age` in whole years."""

    main: MainPerson
    age: int
    unit: str
    affiliation: str
    participants: tuple[Participant, ...]
    start: datetime

    @property
    def lead(self) -> Participant:
        """The plan lead (stafetthaldar)."""
        return self.participants[0]

    @property
    def guardians(self) -> list[Participant]:
        """The guardians."""
        return [p for p in self.participants if p["roleId"] == lists.GUARDIAN]

    @property
    def active(self) -> list[Participant]:
        """Those who have logged in and take part now (R-041)."""
        return [p for p in self.participants if p["status"] == "active"]

    @property
    def first_name(self) -> str:
        """The main person's first name."""
        return synthetic.given(self.main["name"] or "")


def circle(rng: Random, seed: int, *, waiting: bool) -> Circle:
    """A family with its services; a plan that waits for consent has guardians and lead only."""
    kind = rng.choices(("child", "youth", "pregnant"), weights=(75, 22, 3))[0]
    ages = {"child": (2, 14), "youth": (15, 17), "pregnant": (19, 38)}[kind]
    age = rng.randint(*ages)
    owner = _human(rng, age, None)
    fits = "aff-helse" if kind == "pregnant" else "aff-barnehage" if age < 6 else "aff-skule"
    unit = rng.choice([name for affiliation, name in texts.UNITS if affiliation == fits])
    start = timeline.moment(rng, end=timeline.LATEST.replace(month=4))
    own = [human for human in staff(seed) if human.unit == unit]
    crew = rng.sample(own, 2)
    people = [_participant(rng, crew[0], lists.LEAD, start, "active")]
    if kind != "pregnant":
        for _ in range(rng.choices((1, 2), weights=(22, 78))[0]):
            state = "invited" if waiting or rng.random() < 0.05 else "active"
            guardian = _human(rng, rng.randint(24, 58), None)
            people.append(_participant(rng, guardian, lists.GUARDIAN, start, state))
    if kind != "child":
        people.append(_participant(rng, owner, lists.OWNER, start, "active"))
    if not waiting:
        people += _services(rng, seed, unit, crew[1], start)
    main = MainPerson(
        personId=owner.person_id,
        nationalId=owner.national_id,
        name=owner.name,
        kind=kind,
        willLogIn=kind != "child",
    )
    return Circle(main, age, unit, fits, tuple(people), start)


def _services(
    rng: Random, seed: int, unit: str, colleague: Human, start: datetime
) -> list[Participant]:
    other = [human for human in staff(seed) if human.unit != unit]
    people: list[Participant] = []
    for human in [colleague, *rng.sample(other, rng.choices((0, 1, 2), weights=(50, 35, 15))[0])]:
        role = rng.choices((lists.PROVIDER, lists.MEMBER, lists.COORDINATOR), weights=(70, 25, 5))[
            0
        ]
        state = rng.choices(("active", "invited", "ended"), weights=(80, 12, 8))[0]
        people.append(_participant(rng, human, role, start, state))
    return people


def _participant(rng: Random, human: Human, role: str, start: datetime, status: str) -> Participant:
    invited = timeline.after(rng, start, 0, 10)
    active = None if status == "invited" else timeline.after(rng, invited, 0, 9)
    history = [RoleChange(roleId=role, since=timeline.instant(rng, invited), until=None)]
    if role == lists.LEAD and rng.random() < 0.2:
        change = timeline.instant(rng, invited + timedelta(days=40))
        history = [
            RoleChange(roleId=lists.PROVIDER, since=history[0]["since"], until=change),
            RoleChange(roleId=lists.LEAD, since=change, until=None),
        ]
    return Participant(
        participantId=synthetic.identity(rng, "part"),
        externalReference=None,
        personId=human.person_id,
        nationalId=human.national_id,
        name=human.name,
        email=human.email,
        mobile=human.mobile,
        roleId=role,
        unitName=human.unit,
        status="active" if status == "active" else "ended" if status == "ended" else "invited",
        accessUntil=timeline.day(timeline.LATEST) if status == "ended" else None,
        untilPlanDeleted=status != "ended",
        invitedAt=timeline.instant(rng, invited),
        activatedAt=timeline.instant(rng, active) if active else None,
        roleHistory=history,
        version=rng.randint(1, 4),
    )
