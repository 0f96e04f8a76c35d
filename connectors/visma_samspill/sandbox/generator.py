"""Seeded plans of type stafettlogg in Samspill's wire shape, with their files.

Plan number i depends on the seed and i alone, so any slice can be made again, in any process.
Nothing here carries an external reference: these are the vendor's own plans, made by people in
the product. This module must not do I/O.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, cast

from connectors.sandbox import synthetic, timeline
from connectors.visma_samspill.sandbox import generator_dialog as dialog
from connectors.visma_samspill.sandbox import generator_texts as texts
from connectors.visma_samspill.sandbox import lists
from connectors.visma_samspill.sandbox.generator_content import activity, goal, phrase
from connectors.visma_samspill.sandbox.generator_files import document
from connectors.visma_samspill.sandbox.generator_people import Circle, circle
from schemas.visma_samspill.plan import (
    Activity,
    Bundle,
    Consent,
    Document,
    Goal,
    ListedParticipant,
    Plan,
    Signer,
)

TENANT = "899100115"
NOW = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)

Generated = tuple[dict[str, Any], dict[str, bytes]]


def generate(
    seed: int,
    count: int,
    *,
    first: int = 0,
    tenant: str = TENANT,
    fresh_share: float = 0.0,
    now: datetime = NOW,
) -> Iterator[Generated]:
    """Plans `first` to `first + count - 1` and each plan's files as {documentId: bytes}.

    `fresh_share` of the plans have activities made within eight hours before `now` (R-077); all
    else is older than September 2026. `tenant` is the organisation number the plans name.
    """
    for number in range(first, first + count):
        yield _one(synthetic.seeded(seed, number), seed, tenant, fresh_share, now)


def _one(rng: Random, seed: int, tenant: str, fresh_share: float, now: datetime) -> Generated:
    fresh = now if rng.random() < fresh_share else None
    status = rng.choices(("active", "inactive", "awaitingConsent"), weights=(78, 17, 5))[0]
    waiting = status == "awaitingConsent"
    language = rng.choice(texts.LANGUAGES)
    ring = circle(rng, seed, waiting=waiting)
    long = rng.random() < 0.02 and not waiting
    files: dict[str, bytes] = {}
    documents: list[Document] = []
    photo: str | None = None
    if not waiting:
        documents, files, photo = _documents(rng, ring)
    goals, activities = ([], []) if waiting else _content(rng, ring, language, status, long, fresh)
    events = [] if waiting else dialog.calendar(rng, ring)
    sent = []
    if not waiting:
        sent = dialog.messages(rng, ring, language, events, documents, long=long)
    bundle = Bundle(
        plan=_plan(rng, ring, tenant, status, language, photo),
        participants=list(ring.participants),
        consents=_consents(rng, ring, waiting, documents),
        goals=goals,
        activities=activities,
        messages=sent,
        calendar=events,
        documents=documents,
    )
    return cast(dict[str, Any], bundle), files


def _plan(
    rng: Random, ring: Circle, tenant: str, status: str, language: str, photo: str | None
) -> Plan:
    waiting = status == "awaitingConsent"
    made = ring.start - timedelta(days=rng.randint(0, 5))
    return Plan(
        planId=synthetic.identity(rng, "plan"),
        externalReference=None,
        planTypeId=lists.PLAN_TYPE,
        shortName="Stafetten" if rng.random() < 0.04 else None,
        planTemplate=None,
        organisationNumber=tenant,
        unitName=ring.unit,
        affiliationId=ring.affiliation if rng.random() < 0.8 else None,
        status=cast(Any, status),
        mainPerson=ring.main,
        description=None if waiting else phrase(rng, texts.DESCRIPTION[language], ring),
        initiator=rng.choice(texts.INITIATOR) if rng.random() < 0.3 else None,
        photoDocumentId=photo,
        lifeAreas=["fritid"] if rng.random() < 0.03 else [],
        subjectPlans=[],
        createdAt=timeline.instant(rng, made),
        createdBy=ring.lead["personId"],
        updatedAt=timeline.instant(rng, timeline.after(rng, ring.start, 30, 200)),
        version=rng.randint(1, 9),
    )


def _documents(rng: Random, ring: Circle) -> tuple[list[Document], dict[str, bytes], str | None]:
    made: list[Document] = []
    files: dict[str, bytes] = {}
    photo: str | None = None
    wanted = ["attachment"] * rng.choices((0, 1, 2), weights=(50, 38, 12))[0]
    wanted += ["photo"] * (rng.random() < 0.12) + ["consent"] * (rng.random() < 0.15)
    for category in wanted:
        meta, data = document(rng, ring, category)
        made.append(meta)
        files[meta["documentId"]] = data
        photo = meta["documentId"] if category == "photo" else photo
    return made, files, photo


def _content(
    rng: Random, ring: Circle, language: str, status: str, long: bool, fresh: datetime | None
) -> tuple[list[Goal], list[Activity]]:
    goals = [
        goal(rng, ring, language, ended=status == "inactive")
        for _ in range(rng.choices((1, 2, 3, 4), weights=(45, 35, 14, 6))[0])
    ]
    made: list[Activity] = []
    for under in goals:
        count = (
            rng.randint(8, 14) if long else rng.choices((0, 1, 2, 3), weights=(6, 34, 38, 22))[0]
        )
        made += [activity(rng, ring, language, under, fresh) for _ in range(count)]
    if len(made) > 1 and rng.random() < 0.15:
        made[1]["title"] = made[0]["title"]  # equal titles are two activities
        made[1]["description"] = made[0]["description"]
    return goals, made


def _consents(rng: Random, ring: Circle, waiting: bool, documents: list[Document]) -> list[Consent]:
    kind = rng.choices(("valid", "withdrawn", "sent"), weights=(90, 5, 5))[0]
    kind = "sent" if waiting else kind
    if waiting and rng.random() < 0.4:
        return []
    signers = ring.guardians
    if ring.age >= 15:
        owner = [p for p in ring.participants if p["roleId"] == lists.OWNER]
        signers = owner if ring.age >= 16 else signers + owner
    signed = signers[:-1] if kind == "sent" else signers
    made = ring.start + timedelta(days=1)
    at = timeline.after(rng, made, 0, 6)
    gone = timeline.after(rng, at, 40, 200) if kind == "withdrawn" else None
    evidence = [d["documentId"] for d in documents if d["category"] == "consent"]
    rows = [
        Signer(
            participantId=p["participantId"],
            status="signed" if p in signed else "sent",
            signedAt=timeline.instant(rng, at) if p in signed else None,
            method="electronicId" if p in signed else None,
        )
        for p in signers
    ]
    return [
        Consent(
            consentId=synthetic.identity(rng, "cons"),
            externalReference=None,
            template=texts.CONSENT_TEMPLATE,
            text=texts.CONSENT_TEXT,
            status=kind,
            signers=rows,
            listedParticipants=[
                ListedParticipant(name=p["name"], unitName=p["unitName"], roleId=p["roleId"])
                for p in ring.participants
                if p["roleId"] not in (lists.GUARDIAN, lists.OWNER)
            ],
            evidenceDocumentId=evidence[0] if evidence else None,
            sentAt=timeline.instant(rng, made),
            withdrawnAt=timeline.instant(rng, gone) if gone else None,
            withdrawnBy=signers[0]["personId"] if gone and signers else None,
            createdAt=timeline.instant(rng, made),
            createdBy=ring.lead["personId"],
            version=rng.randint(1, 3),
        )
    ]
