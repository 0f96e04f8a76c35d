"""What waits of the logs of plans and runs, counted again from steps and effects: an outside view.

It replays the ledger plan by plan and shares nothing with the room that writes the list but its
tables: the newest word about a log, each way, is the one that counts.
"""

import json
from typing import Any

import sqlalchemy as sa

from gateway.ledger import tables as t

STOPS = {"park", "clash", "overwrite", "hold"}


def _held_by_time(facts: str) -> bool:
    """Whether time alone removes every hold of a step."""
    holds = [f for f in json.loads(facts).get("findings", ()) if f[2]]
    return bool(holds) and all(f[5] for f in holds)


def recount(connection: sa.Connection) -> set[tuple[str, str]]:
    """(way, source ref) of every log that waits."""
    waits: dict[tuple[str, str], bool] = {}
    plans = connection.execute(
        sa.select(t.plan).where(t.plan.c.state == "klar").order_by(t.plan.c.created)
    ).all()
    events: list[tuple[str, int, Any]] = [(p.created, 0, p) for p in plans]
    by_id = {p.plan_id: p for p in plans}
    runs = connection.execute(sa.select(t.run)).all()
    events += [(r.started, 1, r) for r in runs]
    for _at, kind, one in sorted(events, key=lambda e: (e[0], e[1])):
        plan = one if kind == 0 else by_id[one.plan_id]
        way = f"vei:{plan.source}>{plan.target}"
        steps = connection.execute(sa.select(t.step).where(t.step.c.plan_id == plan.plan_id)).all()
        if kind == 0:
            signed = connection.execute(
                sa.select(t.approval.c.overwrites)
                .where(t.approval.c.plan_id == plan.plan_id)
                .order_by(t.approval.c.nr.desc())
            ).scalar()
            named = set(json.loads(signed)["steps"]) if signed else set()
            for step in steps:
                if step.kind == "task":
                    continue
                stops = step.kind in STOPS and step.nr not in named
                timed = step.kind == "hold" and _held_by_time(step.facts)
                waits[way, step.source_ref] = stops and not timed
            continue
        refs = {step.nr: step.source_ref for step in steps}
        for effect in connection.execute(
            sa.select(t.effect).where(t.effect.c.run_id == one.run_id)
        ):
            if effect.state != "intensjon":
                waits[way, refs[effect.nr]] = effect.state != "ferdig"
    return {key for key, yes in waits.items() if yes}


def told(connection: sa.Connection) -> set[tuple[str, str]]:
    """The same, as the list tells it."""
    rows = connection.execute(
        sa.select(t.waiting.c.owner, t.waiting.c.item).where(t.waiting.c.kind == "logg")
    )
    return {(row.owner, row.item) for row in rows}
