"""Siblings: hand-overs a worker keeps together. Protection on one freezes all; nothing else joins.

Each has its own row and its own states (E-2). What is held at one is held at the others by a step
of their own, as often as it takes: a row that moved meanwhile is looked at again, and what a
process that died left behind is the next round's.
"""

import sqlalchemy as sa

from gateway.effects.transferring import rader
from gateway.effects.transferring.innhold import speaker
from gateway.effects.transferring.rader import Rad
from gateway.effects.transferring.skritt import Skritt, take
from gateway.effects.transferring.vakthold import answers
from gateway.effects.transferring.verk import Overfoeringsverk
from gateway.errors import Conflict
from gateway.ledger import transfer_tables as x
from gateway.overfoering.tilstand import ENDT, OVERTATT, Hendelse, Side, Tilstand

_TRIES = 5
_OPEN = tuple(t.value for t in Tilstand if t not in ENDT | OVERTATT)


def freeze_group(verk: Overfoeringsverk, rad: Rad) -> int:
    """Hold what is kept together with a row that is held; how many."""
    if not rad.verdi["gruppe"]:
        return 0
    with verk.arkiv.database.look() as connection:
        rows = connection.execute(
            sa.select(x.overfoering.c.overfoering_id, x.overfoering.c.forsoek).where(
                x.overfoering.c.tenant == verk.tenant,
                x.overfoering.c.side == rad.side.value,
                x.overfoering.c.gruppe == rad.verdi["gruppe"],
                x.overfoering.c.overfoering_id != rad.id,
            )
        ).all()
    return sum(_freeze(verk, rad, row.overfoering_id, row.forsoek) for row in rows)


def _freeze(verk: Overfoeringsverk, held: Rad, own: str, forsoek: int) -> bool:
    for _ in range(_TRIES):
        other = rader.load(verk, held.side, own, forsoek)
        # A group that came with an offer is its sender's word, and holds for its own offers only.
        foreign = (
            held.side is Side.MOTTAKER and other and (other.lukket.motpart != held.lukket.motpart)
        )
        if other is None or foreign:
            return False
        step = Skritt(Hendelse.SPERR, answers({}), av="gruppe")
        try:
            _, taken = take(verk, other, step, speaker(verk))
        except Conflict:
            continue
        return taken.regel is not None
    return False


def freeze_siblings(verk: Overfoeringsverk) -> int:
    """Hold what should have been held with a sibling already. A row that was begun after the
    sibling was held is a person's, who knew of it."""
    held = x.overfoering.alias()
    mate = sa.and_(
        held.c.tenant == x.overfoering.c.tenant,
        held.c.side == x.overfoering.c.side,
        held.c.gruppe == x.overfoering.c.gruppe,
        held.c.overfoering_id != x.overfoering.c.overfoering_id,
        held.c.tilstand == Tilstand.SPERRET.value,
        held.c.endret >= x.overfoering.c.opprettet,
    )
    with verk.arkiv.database.look() as connection:
        rows = connection.execute(
            sa.select(
                held.c.side,
                held.c.overfoering_id,
                held.c.forsoek,
                x.overfoering.c.overfoering_id.label("soesken"),
                x.overfoering.c.forsoek.label("soesken_forsoek"),
            )
            .join(x.overfoering, mate)
            .where(
                x.overfoering.c.tenant == verk.tenant,
                x.overfoering.c.gruppe != "",
                x.overfoering.c.tilstand.in_(_OPEN),
            )
        ).all()
    count = 0
    for row in rows:
        rad = rader.load(verk, Side(row.side), row.overfoering_id, row.forsoek)
        count += rad is not None and _freeze(verk, rad, row.soesken, row.soesken_forsoek)
    return count
