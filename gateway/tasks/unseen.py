"""What a run has made, or may have, that its target has not shown yet: it waits for that, and why.

Without this a run that asks the target again and again looks as if it stood still. Read from the
ledger; nobody is asked.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from gateway.exit.creations import REFUSED, SENT
from gateway.ledger import tables as t
from gateway.ledger.database import Database
from gateway.run.rows import DONE

_SOON = 2.0
"""Seconds within which most targets answer: what is on its way is not said to wait."""


@dataclass(frozen=True, slots=True)
class Unseen:
    """How many logs wait for their target to show them, and until when at the longest."""

    count: int
    until: datetime


def unseen(database: Database, run_id: str, now: datetime, patience: float) -> Unseen | None:
    """What a run waits for; None when that is nothing. `patience` is how many seconds the target
    is asked before a person is."""
    with database.look() as connection:
        sent = connection.execute(
            sa.select(t.creation.c.sent_at)
            .select_from(DONE)
            .join(
                t.creation,
                sa.and_(
                    t.creation.c.logg == t.effect.c.logg,
                    t.creation.c.target == t.plan.c.target,
                    t.creation.c.tenant == t.plan.c.tenant,
                ),
            )
            .where(
                t.effect.c.run_id == run_id,
                t.effect.c.state == "intensjon",
                t.creation.c.state.in_([SENT, REFUSED]),
            )
        ).scalars()
        at = [datetime.fromisoformat(one) for one in sent]
    at = [one for one in at if (now - one).total_seconds() >= _SOON]
    return Unseen(len(at), max(at) + timedelta(seconds=patience)) if at else None
