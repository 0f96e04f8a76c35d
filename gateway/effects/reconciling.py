"""Read every log of a run back from the target and hold it against what the plan promised.

Answers `settled`, `drifted` (places, not values), `missing` or `extra`. Read-only at both ends;
streams, so it costs the same memory for any number of logs.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from gateway.effects import listing, runs
from gateway.effects.complement import complement_of
from gateway.effects.route import Route
from gateway.errors import Conflict, Rejected
from gateway.ledger import tables as t
from gateway.ledger.chain import Fact, append
from gateway.plan.draft import draft, read
from gateway.reconcile.compare import compare
from schemas.stafettlogg.logg import Stafettlogg


@dataclass(frozen=True, slots=True)
class Finding:
    """What reconciliation found about one log."""

    logg: str
    target_ref: str
    state: str
    places: tuple[tuple[str, str, str, int], ...] = ()


def reconcile(route: Route, run_id: str) -> Iterator[Finding]:
    """One finding per log of the run, one per log that was parked half written (`partial`), and
    one per log in the target that nobody planned (`extra`)."""
    run = runs.run_row(route.database, run_id)
    plan = runs.plan_row(route.database, run["plan_id"])
    # The promise was made then: a consent that has expired since is no drift.
    at = datetime.fromisoformat(run["started"])
    there = listing.manifest(route.target).versions
    counts: dict[str, int] = {}
    for row in _agreed(route, run_id):
        found = _one(route, row, there, at, home=plan["kind"] == "tilbake")
        counts[found.state] = counts.get(found.state, 0) + 1
        yield found
    partial = _partial(route, run_id)
    for found in (*partial.values(), *_extra(route, plan["plan_id"], there, partial.keys())):
        counts[found.state] = counts.get(found.state, 0) + 1
        yield found
    with route.database.begin() as connection:
        append(connection, route.now(), [Fact("reconcile", run_id, body={"counts": counts})])


def _agreed(route: Route, run_id: str) -> Iterator[dict[str, Any]]:
    last = ""
    while True:
        with route.database.begin() as connection:
            rows = connection.execute(
                sa.select(t.agreed)
                .where(
                    t.agreed.c.run_id == run_id,
                    t.agreed.c.source == route.source_name,
                    t.agreed.c.logg > last,
                )
                .order_by(t.agreed.c.logg)
                .limit(200)
            ).all()
        if not rows:
            return
        last = rows[-1].logg
        yield from (dict(row._mapping) for row in rows)


def _one(
    route: Route, row: dict[str, Any], there: dict[str, str], at: datetime, *, home: bool
) -> Finding:
    ref = row["target_ref"]
    if ref not in there:
        return Finding(row["logg"], ref, "missing")
    try:
        document = route.target.document(ref)
        wire = route.pair.target.parse(document.body)
    except Conflict:
        return Finding(row["logg"], ref, "missing")
    except Rejected as error:
        return Finding(row["logg"], ref, "drifted", (("dokument", error.place, error.code, 1),))
    actual = route.pair.target.decode(wire, route.tenant).logg
    outcome = compare(_promised(route, row, at, home=home), actual)
    return Finding(row["logg"], ref, outcome.state, outcome.places)


def _promised(route: Route, row: dict[str, Any], at: datetime, *, home: bool) -> Stafettlogg:
    """What the plan promised, made again from the sealed source document."""
    original = None
    if home:
        with route.database.begin() as connection:
            first = connection.execute(
                sa.select(t.agreed).where(
                    t.agreed.c.source == route.target_name,
                    t.agreed.c.target == route.source_name,
                    t.agreed.c.tenant == route.tenant,
                    t.agreed.c.logg == row["logg"],
                )
            ).first()
        original = dict(first._mapping) if first else None
    reading = read(route.pair, route.store.get(row["ours"]), complement_of(route.store, original))
    made = draft(route.pair, reading, route.ramme(reading.logg, going_home=home, at=at))
    target = route.pair.target
    return target.decode(target.parse(made.body), route.tenant).logg


def _partial(route: Route, run_id: str) -> dict[str, Finding]:
    """Target ref -> finding, for logs a refused write left something of."""
    with route.database.begin() as connection:
        rows = connection.execute(
            sa.select(t.effect.c.logg, t.effect.c.target_ref).where(
                t.effect.c.run_id == run_id,
                t.effect.c.state == "parkert",
                t.effect.c.target_ref.is_not(None),
            )
        ).all()
    return {row.target_ref: Finding(row.logg, row.target_ref, "partial") for row in rows}


def _extra(
    route: Route, plan_id: str, there: dict[str, str], known: Collection[str]
) -> Iterator[Finding]:
    with route.database.begin() as connection:
        before = set(
            connection.execute(
                sa.select(t.manifest.c.ref).where(
                    t.manifest.c.owner == plan_id, t.manifest.c.phase == "maal"
                )
            ).scalars()
        )
        ours = set(
            connection.execute(
                sa.select(t.agreed.c.target_ref).where(
                    t.agreed.c.target == route.target_name, t.agreed.c.tenant == route.tenant
                )
            ).scalars()
        )
    for ref in sorted(there.keys() - before - ours - set(known)):
        yield Finding("", ref, "extra")
