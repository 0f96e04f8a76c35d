"""What plans and their runs left to people, told again from the chain in the order it happened.

For a ledger from before there was a list. Each entry is told to the function its writer calls
today (`of_runs`), so nothing here knows what waits or why; what became of a step is its effect as
it stands. Reads the ledger and writes the list, and nothing else.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any

import sqlalchemy as sa

from gateway.effects.stored import step_of
from gateway.ledger import tables as t
from gateway.run import signing
from gateway.run.rows import plan_in
from gateway.tasks import of_runs

_KINDS = ("plan", "sign", "begin", "receipt")
_SOME = 1000
_BATCH = 400


def plans(connection: sa.Connection, tenant: str) -> None:
    """State what waits of this municipality's plans and of the logs in them. In the caller's
    transaction. An entry about a plan of another municipality is passed over."""
    mine = _plans(connection, tenant)
    runs = {
        str(row.run_id): mine[row.plan_id]
        for row in connection.execute(sa.select(t.run.c.run_id, t.run.c.plan_id))
        if row.plan_id in mine
    }
    for (kind, own), same in groupby(_entries(connection), key=lambda e: (e.kind, e.run_id)):
        entries = list(same)
        if kind == "receipt" and own in runs:
            _receipts(connection, runs[own], own, entries)
        elif kind == "begin" and own in runs:
            plan = runs[own]
            at, named = entries[-1].at, signing.overwrites(plan)
            of_runs.begun(connection, plan, own, at, named)
        elif own in mine:
            for entry in entries:
                _of_plan(connection, mine[own], entry)


def _plans(connection: sa.Connection, tenant: str) -> dict[str, dict[str, Any]]:
    ids = connection.execute(sa.select(t.plan.c.plan_id).where(t.plan.c.tenant == tenant))
    return {str(one): plan_in(connection, str(one)) for one in ids.scalars().all()}


def _entries(connection: sa.Connection) -> Iterator[Any]:
    """(seq, at, run_id, kind, body) of each entry about plans and their runs, in order."""
    last = 0
    while True:
        rows = connection.execute(
            sa.select(t.entry.c.seq, t.entry.c.at, t.entry.c.run_id, t.entry.c.kind, t.entry.c.body)
            .where(t.entry.c.seq > last, t.entry.c.kind.in_(_KINDS))
            .order_by(t.entry.c.seq)
            .limit(_SOME)
        ).all()
        if not rows:
            return
        last = rows[-1].seq
        yield from rows


def _of_plan(connection: sa.Connection, plan: Mapping[str, Any], entry: Any) -> None:
    if entry.kind == "sign":
        # Of several signatures the one that counts is told each time: the last says it anyhow.
        of_runs.to_run(connection, plan, entry.at, signing.overwrites(plan))
        return
    state = json.loads(entry.body).get("state", "")
    if state == "klar":
        of_runs.plan_ready(connection, str(plan["plan_id"]), entry.at)
    else:
        of_runs.not_ready(connection, str(plan["plan_id"]), state, entry.at)


def _receipts(
    connection: sa.Connection, plan: Mapping[str, Any], run_id: str, entries: list[Any]
) -> None:
    """Receipts of one run, by when they were written: those of one time are one telling."""
    for at, same in groupby(entries, key=lambda e: e.at):
        numbers = [int(json.loads(one.body)["step"]) for one in same]
        for start in range(0, len(numbers), _BATCH):
            rows = connection.execute(
                sa.select(
                    t.step, t.effect.c.state, t.effect.c.code.label("became"),
                    t.effect.c.place.label("at_place"), t.effect.c.target_ref.label("at_ref"),
                )
                .join(t.effect, t.effect.c.nr == t.step.c.nr)
                .where(
                    t.step.c.plan_id == plan["plan_id"],
                    t.effect.c.run_id == run_id,
                    t.step.c.nr.in_(numbers[start : start + _BATCH]),
                )
                .order_by(t.step.c.nr)
            ).all()  # fmt: skip
            of_runs.settled(connection, plan, str(at), _told(rows))


def _told(rows: Iterable[sa.Row[Any]]) -> list[of_runs.Became]:
    """What became of each step, as `of_runs.settled` takes it."""
    return [
        of_runs.Became(
            step := step_of(row._mapping), row.state, row.became or "", row.at_place or "",
            row.at_ref or step.target_ref or "",
        )
        for row in rows
    ]  # fmt: skip
