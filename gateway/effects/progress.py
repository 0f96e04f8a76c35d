"""How far a run has come: counted from the ledger, so any process can ask."""

import json
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from gateway.ledger import tables as t
from gateway.ledger.database import Database
from gateway.run import signing
from gateway.run.rows import plan_row, run_row
from gateway.tasks.counted import OTHERWISE


@dataclass(frozen=True, slots=True)
class Progress:
    """Counts of one run. `done` was written and read back as promised, `otherwise` written and
    read back otherwise. `total` is what is to be written, named overwrites too; `kind` is the
    error's that stopped it; `rate` is logs per second; `seconds_left` is None before it is known.
    """

    run_id: str
    plan_id: str
    state: str
    reason: str
    kind: str
    total: int
    done: int
    otherwise: int
    parked: int
    held: int
    moved: int
    begun: int
    rate: float
    seconds_left: float | None


def progress(database: Database, run_id: str, now: datetime) -> Progress:
    """Where the run stands at `now`. Raises LocalFault("UKJENT_KJOERING")."""
    row = run_row(database, run_id)
    plan = plan_row(database, row["plan_id"])
    with database.begin() as connection:
        counts: Counter[str] = Counter()
        for state, outcome, count in connection.execute(
            sa.select(t.effect.c.state, t.effect.c.outcome, sa.func.count())
            .where(t.effect.c.run_id == run_id)
            .group_by(t.effect.c.state, t.effect.c.outcome)
        ):
            counts[OTHERWISE if (state, outcome) == ("ferdig", "drifted") else state] += count
        total = connection.execute(
            sa.select(sa.func.count()).where(t.step.c.plan_id == row["plan_id"], signing.goes(plan))
        ).scalar_one()
    settled = sum(count for state, count in counts.items() if state != "intensjon")
    ended = datetime.fromisoformat(row["ended"]) if row["ended"] else now
    seconds = max((ended - datetime.fromisoformat(row["started"])).total_seconds(), 0.001)
    rate = settled / seconds
    return Progress(
        run_id=run_id,
        plan_id=row["plan_id"],
        state=row["state"],
        reason=row["reason"] or "",
        kind=_stopped_by(row),
        total=total,
        done=counts["ferdig"],
        otherwise=counts[OTHERWISE],
        parked=counts["parkert"],
        held=counts["holdt"],
        moved=counts["flyttet"],
        begun=counts["intensjon"],
        rate=rate,
        seconds_left=(total - settled) / rate if rate and row["state"] == "kjoerer" else None,
    )


def _stopped_by(row: dict[str, Any]) -> str:
    """The kind of error that stopped the run; empty unless it stands stopped."""
    if row["state"] != "stoppet":
        return ""
    return str(json.loads(row["summary"] or "{}").get("kind", ""))


def newest(database: Database) -> str | None:
    """The newest run's id."""
    with database.begin() as connection:
        return connection.execute(
            sa.select(t.run.c.run_id).order_by(t.run.c.started.desc()).limit(1)
        ).scalar()
