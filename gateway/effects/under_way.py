"""Logs a run has begun to make and is not done with: which they are, and where half of one stands.

The receipt that would say where has not been written, so the target is asked by our key, as the run
itself will when it goes on. Nothing is written.
"""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from gateway.effects import runs
from gateway.effects.route import Route
from gateway.errors import GatewayError
from gateway.ledger import tables as t
from gateway.plan.draft import draft
from gateway.run.making import Maker
from gateway.run.rows import PLANNED, written_in


def open_creations(connection: sa.Connection, route: Route) -> Sequence[Any]:
    """Every open intent to make a log in the route's target, with where it is known to stand."""
    return connection.execute(
        sa.select(
            t.run.c.run_id, t.run.c.state, t.plan.c.kind, t.plan.c.source, t.step.c.logg,
            t.step.c.source_ref, t.record.c.payload, t.creation.c.ref,
        )
        .select_from(
            PLANNED.outerjoin(
                t.record,
                sa.and_(
                    t.record.c.system == t.plan.c.source,
                    t.record.c.tenant == t.plan.c.tenant,
                    t.record.c.ref == t.step.c.source_ref,
                ),
            ).outerjoin(
                t.creation,
                sa.and_(
                    t.creation.c.target == t.plan.c.target,
                    t.creation.c.tenant == t.plan.c.tenant,
                    t.creation.c.logg == t.step.c.logg,
                ),
            )
        )
        .where(
            *written_in(route.target_name, route.tenant),
            t.effect.c.state == "intensjon",
            t.effect.c.target_ref.is_(None),
            t.step.c.target_ref.is_(None),
        )
        .order_by(t.run.c.started, t.effect.c.nr)
    ).all()  # fmt: skip


def made_there(connection: sa.Connection, route: Route) -> set[str]:
    """Refs in the target that a creation of ours is known to have given, or a person said so."""
    rows = connection.execute(
        sa.select(t.creation.c.ref).where(
            t.creation.c.target == route.target_name,
            t.creation.c.tenant == route.tenant,
            t.creation.c.ref.is_not(None),
        )
    )
    return {str(row.ref) for row in rows}


def where(route: Route, row: Any) -> str:
    """The ref of what stands there of it; empty when nothing does, or nobody can say which."""
    found = route.target.find(row.logg, _body(route, row))
    return found[0].ref if len(found) == 1 else ""


def goes_on(route: Route, row: Any) -> str:
    """What a person types to have it made whole: the run goes on, or the next plan does."""
    if row.state in runs.ENDED:
        return f"stafett plan {row.source} {route.target_name}"
    return f"stafett resume {row.run_id}"


def _body(route: Route, row: Any) -> bytes:
    """What was to be written, as far as it can be made again: a target that keeps no key yet knows
    its own unfinished creation by it."""
    if row.payload is None or row.source != route.source_name:
        return b""
    try:
        reading = Maker(route, row.kind).reading(route.store.get(row.payload), None, home=False)
        return draft(route.pair, reading, route.ramme(reading.logg, going_home=False)).body
    except GatewayError:
        return b""
