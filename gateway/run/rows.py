"""Plans and runs by their ids, and what runs did with the plan it belongs to."""

from typing import Any

import sqlalchemy as sa

from gateway.errors import LocalFault
from gateway.ledger import tables as t
from gateway.ledger.database import Database

DONE = t.effect.join(t.run, t.run.c.run_id == t.effect.c.run_id).join(
    t.plan, t.plan.c.plan_id == t.run.c.plan_id
)
"""What runs did, each with its run and its plan."""
PLANNED = DONE.join(
    t.step, sa.and_(t.step.c.plan_id == t.run.c.plan_id, t.step.c.nr == t.effect.c.nr)
)
"""The same, with the step it was to do."""


def written_in(system: str, tenant: str) -> tuple[sa.ColumnElement[bool], ...]:
    """What makes something done a run's into this system, for this municipality."""
    return (t.plan.c.target == system, t.plan.c.tenant == tenant)


def plan_row(database: Database, plan_id: str) -> dict[str, Any]:
    """One plan. Raises LocalFault("UKJENT_PLAN")."""
    with database.begin() as connection:
        row = connection.execute(sa.select(t.plan).where(t.plan.c.plan_id == plan_id)).first()
    if row is None:
        raise LocalFault("UKJENT_PLAN", place=plan_id[:40])
    return dict(row._mapping)


def run_row(database: Database, run_id: str) -> dict[str, Any]:
    """One run. Raises LocalFault("UKJENT_KJOERING")."""
    with database.begin() as connection:
        row = connection.execute(sa.select(t.run).where(t.run.c.run_id == run_id)).first()
    if row is None:
        raise LocalFault("UKJENT_KJOERING", place=run_id[:40])
    return dict(row._mapping)


def run_of(database: Database, plan_id: str) -> str | None:
    """The run that carries a plan out, or did: a plan runs once."""
    with database.look() as connection:
        return ran_by(connection, plan_id)


def ran_by(connection: sa.Connection, plan_id: str) -> str | None:
    """The same, in the caller's transaction."""
    return connection.execute(
        sa.select(t.run.c.run_id).where(t.run.c.plan_id == plan_id).limit(1)
    ).scalar()
