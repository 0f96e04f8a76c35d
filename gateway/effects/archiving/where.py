"""Where a log stands, by the archive's own books: what other rooms may ask them.

Refs it was seen at, snapshots it is frozen in, archives that hold it. Other rooms ask here and
never read the archive's tables: what a column means is the archive's to change. Read only.
"""

import sqlalchemy as sa

from gateway.arkiv.levering import KEPT
from gateway.effects.archiving.verk import Verk
from gateway.ledger import archive_tables as a
from gateway.ledger.database import Database

_KEPT = tuple(state.value for state in KEPT)


def refs_of(verk: Verk, logg: str) -> frozenset[str]:
    """Refs in this source where archiving has seen the log; empty when it never has."""
    with verk.database.look() as connection:
        found = connection.execute(
            sa.select(a.seen.c.ref).where(
                a.seen.c.tenant == verk.tenant,
                a.seen.c.system == verk.system,
                a.seen.c.logg == logg,
                a.seen.c.ref != "",
            )
        ).scalars()
        return frozenset(str(ref) for ref in found)


def held_by(verk: Verk, logg: str, content: str) -> frozenset[str]:
    """Names of the archives that verifiably hold this very content (`content_sha`) of a log."""
    with verk.database.look() as connection:
        found = connection.execute(
            sa.select(a.delivery.c.archive)
            .join(a.snapshot, a.snapshot.c.snapshot_id == a.delivery.c.snapshot_id)
            .where(
                a.snapshot.c.tenant == verk.tenant,
                a.snapshot.c.logg == logg,
                a.snapshot.c.content_sha == content,
                a.snapshot.c.erased.is_(False),
                a.delivery.c.state.in_(_KEPT),
            )
        ).scalars()
        return frozenset(str(name) for name in found)


def frozen(database: Database, tenant: str, logg: str, content: str) -> bool:
    """Whether this very content of a log is frozen, on its way to the archive."""
    with database.begin() as connection:
        found = connection.execute(
            sa.select(a.snapshot.c.snapshot_id).where(
                a.snapshot.c.tenant == tenant,
                a.snapshot.c.logg == logg,
                a.snapshot.c.content_sha == content,
            )
        ).first()
    return found is not None
