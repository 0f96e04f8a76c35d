"""Proposals and tasks in the ledger: made, withdrawn, expired. Details are sealed while they are
open, and destroyed when they are not: a hint is no evidence, and nobody needs it afterwards.
"""

from datetime import timedelta

import sqlalchemy as sa

from gateway.effects.archiving.verk import stamp
from gateway.effects.moving.flytteverk import Flytteverk
from gateway.effects.moving.sealed import open_case, seal_case
from gateway.flytting.dom import MANUELL, Aapen, Forslag, Trekkgrunn
from gateway.ledger import moving_tables as m
from gateway.ledger.chain import Fact, append
from gateway.tasks import book
from gateway.tasks.book import Waiting
from gateway.tasks.kinds import Kind

OPEN = "aapen"
_OWNER = "flyttehint"


def make(
    connection: sa.Connection, verk: Flytteverk, system: str, logg: str, forslag: Forslag | None
) -> Fact:
    """Put a proposal before a person, or without one a task without details."""
    case_id = f"hint-{verk.clock.new_id()[:20]}"
    kode = forslag.kode if forslag else MANUELL
    # A task for a protected family does not go away by itself.
    days = timedelta(days=verk.kommune.flyttehint.forslag_dager)
    expires = stamp(verk.clock.now() + days) if forslag else ""
    connection.execute(
        m.case.insert(),
        {
            "case_id": case_id,
            "tenant": verk.tenant,
            "system": system,
            "logg": logg,
            "state": OPEN,
            "code": kode,
            "created": verk.now(),
            "expires": expires,
            "sealed": seal_case(verk.ring, case_id, forslag) if forslag else None,
        },
    )
    _state(connection, verk.tenant, verk.now(), case_id, kode, system, expires)
    return Fact("flytteforslag", logg=logg, body={"forslag": case_id, "kode": kode})


def state_open(connection: sa.Connection, tenant: str) -> None:
    """State what is open as what waits, each from when it was made; in the caller's transaction."""
    rows = connection.execute(
        sa.select(m.case).where(m.case.c.tenant == tenant, m.case.c.state == OPEN)
    ).all()
    for row in rows:
        _state(connection, tenant, row.created, row.case_id, row.code, row.system, row.expires)


def _state(
    connection: sa.Connection, tenant: str, at: str, case_id: str, kode: str, system: str,
    expires: str,
) -> None:  # fmt: skip
    decide = f"stafett moves decide {case_id} --as overfoer --by HVEM"
    said = Waiting(Kind.MOVE, kode, decide, place=system, deadline=expires)
    book.state_one(connection, tenant, _OWNER, at, case_id, said)


def open_of(
    connection: sa.Connection, verk: Flytteverk, system: str, logg: str
) -> tuple[str, Aapen] | None:
    """The id of what is open for a log, and what it says."""
    row = connection.execute(
        sa.select(m.case.c.case_id, m.case.c.code, m.case.c.sealed)
        .where(
            m.case.c.tenant == verk.tenant,
            m.case.c.system == system,
            m.case.c.logg == logg,
            m.case.c.state == OPEN,
        )
        .order_by(m.case.c.created)
        .limit(1)
    ).first()
    if row is None:
        return None
    til = open_case(verk.ring, row.case_id, row.code, row.sealed).til if row.sealed else ""
    return row.case_id, Aapen(row.code, til)


def end(
    connection: sa.Connection, verk: Flytteverk, case_id: str, state: str, why: str, by: str = ""
) -> bool:
    """Close an open case and destroy its details. False when it was not open."""
    done = connection.execute(
        m.case.update()
        .where(m.case.c.case_id == case_id, m.case.c.state == OPEN)
        .values(state=state, ended=verk.now(), ended_code=why, decided_by=by or None, sealed=None)
    )
    book.state_one(connection, verk.tenant, _OWNER, verk.now(), case_id)
    return done.rowcount == 1


def withdraw(
    connection: sa.Connection, verk: Flytteverk, logg: str, case_id: str, why: Trekkgrunn
) -> Fact:
    """Withdraw a proposal; the fact says why, in a code."""
    end(connection, verk, case_id, "trukket", why.value)
    return Fact("flyttetrukket", logg=logg, body={"forslag": case_id, "grunn": why.value})


def withdraw_logs(
    connection: sa.Connection, verk: Flytteverk, system: str, loggs: list[str]
) -> int:
    """Withdraw what is open for logs that are not active any more."""
    rows = connection.execute(
        sa.select(m.case.c.case_id, m.case.c.logg).where(
            m.case.c.tenant == verk.tenant,
            m.case.c.system == system,
            m.case.c.logg.in_(loggs),
            m.case.c.state == OPEN,
        )
    ).all()
    why = Trekkgrunn.LOGG_IKKE_AKTIV
    facts = [withdraw(connection, verk, row.logg, row.case_id, why) for row in rows]
    if facts:
        append(connection, verk.now(), facts)
    return len(facts)


def expire(verk: Flytteverk) -> int:
    """End the proposals nobody answered. What we knew stands, so a new event is a new hint."""
    now = verk.now()
    with verk.database.begin() as connection:
        rows = connection.execute(
            sa.select(m.case.c.case_id, m.case.c.logg).where(
                m.case.c.tenant == verk.tenant,
                m.case.c.state == OPEN,
                m.case.c.expires != "",
                m.case.c.expires <= now,
            )
        ).all()
        facts = []
        for row in rows:
            end(connection, verk, row.case_id, "utloept", "utloept")
            body = {"forslag": row.case_id, "grunn": "utloept"}
            facts.append(Fact("flyttetrukket", logg=row.logg, body=body))
        if facts:
            append(connection, now, facts)
    return len(rows)
