"""What a person does to a delivery: confirm it with the archive's id, or let it be tried again.

A confirmation with the files as downloaded from the archive is a receipt: their hashes are
compared with what was frozen. Without them it is that person's word: the task is closed, and the
log can still not be deleted on it (R-156). Nobody can tell downloaded files from those that were
laid out for the upload, so who confirmed is kept, and an archive that can be read is read.
"""

import hashlib
import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from gateway.arkiv.levering import KEPT, WAITING, Tilstand, may
from gateway.effects.archiving import sending, waits
from gateway.effects.archiving.unopened import Unopened
from gateway.effects.archiving.verk import Verk
from gateway.effects.laying_out import lay_files
from gateway.errors import LocalFault, Rejected
from gateway.ledger import archive_tables as a
from gateway.ledger.access import Access, Shown
from gateway.ledger.chain import Fact, append
from gateway.ports.archive import LaidOut
from gateway.staff.member import Acting
from schemas.stafettlogg.identifikator import holds_number

_ID = re.compile(r"[\w ./:-]{1,80}")


def delivery_row(verk: Verk, snapshot_id: str, archive: str) -> dict[str, Any]:
    """The delivery. Raises Rejected when there is none."""
    with verk.database.begin() as connection:
        row = connection.execute(
            sa.select(a.delivery).where(
                a.delivery.c.snapshot_id == snapshot_id,
                a.delivery.c.archive == archive,
                a.delivery.c.tenant == verk.tenant,
            )
        ).first()
    if row is None:
        raise Rejected("UKJENT_LEVERING", place=f"{snapshot_id[:40]}:{archive[:40]}")
    return dict(row._mapping)


def confirm(
    verk: Verk, snapshot_id: str, archive: str, archive_id: str, by: Acting, files: Path | None
) -> Tilstand:
    """Close a person's task. `files` is a folder with what was downloaded from the archive.

    Raises Rejected: `ARKIVID_UGYLDIG`, `UKJENT_LEVERING`, `ALLEREDE_ARKIVERT`, and
    `ARKIV_FEIL_HASH` with the numbers of the files whose bytes are not there.
    """
    if not _ID.fullmatch(archive_id) or holds_number(archive_id):
        raise Rejected("ARKIVID_UGYLDIG", place=archive[:40])
    maal = verk.archives.get(archive)
    if maal is not None and isinstance(maal.archive, Unopened):
        raise maal.archive.fault  # what is laid out there could not be taken away
    row = delivery_row(verk, snapshot_id, archive)
    before = Tilstand(row["state"])
    evidence = _compared(verk, snapshot_id, files) if files is not None else ()
    after = Tilstand.ARKIVERT if files is not None else Tilstand.BEKREFTET
    if not may(before, after):
        code = "ALLEREDE_ARKIVERT" if before in KEPT else "LEVERING_IKKE_HOS_MENNESKE"
        raise Rejected(code, place=f"{snapshot_id}:{archive}")
    now = verk.now()
    body = {
        "uttak": snapshot_id,
        "arkiv": archive,
        "arkivId": archive_id,
        "av": by.ref,
        "filer": [list(one) for one in evidence],
    }
    kind = "arkivkvittering" if files is not None else "arkivbekreftelse"
    with verk.database.begin() as connection:
        changed = connection.execute(
            a.delivery.update()
            .where(
                a.delivery.c.snapshot_id == snapshot_id,
                a.delivery.c.archive == archive,
                a.delivery.c.state == before.value,
            )
            .values(
                state=after.value,
                nummer=archive_id,
                confirmed_by=by.ref,
                verified_at=now if files is not None else None,
                evidence=json.dumps(body["filer"]),
                code=None,
                place=None,
                claim=None,
            )
        ).rowcount
        if not changed:
            # Somebody else, or a round, moved it since it was looked at; its state is theirs.
            raise Rejected("LEVERING_IKKE_HOS_MENNESKE", place=f"{snapshot_id}:{archive}")
        mine = a.delivery.c.snapshot_id == snapshot_id, a.delivery.c.archive == archive
        waits.deliveries(connection, verk.tenant, now, *mine)
        append(connection, now, [Fact(kind, logg=row["logg"], body=body)])
    # On a person's word too: what is laid out in clear has been used, and can be laid out again.
    if maal and isinstance(maal.archive, LaidOut):
        maal.archive.clear(snapshot_id)
    return after


def _compared(verk: Verk, snapshot_id: str, files: Path) -> tuple[tuple[int, str, str], ...]:
    """Every file of the snapshot found among the downloaded ones by its hash, whatever its name."""
    found = set()
    paths = sorted(files.rglob("*")) if files.is_dir() else [files]
    for path in paths:
        if path.is_file():
            found.add(hashlib.sha256(path.read_bytes()).hexdigest())
    with verk.database.begin() as connection:
        wanted = connection.execute(
            sa.select(a.snapshot_file.c.nr, a.snapshot_file.c.sha)
            .where(a.snapshot_file.c.snapshot_id == snapshot_id)
            .order_by(a.snapshot_file.c.nr)
        ).all()
    missing = [str(row.nr) for row in wanted if row.sha not in found]
    if missing or not wanted:
        raise Rejected("ARKIV_FEIL_HASH", place=f"{snapshot_id}: fil {', '.join(missing)}"[:200])
    return tuple((row.nr, "", row.sha) for row in wanted)


def known(verk: Verk, snapshot_id: str) -> None:
    """Raise LocalFault("UKJENT_UTTAK") unless there is such a snapshot with files here."""
    if not _files(verk, snapshot_id):
        raise LocalFault("UKJENT_UTTAK", place=snapshot_id[:40])


def _files(verk: Verk, snapshot_id: str) -> Sequence[Any]:
    with verk.database.look() as connection:
        return connection.execute(
            sa.select(a.snapshot_file.c.filnavn, a.snapshot_file.c.payload)
            .join(a.snapshot, a.snapshot.c.snapshot_id == a.snapshot_file.c.snapshot_id)
            .where(a.snapshot.c.snapshot_id == snapshot_id, a.snapshot.c.tenant == verk.tenant)
            .order_by(a.snapshot_file.c.nr)
        ).all()


def lay_out(verk: Verk, snapshot_id: str, folder: Path, access: Access) -> int:
    """Write a snapshot's files for a person who must carry them, whose access is written. Returns
    how many.

    Raises LocalFault when there is no such snapshot, or the folder cannot be written.
    """
    access.covers(Shown.UTTAK, snapshot_id)
    if not (files := _files(verk, snapshot_id)):
        raise LocalFault("UKJENT_UTTAK", place=snapshot_id[:40])
    lay_files(folder, [(file.filnavn, verk.store.get(file.payload)) for file in files])
    with verk.database.begin() as connection:
        body = {"uttak": snapshot_id, "filer": len(files)}
        append(connection, verk.now(), [Fact("arkivutlagt", body=body)])
    return len(files)


def retry(verk: Verk, snapshot_id: str = "", archive: str = "") -> int:
    """Let what failed be tried again, one delivery or all of them. Returns how many.

    What was sent and does not show is tried again only by its name: then a person has looked for
    it, and says that it is not there. What the archive shows after all is gone on with.
    """
    now, count = verk.now(), 0
    where = [a.delivery.c.tenant == verk.tenant]
    where.append(a.delivery.c.state.in_([state.value for state in WAITING]))
    # What was laid out for a person is not tried again by itself: the person has it.
    where.append(sa.or_(a.delivery.c.code.is_(None), a.delivery.c.code != "ARKIV_MANUELT"))
    if snapshot_id:
        where.append(a.delivery.c.snapshot_id == snapshot_id)
    else:
        where.append(sa.or_(a.delivery.c.code.is_(None), a.delivery.c.code != sending.CODE))
    if archive:
        where.append(a.delivery.c.archive == archive)
    with verk.database.begin() as connection:
        rows = connection.execute(sa.select(a.delivery).where(*where)).all()
        facts = []
        for row in rows:
            if row.code == sending.CODE:
                sending.said_not_there(connection, dict(row._mapping))
            connection.execute(
                a.delivery.update()
                .where(
                    a.delivery.c.snapshot_id == row.snapshot_id,
                    a.delivery.c.archive == row.archive,
                )
                .values(
                    state=Tilstand.PLANLAGT.value,
                    next_try=now,
                    deadline=verk.deadline(),
                    attempts=0,
                    claim=None,
                )
            )
            body = {"uttak": row.snapshot_id, "arkiv": row.archive}
            facts.append(Fact("arkivnyttforsoek", logg=row.logg, body=body))
        if not snapshot_id:
            failed = connection.execute(
                sa.select(a.job.c.job_id).where(
                    a.job.c.tenant == verk.tenant, a.job.c.state == "feilet"
                )
            ).scalars()
            named = list(failed)
            count = connection.execute(
                a.job.update()
                .where(a.job.c.tenant == verk.tenant, a.job.c.state == "feilet")
                .values(state="planlagt", next_try=now, attempts=0, claim=None)
            ).rowcount
            waits.jobs(connection, verk.tenant, now, a.job.c.job_id.in_(named))
        again = a.delivery.c.snapshot_id.in_([row.snapshot_id for row in rows])
        waits.deliveries(connection, verk.tenant, now, again)
        if facts:
            append(connection, now, facts)
    return len(rows) + count
