"""What became of each log of a run's plan: one count, told by the run's line and by its report.

A log is held or parked alike whether the plan said so or the run found out, so it is counted alike.
How far the writing has come is another matter, and is told by `effects/progress.py`.
"""

from collections import Counter

import sqlalchemy as sa

from gateway.ledger import tables as t
from gateway.ledger.database import Database
from gateway.plan.step import StepKind
from gateway.run import signing
from gateway.run.rows import plan_row, run_row

OTHERWISE = "annerledes"
GROUPS = ("ferdig", OTHERWISE, "skip", "holdt", "parkert", "flyttet")
"""Written and read back as promised, written and read back otherwise, unchanged, held, waiting for
a person, and changed under way."""
_BY_PLAN = {
    StepKind.SKIP.value: "skip",
    StepKind.HOLD.value: "holdt",
    StepKind.PARK.value: "parkert",
    StepKind.CLASH.value: "parkert",
    StepKind.OVERWRITE.value: "parkert",  # one nobody named
}


def counted(database: Database, run_id: str) -> dict[str, int]:
    """Every log of the plan in exactly one of `GROUPS`, or in `igjen` while it is not settled. A
    task is no log of the source and is in none. Raises LocalFault("UKJENT_KJOERING")."""
    plan = plan_row(database, run_row(database, run_id)["plan_id"])
    goes = signing.goes(plan).label("goes")
    with database.look() as connection:
        rows = connection.execute(
            sa.select(t.step.c.kind, t.effect.c.state, t.effect.c.outcome, goes, sa.func.count())
            .outerjoin(t.effect, sa.and_(t.effect.c.run_id == run_id, t.effect.c.nr == t.step.c.nr))
            .where(t.step.c.plan_id == plan["plan_id"], t.step.c.kind != StepKind.TASK.value)
            .group_by(t.step.c.kind, t.effect.c.state, t.effect.c.outcome, goes)
        ).all()
    found: Counter[str] = Counter(dict.fromkeys((*GROUPS, "igjen"), 0))
    for kind, state, outcome, writes, count in rows:
        if state == "ferdig" and outcome == "drifted":
            found[OTHERWISE] += count
            continue
        group = state if state in GROUPS else "igjen" if state or writes else _BY_PLAN[kind]
        found[group] += count
    return dict(found)
