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
    """One plan, with the approval that counts. Raises LocalFault("UKJENT_PLAN")."""
    with database.begin() as connection:
        return plan_in(connection, plan_id)


def plan_in(connection: sa.Connection, plan_id: str) -> dict[str, Any]:
    """The same, in the caller's transaction. `approval` is the number of the approval that counts:
    the one its run began under, else the newest; 0 where it stands in the plan itself, or none."""
    row = connection.execute(sa.select(t.plan).where(t.plan.c.plan_id == plan_id)).first()
    if row is None:
        raise LocalFault("UKJENT_PLAN", place=plan_id[:40])
    told = dict(row._mapping) | {"approval": 0, "signed_role": ""}
    run = connection.execute(
        sa.select(t.run.c.approval).where(t.run.c.plan_id == plan_id).limit(1)
    ).first()
    if run is not None and not run.approval:
        return told  # it began before approvals had rows: what the plan says is what counted
    mine = sa.select(t.approval).where(t.approval.c.plan_id == plan_id)
    if run is not None:
        mine = mine.where(t.approval.c.nr == run.approval)
    found = connection.execute(mine.order_by(t.approval.c.nr.desc()).limit(1)).first()
    if found is None:
        return told
    return told | {
        "approval": found.nr, "signed_by": found.by, "signed_role": found.role,
        "signed_at": found.at, "signed_hash": found.hash, "overwrites": found.overwrites,
    }  # fmt: skip


def approvals_of(connection: sa.Connection, plan_id: str) -> list[dict[str, str]]:
    """Every approval of a plan, in order: by whom, in which role, when."""
    rows = connection.execute(
        sa.select(t.approval).where(t.approval.c.plan_id == plan_id).order_by(t.approval.c.nr)
    )
    return [{"by": row.by, "role": row.role, "at": row.at} for row in rows]


def approvals(connection: sa.Connection, plan_id: str) -> int:
    """How many approvals a plan has been given."""
    return connection.execute(
        sa.select(sa.func.count()).select_from(t.approval).where(t.approval.c.plan_id == plan_id)
    ).scalar_one()


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
