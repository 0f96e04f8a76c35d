"""What a reader asks before it speaks: is what I am about to read what was proved?

Less than the whole proof: the anchor, that both chains hang together, and every row and entry of
the owners the reader reads. A command that goes on to act refuses; one that tells says so first.
"""

from collections.abc import Iterator, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from gateway.errors import LocalFault
from gateway.ledger import archive_tables as a
from gateway.ledger import chain, form, moving_tables, replay
from gateway.ledger import tables as t
from gateway.ledger import transfer_tables as x
from gateway.ledger.anchored import against, doubted
from gateway.ledger.cover import GENESIS, HEAD, broken_last, ends, key_of
from gateway.ledger.covered import shapes
from gateway.ledger.database import Database
from gateway.ledger.replay import REWRITTEN, TRUNCATED, Wrong


def doubt(
    database: Database, owners: Sequence[str], runs: Sequence[str] = (), logg: str = ""
) -> Wrong | None:
    """The first thing that is wrong with what these owners have, or with the entries of these runs
    or about this log; None when it is as it was proved."""
    if database.anchored.stopped:
        return Wrong(database.anchored.stopped, form.LEDGER)
    try:
        return _doubt(database, owners, runs, logg)
    except LocalFault as error:
        if error.code != "DATABASE_FEIL":
            raise
        # A table or a column it asks for is not there: then the form says which.
        with database.look() as connection:
            found = next(form.wrong(connection, form.LEDGER), None)
        if found is None:
            raise
        return found


def of_anchor(database: Database) -> Wrong | None:
    """What is wrong with the ledger as a whole, as it was when it was opened: it does not pass
    through its anchor, or something that is not ours stands in it."""
    code = database.anchored.doubt
    return Wrong(code, "anker") if code else None


def _doubt(
    database: Database, owners: Sequence[str], runs: Sequence[str], logg: str
) -> Wrong | None:
    stood, code = against(database.anchored.file)
    with database.look_still() as connection:
        code = code or doubted(connection, stood)
        if code:
            return Wrong(code, "anker", (stood.link if stood else 0, ends(connection).link))
        return next(_wrong(connection, [*dict.fromkeys(owners)], runs, logg), None)


def of_plan(database: Database, plan_id: str) -> Wrong | None:
    """As `doubt`, of what a plan is carried out from: itself, its approvals and steps, what was
    taken in of both systems, and what they have agreed on."""
    with database.look() as connection:
        plan = connection.execute(sa.select(t.plan).where(t.plan.c.plan_id == plan_id)).first()
    systems = (plan.source, plan.target) if plan is not None else ()
    return doubt(database, (t.setting.name, plan_id, *systems))


def of_run(database: Database, run_id: str) -> Wrong | None:
    """As `doubt`, of everything a run is told from or gone on with."""
    with database.look() as connection:
        run = connection.execute(sa.select(t.run).where(t.run.c.run_id == run_id)).first()
        plan = None
        if run is not None:
            asked = sa.select(t.plan).where(t.plan.c.plan_id == run.plan_id)
            plan = connection.execute(asked).first()
    owners = [t.setting.name, run_id]
    if plan is not None:
        owners += [plan.plan_id, plan.source, plan.target]
    elif run is not None:
        owners.append(run.plan_id)
    return doubt(database, owners, (run_id,))


def of_way(database: Database, source: str, target: str) -> Wrong | None:
    """As `doubt`, of what a plan between two systems is made from."""
    return doubt(database, (t.setting.name, source, target, t.version.name))


def of_tasks(database: Database, tenant: str) -> Wrong | None:
    """As `doubt`, of what a municipality's tasks are told from: those that stand, the newest plan
    each way and those that clash, what may have been made, and what reading back has found."""
    plan, kinds = t.plan.c, t.step.c.kind.in_(("clash", "overwrite"))
    mine = plan.tenant == tenant
    with database.look() as connection:
        clashing = sa.select(t.step.c.plan_id).join(t.plan, plan.plan_id == t.step.c.plan_id)
        plans = set(connection.execute(clashing.where(mine, kinds).distinct()).scalars())
        ways: dict[tuple[str, str], str] = {}
        for row in connection.execute(sa.select(t.plan).where(mine).order_by(plan.created)):
            ways[row.source, row.target] = row.plan_id
        ran = sa.select(t.entry.c.run_id).where(t.entry.c.kind == "reconcile").distinct()
        runs = [str(one) for one in connection.execute(ran).scalars()]
    systems = {system for way in ways for system in way}
    owners = (tenant, a.tick.name, *systems, *plans, *ways.values())
    return doubt(database, sorted(map(str, owners)), runs)


def of_archive(database: Database, tenant: str, systems: Sequence[str] = ()) -> Wrong | None:
    """As `doubt`, of what the archive's lists are told from: jobs, looks, every snapshot of the
    municipality with its files and deliveries, and what was seen of these systems."""
    with database.look() as connection:
        found = {
            str(own)
            for table in (a.snapshot, a.delivery)
            for own in connection.execute(
                sa.select(table.c.snapshot_id).where(table.c.tenant == tenant)
            ).scalars()
        }
    return doubt(database, (a.job.name, a.tick.name, *systems, *sorted(found)))


def of_moves(database: Database) -> Wrong | None:
    """As `doubt`, of what the list of moves is told from."""
    return doubt(database, (moving_tables.case.name,))


def of_transfers(database: Database, tenant: str, own: str = "") -> Wrong | None:
    """As `doubt`, of one hand-over, or of all there are, with the messages between us."""
    with database.look() as connection:
        asked = sa.select(x.overfoering.c.overfoering_id).where(x.overfoering.c.tenant == tenant)
        found = [own] if own else [str(one) for one in connection.execute(asked).scalars()]
    return doubt(database, (tenant, *found))


def _wrong(
    connection: sa.Connection, owners: list[str], runs: Sequence[str], logg: str
) -> Iterator[Wrong]:
    yield from _linked(connection)
    asked = [*((run_id, "") for run_id in runs), *([("", logg)] if logg else [])]
    for run_id, about in asked:
        broken = chain.broken_of(connection, run_id, about)
        if broken is not None:
            yield Wrong(REWRITTEN, t.entry.name, (broken,))
    key = key_of(connection).key
    if key is None:
        raise RuntimeError("a ledger that is not prepared has no key")
    with replay.replayed() as again:
        yield from replay.links(connection, key, again, owners)
        replay.rows(connection, key, again, shapes().values(), owners)
        yield from again.wrong()


def _linked(connection: sa.Connection) -> Iterator[Wrong]:
    """Both chains hang together and end together, by what they say of each other."""
    for table, own in _CHAINS:
        count, last = connection.execute(
            sa.select(sa.func.count(), sa.func.max(table.c.seq)).select_from(table)
        ).one()
        before = aliased(table)
        loose = connection.execute(
            sa.select(sa.func.min(table.c.seq))
            .join(before, before.c.seq == table.c.seq - 1, isouter=True)
            .where(sa.func.coalesce(before.c[own.name], GENESIS) != table.c.prev)
        ).scalar()
        if loose is not None or count != (last or 0):
            yield Wrong(REWRITTEN, table.name, (loose or count,))
    ended = {table.name: _end(connection, table, own) for table, own in _CHAINS}
    yield from _newest(connection)
    end = ends(connection)
    last = ended[t.entry.name]
    if (end.entry, _entry_hash(connection)) != last:
        yield Wrong(TRUNCATED if last[0] < end.entry else REWRITTEN, t.entry.name, (last[0] + 1,))
    heads = {row.id: (row.seq, row.hash) for row in connection.execute(sa.select(t.head))}
    if heads != {1: last, HEAD: ended[t.cover.name]}:
        yield Wrong(REWRITTEN, t.head.name, ())


def _newest(connection: sa.Connection) -> Iterator[Wrong]:
    """The newest entry and the newest link are what their own hashes say: nothing that comes after
    holds them yet."""
    for table, broken in ((t.entry, chain.broken_last), (t.cover, broken_last)):
        found = broken(connection)
        if found is not None:
            yield Wrong(REWRITTEN, table.name, (found,))


_CHAINS = ((t.entry, t.entry.c.hash), (t.cover, t.cover.c.mac))


def _end(connection: sa.Connection, table: sa.Table, own: sa.Column[str]) -> tuple[int, str]:
    """Where a chain ends: its last number and hash."""
    last = sa.select(table.c.seq, own).order_by(table.c.seq.desc()).limit(1)
    row = connection.execute(last).first()
    return (0, GENESIS) if row is None else (row[0], row[1])


def _entry_hash(connection: sa.Connection) -> str:
    """The hash of the last entry, as the last link has it."""
    last = sa.select(t.cover.c.entry_hash).order_by(t.cover.c.seq.desc()).limit(1)
    return str(connection.execute(last).scalar() or GENESIS)
