"""Freeze one job's log: render once, seal every file, and queue a delivery to each archive.

A snapshot is named after what it shows (the log's content), so two triggers over the same content
share one snapshot, and an archive gets it once. It is rendered here and never again: what is
verified later is the stored file (the hash is kept when frozen).
"""

import itertools
import json
import uuid
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from gateway.arkiv.innhold import content_sha
from gateway.arkiv.stand import last_change, stand
from gateway.effects import failpoint
from gateway.effects.archiving import unmade
from gateway.effects.archiving.verk import Verk
from gateway.effects.claim import Claim, Fenced
from gateway.errors import Rejected
from gateway.ledger import archive_tables as a
from gateway.ledger import owners
from gateway.ledger import tables as t
from gateway.ledger.chain import Fact, append
from gateway.ledger.upsert import upsert
from schemas.stafettlogg.kodeverk import Maalform
from schemas.stafettlogg.logg import Stafettlogg

if TYPE_CHECKING:
    from gateway.snapshot.freeze import Frosset
    from gateway.snapshot.ramme import Ramme

_SPACE = uuid.UUID("5f0c6f7e-5f0a-4b52-9d43-0d3b1c6a7f21")


def snapshot_id(tenant: str, logg: str, content: str, *, redigerbar: bool, again: int = 0) -> str:
    """The snapshot's external key: a UUID made of what it shows.

    `again` counts the times this very content was deleted and came back at its vendor.
    """
    parts = (tenant, logg, content, str(int(redigerbar)), *((str(again),) if again else ()))
    return str(uuid.uuid5(_SPACE, "\x1f".join(parts)))


def freeze_job(verk: Verk, job: dict[str, Any], claim: Claim) -> str:
    """Freeze and queue; returns the snapshot's id. Raises Rejected when the log does not hold."""
    # Imported here: the typesetter is heavy, and a process that freezes nothing should not wait.
    from gateway.snapshot.freeze import freeze

    row = _record(verk, job["ref"])
    logg = verk.decode(verk.store.get(row["payload"]))
    if logg.id != job["logg"]:
        raise Rejected("FEIL_LOGG", place=job["ref"])
    made = freeze(logg, frame(verk, logg, row["version"]), _files(verk, job["ref"], logg))
    own, there = _named(verk, logg.id, made)
    failpoint.reach("freeze.before")
    if not there:
        payloads = verk.store.put((owners.log(logg.id), file.body) for file in made.files)
        try:
            saved = _save(verk, job, row, logg, own, made, payloads, claim)
        except Fenced:
            verk.store.delete(payloads)
            raise
        if not saved:
            verk.store.delete(payloads)
    _queue(verk, job, logg.id, own, claim)
    failpoint.reach("freeze.after")
    return own


def frame(verk: Verk, logg: Stafettlogg, version: str) -> "Ramme":
    """What the page says of the municipality. Nothing in it depends on when or why the job ran,
    so that one version of a log is one snapshot, whoever freezes it; when that was stands in the
    ledger, the proof and the archive's record, and in no file."""
    from gateway.snapshot.ramme import Ramme, Standard

    kommune, now = verk.kommune, verk.clock.now()
    return Ramme(
        kommunenummer=kommune.nummer,
        kommune=kommune.navn,
        frosset=stand(logg, now, kommune.redigering_timer),
        versjon=version,
        maalform=Maalform(kommune.maalform),
        nivaa_tekster=(
            kommune.nivaa_tekst.get("1", ""),
            kommune.nivaa_tekst.get("2", ""),
            kommune.nivaa_tekst.get("3", ""),
        ),
        redigering_timer=kommune.redigering_timer,
        standard=Standard(kommune.arkiv.pdf),
        sist_endret=last_change(logg, now),
    )


def _record(verk: Verk, ref: str) -> dict[str, Any]:
    with verk.database.begin() as connection:
        row = connection.execute(
            sa.select(t.record).where(
                t.record.c.system == verk.system,
                t.record.c.tenant == verk.tenant,
                t.record.c.ref == ref,
            )
        ).first()
    if row is None or row.payload is None or row.code is not None:
        raise Rejected(row.code if row and row.code else "KILDE_BORTE", place=ref)
    return dict(row._mapping)


def _files(verk: Verk, ref: str, logg: Stafettlogg) -> Any:
    """A reader of the log's files by the canonical id of their Dokument."""
    native = {d.id: d.kilde_id for d in logg.dokumenter}
    with verk.database.begin() as connection:
        rows = connection.execute(
            sa.select(t.file.c.file_id, t.file.c.payload).where(
                t.file.c.system == verk.system, t.file.c.ref == ref
            )
        ).all()
    payloads = {row.file_id: row.payload for row in rows}

    def read(dokument_id: str) -> bytes:
        payload = payloads.get(native.get(dokument_id) or "")
        if payload is None:
            raise Rejected("VEDLEGG_MANGLER", place=dokument_id)
        return verk.store.get(payload)

    return read


def _named(verk: Verk, logg_id: str, made: "Frosset") -> tuple[str, bool]:
    """The snapshot's id, and whether it is frozen already. One whose bytes were destroyed with
    its log is left as it is; the log stands again, and gets a snapshot of its own."""
    for again in itertools.count():
        own = snapshot_id(
            verk.tenant, logg_id, made.content_sha, redigerbar=made.redigerbar, again=again
        )
        with verk.database.begin() as connection:
            erased = connection.execute(
                sa.select(a.snapshot.c.erased).where(a.snapshot.c.snapshot_id == own)
            ).scalar()
        if not erased:
            return own, erased is not None
    raise AssertionError("unreachable")


def _save(
    verk: Verk,
    job: dict[str, Any],
    row: dict[str, Any],
    logg: Stafettlogg,
    own: str,
    made: "Frosset",
    payloads: list[str],
    claim: Claim,
) -> bool:
    """Rows of a new snapshot; False when another worker was first."""
    now = verk.now()
    with verk.database.begin() as connection:
        claim.hold(connection)
        there = connection.execute(
            sa.select(a.snapshot.c.snapshot_id).where(a.snapshot.c.snapshot_id == own)
        ).scalar()
        if there is not None:
            return False
        upsert(
            connection,
            a.snapshot,
            {
                "snapshot_id": own,
                "tenant": verk.tenant,
                "system": verk.system,
                "logg": logg.id,
                "ref": job["ref"],
                "version": row["version"],
                "content_sha": content_sha(logg),
                "utloeser": job["utloeser"],
                "frozen_at": now,
                "redigerbar": made.redigerbar,
                "pdf_sha": made.pdf_sha,
                "json_sha": made.json_sha,
                "manifest_sha": made.manifest_sha,
                "remarks": json.dumps(
                    {"replaced": list(made.replaced), "flagged": [list(f) for f in made.flagged]}
                ),
            },
        )
        connection.execute(
            a.snapshot_file.insert(),
            [
                {
                    "snapshot_id": own,
                    "nr": file.uttaksfil.nr,
                    "filnavn": file.uttaksfil.filnavn,
                    "tittel": file.uttaksfil.tittel,
                    "media_type": file.uttaksfil.media_type,
                    "format": file.uttaksfil.format,
                    "variant": file.uttaksfil.variant.value,
                    "sha": file.uttaksfil.sha256,
                    "size": file.uttaksfil.size,
                    "payload": payload,
                }
                for file, payload in zip(made.files, payloads, strict=True)
            ],
        )
        body = {
            "uttak": own,
            "versjon": row["version"],
            "pdf": made.pdf_sha,
            "json": made.json_sha,
            "manifest": made.manifest_sha,
            "filer": len(made.files),
        }
        append(connection, now, [Fact("uttak", logg=logg.id, body=body)])
        unmade.state(connection, verk.tenant, now, [logg.id])
    return True


def _queue(verk: Verk, job: dict[str, Any], logg: str, own: str, claim: Claim) -> None:
    """The job is frozen; each archive has a delivery of this snapshot, once."""
    now, deadline = verk.now(), verk.deadline()
    with verk.database.begin() as connection:
        claim.hold(connection)
        there = set(
            connection.execute(
                sa.select(a.delivery.c.archive).where(a.delivery.c.snapshot_id == own)
            ).scalars()
        )
        for archive in verk.kommune.arkiv.maal:
            if archive not in there:
                upsert(
                    connection,
                    a.delivery,
                    {
                        "snapshot_id": own,
                        "archive": archive,
                        "tenant": verk.tenant,
                        "logg": logg,
                        "state": "planlagt",
                        "next_try": now,
                        "deadline": deadline,
                    },
                )
        connection.execute(
            a.job.update()
            .where(a.job.c.job_id == job["job_id"])
            .values(state="fryst", snapshot_id=own, code=None, place=None, claim=None)
        )
