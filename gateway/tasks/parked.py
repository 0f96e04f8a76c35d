"""What a run left to a person, log by log, and what a later run has solved since.

A row is solved when a later run wrote the log the same way, or agreed on it either way; a task when
it was seen to be done. What a run did is never changed: the row stays, and says who solved it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa

from gateway.effects.stored import step_of
from gateway.ledger import tables as t
from gateway.ledger.database import Database
from gateway.plan.step import StepKind
from gateway.run import signing
from gateway.run.agreed import PairKey
from gateway.run.rows import plan_row, run_row
from gateway.tasks.remedies import About, commands
from gateway.tasks.wrote import run_for

_BATCH = 200
_LEFT = (StepKind.PARK.value, StepKind.CLASH.value, StepKind.TASK.value)


@dataclass(frozen=True, slots=True)
class Parked:
    """One log that a run set aside. `state` is the effect's, or the kind of the step that never
    became one; `solved_by` is the later run that solved it, or empty."""

    logg: str
    ref: str
    state: str
    code: str
    place: str
    over: tuple[str, ...] = ()
    solved_by: str = ""
    commands: tuple[str, ...] = ()


def parked(database: Database, run_id: str) -> list[Parked]:
    """Everything of a run that a person must look at, or had to. Raises LocalFault."""
    run = run_row(database, run_id)
    plan = plan_row(database, run["plan_id"])
    with database.look() as connection:
        rows = [*_planned(connection, plan), *_stopped(connection, run_id, plan)]
        solved = _solved(connection, plan, str(run["started"]), rows)
        return [
            replace(
                row,
                solved_by=solved.get((row.logg, row.ref), ""),
                commands=_commands(connection, row, plan),
            )
            for row in rows
        ]


def _planned(connection: sa.Connection, plan: dict[str, Any]) -> list[Parked]:
    """Steps that write nothing and wait, and overwrites nobody named."""
    left = sa.and_(
        t.step.c.kind == StepKind.OVERWRITE.value, t.step.c.nr.not_in(signing.overwrites(plan))
    )
    rows = connection.execute(
        sa.select(t.step)
        .where(t.step.c.plan_id == plan["plan_id"], sa.or_(t.step.c.kind.in_(_LEFT), left))
        .order_by(t.step.c.nr)
    ).all()
    made = [step_of(row._mapping) for row in rows]
    return [Parked(s.logg, s.source_ref, s.kind.value, s.code, s.place, s.over) for s in made]


def _stopped(connection: sa.Connection, run_id: str, plan: dict[str, Any]) -> list[Parked]:
    """Steps that began and were set aside."""
    rows = connection.execute(
        sa.select(
            t.effect.c.logg, t.step.c.source_ref, t.effect.c.state, t.effect.c.code,
            t.effect.c.place,
        )
        .join(t.step, sa.and_(t.step.c.plan_id == plan["plan_id"], t.step.c.nr == t.effect.c.nr))
        .where(
            t.effect.c.run_id == run_id, t.effect.c.state.in_(["parkert", "holdt", "flyttet"])
        )
        .order_by(t.effect.c.nr)
    ).all()  # fmt: skip
    return [
        Parked(row.logg or "", row.source_ref, row.state, row.code or "", row.place or "")
        for row in rows
    ]


def _solved(
    connection: sa.Connection, plan: dict[str, Any], began: str, rows: Iterable[Parked]
) -> dict[tuple[str, str], str]:
    """(log, source ref) -> the later run that solved it, or `oppgave` for a task that is done."""
    found: dict[tuple[str, str], str] = {}
    rows = list(rows)
    for start in range(0, len(rows), _BATCH):
        some = rows[start : start + _BATCH]
        refs, loggs = [row.ref for row in some], [row.logg for row in some if row.logg]
        wrote = {
            str(row.source_ref): str(row.run_id)
            for row in connection.execute(
                sa.select(t.step.c.source_ref, t.run.c.run_id)
                .join(t.run, t.run.c.plan_id == t.step.c.plan_id)
                .join(t.plan, t.plan.c.plan_id == t.step.c.plan_id)
                .join(
                    t.effect,
                    sa.and_(t.effect.c.run_id == t.run.c.run_id, t.effect.c.nr == t.step.c.nr),
                )
                .where(
                    t.step.c.source_ref.in_(refs),
                    t.plan.c.source == plan["source"],
                    t.plan.c.target == plan["target"],
                    t.plan.c.tenant == plan["tenant"],
                    t.effect.c.state == "ferdig",
                    t.run.c.started > began,
                )
                .order_by(t.run.c.started)
            )
        }
        pair = PairKey.of(plan["source"], plan["target"], plan["tenant"])
        agreed = {
            str(row.logg): str(row.run_id)
            for row in connection.execute(
                sa.select(t.agreed.c.logg, t.agreed.c.run_id)
                .join(t.run, t.run.c.run_id == t.agreed.c.run_id)
                .where(*pair.rows(), t.agreed.c.logg.in_(loggs), t.run.c.started > began)
            )
        }
        done = set(
            connection.execute(
                sa.select(t.task.c.logg).where(
                    t.task.c.tenant == plan["tenant"],
                    t.task.c.system == plan["target"],
                    t.task.c.logg.in_(loggs),
                    t.task.c.closed.is_not(None),
                )
            ).scalars()
        )
        for row in some:
            if row.state == StepKind.TASK.value:
                by = "oppgave" if row.logg in done else ""
            else:
                by = wrote.get(row.ref) or agreed.get(row.logg) or ""
            if by:
                found[row.logg, row.ref] = by
    return found


def _commands(connection: sa.Connection, row: Parked, plan: dict[str, Any]) -> tuple[str, ...]:
    run = run_for(connection, row.code, plan, row.logg)
    about = About(
        row.code, plan["source"], plan["target"], row.logg, row.place, plan["plan_id"], run,
        row.over, ran=True,
    )  # fmt: skip
    return commands(about)
