"""Plans and runs by their ids."""

from typing import Any

import sqlalchemy as sa

from gateway.errors import LocalFault
from gateway.ledger import tables as t
from gateway.ledger.database import Database


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
        return connection.execute(
            sa.select(t.run.c.run_id).where(t.run.c.plan_id == plan_id).limit(1)
        ).scalar()
