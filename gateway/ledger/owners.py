"""Whose a sealed payload is, and which owners belong to one log.

A payload is sealed under its owner's key: a log as we know it, the place a log stands in a system,
or a hand-over. Whoever seals says the owner; what was sealed before owners had keys is given one by
what points at it (`POINTERS`). To destroy a log is to destroy the keys of all its owners, and of no
other's. Owners are ids only. Nothing here opens or seals anything.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from gateway.ledger import archive_tables as a
from gateway.ledger import tables as t
from gateway.ledger import transfer_tables as x

_PART = 500


def place(tenant: str, system: str, ref: str) -> str:
    """The owner of what was fetched from one place."""
    return f"place:{tenant}:{system}:{ref}"


def log(logg: str) -> str:
    """The owner of what we made of one log, wherever it stands."""
    return f"log:{logg}"


def transfer(overfoering_id: str) -> str:
    """The owner of what one hand-over keeps."""
    return f"transfer:{overfoering_id}"


@dataclass(frozen=True, slots=True)
class Pointer:
    """A column that names payloads, where it stands, and whose they are by its row."""

    column: sa.Column[Any]
    query: sa.Select[Any]
    owner: Callable[[sa.Row[Any]], str]


def _pointer(
    column: sa.Column[Any],
    names: Iterable[sa.ColumnElement[Any]],
    owner: Callable[..., str],
    joined: sa.FromClause | None = None,
) -> Pointer:
    named = list(names)
    query = sa.select(column, *named).where(column.is_not(None), column != "")
    query = query if joined is None else query.select_from(joined)
    return Pointer(column, query, lambda row: owner(*row[1:]))


POINTERS: tuple[Pointer, ...] = (
    _pointer(t.record.c.payload, (t.record.c.tenant, t.record.c.system, t.record.c.ref), place),
    # A file's own row names no municipality; the log it came with, or the version it was kept
    # with, does.
    _pointer(
        t.file.c.payload,
        (sa.func.coalesce(t.record.c.tenant, t.version.c.tenant, ""),
         t.file.c.system, t.file.c.ref),
        place,
        t.file.outerjoin(t.record, sa.and_(t.record.c.system == t.file.c.system,
                                           t.record.c.ref == t.file.c.ref))
        .outerjoin(t.version, t.version.c.version_id == t.file.c.ref),
    ),
    *(_pointer(t.agreed.c[name], (t.agreed.c.logg,), log)
      for name in ("one_doc", "other_doc", "one_ids", "other_ids")),
    *(_pointer(t.effect.c[name], (t.effect.c.logg,), log)
      for name in ("ours", "sent", "base", "ids")),
    _pointer(t.version.c.payload, (t.version.c.logg,), log),
    _pointer(t.plan.c.laid, (t.step.c.logg,), log,
             t.plan.outerjoin(t.step, t.step.c.plan_id == t.plan.c.plan_id)),
    _pointer(t.sample.c.note, (t.sample.c.logg,), log),
    _pointer(a.snapshot_file.c.payload, (a.snapshot.c.logg,), log,
             a.snapshot_file.outerjoin(
                 a.snapshot, a.snapshot.c.snapshot_id == a.snapshot_file.c.snapshot_id)),
    _pointer(x.overfoering.c.noekkel, (x.overfoering.c.overfoering_id,), transfer),
    _pointer(x.overfoering.c.nyttelast, (x.overfoering.c.overfoering_id,), transfer),
    _pointer(x.melding.c.pakke, (x.melding.c.overfoering_id,), transfer),
)  # fmt: skip
"""Every column that names a payload, what is fetched first: whose it is by its place is known
there, and what points at it from elsewhere says the same log."""


def needed(
    connection: sa.Connection,
    payloads: set[str],
    leaves: Mapping[sa.FromClause, sa.ColumnElement[bool]] | None = None,
) -> set[str]:
    """Those of the payloads that some row points at, but for the rows that are about to go: one
    payload may be named by several, what was read back of a copy by what was agreed on there and
    by what was taken in of it."""
    found: set[str] = set()
    listed = sorted(payloads)
    for pointer in POINTERS if listed else ():
        goes = (leaves or {}).get(pointer.column.table, sa.false())
        stays = sa.case((goes, 0), else_=1) == 1
        for start in range(0, len(listed), _PART):
            named = pointer.column.in_(listed[start : start + _PART])
            found |= {
                str(one)
                for one in connection.execute(
                    sa.select(pointer.column).where(named, stays)
                ).scalars()
            }
    return found


def of_log(connection: sa.Connection, tenant: str, logg: str) -> set[str]:
    """Every owner one log of a municipality has: itself, where it stands or has stood, and its
    hand-overs."""
    plan = t.plan.c.tenant == tenant
    of_step = t.step.join(t.plan, t.plan.c.plan_id == t.step.c.plan_id)
    of_effect = t.effect.join(t.run, t.run.c.run_id == t.effect.c.run_id).join(
        t.plan, t.plan.c.plan_id == t.run.c.plan_id
    )
    own, version = t.agreed.c, t.version.c
    places: list[sa.Select[Any]] = [
        sa.select(t.plan.c.source, t.step.c.source_ref)
        .select_from(of_step).where(plan, t.step.c.logg == logg),
        sa.select(t.plan.c.target, t.step.c.target_ref)
        .select_from(of_step).where(plan, t.step.c.logg == logg),
        sa.select(t.plan.c.target, t.effect.c.target_ref)
        .select_from(of_effect).where(plan, t.effect.c.logg == logg),
        sa.select(own.one, own.one_ref).where(own.tenant == tenant, own.logg == logg),
        sa.select(own.other, own.other_ref).where(own.tenant == tenant, own.logg == logg),
        sa.select(version.system, version.ref).where(
            version.tenant == tenant, version.logg == logg),
        # The files of a version that was kept stand under the version's own id.
        sa.select(version.system, version.version_id).where(
            version.tenant == tenant, version.logg == logg),
        *(sa.select(table.c.system, table.c.ref).where(
            table.c.tenant == tenant, table.c.logg == logg) for table in (a.seen, a.snapshot)),
    ]  # fmt: skip
    found = {log(logg)}
    for query in places:
        found |= {place(tenant, row[0], row[1]) for row in connection.execute(query) if row[1]}
    mine = x.overfoering.c.tenant == tenant, x.overfoering.c.logg == logg
    ids = connection.execute(sa.select(x.overfoering.c.overfoering_id).where(*mine)).scalars()
    return found | {transfer(str(one)) for one in ids}
