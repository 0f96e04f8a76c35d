"""The archive report: what was archived where, the receipts, what waits, and what failed.

Facts come from the ledger and hold ids, codes, hashes and counts; the page fetches nothing.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from gateway.arkiv.levering import Tilstand, told_as
from gateway.effects.archiving import overview
from gateway.ledger import archive_tables as a
from gateway.ledger import chain, trust
from gateway.ledger.cover import ends
from gateway.ledger.database import Database
from gateway.report.write import local
from gateway.texts.catalogue import Catalogue

_HERE = Path(__file__).parent
_STATES = (
    "arkivert", "forelagt", "bekreftet", "venter", "sendes", "planlagt", "menneske", "feilet",
)  # fmt: skip
_STATUS = ("gjeldende", "utdatert", "mangler")


def build(database: Database, tenant: str, system: str, maal: Sequence[str]) -> dict[str, Any]:
    """The facts of one municipality's archive as it stands now, JSON-ready."""
    statuses = overview.statuses(database, tenant, system, maal)
    wrong = trust.doubt(database, (tenant, system, a.job.name, a.tick.name, a.notice.name))
    with database.look_still() as connection:
        proof = chain.verify(connection)
        anchor = str(ends(connection))
        tick = connection.execute(
            sa.select(a.tick)
            .where(
                a.tick.c.tenant == tenant,
                a.tick.c.system == system,
                a.tick.c.tick_id.not_like(f"{overview.LOOK}%"),
            )
            .order_by(a.tick.c.started.desc())
            .limit(1)
        ).first()
        gone = connection.execute(
            sa.select(a.tombstone)
            .where(a.tombstone.c.tenant == tenant, a.tombstone.c.state == "slettet")
            .order_by(a.tombstone.c.deleted_at)
        ).all()
    return {
        "system": system,
        "tick": tick.tick_id if tick else "",
        "started": tick.started if tick else "",
        "ended": (tick.ended or "") if tick else "",
        "code": (tick.code or "") if tick else "",
        "status": {name: statuses.get(name, 0) for name in _STATUS},
        "deliveries": {
            archive: {state: states.get(state, 0) for state in _STATES}
            for archive, states in sorted(overview.deliveries(database, tenant).items())
        },
        "jobs": [
            [trigger, state, count]
            for (trigger, state), count in sorted(overview.jobs(database, tenant).items())
        ],
        "waiting": overview.waiting(database, tenant),
        "unread": overview.unread(database, tenant, system),
        "flagged": overview.flagged(database, tenant),
        "receipts": _receipts(database, tenant),
        "deleted": [
            {"logg": row.logg, "uttak": row.snapshot_id, "tid": row.deleted_at, "grunn": row.reason}
            for row in gone
        ],
        "proof": {
            "entries": proof.entries, "head": proof.head, "broken_at": proof.broken_at,
            "anchor": anchor, "doubt": wrong.code if wrong else "",
        },
    }  # fmt: skip


def _receipts(database: Database, tenant: str) -> list[dict[str, Any]]:
    with database.begin() as connection:
        rows = connection.execute(
            sa.select(
                a.delivery.c.snapshot_id, a.delivery.c.logg, a.delivery.c.archive,
                a.delivery.c.nummer, a.delivery.c.journalpost, a.delivery.c.verified_at,
                a.delivery.c.state, a.delivery.c.evidence, a.snapshot.c.pdf_sha,
            )
            .join(a.snapshot, a.snapshot.c.snapshot_id == a.delivery.c.snapshot_id)
            .where(a.delivery.c.tenant == tenant, a.delivery.c.verified_at.is_not(None))
            .order_by(a.delivery.c.verified_at, a.delivery.c.snapshot_id, a.delivery.c.archive)
        ).all()  # fmt: skip
    return [
        {
            "uttak": row.snapshot_id, "logg": row.logg, "arkiv": row.archive,
            "nummer": row.nummer or row.journalpost or "", "tid": row.verified_at,
            "sha256": row.pdf_sha,
        }
        for row in rows
        if told_as(row.state, row.evidence) is Tilstand.ARKIVERT
    ]  # fmt: skip


def page(facts: dict[str, Any], language: str) -> str:
    """The HTML page."""
    environment = Environment(
        loader=FileSystemLoader(_HERE), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    environment.filters["local"] = local
    texts = Catalogue(language)
    return environment.get_template("archive.html.j2").render(
        facts=facts, label=texts.label, code=texts.code, language=texts.language
    )


def write(facts: dict[str, Any], folder: Path, language: str) -> tuple[Path, Path]:
    """Both files, in `folder`. Returns their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    html = folder / f"arkiv.{facts['system']}.{language}.html"
    html.write_text(page(facts, language), encoding="utf-8")
    data = folder / f"arkiv.{facts['system']}.json"
    data.write_text(json.dumps(facts, ensure_ascii=False, indent=1), encoding="utf-8")
    return html, data
