"""What stands where: a tick's outcome, what waits for a person, and one log's timeline.

Read from the ledger alone; ids, codes, hashes and times, never content.
"""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa

from gateway.arkiv.levering import KEPT, UNREAD, WAITING, told_as
from gateway.arkiv.status import Arkivstatus, arkivstatus
from gateway.effects.archiving import unmade
from gateway.ledger import archive_tables as a
from gateway.ledger import tables as t
from gateway.ledger.database import Database

_KEPT = tuple(state.value for state in KEPT)
_WAITING = tuple(state.value for state in WAITING)
_SHOWN = '[[1, "", ""]]'
_folder = a.delivery.c.evidence.like('[[1, "", %')
"""Evidence a person showed, as it is stored: no file of it has an id of the archive's."""
_CONTENT = frozenset({"AKTIV", "PASSIV"})
TIMELINE = (
    "arkivjobb", "uttak", "arkivintensjon", "arkivkvittering", "arkivbekreftelse",
    "arkivforelagt", "arkivavvik", "arkivmenneske", "arkivfeilet", "arkivnyttforsoek",
    "arkivvedleggsett",
    "sletteintensjon", "slettebevis",
)  # fmt: skip


def statuses(database: Database, tenant: str, system: str, maal: Sequence[str]) -> Counter[str]:
    """How many logs are `gjeldende`, `utdatert` and `mangler`, computed now (E-1).

    A log that waits for consent or was discarded has nothing to archive and is not counted.
    """
    return Counter(
        status
        for _logg, _ref, state, status in logs(database, tenant, system, maal)
        if state in _CONTENT
    )


def logs(
    database: Database, tenant: str, system: str, maal: Sequence[str]
) -> list[tuple[str, str, str, str]]:
    """(logg, ref, state at the vendor, arkivstatus) of every log seen and not deleted since; one
    in a state that has nothing to archive, and of which nothing was, is `NOTHING`."""
    kept = _kept(database, tenant, maal)
    with database.begin() as connection:
        rows = connection.execute(
            sa.select(a.seen)
            .where(a.seen.c.tenant == tenant, a.seen.c.system == system)
            .order_by(a.seen.c.logg)
        ).all()
    found = []
    for row in rows:
        status = arkivstatus(row.content_sha, kept.get(row.logg, frozenset()))
        nothing = row.status not in _CONTENT and status is Arkivstatus.MANGLER
        found.append((row.logg, row.ref, row.status, NOTHING if nothing else status.value))
    return found


NOTHING = "ingenting"
"""In the place of an arkivstatus: there is nothing to archive."""


def gone(database: Database, tenant: str, system: str) -> frozenset[str]:
    """Refs of logs seen before that stood in no list of the newest whole look at the source. That
    they were deleted there is for a person to say."""
    with database.look() as connection:
        newest = connection.execute(
            sa.select(a.tick.c.tick_id)
            .where(
                a.tick.c.tenant == tenant, a.tick.c.system == system, a.tick.c.summary.is_not(None),
                sa.exists().where(t.manifest.c.owner == a.tick.c.tick_id),
            )
            .order_by(a.tick.c.started.desc())
            .limit(1)
        ).scalar()  # fmt: skip
        if newest is None:
            return frozenset()
        listed = sa.exists().where(
            t.manifest.c.owner == newest, t.manifest.c.phase == "foer",
            t.manifest.c.ref == a.seen.c.ref,
        )  # fmt: skip
        refs = connection.execute(
            sa.select(a.seen.c.ref).where(
                a.seen.c.tenant == tenant, a.seen.c.system == system, ~listed
            )
        ).scalars()
        return frozenset(str(ref) for ref in refs)


def _kept(
    database: Database, tenant: str, maal: Sequence[str], logg: str = ""
) -> dict[str, frozenset[str]]:
    """Log -> the contents that every archive the municipality names has kept."""
    where = [a.snapshot.c.tenant == tenant, a.delivery.c.state.in_(_KEPT)]
    if logg:
        where.append(a.snapshot.c.logg == logg)
    with database.begin() as connection:
        rows = connection.execute(
            sa.select(a.snapshot.c.logg, a.snapshot.c.content_sha, a.delivery.c.archive)
            .join(a.delivery, a.delivery.c.snapshot_id == a.snapshot.c.snapshot_id)
            .where(*where)
        ).all()
    held: dict[tuple[str, str], set[str]] = {}
    for row in rows:
        held.setdefault((row.logg, row.content_sha), set()).add(row.archive)
    found: dict[str, set[str]] = {}
    for (logg_id, content), archives in held.items():
        if maal and set(maal) <= archives:
            found.setdefault(logg_id, set()).add(content)
    return {key: frozenset(value) for key, value in found.items()}


def deliveries(database: Database, tenant: str) -> dict[str, Counter[str]]:
    """Archive -> state -> how many deliveries."""
    found: dict[str, Counter[str]] = {}
    with database.begin() as connection:
        rows = connection.execute(
            sa.select(a.delivery.c.archive, a.delivery.c.state, _folder, sa.func.count())
            .where(a.delivery.c.tenant == tenant)
            .group_by(a.delivery.c.archive, a.delivery.c.state, _folder)
        ).all()
    for archive, state, shown, count in rows:
        name = told_as(state, _SHOWN if shown else None).value
        found.setdefault(archive, Counter())[name] += count
    return found


def jobs(database: Database, tenant: str) -> Counter[tuple[str, str]]:
    """(trigger, state) -> how many jobs."""
    with database.begin() as connection:
        rows = connection.execute(
            sa.select(a.job.c.utloeser, a.job.c.state, sa.func.count())
            .where(a.job.c.tenant == tenant)
            .group_by(a.job.c.utloeser, a.job.c.state)
        ).all()
    return Counter({(row[0], row[1]): row[2] for row in rows})


def of_period(database: Database, tenant: str, periode: str) -> Counter[str]:
    """How many jobs of one period stand in each state."""
    with database.begin() as connection:
        rows = connection.execute(
            sa.select(a.job.c.state, sa.func.count())
            .where(a.job.c.tenant == tenant, a.job.c.periode == periode)
            .group_by(a.job.c.state)
        ).all()
    return Counter({row[0]: row[1] for row in rows})


def waiting(database: Database, tenant: str, now: str = "") -> list[dict[str, Any]]:
    """What a person must look at, soonest deadline first: deliveries, jobs never frozen, and
    attachments that could not be made durable, a line a file; with `now` (ISO) also deliveries that
    go on trying and have stood unread for long.

    Nobody can do anything about what was destroyed with its log.
    """
    erased = sa.select(a.snapshot.c.snapshot_id).where(
        a.snapshot.c.tenant == tenant, a.snapshot.c.erased
    )
    gone = sa.select(sa.literal(1)).where(
        a.tombstone.c.tenant == a.job.c.tenant,
        a.tombstone.c.system == a.job.c.system,
        a.tombstone.c.logg == a.job.c.logg,
        a.tombstone.c.state == "slettet",
        a.tombstone.c.deleted_at >= a.job.c.created,
    )
    with database.begin() as connection:
        rows = connection.execute(
            sa.select(a.delivery)
            .where(
                a.delivery.c.tenant == tenant,
                sa.or_(a.delivery.c.state.in_(_WAITING), _unread_long(tenant, now)),
                a.delivery.c.snapshot_id.not_in(erased),
            )
            .order_by(a.delivery.c.deadline, a.delivery.c.snapshot_id)
        ).all()
        failed = connection.execute(
            sa.select(a.job)
            .where(a.job.c.tenant == tenant, a.job.c.state == "feilet", ~gone.exists())
            .order_by(a.job.c.created, a.job.c.job_id)
        ).all()
        bare = unmade.standing(connection, tenant)
    told = [
        {
            "uttak": row.snapshot_id, "logg": row.logg, "arkiv": row.archive, "tilstand": row.state,
            "kode": row.code or "", "sted": row.place or "", "frist": row.deadline[:10],
        }
        for row in rows
    ]  # fmt: skip
    told += [
        {
            "uttak": "", "logg": row.logg, "arkiv": "", "tilstand": "feilet",
            "kode": row.code or "", "sted": row.place or "", "frist": "",
        }
        for row in failed
    ]  # fmt: skip
    told += [
        {
            "uttak": one.snapshot_id, "logg": one.logg, "arkiv": "", "tilstand": "menneske",
            "kode": code, "sted": f"fil {nr}", "frist": "",
        }
        for one in bare
        for nr, code in one.files
    ]  # fmt: skip
    return told


def _unread_long(tenant: str, now: str) -> sa.ColumnElement[bool]:
    """True for a delivery that somebody is told of though it goes on trying by itself."""
    return (
        sa.select(sa.literal(1))
        .where(
            t.waiting.c.tenant == tenant,
            t.waiting.c.owner == sa.literal("arkiv:") + a.delivery.c.archive,
            t.waiting.c.item == a.delivery.c.snapshot_id,
            t.waiting.c.code == UNREAD,
            t.waiting.c.opens <= now,
            sa.literal(now) != "",
        )
        .exists()
    )


LOOK = "forfall:"
"""How the tick of a look begins that freezes and sends nothing."""


def unread(database: Database, tenant: str, system: str = "") -> list[dict[str, Any]]:
    """Logs that could not be looked at in the newest look at each source, by ref: code, place, and
    when it was."""
    with database.begin() as connection:
        newest = {name: (at, named) for name, at, named in looks(connection, tenant, system)}
    return [
        {"system": name, "ref": ref, "kode": code, "sted": place, "tid": at}
        for name, (at, named) in sorted(newest.items())
        for ref, (code, place) in sorted(named.items())
    ]


def looks(
    connection: sa.Connection, tenant: str, system: str = ""
) -> Iterator[tuple[str, str, dict[str, tuple[str, str]]]]:
    """(system, when, ref -> (code, place) of what could not be looked at) of each look that is
    kept, the oldest first."""
    where = [a.tick.c.tenant == tenant, a.tick.c.summary.is_not(None)]
    where += [a.tick.c.system == system] if system else []
    rows = connection.execute(
        sa.select(a.tick.c.system, a.tick.c.started, a.tick.c.summary)
        .where(*where)
        .order_by(a.tick.c.started)
    ).all()
    for row in rows:
        named = json.loads(row.summary).get("named", {})
        told = {ref: (code, place) for ref, (code, place) in named.items()}
        yield str(row.system), str(row.started), told


def flagged(database: Database, tenant: str) -> list[dict[str, Any]]:
    """Files a person must look at: an upload that could not be made durable, glyphs replaced."""
    with database.begin() as connection:
        rows = connection.execute(
            sa.select(a.snapshot.c.snapshot_id, a.snapshot.c.logg, a.snapshot.c.remarks).where(
                a.snapshot.c.tenant == tenant
            )
        ).all()
    told = []
    for row in rows:
        remarks = json.loads(row.remarks)
        told += [
            {"uttak": row.snapshot_id, "logg": row.logg, "kode": code, "sted": f"fil {nr}"}
            for nr, code in remarks["flagged"]
        ]
        if remarks["replaced"]:
            where = " ".join(remarks["replaced"])
            told.append(
                {"uttak": row.snapshot_id, "logg": row.logg, "kode": "TEGN_ERSTATTET",
                 "sted": where[:200]}
            )  # fmt: skip
    return told


def timeline(database: Database, tenant: str, logg: str) -> list[dict[str, Any]]:
    """What happened to one log's archiving, in order, from the chain."""
    with database.begin() as connection:
        rows = connection.execute(
            sa.select(t.entry)
            .where(t.entry.c.logg == logg, t.entry.c.kind.in_(TIMELINE))
            .order_by(t.entry.c.seq)
        ).all()
    told = []
    for row in rows:
        body = json.loads(row.body)
        told.append(
            {
                "nr": row.seq, "tid": row.at, "hva": row.kind,
                "uttak": body.get("uttak", ""), "arkiv": body.get("arkiv", ""),
                "kode": body.get("kode", body.get("utloeser", "")),
                "nummer": body.get("nummer", body.get("arkivId", "")),
            }
        )  # fmt: skip
    return told


def snapshot(database: Database, snapshot_id: str) -> dict[str, Any] | None:
    """One snapshot: its hashes, files and deliveries; None when there is none."""
    with database.begin() as connection:
        row = connection.execute(
            sa.select(a.snapshot).where(a.snapshot.c.snapshot_id == snapshot_id)
        ).first()
        if row is None:
            return None
        files = connection.execute(
            sa.select(a.snapshot_file)
            .where(a.snapshot_file.c.snapshot_id == snapshot_id)
            .order_by(a.snapshot_file.c.nr)
        ).all()
        sent = connection.execute(
            sa.select(a.delivery)
            .where(a.delivery.c.snapshot_id == snapshot_id)
            .order_by(a.delivery.c.archive)
        ).all()
    hidden = {"payload"}
    return {
        **dict(row._mapping),
        "files": [{k: v for k, v in f._mapping.items() if k not in hidden} for f in files],
        "deliveries": [{**d._mapping, "state": told_as(d.state, d.evidence).value} for d in sent],
    }
