"""Archives to which nothing goes because of how they are set up: told of as one thing that waits.

A link to another machine, a redirect, a listing of another shape, a missing right: each stops every
delivery there until a person does something, so it is a person's at once and not only when the
deadlines pass. The deliveries keep their place in the queue. Taken off again by a delivery that
gets through, or by `archive check` that finds all well.
"""

from collections.abc import Collection

import sqlalchemy as sa

from gateway.effects.archiving.verk import Verk
from gateway.errors import GatewayError
from gateway.ledger import tables as t
from gateway.ledger.database import Database
from gateway.tasks import book
from gateway.tasks.book import Waiting
from gateway.tasks.kinds import Kind

OWNER = "arkivstans"
COMMAND = "stafett archive check"


def stop(verk: Verk, archive: str, error: GatewayError) -> None:
    """An archive cannot be used as it is."""
    told = Waiting(Kind.ARCHIVE, error.code, COMMAND, place=archive)
    with verk.database.begin() as connection:
        book.state_one(connection, verk.tenant, OWNER, verk.now(), archive, told)


def goes(database: Database, tenant: str, at: str, archives: Collection[str]) -> None:
    """These archives can be used after all, or are not the municipality's any more."""
    if archives:
        with database.begin() as connection:
            book.state(connection, tenant, OWNER, at, dict.fromkeys(archives, ()))


def stopped(database: Database, tenant: str) -> dict[str, str]:
    """Archive -> code, of those that are stopped now."""
    with database.look() as connection:
        rows = connection.execute(
            sa.select(t.waiting.c.item, t.waiting.c.code).where(
                t.waiting.c.tenant == tenant, t.waiting.c.owner == OWNER
            )
        ).all()
    return {str(row.item): str(row.code) for row in rows}
