"""What the newest reconciliation of a run found, and what of it has been put right since.

A look that fetched no files says nothing of them, so what the last look with files found stands
until those files are proved: by a later reconciliation that fetched them, or by a later run that
wrote the log and read its files back. Read from the ledger; nobody is asked.
"""

import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from gateway.ledger import tables as t

AT_FAULT = frozenset({"drifted", "missing", "partial"})
"""The answers that a repair has something to do about."""
BACK = "hent"
_BATCH = 200
_OF_RUNS = t.entry.join(t.run, t.run.c.run_id == t.entry.c.run_id).join(
    t.plan, t.plan.c.plan_id == t.run.c.plan_id
)

Place = tuple[str, str, str, int]


@dataclass(frozen=True, slots=True)
class Found:
    """What was not right with one log; ids, codes and counts only. `mends` is what to
    type where a run had it under way, or empty."""

    logg: str
    ref: str
    state: str
    places: tuple[Place, ...] = ()
    mends: str = ""


@dataclass(frozen=True, slots=True)
class Look:
    """One reconciliation as the ledger has it. `files` is None when content was not fetched; `lost`
    are the logs with files without their content. What was too much to keep is in `left_out` and
    `more_lost`."""

    seq: int
    at: str
    counts: dict[str, int]
    files: dict[str, int] | None
    findings: tuple[Found, ...] = ()
    left_out: int = 0
    lost: tuple[str, ...] = ()
    more_lost: int = 0

    @property
    def at_fault(self) -> tuple[Found, ...]:
        """What a repair has something to do about."""
        return tuple(one for one in self.findings if one.state in AT_FAULT)


@dataclass(frozen=True, slots=True)
class Reconciled:
    """The newest look, the newest one that fetched files, and what of both is still so: `open` of
    the newest, `lost` logs of the other (with those too many to keep in `more_lost`)."""

    look: Look
    with_files: Look | None
    open: tuple[Found, ...]
    lost: tuple[str, ...]
    more_lost: int

    @property
    def loggs(self) -> int:
        """How many logs are at fault still."""
        known = {one.logg or one.ref for one in self.open} | set(self.lost)
        return len(known) + self.more_lost

    @property
    def files_open(self) -> int:
        """How many logs have files without their content still."""
        return len(self.lost) + self.more_lost


def reconciled(connection: sa.Connection, run_id: str) -> Reconciled | None:
    """What is known of a run by reading back; None when nobody has. Raises nothing."""
    look, with_files = newest(connection, run_id)
    if look is None:
        return None
    plan = plan_of(connection, run_id)
    loggs = [one.logg for one in look.at_fault]
    right = mended(connection, run_id, plan, look, loggs, files=False)
    lost, more = still_lost(connection, run_id, with_files)
    with_content = set(lost)
    open_ = tuple(f for f in look.at_fault if f.logg not in right or f.logg in with_content)
    return Reconciled(look, with_files, open_, lost, more)


def newest(connection: sa.Connection, run_id: str) -> tuple[Look | None, Look | None]:
    """The newest reconciliation of a run, and the newest that fetched files."""
    rows = connection.execute(
        sa.select(t.entry.c.seq, t.entry.c.at, t.entry.c.body)
        .where(t.entry.c.run_id == run_id, t.entry.c.kind == "reconcile")
        .order_by(t.entry.c.seq.desc())
    )
    first = None
    for row in rows:
        look = _look(row)
        first = first or look
        if look.files is not None:
            return first, look
    return first, None


def still_lost(
    connection: sa.Connection, run_id: str, look: Look | None
) -> tuple[tuple[str, ...], int]:
    """The logs whose files the look found without content, and that nobody has proved since; and
    how many more there were than it names."""
    if look is None or not (look.lost or look.more_lost):
        return (), 0
    plan = plan_of(connection, run_id)
    right = mended(connection, run_id, plan, look, look.lost, files=True)
    return tuple(logg for logg in look.lost if logg not in right), look.more_lost


def mended(
    connection: sa.Connection,
    run_id: str,
    plan: sa.Row[Any],
    look: Look,
    loggs: Sequence[str],
    *,
    files: bool,
) -> set[str]:
    """Of these logs, those a run has written or agreed on since the look, or that a later
    reconciliation of another run found right. `files`: only what proves their content counts."""
    found: set[str] = set()
    for start in range(0, len(loggs), _BATCH):
        some = loggs[start : start + _BATCH]
        found |= _written(connection, plan, look, some, files=files)
        found |= _seen(connection, run_id, plan, look, some, files=files)
    return found


def faulty_runs(connection: sa.Connection, tenant: str) -> Iterator[tuple[str, Any, Reconciled]]:
    """(run, its plan, what is known) of each run that reading back found at fault and that is so
    still, the oldest first."""
    runs = connection.execute(
        sa.select(t.entry.c.run_id)
        .select_from(_OF_RUNS)
        .where(t.entry.c.kind == "reconcile", t.plan.c.tenant == tenant)
        .group_by(t.entry.c.run_id)
        .order_by(sa.func.min(t.entry.c.seq))
    ).scalars()
    for run_id in list(runs):
        found = reconciled(connection, str(run_id))
        if found is not None and found.loggs:
            yield str(run_id), plan_of(connection, str(run_id)), found


def remedies(run_id: str, plan: Any, found: Reconciled) -> tuple[str, ...]:
    """What a person types to mend what was found: a log under way is gone on with; the rest is
    repaired. A way back that was brought by a version has no repair."""
    typed = [mends for mends in dict.fromkeys(one.mends for one in found.open) if mends]
    going = {one.logg for one in found.open if one.mends}
    rest = set(found.lost) - going or found.more_lost or any(not one.mends for one in found.open)
    if rest and plan.kind != BACK:
        typed.append(f"stafett plan {plan.source} {plan.target} --repair {run_id}")
    return tuple(typed)


def plan_of(connection: sa.Connection, run_id: str) -> sa.Row[Any]:
    """The plan of a run that is there."""
    return connection.execute(
        sa.select(t.plan)
        .join(t.run, t.run.c.plan_id == t.plan.c.plan_id)
        .where(t.run.c.run_id == run_id)
    ).one()


def _look(row: Any) -> Look:
    body = json.loads(row.body)
    files = body.get("files")
    files = {"untried": 0, **files} if files else None
    lost = tuple(body.get("lost", ()))
    # A look of before the logs were kept by name tells how many files only.
    unnamed = files["wrong"] if files and "lost" not in body else 0
    return Look(
        row.seq, row.at, body.get("counts", {}), files,
        tuple(
            Found(logg, ref, state, tuple((k, f, c, n) for k, f, c, n in places), mends)
            for logg, ref, state, places, mends in body.get("findings", ())
        ),
        body.get("left_out", 0), lost, body.get("more_lost", unnamed),
    )  # fmt: skip


def _written(
    connection: sa.Connection, plan: Any, look: Look, loggs: Sequence[str], *, files: bool
) -> set[str]:
    """Receipts since the look: into the same target, or, where content is not asked for, the other
    way between the two, which agrees on what people wrote there."""
    there = t.plan.c.target == plan.target
    home = sa.and_(
        t.plan.c.source == plan.target, t.plan.c.target == plan.source, t.plan.c.kind != BACK
    )
    rows = connection.execute(
        sa.select(t.entry.c.logg, t.entry.c.body)
        .select_from(_OF_RUNS)
        .where(
            t.entry.c.seq > look.seq,
            t.entry.c.kind == "receipt",
            t.entry.c.logg.in_(loggs),
            t.plan.c.tenant == plan.tenant,
            there if files else sa.or_(there, home),
        )
    )
    return {str(row.logg) for row in rows if json.loads(row.body).get("state") == "ferdig"}


def _seen(
    connection: sa.Connection,
    run_id: str,
    plan: Any,
    look: Look,
    loggs: Sequence[str],
    *,
    files: bool,
) -> set[str]:
    """Logs another run into the target wrote, and a reconciliation of it since found right."""
    rows = connection.execute(
        sa.select(t.entry.c.run_id, t.entry.c.seq, t.entry.c.at, t.entry.c.body)
        .select_from(_OF_RUNS)
        .where(
            t.entry.c.seq > look.seq,
            t.entry.c.kind == "reconcile",
            t.entry.c.run_id != run_id,
            t.plan.c.tenant == plan.tenant,
            t.plan.c.target == plan.target,
        )
        .order_by(t.entry.c.seq.desc())
    ).all()
    found: set[str] = set()
    for row in rows:
        later = _look(row)
        if later.left_out or (files and (later.files is None or later.more_lost)):
            continue
        wrong: Collection[str] = {one.logg for one in later.findings} | set(later.lost)
        wrote = connection.execute(
            sa.select(t.effect.c.logg).where(
                t.effect.c.run_id == row.run_id,
                t.effect.c.state == "ferdig",
                t.effect.c.logg.in_(loggs),
            )
        ).scalars()
        found |= {str(logg) for logg in wrote} - set(wrong)
    return found
