"""Which log a person means: by our id, by a beginning of it, or by its vendor's id.

One answer for every command that takes a log: the whole id as we know it, of what has been planned,
seen, frozen, kept or deleted here. A beginning has at least eight characters, as the lists print
it, and means a log only where no other begins so: nothing is done to one of two.
"""

import sqlalchemy as sa

from gateway.errors import Rejected
from gateway.ledger import archive_tables as a
from gateway.ledger import tables as t
from gateway.ledger.database import Database

SHORTEST = 8
"""The characters of an id that the lists print."""


def named(database: Database, tenant: str, given: str, system: str = "") -> str:
    """The whole id of the one log that `given` means; with `system`, by that vendor's ids only.

    Raises Rejected: "UKJENT_LOGG", or "FLERE_LOGGER" where several begin so or are called so.
    """
    with database.look() as connection:
        found = {
            str(one)
            for query in _asked(tenant, given, system)
            for one in connection.execute(query).scalars()
            if one
        }
    if given in found:
        return given
    if len(found) > 1:
        raise Rejected("FLERE_LOGGER", place=given[:40])
    if not found:
        raise Rejected("UKJENT_LOGG", place=given[:40])
    return found.pop()


def _asked(tenant: str, given: str, system: str) -> list[sa.Select[tuple[str]]]:
    step = t.step.join(t.plan, t.plan.c.plan_id == t.step.c.plan_id)
    rows: list[tuple[sa.FromClause, sa.ColumnElement[bool], sa.Table, str, sa.Column[str]]] = [
        (step, t.plan.c.tenant == tenant, t.step, "source_ref", t.plan.c.source),
        (t.creation, t.creation.c.tenant == tenant, t.creation, "ref", t.creation.c.target),
        *(
            (table, table.c.tenant == tenant, table, "ref", table.c.system)
            for table in (a.seen, a.snapshot, a.tombstone, t.version)
        ),
    ]
    asked = []
    for source, mine, table, ref, its in rows:
        logg = table.c.logg
        called = sa.and_(table.c[ref] == given, its == system if system else sa.true())
        begins = logg.startswith(given, autoescape=True) if len(given) >= SHORTEST else sa.false()
        means = sa.or_(logg == given, called, begins)
        asked.append(sa.select(logg).select_from(source).where(mine, means).distinct())
    return asked
