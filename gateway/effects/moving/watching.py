"""Whom we watch: the children of the active logs of our own systems, and nobody else.

A log's child is read from the log itself, taken in as every other job does, so an unchanged log
costs nothing. A log that is passive, or gone from a whole listing, is not watched any more, and
its open proposals are withdrawn.
"""

import re
from dataclasses import dataclass, field, replace

import sqlalchemy as sa

from gateway.effects.moving import pointer
from gateway.effects.moving.cases import withdraw_logs
from gateway.effects.moving.flytteverk import Flytteverk, Runde
from gateway.effects.moving.sealed import Fulgt, open_watched, pseudonym, seal_watched
from gateway.effects.one_log import of_one_log
from gateway.flytting.sist import Sist
from gateway.ledger import moving_tables as m
from gateway.ledger import tables as t
from gateway.ledger.upsert import insert_new, upsert
from schemas.stafettlogg.identifikator import NUMBERED
from schemas.stafettlogg.kodeverk import Loggstatus
from schemas.stafettlogg.logg import Stafettlogg
from schemas.stafettlogg.person import Person

BATCH = 50
_TAKEN = (t.record.c.ref, t.record.c.version, t.record.c.payload, t.record.c.code, t.record.c.place)
_NUMBER = re.compile("[0-9]{11}")


@dataclass(frozen=True, slots=True)
class Sett:
    """A log as the intake has it."""

    ref: str
    version: str
    payload: str


def numbers(person: Person) -> tuple[str, ...]:
    """The numbers the register may know a person by."""
    found = (one.verdi for one in person.identifikatorer if one.type in NUMBERED)
    return tuple(dict.fromkeys(n for n in found if _NUMBER.fullmatch(n)))


def look_over(verk: Flytteverk, told: Runde) -> None:
    """Take in every system and set whom we watch. Raises as the intake does."""
    told.uleste = told.uten_nummer = 0
    told.navngitt.clear()
    for system in verk.kilder:
        owner = f"flytting:{system}"[:40]
        verk.puller(system).run(owner)
        seen = _seen(verk, system, owner, told)
        _set(verk, system, seen, told)
        _forget_gone(verk, system, owner, told)


def _seen(verk: Flytteverk, system: str, owner: str, told: Runde) -> list[Sett]:
    with verk.database.look() as connection:
        rows = connection.execute(
            sa.select(*_TAKEN)
            .join(t.manifest, t.manifest.c.ref == t.record.c.ref)
            .where(
                t.manifest.c.owner == owner,
                t.manifest.c.phase == "foer",
                t.record.c.system == system,
                t.record.c.tenant == verk.tenant,
            )
            .order_by(t.manifest.c.nr)
        ).all()
    for row in rows:
        if row.code or not row.payload:
            told.cannot(row.ref, row.code or "KILDE_BORTE", row.place or "")
    return [Sett(r.ref, r.version, r.payload) for r in rows if r.payload and not r.code]


def _set(verk: Flytteverk, system: str, seen: list[Sett], told: Runde) -> None:
    with verk.database.look() as connection:
        rows = connection.execute(
            sa.select(m.watched.c.ref, m.watched.c.version).where(
                m.watched.c.tenant == verk.tenant, m.watched.c.system == system
            )
        )
        known = {row.ref: row.version for row in rows}
    changed = [one for one in seen if known.get(one.ref) != one.version]
    for start in range(0, len(changed), BATCH):
        part = changed[start : start + BATCH]
        bodies = verk.store.get_many(one.payload for one in part)
        read: list[tuple[Sett, Watched]] = []
        for one in part:
            try:
                read.append((one, _child(verk.decode(system, bodies[one.payload]))))
            except Exception as error:
                own = of_one_log(error)
                if own is None:
                    raise
                told.cannot(one.ref, own.code, own.place)
        with verk.database.begin() as connection:
            pointer.hold(connection, verk)
            for one, watched in read:
                _watch(connection, verk, system, one, watched, told)


@dataclass(frozen=True, slots=True)
class Watched:
    """What is asked of one log: whose it is, and the numbers of the child of an active one."""

    logg: str
    active: bool
    numre: tuple[str, ...] = field(repr=False)


def _child(logg: Stafettlogg) -> Watched:
    active = logg.status is Loggstatus.AKTIV
    found: tuple[str, ...] = ()
    for person in logg.personer:
        if person.id == logg.hovedperson.person and active:
            found = numbers(person)
            break
    return Watched(logg.id, active, found)


def _watch(
    connection: sa.Connection,
    verk: Flytteverk,
    system: str,
    one: Sett,
    watched: Watched,
    told: Runde,
) -> None:
    key = (verk.tenant, system, watched.logg)
    found = watched.numre
    told.uten_nummer += watched.active and not found
    row = connection.execute(_own(key)).first()
    before = open_watched(verk.ring, key, row.sealed) if row else None
    fulgt = Fulgt(found, Sist(verk.today()))
    looked_up = not found
    if before and set(before.numre) & set(found):
        # A number of the register's own, learnt from an answer, is kept beside the log's. With no
        # number in common it is another child, who is seen for the first time.
        kept = tuple(dict.fromkeys((*found, *before.numre)))
        fulgt = replace(before, numre=kept)
        looked_up = row is not None and row.looked_up
    upsert(
        connection,
        m.watched,
        {
            "tenant": verk.tenant,
            "system": system,
            "logg": watched.logg,
            "ref": one.ref,
            "version": one.version,
            "looked_up": looked_up,
            "sealed": seal_watched(verk.ring, key, fulgt),
        },
    )
    name_persons(connection, verk, key, fulgt.numre)
    if before and before.numre and not found:
        told.trukket += withdraw_logs(connection, verk, system, [watched.logg])


def _own(key: tuple[str, str, str]) -> "sa.Select[tuple[bytes, bool]]":
    tenant, system, logg = key
    return sa.select(m.watched.c.sealed, m.watched.c.looked_up).where(
        m.watched.c.tenant == tenant, m.watched.c.system == system, m.watched.c.logg == logg
    )


def name_persons(
    connection: sa.Connection, verk: Flytteverk, key: tuple[str, str, str], numre: tuple[str, ...]
) -> None:
    """The pseudonyms a watched child is found by, exactly these."""
    tenant, system, logg = key
    connection.execute(
        m.watched_person.delete().where(
            m.watched_person.c.tenant == tenant,
            m.watched_person.c.system == system,
            m.watched_person.c.logg == logg,
        )
    )
    for number in numre:
        row = {"tenant": tenant, "system": system, "logg": logg}
        insert_new(
            connection, m.watched_person, row | {"person": pseudonym(verk.ring, tenant, number)}
        )


def _forget_gone(verk: Flytteverk, system: str, owner: str, told: Runde) -> None:
    """A log that is in no listing is not watched. If it comes back it is seen for the first time,
    so nothing is lost by it."""
    with verk.database.begin() as connection:
        pointer.hold(connection, verk)
        listed = set(
            connection.execute(
                sa.select(t.manifest.c.ref).where(
                    t.manifest.c.owner == owner, t.manifest.c.phase == "foer"
                )
            ).scalars()
        )
        rows = connection.execute(
            sa.select(m.watched.c.logg, m.watched.c.ref).where(
                m.watched.c.tenant == verk.tenant, m.watched.c.system == system
            )
        ).all()
        gone = [row.logg for row in rows if row.ref not in listed]
        for start in range(0, len(gone), 500):
            part = gone[start : start + 500]
            for table in (m.watched, m.watched_person):
                connection.execute(
                    table.delete().where(
                        table.c.tenant == verk.tenant,
                        table.c.system == system,
                        table.c.logg.in_(part),
                    )
                )
            told.trukket += withdraw_logs(connection, verk, system, part)
