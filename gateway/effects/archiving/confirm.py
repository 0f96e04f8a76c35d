"""What a person does to a delivery: confirm it with the archive's id, or let it be tried again.

The archive itself is looked in first. Where it shows the snapshot, what is read back is the
receipt, whatever the person brought; where it shows our record without its files, or with other
bytes, nothing is confirmed. Else it is that person's word, and files they show are compared with
what was frozen: the task is closed, and never called read back (R-156). Files in a folder where we
laid them out ourselves are not looked at, for they prove nothing.
"""

import hashlib
import json
import re
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from gateway.arkiv.levering import KEPT, NOT_SHOWN, WAITING, WRONG, Tilstand, may
from gateway.effects.archiving import laid, looking, sending, waits
from gateway.effects.archiving.delivery import stands
from gateway.effects.archiving.unopened import Unopened
from gateway.effects.archiving.verk import Arkivmaal, Verk
from gateway.effects.laying_out import lay_files
from gateway.errors import LocalFault, Rejected
from gateway.ledger import archive_tables as a
from gateway.ledger.access import Access, Shown
from gateway.ledger.chain import Fact, append
from gateway.ports.archive import LaidOut
from gateway.staff.member import Acting
from schemas.stafettlogg.identifikator import holds_number

_ID = re.compile(r"[\w ./:-]{1,80}")
_LATE = "ARKIV_FRIST"
_KINDS = {
    Tilstand.ARKIVERT: "arkivkvittering",
    Tilstand.FORELAGT: "arkivforelagt",
    Tilstand.BEKREFTET: "arkivbekreftelse",
}


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

    Raises Rejected: `ARKIVID_UGYLDIG`, `UKJENT_LEVERING`, `ALLEREDE_ARKIVERT`,
    `ARKIV_MANGLER_FIL` for a record of ours without its files, `ARKIV_FEIL_HASH` with the numbers
    of the files whose bytes the archive gives otherwise, `EGEN_UTLEGGING`, `VISTE_FILER_BORTE` and
    `VISTE_FILER_MANGLER` for a folder that is not there or has not all of them, and what the
    archive raises.
    """
    if not _ID.fullmatch(archive_id) or holds_number(archive_id):
        raise Rejected("ARKIVID_UGYLDIG", place=archive[:40])
    maal = verk.archives.get(archive)
    if maal is not None and isinstance(maal.archive, Unopened):
        raise maal.archive.fault  # what is laid out there could not be taken away
    row = delivery_row(verk, snapshot_id, archive)
    before = Tilstand(row["state"])
    if before is Tilstand.ARKIVERT:
        raise Rejected("ALLEREDE_ARKIVERT", place=f"{snapshot_id}:{archive}")
    seen = looking.look(verk, maal, row) if maal is not None and reads(maal) else None
    evidence = seen.evidence if seen else ()
    after = Tilstand.ARKIVERT if seen else Tilstand.BEKREFTET
    if seen is None and files is not None:
        evidence, after = _compared(verk, snapshot_id, archive, files), Tilstand.FORELAGT
    if not may(before, after):
        code = "ALLEREDE_ARKIVERT" if before in KEPT else "LEVERING_IKKE_HOS_MENNESKE"
        raise Rejected(code, place=f"{snapshot_id}:{archive}")
    now = verk.now()
    values: dict[str, Any] = {
        "state": after.value, "nummer": archive_id, "confirmed_by": by.ref,
        "verified_at": now if seen else None, "looked_at": now if seen else None,
        "evidence": json.dumps([list(one) for one in evidence]),
        "code": None, "place": None, "claim": None,
    }  # fmt: skip
    body = {
        "uttak": snapshot_id,
        "arkiv": archive,
        "arkivId": archive_id,
        "av": by.ref,
        "filer": [list(one) for one in evidence],
    }
    if seen:
        values |= stands(seen.found, seen.evidence) | {"nummer": archive_id}
        body |= {"mappe": seen.found.mappe, "journalpost": seen.found.journalpost}
    with verk.database.begin() as connection:
        changed = connection.execute(
            a.delivery.update()
            .where(
                a.delivery.c.snapshot_id == snapshot_id,
                a.delivery.c.archive == archive,
                a.delivery.c.state == before.value,
            )
            .values(values)
        ).rowcount
        if not changed:
            # Somebody else, or a round, moved it since it was looked at; its state is theirs.
            raise Rejected("LEVERING_IKKE_HOS_MENNESKE", place=f"{snapshot_id}:{archive}")
        mine = a.delivery.c.snapshot_id == snapshot_id, a.delivery.c.archive == archive
        waits.deliveries(connection, verk.tenant, now, *mine)
        append(connection, now, [Fact(_KINDS[after], logg=row["logg"], body=body)])
    # On a person's word too: what is laid out in clear has been used, and can be laid out again.
    if maal and isinstance(maal.archive, LaidOut):
        maal.archive.clear(snapshot_id)
    return after


def reads(maal: Arkivmaal) -> bool:
    """True for an archive whose bytes can be fetched. Raises what the archive raises."""
    return maal.archive.facts().reads_back


def _compared(
    verk: Verk, snapshot_id: str, archive: str, files: Path
) -> tuple[tuple[int, str, str], ...]:
    """Every file of the snapshot found among the downloaded ones by its hash, whatever its name."""
    if not files.exists():
        raise Rejected("VISTE_FILER_BORTE", place="--files")
    found, own = set(), False
    ours = laid.ours(verk, snapshot_id, archive)
    paths = sorted(files.rglob("*")) if files.is_dir() else [files]
    for path in paths:
        if path.is_file() and ours(path):
            own = True
        elif path.is_file():
            found.add(hashlib.sha256(path.read_bytes()).hexdigest())
    with verk.database.begin() as connection:
        wanted = connection.execute(
            sa.select(a.snapshot_file.c.nr, a.snapshot_file.c.sha)
            .where(a.snapshot_file.c.snapshot_id == snapshot_id)
            .order_by(a.snapshot_file.c.nr)
        ).all()
    missing = [str(row.nr) for row in wanted if row.sha not in found]
    if missing and own:
        raise Rejected("EGEN_UTLEGGING", place=snapshot_id)
    if missing or not wanted:
        # Nothing is said of the archive: it is the folder that has not got them.
        place = f"{snapshot_id}: fil {', '.join(missing)}"[:200]
        raise Rejected("VISTE_FILER_MANGLER", place=place)
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
        body = {"uttak": snapshot_id, "filer": len(files), "sted": laid.mark(folder)}
        append(connection, verk.now(), [Fact(laid.KIND, body=body)])
    return len(files)


def retry(verk: Verk, snapshot_id: str = "", archive: str = "", *, anew: bool = False) -> int:
    """Let what failed be tried again, one delivery or all of them. Returns how many.

    What was sent and does not show is tried again only by its name: then a person has looked for
    it, and says that it is not there. What the archive shows after all is gone on with. `anew`
    makes a record beside the one that stands there with other bytes than ours, under a key of its
    own: of one delivery, whose code says that it does. Raises Rejected("LEVERES_IKKE_PAA_NYTT").
    """
    now, count = verk.now(), 0
    where = [a.delivery.c.tenant == verk.tenant]
    where.append(a.delivery.c.state.in_([state.value for state in WAITING]))
    # What was laid out for a person is not tried again by itself: the person has it.
    where.append(sa.or_(a.delivery.c.code.is_(None), a.delivery.c.code != "ARKIV_MANUELT"))
    if snapshot_id:
        where.append(a.delivery.c.snapshot_id == snapshot_id)
    else:
        # What was once seen there may be there still, and a search that lags.
        named = (sending.CODE, NOT_SHOWN)
        where.append(sa.or_(a.delivery.c.code.is_(None), a.delivery.c.code.not_in(named)))
    if archive:
        where.append(a.delivery.c.archive == archive)
    with verk.database.begin() as connection:
        rows = connection.execute(sa.select(a.delivery).where(*where)).all()
        if anew and not (archive and [row.code in WRONG for row in rows] == [True]):
            raise Rejected("LEVERES_IKKE_PAA_NYTT", place=f"{snapshot_id[:40]}:{archive[:40]}")
        facts = []
        for row in rows:
            key = _next_key(row) if anew else row.key
            if row.code == sending.CODE:
                sending.said_not_there(connection, dict(row._mapping))
            elif row.code == _LATE and snapshot_id:
                # Its place was overwritten when the deadline passed; the person has looked for all.
                sending.said_nothing_there(connection, dict(row._mapping))
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
                    key=key,
                    **({"evidence": None} if anew else {}),
                )
            )
            body = {"uttak": row.snapshot_id, "arkiv": row.archive}
            body |= {"noekkel": key} if key else {}
            facts.append(Fact("arkivnyttforsoek", logg=row.logg, body=body))
        if not snapshot_id:
            failed = connection.execute(
                sa.select(a.job.c.job_id).where(
                    a.job.c.tenant == verk.tenant, a.job.c.state == "feilet"
                )
            ).scalars()
            ids = list(failed)
            count = connection.execute(
                a.job.update()
                .where(a.job.c.tenant == verk.tenant, a.job.c.state == "feilet")
                .values(state="planlagt", next_try=now, attempts=0, claim=None)
            ).rowcount
            waits.jobs(connection, verk.tenant, now, a.job.c.job_id.in_(ids))
        again = a.delivery.c.snapshot_id.in_([row.snapshot_id for row in rows])
        waits.deliveries(connection, verk.tenant, now, again)
        if facts:
            append(connection, now, facts)
    return len(rows) + count


def _next_key(row: sa.Row[Any]) -> str:
    """Of the key that stands wrong in the archive the next one: the same however often it is made,
    so that two who ask for the same make one record."""
    before = f"{row.key or row.snapshot_id}:{row.archive}"
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f"stafettlogg anew {before}"))
