"""Look up those we watch, and only those: everybody when something may have been missed, and each
once when they are new. Never an extract of the register (E-3).
"""

import sqlalchemy as sa

from gateway.effects import failpoint
from gateway.effects.moving.family import Logg
from gateway.effects.moving.flytteverk import Flytteverk, Runde
from gateway.effects.moving.judging import judge
from gateway.flytting.sist import Tegn
from gateway.ledger import moving_tables as m

BATCH = 200


def everybody(verk: Flytteverk, told: Runde) -> None:
    """Compare each watched child with what we knew. Raises as the register does."""
    _compare(verk, _loggs(verk, new=False), told)


def newcomers(verk: Flytteverk, told: Runde) -> None:
    """The children the register has not been asked about yet."""
    _compare(verk, _loggs(verk, new=True), told)


def _compare(verk: Flytteverk, loggs: list[Logg], told: Runde) -> None:
    for start in range(0, len(loggs), BATCH):
        part = loggs[start : start + BATCH]
        judge(verk, dict.fromkeys(part, Tegn(avstemming=True)), told)
        told.avstemt += len(part)
        failpoint.reach("moves.reconciled")


def _loggs(verk: Flytteverk, *, new: bool) -> list[Logg]:
    with verk.database.look() as connection:
        query = (
            sa.select(m.watched.c.system, m.watched.c.logg)
            .where(m.watched.c.tenant == verk.tenant)
            .where(
                sa.exists().where(
                    m.watched_person.c.tenant == m.watched.c.tenant,
                    m.watched_person.c.system == m.watched.c.system,
                    m.watched_person.c.logg == m.watched.c.logg,
                )
            )
            .order_by(m.watched.c.system, m.watched.c.logg)
        )
        if new:
            query = query.where(m.watched.c.looked_up.is_(False))
        rows = connection.execute(query).all()
    return [(row.system, row.logg) for row in rows if row.system in verk.kilder]
