"""State the whole list of what waits once, from the rooms' own rows, for a ledger from before there
was such a list.

Each thing is told by the function its room tells it with, so that what waits is decided in one
place. Done once for each municipality of a ledger, in one transaction that remembers that it was
done: after that it is one look-up. It sends nothing, and moves nothing but the list.
"""

from collections.abc import Callable
from functools import partial

import sqlalchemy as sa

from gateway.clock import Clock
from gateway.ledger import tables as t
from gateway.ledger.database import Database
from gateway.ledger.keys import KeyRing
from gateway.ledger.upsert import insert_new


def state_all(
    database: Database, ring: KeyRing, clock: Clock, tenant: str, patience: Callable[[str], float]
) -> bool:
    """State all that waits, unless it has been done. True when it was done now.

    `patience` gives a target's seconds until what was made should show there. Raises what the
    database raises; then nothing was stated, and the next one to open does it.
    """
    name = f"waiting-stated:{tenant}"
    with database.look() as connection:
        done = sa.select(sa.literal(1)).where(t.setting.c.name == name)
        if connection.execute(done).scalar() is not None:
            return False
    with database.begin() as connection:
        # What moves a plan, a run or a hint writes an entry: until this commits, it comes after.
        seq = connection.execute(
            sa.select(t.head.c.seq).where(t.head.c.id == 1).with_for_update()
        ).scalar()
        if not insert_new(connection, t.setting, {"name": name, "value": b"1"}) or not seq:
            return False
        _runs(connection, tenant)
        _creations(connection, database, clock, tenant, patience)
        _archiving(connection, tenant)
        _transfers(connection, ring, tenant)
        _moves(connection, tenant)
    return True


def _runs(connection: sa.Connection, tenant: str) -> None:
    """Plans, their logs, runs that stand still, samples, copies that stand, and what was read back
    at fault."""
    # Imported here, as below: a ledger that has been stated, which is the rule, waits for none.
    from gateway.run import sampling
    from gateway.tasks import of_runs, replayed, rows
    from gateway.tasks.reconciled import faulty_runs

    replayed.plans(connection, tenant)
    of_plan = t.run.join(t.plan, t.plan.c.plan_id == t.run.c.plan_id)
    mine = sa.select(t.run).select_from(of_plan).where(t.plan.c.tenant == tenant)
    for run in connection.execute(mine).all():
        # One that goes was heard of when it last wrote anything.
        kind = "" if run.state == "kjoerer" else "state"
        at = _when(connection, run.run_id, kind) or run.started
        of_runs.run_state(connection, run.run_id, run.state, run.reason or "", at)
    drawn = (
        sa.select(t.sample.c.run_id)
        .select_from(t.sample.join(of_plan, t.run.c.run_id == t.sample.c.run_id))
        .where(t.plan.c.tenant == tenant)
        .distinct()
    )
    for run_id in connection.execute(drawn).scalars().all():
        sampling.state(connection, run_id, _when(connection, run_id, "proeve"))
    for run_id, _plan, found in list(faulty_runs(connection, tenant)):
        looks = [found.look] if found.open or found.with_files is None else [found.with_files]
        of_runs.proved(connection, tenant, looks[0].at, run_id)
    for task in rows.waiting(connection, tenant):
        rows.state(connection, tenant, task.opened, task)


def _when(connection: sa.Connection, run_id: str, kind: str) -> str:
    """When the newest entry of a kind, or of any, was written about a run; or ""."""
    return str(
        connection.execute(
            sa.select(t.entry.c.at)
            .where(t.entry.c.run_id == run_id, *([t.entry.c.kind == kind] if kind else []))
            .order_by(t.entry.c.seq.desc())
            .limit(1)
        ).scalar()
        or ""
    )


def _creations(
    connection: sa.Connection,
    database: Database,
    clock: Clock,
    tenant: str,
    patience: Callable[[str], float],
) -> None:
    """What was sent once and has not been seen."""
    from gateway.exit.creations import Creations

    targets = connection.execute(
        sa.select(t.creation.c.target).where(t.creation.c.tenant == tenant).distinct()
    ).scalars()
    for target in targets.all():
        seconds = patience(target)
        made = Creations(database, clock, target, tenant, partial(float, seconds))
        made.state(connection)


def _archiving(connection: sa.Connection, tenant: str) -> None:
    from gateway.effects.archiving import waits

    waits.state_all(connection, tenant)


def _transfers(connection: sa.Connection, ring: KeyRing, tenant: str) -> None:
    """The newest attempt of every hand-over, and requests that came in."""
    from gateway.effects.transferring import etterspoersler, rader

    rader.state_all(connection, ring, tenant)
    etterspoersler.state_open(connection, tenant)


def _moves(connection: sa.Connection, tenant: str) -> None:
    """Hints of moves nobody has answered."""
    from gateway.effects.moving import cases

    cases.state_open(connection, tenant)
