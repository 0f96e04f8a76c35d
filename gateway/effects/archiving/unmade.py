"""Attachments that could not be made durable: what of a snapshot a person must look at, until they
have.

The snapshot is delivered with the original alone, so nothing stops; but nobody else is told. It
waits for the archivist, one thing a snapshot, and only of the newest one of a log: a newer one that
is whole has settled it, and the same file with the same code that somebody has seen in an earlier
one is not asked about again. Nothing here opens a file.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from gateway.effects.archiving.verk import Verk
from gateway.errors import Rejected
from gateway.ledger import archive_tables as a
from gateway.ledger.chain import Fact, append
from gateway.staff.member import Acting
from gateway.tasks import book
from gateway.tasks.book import Waiting
from gateway.tasks.kinds import Kind

OWNER = "vedlegg"
CODE = "VEDLEGG_IKKE_VARIG"
_SEEN = "seen"


@dataclass(frozen=True, slots=True)
class Unmade:
    """A snapshot with attachments nobody has seen to: (file number, code) of each."""

    snapshot_id: str
    system: str
    logg: str
    frozen_at: str
    files: tuple[tuple[int, str], ...]

    @property
    def place(self) -> str:
        """The numbers of the files, as a list tells them."""
        return "fil " + ", ".join(str(nr) for nr, _code in self.files)


def standing(
    connection: sa.Connection, tenant: str, loggs: Iterable[str] | None = None
) -> list[Unmade]:
    """What waits now, the oldest first; of these logs when they are named."""
    where = [a.snapshot.c.tenant == tenant, a.snapshot.c.erased.is_(False)]
    where += [a.snapshot.c.logg.in_(list(loggs))] if loggs is not None else []
    rows = connection.execute(
        sa.select(a.snapshot)
        .where(*where)
        .order_by(a.snapshot.c.frozen_at, a.snapshot.c.snapshot_id)
    ).all()
    newest = {(row.system, row.logg): row for row in rows}
    flagged = [row for row in rows if json.loads(row.remarks).get("flagged")]
    sums = _sums(connection, [row.snapshot_id for row in flagged])
    seen: dict[tuple[str, str], set[tuple[str, str]]] = {}
    for row in flagged:
        told = json.loads(row.remarks)
        if told.get(_SEEN):
            mine = seen.setdefault((row.system, row.logg), set())
            mine |= {(sums[row.snapshot_id, nr], code) for nr, code in told["flagged"]}
    found = []
    for key, row in newest.items():
        told = json.loads(row.remarks)
        files = tuple(
            (int(nr), str(code))
            for nr, code in told.get("flagged", ())
            if (sums[row.snapshot_id, nr], code) not in seen.get(key, set())
        )
        if files:
            found.append(Unmade(row.snapshot_id, row.system, row.logg, row.frozen_at, files))
    return sorted(found, key=lambda one: (one.frozen_at, one.snapshot_id))


def state(connection: sa.Connection, tenant: str, at: str, loggs: Iterable[str]) -> None:
    """State what waits of these logs' snapshots; in the caller's transaction."""
    named = list(loggs)
    ids = connection.execute(
        sa.select(a.snapshot.c.snapshot_id).where(
            a.snapshot.c.tenant == tenant, a.snapshot.c.logg.in_(named)
        )
    ).scalars()
    said: dict[str, list[Waiting]] = {str(one): [] for one in ids}
    said |= {one.snapshot_id: [_waits(one)] for one in standing(connection, tenant, named)}
    book.state(connection, tenant, OWNER, at, said)


def state_all(connection: sa.Connection, tenant: str) -> None:
    """State all of it, each from when it was frozen."""
    said = {one.snapshot_id: [_waits(one)] for one in standing(connection, tenant)}
    book.only(connection, tenant, OWNER, "", said)


def files_of(snapshot: dict[str, Any]) -> tuple[tuple[int, str], ...]:
    """(file number, code) of what could not be made durable in a snapshot's row."""
    return tuple((int(nr), str(code)) for nr, code in json.loads(snapshot["remarks"])["flagged"])


def saw(verk: Verk, snapshot_id: str, by: Acting) -> tuple[tuple[int, str], ...]:
    """A person has seen to a snapshot's attachments. Returns (file number, code) of each.

    Raises Rejected("UKJENT_UTTAK") when there is no such snapshot of this source here.
    """
    now = verk.now()
    with verk.database.begin() as connection:
        row = connection.execute(
            sa.select(a.snapshot).where(
                a.snapshot.c.snapshot_id == snapshot_id,
                a.snapshot.c.tenant == verk.tenant,
                a.snapshot.c.system == verk.system,
            )
        ).first()
        if row is None:
            raise Rejected("UKJENT_UTTAK", place=snapshot_id[:40])
        told = json.loads(row.remarks)
        if told["flagged"] and not told.get(_SEEN):
            told[_SEEN] = True
            connection.execute(
                a.snapshot.update()
                .where(a.snapshot.c.snapshot_id == snapshot_id)
                .values(remarks=json.dumps(told))
            )
            body = {"uttak": snapshot_id, "av": by.ref}
            append(connection, now, [Fact("arkivvedleggsett", logg=row.logg, body=body)])
        state(connection, verk.tenant, now, [row.logg])
    return files_of(dict(row._mapping))


def _waits(one: Unmade) -> Waiting:
    seen = f"stafett archive seen {one.system} {one.snapshot_id} --by HVEM"
    return Waiting(Kind.ARCHIVE, CODE, seen, place=one.place, since=one.frozen_at)


def _sums(connection: sa.Connection, snapshots: list[str]) -> dict[tuple[str, int], str]:
    rows = connection.execute(
        sa.select(a.snapshot_file.c.snapshot_id, a.snapshot_file.c.nr, a.snapshot_file.c.sha).where(
            a.snapshot_file.c.snapshot_id.in_(snapshots)
        )
    )
    return {(row.snapshot_id, row.nr): row.sha for row in rows}
