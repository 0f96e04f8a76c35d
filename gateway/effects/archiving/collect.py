"""Find what is due: take in the source, look at every log, and make one job per trigger and period.

A job's id is made of log + trigger + period, so that a night told twice, or by two processes,
makes each job once. Nothing is frozen and nothing is sent here.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import sqlalchemy as sa

from gateway import log
from gateway.arkiv.innhold import content_sha
from gateway.arkiv.utloeser import Sett, Utloest, due, see
from gateway.effects.archiving import late, notices
from gateway.effects.archiving.provisional import at_rest, provisional
from gateway.effects.archiving.verk import Verk
from gateway.errors import GatewayError, Rejected, unexpected
from gateway.ledger import archive_tables as a
from gateway.ledger import tables as t
from gateway.ledger.chain import Fact, append
from gateway.ledger.upsert import insert_new, upsert
from schemas.stafettlogg.logg import Stafettlogg

BATCH = 50


@dataclass(slots=True)
class Collected:
    """What a look at the source found. `unread` are logs whose document does not hold."""

    listed: int = 0
    fetched: int = 0
    unread: int = 0
    due: dict[str, int] = field(default_factory=dict)
    made: int = 0
    first_look: bool = False


def job_id(tenant: str, logg: str, one: Utloest) -> str:
    """The key that makes a job happen once (E-1: logg + utløser + periode)."""
    text = "\x1f".join((tenant, logg, one.utloeser.value, one.periode))
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def collect(verk: Verk, owner: str, *, spread: bool) -> Collected:
    """Look at every log of the source. With `spread`, jobs begin at their place in the night."""
    reconsider(verk)
    pulled = verk.puller().run(owner)
    found = Collected(listed=pulled.listed, fetched=pulled.fetched)
    with verk.database.begin() as connection:
        found.first_look = (
            connection.execute(
                sa.select(sa.literal(1))
                .where(a.seen.c.tenant == verk.tenant, a.seen.c.system == verk.system)
                .limit(1)
            ).first()
            is None
        )
        refs = list(
            connection.execute(
                sa.select(t.manifest.c.ref)
                .where(t.manifest.c.owner == owner, t.manifest.c.phase == "foer")
                .order_by(t.manifest.c.nr)
            ).scalars()
        )
    for start in range(0, len(refs), BATCH):
        _look(verk, refs[start : start + BATCH], found, spread=spread)
    return found


def order(
    verk: Verk, refs: Iterable[str], one: Utloest, found: Collected | None = None
) -> Collected:
    """Make the job of one trigger for some logs, whatever else is due (before a migration, before
    a deletion, before a hand-over)."""
    told = found or Collected()
    wanted = list(refs)
    for start in range(0, len(wanted), BATCH):
        _look(verk, wanted[start : start + BATCH], told, spread=False, ordered=one)
    return told


def reconsider(verk: Verk) -> int:
    """Ask the gate again about what it held: a register that did not answer may answer now.

    The deadline stands, and what is still held is a person's again within the round.
    """
    with verk.database.begin() as connection:
        return connection.execute(
            a.delivery.update()
            .where(
                a.delivery.c.tenant == verk.tenant,
                a.delivery.c.state == "menneske",
                a.delivery.c.code.like("P-%"),
            )
            .values(state="planlagt", next_try=verk.now(), claim=None)
        ).rowcount


def hasten(verk: Verk) -> None:
    """Let every job that waits for its place in the night begin now: a person is watching."""
    with verk.database.begin() as connection:
        for table in (a.job, a.delivery):
            connection.execute(
                table.update()
                .where(
                    table.c.tenant == verk.tenant,
                    table.c.state == "planlagt",
                    table.c.claim.is_(None),
                )
                .values(next_try=verk.now())
            )


def _look(
    verk: Verk, refs: list[str], found: Collected, *, spread: bool, ordered: Utloest | None = None
) -> None:
    with verk.database.begin() as connection:
        rows = connection.execute(
            sa.select(t.record.c.ref, t.record.c.version, t.record.c.payload, t.record.c.code)
            .where(
                t.record.c.system == verk.system,
                t.record.c.tenant == verk.tenant,
                t.record.c.ref.in_(refs),
            )
            .order_by(t.record.c.ref)
        ).all()
    readable = [row for row in rows if row.code is None and row.payload]
    bodies = verk.store.get_many(row.payload for row in readable)
    found.unread += len(refs) - len(readable)
    looked = []
    for row in readable:
        try:
            looked.append((row, verk.decode(bodies[row.payload])))
        except Rejected:
            found.unread += 1
        except GatewayError:
            raise
        except Exception as error:  # noqa: BLE001 - one log's surprise never stops the others
            fault = unexpected(error)
            log.get("collect").error("unread", code=fault.code, place=f"{row.ref}: {fault.place}")
            found.unread += 1
    _save(verk, looked, found, spread=spread, ordered=ordered)
    if verk.notice_folders:
        notices.tell(verk, {logg.id: logg for _, logg in looked})


def _save(
    verk: Verk,
    looked: list[tuple[Any, Stafettlogg]],
    found: Collected,
    *,
    spread: bool,
    ordered: Utloest | None,
) -> None:
    today, now = verk.today(), verk.now()
    with verk.database.begin() as connection:
        ids = [logg.id for _, logg in looked]
        memory = _memory(connection, verk, ids)
        late.queue(connection, verk, {logg.id: content_sha(logg) for _, logg in looked})
        unsettled = {} if ordered else provisional(connection, verk, ids)
        facts = []
        for row, logg in looked:
            before = memory.get(logg.id, Sett())
            sett = see(logg, before, today)
            upsert(connection, a.seen, _seen_row(verk, row, logg, sett))
            notices.plan(connection, verk, logg, before, sett, first_look=found.first_look)
            chosen = verk.kommune.arkiv.utloesere
            wanted = (ordered,) if ordered else due(logg, sett, today, chosen)
            if logg.id in unsettled and at_rest(
                logg, verk.clock.now(), verk.kommune.redigering_timer
            ):
                wanted += unsettled[logg.id]
            for one in wanted:
                found.due[one.utloeser.value] = found.due.get(one.utloeser.value, 0) + 1
                at = verk.start_of(logg.id) if spread else now
                if _make(connection, verk, row.ref, logg.id, one, at, now):
                    found.made += 1
                    body = {"utloeser": one.utloeser.value, "periode": one.periode}
                    facts.append(Fact("arkivjobb", logg=logg.id, body=body))
        if facts:
            append(connection, now, facts)


def _make(
    connection: sa.Connection, verk: Verk, ref: str, logg: str, one: Utloest, at: str, now: str
) -> bool:
    own = job_id(verk.tenant, logg, one)
    return insert_new(
        connection,
        a.job,
        {
            "job_id": own,
            "tenant": verk.tenant,
            "system": verk.system,
            "logg": logg,
            "ref": ref,
            "utloeser": one.utloeser.value,
            "periode": one.periode[:40],
            "created": now,
            "state": "planlagt",
            "next_try": at,
        },
    )


def _memory(connection: sa.Connection, verk: Verk, loggs: list[str]) -> dict[str, Sett]:
    rows = connection.execute(
        sa.select(a.seen).where(
            a.seen.c.tenant == verk.tenant, a.seen.c.system == verk.system, a.seen.c.logg.in_(loggs)
        )
    ).all()
    last = {
        row.logg: date.fromisoformat(row.at[:10])
        for row in connection.execute(
            sa.select(a.snapshot.c.logg, sa.func.max(a.snapshot.c.frozen_at).label("at"))
            .where(a.snapshot.c.tenant == verk.tenant, a.snapshot.c.logg.in_(loggs))
            .group_by(a.snapshot.c.logg)
        )
    }
    known = {
        row.logg: Sett(
            status=row.status,
            virksomhet=row.virksomhet,
            passivinger=row.passivinger,
            tjenestebytter=row.tjenestebytter,
            aapninger=row.aapninger,
            foerst_sett=date.fromisoformat(row.foerst_sett),
        )
        for row in rows
    }
    return {
        logg: replace(known.get(logg, Sett()), siste_uttak=last.get(logg))
        for logg in known.keys() | last.keys()
    }


def _seen_row(verk: Verk, row: Any, logg: Stafettlogg, sett: Sett) -> dict[str, Any]:
    return {
        "tenant": verk.tenant,
        "system": verk.system,
        "logg": logg.id,
        "ref": row.ref,
        "version": row.version,
        "content_sha": content_sha(logg),
        "status": sett.status,
        "virksomhet": sett.virksomhet,
        "passivinger": sett.passivinger,
        "tjenestebytter": sett.tjenestebytter,
        "aapninger": sett.aapninger,
        "foerst_sett": str(sett.foerst_sett),
    }
