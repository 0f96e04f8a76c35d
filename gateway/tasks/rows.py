"""Tasks: what a person must do where the gateway may not, until it is seen to be done.

A task holds ids and a code, never a reason that is for the few, and never anything of a log.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from gateway.ledger import tables as t
from gateway.ledger.chain import Fact, append
from gateway.ledger.upsert import upsert
from gateway.tasks import book
from gateway.tasks.book import Waiting
from gateway.tasks.kinds import Kind


@dataclass(frozen=True, slots=True)
class Task:
    """Something to be done with one log in one system. Times are ISO, UTC; `closed` is empty
    until it was found done."""

    code: str
    system: str
    ref: str
    logg: str
    source: str
    opened: str = ""
    seen: str = ""
    closed: str = ""


def found(connection: sa.Connection, tenant: str, at: str, tasks: Iterable[Task]) -> None:
    """Open these, or note that they still are so; in the caller's transaction."""
    facts = []
    for task in tasks:
        open_ = connection.execute(
            sa.select(t.task.c.opened).where(*_key(tenant, task), t.task.c.closed.is_(None))
        ).scalar()
        if open_ is None:
            facts.append(
                Fact("oppgave", logg=task.logg,
                     body={"code": task.code, "system": task.system, "ref": task.ref})
            )  # fmt: skip
        upsert(
            connection,
            t.task,
            {"tenant": tenant, "code": task.code, "system": task.system, "ref": task.ref,
             "logg": task.logg, "source": task.source, "opened": open_ or at, "seen": at,
             "closed": None},
        )  # fmt: skip
        state(connection, tenant, at, task)
    if facts:
        append(connection, at, facts)


def state(connection: sa.Connection, tenant: str, at: str, task: Task) -> None:
    """State that an open task waits, and no more; in the caller's transaction."""
    plan = f"stafett plan {task.source} {task.system}"
    said = Waiting(Kind.STANDING, task.code, plan, place=f"{task.system} {task.ref}")
    book.state_one(connection, tenant, _owner(task), at, task.ref, said)


def done(connection: sa.Connection, tenant: str, at: str, tasks: Iterable[Task]) -> None:
    """Close these: it was seen that they are so no more."""
    facts = []
    for task in tasks:
        changed = connection.execute(
            t.task.update()
            .where(*_key(tenant, task), t.task.c.closed.is_(None))
            .values(closed=at, seen=at)
        ).rowcount
        book.state_one(connection, tenant, _owner(task), at, task.ref)
        if changed:
            body = {"code": task.code, "system": task.system, "ref": task.ref, "closed": True}
            facts.append(Fact("oppgave", logg=task.logg, body=body))
    if facts:
        append(connection, at, facts)


def waiting(
    connection: sa.Connection, tenant: str, system: str = "", source: str = ""
) -> list[Task]:
    """Tasks not yet done, oldest first; in one system and from one source when named."""
    where = [t.task.c.tenant == tenant, t.task.c.closed.is_(None)]
    where += [t.task.c.system == system] if system else []
    where += [t.task.c.source == source] if source else []
    rows = connection.execute(
        sa.select(t.task).where(*where).order_by(t.task.c.opened, t.task.c.ref)
    )
    return [_task(row) for row in rows]


def asked(connection: sa.Connection, tenant: str, system: str, refs: Iterable[str]) -> set[str]:
    """Of these refs, those a person was asked to do something with, done or not."""
    rows = connection.execute(
        sa.select(t.task.c.ref).where(
            t.task.c.tenant == tenant, t.task.c.system == system, t.task.c.ref.in_(list(refs))
        )
    )
    return {str(row.ref) for row in rows}


def _owner(task: Task) -> str:
    return f"staar:{task.system}:{task.code}"


def _key(tenant: str, task: Task) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        t.task.c.tenant == tenant,
        t.task.c.code == task.code,
        t.task.c.system == task.system,
        t.task.c.ref == task.ref,
    )


def _task(row: sa.Row[Any]) -> Task:
    return Task(
        row.code, row.system, row.ref, row.logg, row.source, row.opened, row.seen, row.closed or ""
    )
