"""Logs that wait for a person, beside the tasks: what may have been made, and what clashes.

A creation waits from when its target should have shown it; one the target said it refused goes
again by itself with the next plan. Clashes are those of the newest plan of each pair and way, as it
was made: an older plan's are old news. Both leave the list by being solved, never by being read.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from gateway.effects.stored import step_of
from gateway.exit.creations import SENT
from gateway.ledger import tables as t
from gateway.plan.step import StepKind
from gateway.run import signing
from gateway.tasks.remedies import About, commands
from gateway.tasks.wrote import run_for


@dataclass(frozen=True, slots=True)
class Wait:
    """One log that waits. `ref` is where it stands in `system` as far as anybody knows, and
    `source_ref` where it came from."""

    code: str
    system: str
    ref: str
    logg: str
    source: str
    source_ref: str
    since: str
    commands: tuple[str, ...]


def creations(
    connection: sa.Connection, tenant: str, now: datetime, patience: Callable[[str], float]
) -> list[Wait]:
    """Logs that may have been made and have not shown. `patience` is how many seconds a system is
    asked before a person is."""
    rows = connection.execute(
        sa.select(t.creation, t.plan.c.source, t.step.c.source_ref)
        .outerjoin(t.run, t.run.c.run_id == t.creation.c.run_id)
        .outerjoin(t.plan, t.plan.c.plan_id == t.run.c.plan_id)
        .outerjoin(
            t.step,
            sa.and_(t.step.c.plan_id == t.run.c.plan_id, t.step.c.logg == t.creation.c.logg),
        )
        .where(t.creation.c.tenant == tenant, t.creation.c.state == SENT)
        .order_by(t.creation.c.sent_at, t.creation.c.logg)
    ).all()
    found: dict[tuple[str, str], Wait] = {}
    for row in rows:
        asked = (now - datetime.fromisoformat(row.sent_at)).total_seconds()
        if asked < patience(row.target):
            continue
        about = About("KANSKJE_OPPRETTET", row.source or "", row.target, row.logg)
        found[row.target, row.logg] = Wait(
            about.code, row.target, row.ref or "", row.logg, about.source, row.source_ref or "",
            row.sent_at, commands(about),
        )  # fmt: skip
    return list(found.values())


def under_way(connection: sa.Connection, plan: Mapping[str, Any]) -> list[Wait]:
    """Logs a plan would write that may have been made in its target before, and have not shown."""
    rows = connection.execute(
        sa.select(t.step.c.logg, t.step.c.source_ref, t.creation.c.ref, t.creation.c.sent_at)
        .join(t.creation, t.creation.c.logg == t.step.c.logg)
        .where(
            t.step.c.plan_id == plan["plan_id"],
            t.step.c.kind == StepKind.PUT.value,
            t.creation.c.target == plan["target"],
            t.creation.c.tenant == plan["tenant"],
            t.creation.c.state == SENT,
        )
        .order_by(t.step.c.nr)
    ).all()
    return [
        Wait("KANSKJE_OPPRETTET", plan["target"], row.ref or "", row.logg, plan["source"],
             row.source_ref, row.sent_at,
             commands(About("KANSKJE_OPPRETTET", plan["source"], plan["target"], row.logg)))
        for row in rows
    ]  # fmt: skip


def clashes(connection: sa.Connection, tenant: str) -> list[Wait]:
    """What clashes in the newest plan of each pair and way, and has not been solved since."""
    newest = (
        sa.select(t.plan.c.source, t.plan.c.target, sa.func.max(t.plan.c.created).label("created"))
        .where(t.plan.c.tenant == tenant, t.plan.c.state.in_(["klar", "tom"]))
        .group_by(t.plan.c.source, t.plan.c.target)
        .subquery()
    )
    plans = connection.execute(
        sa.select(t.plan)
        .join(
            newest,
            sa.and_(
                t.plan.c.source == newest.c.source,
                t.plan.c.target == newest.c.target,
                t.plan.c.created == newest.c.created,
            ),
        )
        .where(t.plan.c.tenant == tenant)
        .order_by(t.plan.c.source, t.plan.c.target)
    ).all()
    return [wait for plan in plans for wait in _clashes(connection, plan)]


def _clashes(connection: sa.Connection, row: sa.Row[tuple[object, ...]]) -> list[Wait]:
    plan = dict(row._mapping)
    left = sa.and_(
        t.step.c.kind == StepKind.OVERWRITE.value, t.step.c.nr.not_in(signing.overwrites(plan))
    )
    rows = connection.execute(
        sa.select(t.step)
        .where(
            t.step.c.plan_id == plan["plan_id"],
            sa.or_(t.step.c.kind == StepKind.CLASH.value, left),
        )
        .order_by(t.step.c.nr)
    ).all()
    agreed_since = set(
        connection.execute(
            sa.select(t.effect.c.logg)
            .join(t.run, t.run.c.run_id == t.effect.c.run_id)
            .where(
                t.run.c.started > plan["created"],
                t.effect.c.state == "ferdig",
                t.effect.c.logg.in_([one.logg for one in rows]),
            )
        ).scalars()
    )
    waits = []
    for step in (step_of(one._mapping) for one in rows):
        if step.logg in agreed_since:
            continue
        about = About(
            step.code, plan["source"], plan["target"], step.logg, step.place, plan["plan_id"],
            run_for(connection, step.code, plan, step.logg), step.over,
        )  # fmt: skip
        waits.append(
            Wait(step.code, plan["target"], step.target_ref or "", step.logg, plan["source"],
                 step.source_ref, plan["created"], commands(about))
        )  # fmt: skip
    return waits
