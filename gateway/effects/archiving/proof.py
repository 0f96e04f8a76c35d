"""The proof of a deletion: a file an auditor can hold to the archive, and to the ledger.

It holds what was archived where (ids and hashes), the log's own entries of the ledger, whole, and
the ledger's anchor when it was written. The files are held to the archive with nothing but SHA-256;
the entries to the ledger, which alone has the key they are made with.
"""

import json
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from gateway.arkiv.levering import KEPT, Tilstand, told_as
from gateway.effects.archiving.verk import Verk
from gateway.errors import LocalFault
from gateway.ledger import archive_tables as a
from gateway.ledger import tables as t

HOW = [
    "1. Hent hver fil fra arkivet (arkiv: mappe, journalpost, nummer) og regn ut SHA-256."
    " Den skal være den som står under uttak: filer.",
    "2. Be kommunen kjøre «stafett verify --against DENNE_FILEN»: hovedboken skal gå gjennom"
    " ankeret, og hver post i hovedbok skal stå der med samme innhold og hash.",
    "3. Posten «slettebevis» skal ha høyere nr enn hver «arkivkvittering» og"
    " «arkivforelagt» for samme uttak. «arkivforelagt» er filer et menneske viste fram, av et arkiv"
    " som ikke kan leses: de er ikke lest tilbake.",
]


def facts(verk: Verk, row: dict[str, Any]) -> dict[str, Any]:
    """The proof of one tombstone, JSON-ready. `row` is the tombstone."""
    with verk.database.begin() as connection:
        snapshot = connection.execute(
            sa.select(a.snapshot).where(a.snapshot.c.snapshot_id == row["snapshot_id"])
        ).one()
        files = connection.execute(
            sa.select(a.snapshot_file)
            .where(a.snapshot_file.c.snapshot_id == row["snapshot_id"])
            .order_by(a.snapshot_file.c.nr)
        ).all()
        sent = connection.execute(
            sa.select(a.delivery)
            .where(a.delivery.c.snapshot_id == row["snapshot_id"])
            .order_by(a.delivery.c.archive)
        ).all()
        entries = connection.execute(
            sa.select(t.entry).where(t.entry.c.logg == row["logg"]).order_by(t.entry.c.seq)
        ).all()
    return {
        "hva": "slettebevis",
        "kommune": verk.tenant,
        "system": row["system"],
        "logg": row["logg"],
        "ref": row["ref"],
        "versjon": row["version"],
        "av": row["by"],
        "grunn": row["reason"],
        "slettet": row["deleted_at"],
        "uttak": {
            "id": row["snapshot_id"],
            "fryst": snapshot.frozen_at,
            "innhold": snapshot.content_sha,
            "filer": [
                {"nr": f.nr, "filnavn": f.filnavn, "sha256": f.sha, "bytes": f.size} for f in files
            ],
        },
        "arkiv": [
            {
                "navn": d.archive, "noekkel": d.key or d.snapshot_id, "mappe": d.mappe or "",
                "journalpost": d.journalpost or "",
                "nummer": d.nummer or "", "lest_tilbake": _read_at(d),
                "bekreftet_av": d.confirmed_by or "", "filer": _evidence(d),
            }
            for d in sent
        ],
        "hovedbok": [
            {
                "nr": e.seq, "tid": e.at, "kjøring": e.run_id, "logg": e.logg, "hva": e.kind,
                "innhold": e.body, "forrige": e.prev, "hash": e.hash,
            }
            for e in entries
        ],
        "anker": verk.database.anchor_line(),
        "slik kontrolleres det": HOW,
    }  # fmt: skip


def _evidence(delivery: Any) -> list[Any]:
    """What an archive gave back; a delivery that never got there has none."""
    kept = delivery.state in KEPT and delivery.evidence
    found: list[Any] = json.loads(delivery.evidence) if kept else []
    return found


def _read_at(delivery: Any) -> str:
    """When we read it back; empty where a person showed the files."""
    read = told_as(delivery.state, delivery.evidence) is Tilstand.ARKIVERT
    return (delivery.verified_at or "") if read else ""


def write(verk: Verk, row: dict[str, Any], folder: Path) -> Path:
    """Write `slettebevis-<logg>.json`. Raises LocalFault when the folder cannot be written."""
    path = folder / f"slettebevis-{row['logg']}.json"
    text = json.dumps(facts(verk, row), ensure_ascii=False, indent=1)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path.write_text(text + "\n", encoding="utf-8")
    except OSError:
        raise LocalFault("MAPPE_UTILGJENGELIG", place=folder.name) from None
    return path
