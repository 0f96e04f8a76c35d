"""Logs that wait for a person, beside the tasks: what may have been made, and what clashes.

A creation waits from when its target should have shown it; one the target said it refused goes
again by itself with the next plan. A clash is what the newest step about a log says, for each way
between two systems: a plan of a part says nothing of the others, so it hides nothing either. Both
leave the list by being solved, never by being read.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from gateway.effects.stored import step_of
from gateway.exit.creations import SENT
from gateway.ledger import tables as t
from gateway.plan.step import Step, StepKind
from gateway.run import signing
from gateway.run.rows import plan_in, ran_by
from gateway.tasks.remedies import About, commands, name
from gateway.tasks.wrote import run_for


@dataclass(frozen=True, slots=True)
class Wait:
    """One log that waits. `ref` is where it stands in `system` as far as anybody knows, and
    `source_ref` where it came from; `anew` says that its places are to be named in a new plan."""

    code: str
    system: str
    ref: str
    logg: str
    source: str
    source_ref: str
    since: str
    commands: tuple[str, ...]
    anew: bool = False


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
    """What clashes as the newest step about each log says, each way, and was not written since."""
    rows = connection.execute(
        sa.select(t.step)
        .join(t.plan, t.plan.c.plan_id == t.step.c.plan_id)
        .where(
            t.plan.c.tenant == tenant,
            t.plan.c.state == "klar",
            t.step.c.kind.in_([StepKind.CLASH.value, StepKind.OVERWRITE.value]),
            sa.not_(_told_later()),
            sa.not_(_written_since()),
        )
        .order_by(t.plan.c.source, t.plan.c.target, t.plan.c.created, t.step.c.nr)
    ).all()
    by_plan: dict[str, list[Step]] = {}
    for row in rows:
        by_plan.setdefault(str(row.plan_id), []).append(step_of(row._mapping))
    return [wait for plan, steps in by_plan.items() for wait in _clashes(connection, plan, steps)]


def _told_later() -> sa.ColumnElement[bool]:
    """A newer plan the same way has a step about the log: that one decides."""
    step, plan = t.step.alias(), t.plan.alias()
    return (
        sa.select(sa.literal(1))
        .select_from(step.join(plan, plan.c.plan_id == step.c.plan_id))
        .where(
            step.c.logg == t.step.c.logg,
            plan.c.source == t.plan.c.source,
            plan.c.target == t.plan.c.target,
            plan.c.tenant == t.plan.c.tenant,
            plan.c.state == "klar",
            plan.c.created > t.plan.c.created,
        )
        .correlate(t.step, t.plan)
        .exists()
    )


def _written_since() -> sa.ColumnElement[bool]:
    """A run begun since the plan wrote the log, either way between the two."""
    plan, run = t.plan.alias(), t.run.alias()
    same = sa.and_(plan.c.source == t.plan.c.source, plan.c.target == t.plan.c.target)
    home = sa.and_(plan.c.source == t.plan.c.target, plan.c.target == t.plan.c.source)
    return (
        sa.select(sa.literal(1))
        .select_from(
            t.effect.join(run, run.c.run_id == t.effect.c.run_id).join(
                plan, plan.c.plan_id == run.c.plan_id
            )
        )
        .where(
            t.effect.c.logg == t.step.c.logg,
            t.effect.c.state == "ferdig",
            run.c.started > t.plan.c.created,
            plan.c.tenant == t.plan.c.tenant,
            sa.or_(same, home),
        )
        .correlate(t.step, t.plan)
        .exists()
    )


def _clashes(connection: sa.Connection, plan_id: str, steps: list[Step]) -> list[Wait]:
    plan = plan_in(connection, plan_id)
    goes = signing.overwrites(plan)
    left = [s for s in steps if s.kind is StepKind.CLASH or s.nr not in goes]
    ran = ran_by(connection, plan_id) is not None
    # A second signature replaces the first, so one names all: what was signed, and what waits.
    names = (*signing.named(plan), *(name(s.logg, place) for s in left for place in s.over))
    waits = []
    for step in left:
        about = About(
            step.code, plan["source"], plan["target"], step.logg, step.place, plan_id,
            run_for(connection, step.code, plan, step.logg), step.over, names, ran,
        )  # fmt: skip
        waits.append(
            Wait(step.code, plan["target"], step.target_ref or "", step.logg, plan["source"],
                 step.source_ref, plan["created"], commands(about), ran and bool(step.over))
        )  # fmt: skip
    return waits
