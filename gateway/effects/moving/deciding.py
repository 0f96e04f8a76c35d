"""What a person sees of hints, and what a person decides. A decision starts nothing by itself.

The municipality a child may have moved to is told only here, only for an open proposal, and only
when the register has said, just now, that nobody in the family is protected (C-4).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

import sqlalchemy as sa

from gateway.effects.moving import cases, pointer
from gateway.effects.moving.family import open_families
from gateway.effects.moving.flytteverk import Flytteverk
from gateway.effects.moving.sealed import open_case, open_watched, seal_watched
from gateway.errors import GatewayError, LocalFault
from gateway.flytting.dom import MANUELL, Forslag
from gateway.flytting.sist import Sist
from gateway.ledger import moving_tables as m
from gateway.ledger.chain import Fact, append
from gateway.ledger.database import Database
from gateway.staff.member import Acting


class Avgjoerelse(StrEnum):
    """What a person may decide (E-3)."""

    OVERFOER = "overfoer"
    AVSLUTT = "avslutt"
    BEHOLD = "behold"
    FEIL = "feil"


@dataclass(frozen=True, slots=True)
class Vist:
    """One proposal as a person sees it. `kommune` and `flyttedato` are empty when they may not be
    shown."""

    hint: str
    system: str
    logg: str
    dato: str
    kode: str
    tilstand: str
    utloeper: str
    kommune: str = field(repr=False, default="")
    flyttedato: str = field(repr=False, default="")


def show(verk: Flytteverk, *, closed: bool = False) -> list[Vist]:
    """The open proposals, newest first; with `closed` all of them."""
    cases.expire(verk)
    query = sa.select(m.case).where(m.case.c.tenant == verk.tenant)
    if not closed:
        query = query.where(m.case.c.state == cases.OPEN)
    with verk.database.look() as connection:
        rows = connection.execute(query.order_by(m.case.c.created.desc(), m.case.c.case_id)).all()
    safe = _safe(verk, rows)
    return [_shown(verk, row, safe=(row.system, row.logg) in safe) for row in rows]


def _safe(
    verk: Flytteverk, rows: Sequence[sa.Row[tuple[object, ...]]]
) -> frozenset[tuple[str, str]]:
    loggs = {(row.system, row.logg) for row in rows if row.sealed}
    if not loggs:
        return frozenset()
    try:
        return open_families(verk, loggs)
    except GatewayError:
        # The register does not answer, so nobody knows: the list comes without the places.
        return frozenset()


def _shown(verk: Flytteverk, row: sa.Row[tuple[object, ...]], *, safe: bool) -> Vist:
    kode = row.code if safe or not row.sealed else MANUELL
    vist = Vist(
        hint=row.case_id,
        system=row.system,
        logg=row.logg,
        dato=row.created[:10],
        kode=kode,
        tilstand=row.state,
        utloeper=row.expires[:10],
    )
    if not (safe and row.sealed):
        return vist
    details = open_case(verk.ring, row.case_id, row.code, row.sealed)
    when = details.flyttedato.isoformat() if details.flyttedato else ""
    return replace(vist, kommune=details.til, flyttedato=when)


def waiting(database: Database, tenant: str) -> int:
    """How many are open."""
    with database.look() as connection:
        return int(
            connection.execute(
                sa.select(sa.func.count())
                .select_from(m.case)
                .where(m.case.c.tenant == tenant, m.case.c.state == cases.OPEN)
            ).scalar_one()
        )


def decide(verk: Flytteverk, hint: str, how: Avgjoerelse, by: Acting) -> Vist:
    """Close a proposal with what a person decided. Raises LocalFault for one that is not open."""
    cases.expire(verk)
    with verk.database.begin() as connection:
        pointer.hold(connection, verk)
        row = connection.execute(
            sa.select(m.case).where(m.case.c.tenant == verk.tenant, m.case.c.case_id == hint)
        ).first()
        if row is None:
            raise LocalFault("UKJENT_FORSLAG", place=hint[:40])
        if row.state != cases.OPEN:
            raise LocalFault("FORSLAG_AVSLUTTET", place=hint[:40])
        if row.sealed:
            _settle(connection, verk, row.system, row.logg,
                    open_case(verk.ring, hint, row.code, row.sealed))  # fmt: skip
        cases.end(connection, verk, hint, "avgjort", how.value, by.ref)
        body = {"forslag": hint, "avgjoerelse": how.value, "av": by.ref}
        append(connection, verk.now(), [Fact("flytteavgjoerelse", logg=row.logg, body=body)])
    return Vist(hint, row.system, row.logg, row.created[:10], row.code, "avgjort", "")


def _settle(
    connection: sa.Connection, verk: Flytteverk, system: str, logg: str, details: Forslag
) -> None:
    """What a person has seen is what we know from now on: the same place is no new hint."""
    key = (verk.tenant, system, logg)
    mine = sa.and_(
        m.watched.c.tenant == verk.tenant, m.watched.c.system == system, m.watched.c.logg == logg
    )
    sealed = connection.execute(sa.select(m.watched.c.sealed).where(mine)).scalar()
    if sealed is None:
        return
    sist = Sist(verk.today(), details.til, details.flyttedato)
    after = replace(open_watched(verk.ring, key, sealed), sist=sist)
    connection.execute(
        m.watched.update().where(mine).values(sealed=seal_watched(verk.ring, key, after))
    )
