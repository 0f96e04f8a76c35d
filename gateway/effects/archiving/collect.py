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
from gateway.effects.one_log import of_one_log, shown
from gateway.errors import LocalFault
from gateway.ledger import archive_tables as a
from gateway.ledger import tables as t
from gateway.ledger.chain import Fact, append
from gateway.ledger.upsert import insert_new, upsert
from schemas.stafettlogg.logg import Stafettlogg

BATCH = 50
_TAKEN = (t.record.c.ref, t.record.c.version, t.record.c.payload, t.record.c.code, t.record.c.place)


@dataclass(slots=True)
class Collected:
    """What a look at the source found. `unread` are logs that could not be looked at, `named` the
    same by ref: each with its code and place."""

    listed: int = 0
    fetched: int = 0
    unread: int = 0
    due: dict[str, int] = field(default_factory=dict)
    made: int = 0
    first_look: bool = False
    named: dict[str, tuple[str, str]] = field(default_factory=dict)

    def cannot(self, ref: str, code: str, place: str) -> None:
        """One log cannot be looked at; the others can."""
        self.unread += ref not in self.named
        self.named[ref] = code, shown(place, ref)
        log.get("collect").warning("unread", code=code, place=f"{ref}: {shown(place, ref)}")


@dataclass(frozen=True, slots=True)
class Looked:
    """A log as it was taken in (`row`) and read, with what it says as one hash."""

    row: Any
    logg: Stafettlogg = field(repr=False)
    content: str


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
            sa.select(*_TAKEN)
            .where(
                t.record.c.system == verk.system,
                t.record.c.tenant == verk.tenant,
                t.record.c.ref.in_(refs),
            )
            .order_by(t.record.c.ref)
        ).all()
    readable = [row for row in rows if row.code is None and row.payload]
    bodies = verk.store.get_each(row.payload for row in readable)
    there = {row.ref: row for row in rows}
    for ref in refs:
        one = there.get(ref)
        if one is None or one.code is not None or not one.payload:
            code, place = (one.code, one.place) if one else (None, None)
            found.cannot(ref, code or "KILDE_BORTE", place or "")
    looked = []
    for row in readable:
        try:
            body = bodies[row.payload]
            if isinstance(body, LocalFault):
                raise body
            logg = verk.decode(body)
            looked.append(Looked(row, logg, content_sha(logg)))
        except Exception as error:  # noqa: BLE001 - told of at this log, or raised again
            _unlooked(row.ref, error, found)
    _save(verk, looked, found, spread=spread, ordered=ordered)
    if verk.receivers:
        notices.tell(verk, {one.logg.id: one.logg for one in looked})


def _unlooked(ref: str, error: Exception, found: Collected) -> None:
    """Told of at that log; raised again when it is not that log's."""
    own = of_one_log(error)
    if own is None:
        raise error
    found.cannot(ref, own.code, own.place)


def _save(
    verk: Verk,
    looked: list[Looked],
    found: Collected,
    *,
    spread: bool,
    ordered: Utloest | None,
) -> None:
    today, now = verk.today(), verk.now()
    with verk.database.begin() as connection:
        ids = [one.logg.id for one in looked]
        memory = _memory(connection, verk, ids)
        told = notices.told(connection, verk, ids)
        late.queue(connection, verk, {one.logg.id: one.content for one in looked})
        unsettled = {} if ordered else provisional(connection, verk, ids)
        facts = []
        for seen in looked:
            row, logg = seen.row, seen.logg
            before = memory.get(logg.id, Sett())
            try:
                sett = see(logg, before, today)
                chosen = verk.kommune.arkiv.utloesere
                wanted = (ordered,) if ordered else due(logg, sett, today, chosen)
                if logg.id in unsettled and at_rest(
                    logg, verk.clock.now(), verk.kommune.redigering_timer
                ):
                    wanted += unsettled[logg.id]
            except Exception as error:  # noqa: BLE001 - told of at this log, or raised again
                _unlooked(row.ref, error, found)
                continue
            upsert(connection, a.seen, _seen_row(verk, seen, sett))
            notices.plan(connection, verk, logg, (before, sett), told, first_look=found.first_look)
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


def _seen_row(verk: Verk, seen: Looked, sett: Sett) -> dict[str, Any]:
    return {
        "tenant": verk.tenant,
        "system": verk.system,
        "logg": seen.logg.id,
        "ref": seen.row.ref,
        "version": seen.row.version,
        "content_sha": seen.content,
        "status": sett.status,
        "virksomhet": sett.virksomhet,
        "passivinger": sett.passivinger,
        "tjenestebytter": sett.tjenestebytter,
        "aapninger": sett.aapninger,
        "foerst_sett": str(sett.foerst_sett),
    }
