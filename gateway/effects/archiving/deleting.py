"""Delete one log at its vendor, and only when every archive verifiably holds its last version.

Each guard asks the world, not memory: the log as it stands at the vendor now, the bytes the
archive gives back now (R-156, R-157, E-1). A tombstone without content is written, the gateway's
own copies are destroyed, and the municipality's archive is never touched (C-2).
"""

import json
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from gateway.arkiv.innhold import content_sha
from gateway.arkiv.levering import Tilstand, told_as
from gateway.effects import failpoint, gate
from gateway.effects.archiving import looking, waits
from gateway.effects.archiving.confirm import reads
from gateway.effects.archiving.erasing import erase
from gateway.effects.archiving.rechecking import withdraw
from gateway.effects.archiving.verk import Arkivmaal, Verk
from gateway.effects.transferring.paagaar import under_way
from gateway.errors import Conflict, Rejected, RemoteFault, UnknownOutcome
from gateway.ledger import archive_tables as a
from gateway.ledger.chain import Fact, append
from gateway.ledger.upsert import upsert
from gateway.ports.connector import Document
from gateway.staff.member import Acting
from gateway.staff.roles import Act, StaffRole
from gateway.tasks.rows import Task, waiting
from gateway.tasks.standing import AFTER_DELETION
from schemas.stafettlogg.kodeverk import Loggstatus
from schemas.stafettlogg.logg import Stafettlogg


@dataclass(frozen=True, slots=True)
class Cleared:
    """A log that may be deleted: what was asked, and what answered."""

    logg: str
    ref: str
    version: str
    snapshot_id: str
    archives: tuple[str, ...]


def clear(verk: Verk, logg_id: str) -> Cleared:
    """Ask every guard. Raises Rejected with the code of the first that says no.

    `SLETT_SPERRET`, `UKJENT_LOGG`, `SLETT_IKKE_PASSIV`, `SLETT_OVERFOERING`,
    `SLETT_UTEN_ARKIV`, `SLETT_UTDATERT`, `SLETT_REDIGERBAR`, `SLETT_UBEKREFTET`,
    `SLETT_FEIL_HASH`, `SLETT_UNDERVEIS`.
    """
    _allowed(verk, logg_id)
    document, logg = _now(verk, logg_id)
    if logg.status is not Loggstatus.PASSIV:
        raise Rejected("SLETT_IKKE_PASSIV", place=logg_id)
    if any(o.sendt and not o.akseptert and o.status not in _ENDED for o in logg.overfoeringer):
        raise Rejected("SLETT_OVERFOERING", place=logg_id)
    _not_handed_over(verk, logg_id)
    row = _snapshot(verk, logg_id, content_sha(logg))
    if row["redigerbar"]:
        raise Rejected("SLETT_REDIGERBAR", place=row["snapshot_id"])
    if not verk.kommune.arkiv.maal:
        raise Rejected("SLETT_UTEN_ARKIV", place=logg_id)
    for name in verk.kommune.arkiv.maal:
        _proved(verk, row["snapshot_id"], name)
    _nothing_on_its_way(verk, logg_id)
    return Cleared(
        logg_id, document.ref, document.version, row["snapshot_id"], verk.kommune.arkiv.maal
    )


def roles(verk: Verk) -> frozenset[str]:
    """The staff roles of which one may delete here (B-08)."""
    chosen = verk.kommune.slett.rolle
    return frozenset({StaffRole.FAGANSVARLIG.value if chosen == "superbruker" else chosen})


def _allowed(verk: Verk, logg_id: str) -> None:
    """Nobody has put the log under a hold. Raises Rejected."""
    if logg_id in verk.kommune.slett.sperret:
        raise Rejected("SLETT_SPERRET", place=logg_id)


def _not_handed_over(verk: Verk, logg_id: str) -> None:
    """A log with an open hand-over, or one whose end is not settled, is not deleted (E-2)."""
    if under_way(verk.database, verk.tenant, logg_id):
        raise Rejected("SLETT_OVERFOERING", place=logg_id)


def _nothing_on_its_way(verk: Verk, logg_id: str) -> None:
    """No snapshot of this log is half way into an archive: its bytes are still needed here."""
    with verk.database.begin() as connection:
        found = connection.execute(
            sa.select(a.delivery.c.snapshot_id, a.delivery.c.archive)
            .join(a.snapshot, a.snapshot.c.snapshot_id == a.delivery.c.snapshot_id)
            .where(
                a.snapshot.c.tenant == verk.tenant,
                a.snapshot.c.system == verk.system,
                a.snapshot.c.logg == logg_id,
                sa.or_(
                    a.delivery.c.state.in_([Tilstand.SENDES.value, Tilstand.VENTER.value]),
                    a.delivery.c.claim.is_not(None),
                ),
            )
        ).first()
    if found is not None:
        raise Rejected("SLETT_UNDERVEIS", place=f"{found.snapshot_id}:{found.archive}")


_ENDED = frozenset({"AVVIST", "TRUKKET", "UTLOEPT", "FULLFOERT"})


def _now(verk: Verk, logg_id: str) -> tuple[Document, Stafettlogg]:
    """The log as its vendor has it at this moment."""
    ref = ref_of(verk, logg_id)
    document = verk.source.document(ref)
    logg = verk.decode(document.body)
    if logg.id != logg_id:
        raise Rejected("FEIL_LOGG", place=ref)
    return document, logg


def unit_of(logg: Stafettlogg) -> tuple[str, str]:
    """The number and the name of the unit responsible for a log; empty where not known."""
    unit = next((v for v in logg.virksomheter if v.id == logg.ansvarlig_virksomhet), None)
    return (unit.orgnr or "", unit.navn or "") if unit else ("", "")


def responsible(verk: Verk, logg_id: str) -> tuple[str, str] | None:
    """The same of a log as it stands at its vendor now; None of one that is deleted already.

    Raises Rejected("UKJENT_LOGG"), and what the source raises.
    """
    row = tombstone(verk, logg_id)
    if row is not None and not _stands(verk, str(row["ref"])):
        return None
    return unit_of(_now(verk, logg_id)[1])


def ref_of(verk: Verk, logg_id: str) -> str:
    """The vendor's id of a log that archiving has seen. Raises Rejected("UKJENT_LOGG")."""
    with verk.database.begin() as connection:
        ref = connection.execute(
            sa.select(a.seen.c.ref).where(
                a.seen.c.tenant == verk.tenant,
                a.seen.c.system == verk.system,
                a.seen.c.logg == logg_id,
            )
        ).scalar()
    if ref is None:
        raise Rejected("UKJENT_LOGG", place=logg_id[:40])
    return str(ref)


def _snapshot(verk: Verk, logg_id: str, content: str) -> dict[str, Any]:
    """The snapshot of this very content. Raises Rejected when there is none, or an older one."""
    with verk.database.begin() as connection:
        rows = connection.execute(
            sa.select(a.snapshot).where(
                a.snapshot.c.tenant == verk.tenant, a.snapshot.c.logg == logg_id
            )
        ).all()
    if not rows:
        raise Rejected("SLETT_UTEN_ARKIV", place=logg_id)
    same = [row for row in rows if row.content_sha == content and not row.erased]
    if not same:
        raise Rejected("SLETT_UTDATERT", place=logg_id)
    return dict(min(same, key=lambda row: row.redigerbar)._mapping)


def _proved(verk: Verk, snapshot_id: str, name: str) -> None:
    """One archive holds every byte: by the receipt, and by reading back once more now."""
    with verk.database.begin() as connection:
        row = connection.execute(
            sa.select(a.delivery).where(
                a.delivery.c.snapshot_id == snapshot_id, a.delivery.c.archive == name
            )
        ).first()
        files = connection.execute(
            sa.select(a.snapshot_file.c.nr, a.snapshot_file.c.sha).where(
                a.snapshot_file.c.snapshot_id == snapshot_id
            )
        ).all()
    place = f"{snapshot_id}:{name}"
    maal = verk.archives.get(name)
    if row is None or maal is None:
        raise Rejected("SLETT_UBEKREFTET", place=place)
    kept = told_as(row.state, row.evidence)
    if kept not in (Tilstand.ARKIVERT, Tilstand.FORELAGT):
        raise Rejected("SLETT_UBEKREFTET", place=place)
    # An archive that can be read must have been, and is once more now; only of one that cannot is
    # what a person has shown taken.
    readable = reads(maal)
    right = kept is (Tilstand.ARKIVERT if readable else Tilstand.FORELAGT)
    if not right or not (row.verified_at if readable else row.confirmed_by):
        raise Rejected("SLETT_UBEKREFTET", place=place)
    held = {(int(nr), str(sha)) for nr, _ref, sha in json.loads(row.evidence or "[]")}
    if not files or {(file.nr, file.sha) for file in files} - held:
        raise Rejected("SLETT_FEIL_HASH", place=place)
    if readable:
        _still_there(verk, maal, dict(row._mapping), place)


def _still_there(verk: Verk, maal: Arkivmaal, row: dict[str, Any], place: str) -> None:
    """The archive gives every byte back now. What it gives otherwise is no receipt any more, and a
    person's to see to; what it does not show is not known to be gone."""
    fault: Conflict | Rejected
    try:
        if looking.look(verk, maal, row) is not None:
            return
        fault = Conflict("BORTE", place=place)
    except (Conflict, Rejected) as error:
        fault = error
        withdraw(verk, row, error)
    half = fault.code in {"ARKIV_MANGLER_FIL", "BORTE", "UTTAK_SLETTET"}
    raise Rejected("SLETT_UBEKREFTET" if half else "SLETT_FEIL_HASH", place=place)


def delete(verk: Verk, logg_id: str, *, by: Acting, reason: str) -> dict[str, Any]:
    """Delete at the vendor, see that it is gone, destroy our copies; the tombstone as a row.

    Cut anywhere, the same call again goes on: a log that is gone with an intent is finished, one
    that still stands, or stands again, is asked every guard anew. Raises as `clear`, and Conflict
    when the log moved; SLETT_ROLLE when the municipality lets another role delete (B-08).
    """
    if by.act is not Act.DELETE or by.rolle not in roles(verk):
        raise Rejected("SLETT_ROLLE", place=logg_id)
    _allowed(verk, logg_id)
    row = tombstone(verk, logg_id)
    stands = row is None or _stands(verk, row["ref"])
    if row and row["state"] == "slettet" and not stands:
        return row
    if row is None or stands:
        cleared = clear(verk, logg_id)
        row = _intend(verk, cleared, by.ref, reason)
        failpoint.reach("delete.intent")
        _delete(verk, cleared)
        failpoint.reach("delete.sent")
        if _stands(verk, cleared.ref):
            raise RemoteFault("SLETTING_IKKE_UTFOERT", place=cleared.ref)
    erase(verk, logg_id, row["ref"])
    return _done(verk, row)


def copies(verk: Verk, logg_id: str) -> list[Task]:
    """The copies in other systems that somebody must see to, now that the log is deleted here."""
    with verk.database.look() as connection:
        open_ = waiting(connection, verk.tenant, source=verk.system)
    return [one for one in open_ if (one.code, one.logg) == (AFTER_DELETION, logg_id)]


def _delete(verk: Verk, cleared: Cleared) -> None:
    try:
        gate.erase(verk, cleared.ref, cleared.version, cleared.snapshot_id)
    except UnknownOutcome:
        return  # what stands tells


def _stands(verk: Verk, ref: str) -> bool:
    try:
        verk.source.document(ref)
    except Conflict as error:
        if error.code == "BORTE":
            return False
        raise
    return True


def tombstone(verk: Verk, logg_id: str) -> dict[str, Any] | None:
    """The tombstone of a log, if it has one."""
    with verk.database.begin() as connection:
        row = connection.execute(
            sa.select(a.tombstone).where(
                a.tombstone.c.tenant == verk.tenant,
                a.tombstone.c.system == verk.system,
                a.tombstone.c.logg == logg_id,
            )
        ).first()
    return dict(row._mapping) if row else None


def _intend(verk: Verk, cleared: Cleared, by: str, reason: str) -> dict[str, Any]:
    now = verk.now()
    row = {
        "tenant": verk.tenant,
        "system": verk.system,
        "logg": cleared.logg,
        "ref": cleared.ref,
        "version": cleared.version,
        "snapshot_id": cleared.snapshot_id,
        "state": "intensjon",
        "by": by,
        "reason": reason,
        "at": now,
    }
    body = {"uttak": cleared.snapshot_id, "versjon": cleared.version, "arkiv": cleared.archives}
    with verk.database.begin() as connection:
        upsert(connection, a.tombstone, row)
        append(connection, now, [Fact("sletteintensjon", logg=cleared.logg, body=body)])
    return row


def _done(verk: Verk, row: dict[str, Any]) -> dict[str, Any]:
    now = verk.now()
    body = {
        "uttak": row["snapshot_id"],
        "versjon": row["version"],
        "system": row["system"],
        "av": row["by"],
        "grunn": row["reason"],
    }
    with verk.database.begin() as connection:
        changed = connection.execute(
            a.tombstone.update()
            .where(
                a.tombstone.c.tenant == verk.tenant,
                a.tombstone.c.system == verk.system,
                a.tombstone.c.logg == row["logg"],
                a.tombstone.c.state == "intensjon",
            )
            .values(state="slettet", deleted_at=now)
        ).rowcount
        logs = a.job.c.system == verk.system, a.job.c.logg == row["logg"]
        waits.jobs(connection, verk.tenant, now, *logs)
        if changed:
            append(connection, now, [Fact("slettebevis", logg=row["logg"], body=body)])
    return row | {"state": "slettet", "deleted_at": now}
