"""One list of what waits for whom. A room states, with what it does, exactly what waits for it.

`state` replaces what was said of one thing (an owner's item) before, in the transaction of the act:
so what waits is written with what made it wait, and taken away by the act that settles it. A row
holds codes, ids, a role and a command; nothing of the content, and nobody's name.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from gateway.ledger import tables as t
from gateway.tasks.kinds import Kind, role_of

_SOME = 400
_KEPT = 200


@dataclass(frozen=True, slots=True)
class Waiting:
    """One thing that waits. Times are ISO, UTC; `opens` is when it becomes a person's, `deadline`
    when it must be settled, each empty where there is none. `role` is empty: the code's own."""

    kind: Kind
    code: str
    command: str
    place: str = ""
    role: str = ""
    unit: str = ""
    opens: str = ""
    deadline: str = ""
    since: str = ""


@dataclass(frozen=True, slots=True)
class Listed:
    """One row of the list, as it is read."""

    kind: Kind
    code: str
    item: str
    place: str
    role: str
    unit: str
    since: str
    deadline: str
    command: str
    overdue: bool


def state(
    connection: sa.Connection,
    tenant: str,
    owner: str,
    at: str,
    found: Mapping[str, Sequence[Waiting]],
) -> None:
    """Say what waits for each of these items of an owner now; an empty sequence is nothing. What
    waited before, and does still, keeps its `since`. In the caller's transaction."""
    items = list(found)
    for start in range(0, len(items), _SOME):
        some = items[start : start + _SOME]
        mine = _mine(tenant, owner), t.waiting.c.item.in_(some)
        since = {
            (row.item, row.code): str(row.since)
            for row in connection.execute(
                sa.select(t.waiting.c.item, t.waiting.c.code, t.waiting.c.since).where(*mine)
            )
        }
        if since:
            connection.execute(t.waiting.delete().where(*mine))
        rows = [
            _row(tenant, owner, item, one, since.get((item, one.code)) or one.since or at)
            for item in some
            for one in _once(found[item])
        ]
        if rows:
            connection.execute(t.waiting.insert(), rows)


def state_one(
    connection: sa.Connection,
    tenant: str,
    owner: str,
    at: str,
    item: str,
    *found: Waiting,
) -> None:
    """The same, of one item."""
    state(connection, tenant, owner, at, {item: found})


def only(
    connection: sa.Connection,
    tenant: str,
    owner: str,
    at: str,
    found: Mapping[str, Sequence[Waiting]],
) -> None:
    """The same, and nothing else of this owner waits: what is not named is taken away."""
    gone = [
        str(item)
        for item in connection.execute(
            sa.select(t.waiting.c.item).where(_mine(tenant, owner)).distinct()
        ).scalars()
        if item not in found
    ]
    state(connection, tenant, owner, at, dict.fromkeys(gone, ()) | dict(found))


def listed(
    connection: sa.Connection,
    tenant: str,
    now: str,
    *,
    roles: Iterable[str] = (),
    unit: str = "",
    overdue: bool = False,
) -> list[Listed]:
    """What waits now, that which must be settled first on top. `roles` are any of those asked for,
    none for all; a unit's list has what is the whole municipality's too."""
    where: list[sa.ColumnElement[bool]] = [t.waiting.c.tenant == tenant, t.waiting.c.opens <= now]
    if wanted := list(roles):
        where.append(t.waiting.c.role.in_(wanted))
    if unit:
        where.append(t.waiting.c.unit.in_([unit, ""]))
    late = sa.and_(t.waiting.c.deadline != "", t.waiting.c.deadline < now)
    if overdue:
        where.append(late)
    rows = connection.execute(
        sa.select(t.waiting)
        .where(*where)
        .order_by(
            sa.case((t.waiting.c.deadline == "", "9"), else_=t.waiting.c.deadline),
            t.waiting.c.since,
            t.waiting.c.owner,
            t.waiting.c.item,
            t.waiting.c.code,
        )
    )
    return [
        Listed(
            Kind(row.kind), row.code, row.item, row.place, row.role, row.unit, row.since,
            row.deadline, row.command, bool(row.deadline) and row.deadline < now,
        )
        for row in rows
    ]  # fmt: skip


def way(source: str, target: str) -> str:
    """The owner of what waits about the logs one way between two systems."""
    return f"vei:{source}>{target}"


def _once(found: Sequence[Waiting]) -> list[Waiting]:
    """Each code once: two reasons to do the same are one thing to do."""
    return list({one.code: one for one in reversed(found)}.values())[::-1]


def _row(tenant: str, owner: str, item: str, one: Waiting, since: str) -> dict[str, Any]:
    return {
        "tenant": tenant, "owner": owner, "item": item, "code": one.code, "kind": one.kind.value,
        "place": one.place[:_KEPT], "role": one.role or role_of(one.kind, one.code),
        "unit": one.unit[:9], "since": since, "opens": one.opens, "deadline": one.deadline,
        "command": one.command,
    }  # fmt: skip


def _mine(tenant: str, owner: str) -> sa.ColumnElement[bool]:
    return sa.and_(t.waiting.c.tenant == tenant, t.waiting.c.owner == owner)
