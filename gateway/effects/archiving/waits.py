"""What archiving has that waits for a person, stated again whenever a delivery or a job moves.

A delivery that is tried again by itself and has not been read back is nobody's at first. After a
day, or when it has been tried in at least three rounds, it is told of too: it goes on trying, and
somebody asks the archive why.

What waits follows from the rows as they stand, so this is asked in the transaction that moved them:
what the archive has, and what was destroyed with its log, waits for nobody.
"""

from datetime import datetime, timedelta

import sqlalchemy as sa

from gateway.arkiv.levering import UNREAD, WAITING, WRONG, Tilstand
from gateway.effects.archiving import unmade
from gateway.effects.archiving.overview import looks
from gateway.ledger import archive_tables as a
from gateway.ledger import tables as t
from gateway.tasks import book
from gateway.tasks.book import Waiting
from gateway.tasks.kinds import Kind

STATES = tuple(state.value for state in WAITING)
"""A delivery's states, as they are stored, in which a person must look at it."""


UNREAD_FOR = timedelta(days=1)
UNREAD_TURNS = 7
"""Turns of at least three rounds: the first takes up to five, as long as its patience lasts."""
_GOING_ON = (Tilstand.PLANLAGT.value, Tilstand.SENDES.value)


def deliveries(
    connection: sa.Connection, tenant: str, at: str, *where: sa.ColumnElement[bool]
) -> None:
    """State what waits of these deliveries."""
    rows = connection.execute(
        sa.select(a.delivery, a.snapshot.c.system, a.snapshot.c.erased)
        .join(a.snapshot, a.snapshot.c.snapshot_id == a.delivery.c.snapshot_id)
        .where(a.delivery.c.tenant == tenant, *where)
    ).all()
    found: dict[str, dict[str, list[Waiting]]] = {}
    for row in rows:
        said = [_delivery(row)] if row.state in STATES and not row.erased else []
        if row.state in _GOING_ON and row.code and row.attempts and not row.erased:
            said = [_unread(connection, row, at)]
        found.setdefault(row.archive, {})[row.snapshot_id] = said
    for archive, items in found.items():
        book.state(connection, tenant, f"arkiv:{archive}", at, items)


def _delivery(row: sa.Row[tuple[object, ...]]) -> Waiting:
    code = str(row.code or "ARKIV_FRIST")
    by_hand = code == "ARKIV_MANUELT" or code.startswith("P-")
    files = f"stafett archive files {row.system} {row.snapshot_id} --out MAPPE --by HVEM"
    again = f"stafett archive retry {row.system} {row.snapshot_id} --archive {row.archive}"
    if code in WRONG:
        again += " --anew"
    return Waiting(
        Kind.ARCHIVE, code, files if by_hand else again, place=str(row.archive),
        deadline=str(row.deadline),
    )  # fmt: skip


def _unread(connection: sa.Connection, row: sa.Row[tuple[object, ...]], at: str) -> Waiting:
    since = connection.execute(
        sa.select(t.waiting.c.since).where(
            t.waiting.c.tenant == row.tenant,
            t.waiting.c.owner == f"arkiv:{row.archive}",
            t.waiting.c.item == row.snapshot_id,
            t.waiting.c.code == UNREAD,
        )
    ).scalar()
    opens = datetime.fromisoformat(str(since or at)) + UNREAD_FOR
    tried = int(row.attempts) >= UNREAD_TURNS
    return Waiting(
        Kind.ARCHIVE, UNREAD, "stafett archive check", place=f"{row.archive} {row.code}",
        opens="" if tried else opens.isoformat(timespec="milliseconds"),
    )  # fmt: skip


def jobs(connection: sa.Connection, tenant: str, at: str, *where: sa.ColumnElement[bool]) -> None:
    """State what waits of these jobs: those that could not be frozen, of logs that still stand."""
    gone = sa.select(sa.literal(1)).where(
        a.tombstone.c.tenant == a.job.c.tenant,
        a.tombstone.c.system == a.job.c.system,
        a.tombstone.c.logg == a.job.c.logg,
        a.tombstone.c.state == "slettet",
        a.tombstone.c.deleted_at >= a.job.c.created,
    )
    rows = connection.execute(
        sa.select(a.job, gone.exists().label("gone")).where(a.job.c.tenant == tenant, *where)
    ).all()
    found: dict[str, list[Waiting]] = {}
    for row in rows:
        said = Waiting(
            Kind.ARCHIVE, row.code or "UVENTET_FEIL", f"stafett archive retry {row.system}",
            place=row.ref,
        )  # fmt: skip
        found[row.job_id] = [said] if row.state == "feilet" and not row.gone else []
    book.state(connection, tenant, "arkivjobb", at, found)


def unread(
    connection: sa.Connection, tenant: str, system: str, at: str, named: dict[str, tuple[str, str]]
) -> None:
    """State which logs of a source the newest look could not look at: ref -> (code, place)."""
    found = {
        ref[:80]: [Waiting(Kind.UNREAD, code, f"stafett archive due {system}", place=place)]
        for ref, (code, place) in named.items()
    }
    book.only(connection, tenant, f"ulest:{system}", at, found)


def state_all(connection: sa.Connection, tenant: str) -> None:
    """State all of it: deliveries, attachments and jobs, each from when it was frozen or made, and
    what the newest look at each source could not read, from the first of the kept looks that could
    not."""
    unmade.state_all(connection, tenant)
    stands = (
        sa.select(a.delivery.c.snapshot_id, a.delivery.c.archive, a.snapshot.c.frozen_at)
        .join(a.snapshot, a.snapshot.c.snapshot_id == a.delivery.c.snapshot_id)
        .where(a.delivery.c.tenant == tenant, a.delivery.c.state.in_((*STATES, *_GOING_ON)))
    )
    for row in connection.execute(stands).all():
        own = a.delivery.c.snapshot_id == row.snapshot_id, a.delivery.c.archive == row.archive
        deliveries(connection, tenant, row.frozen_at, *own)
    failed = sa.select(a.job.c.job_id, a.job.c.created).where(
        a.job.c.tenant == tenant, a.job.c.state == "feilet"
    )
    for job in connection.execute(failed).all():
        jobs(connection, tenant, job.created, a.job.c.job_id == job.job_id)
    for system, at, named in looks(connection, tenant):
        unread(connection, tenant, system, at, named)
