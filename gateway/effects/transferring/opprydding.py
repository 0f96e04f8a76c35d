"""Messages that have been said and acknowledged: their sealed bytes go, their hashes stay.

The proof needs ids, numbers and hashes. The bytes are kept a while, for a platform may tell late
that it could not deliver; after that they are of use to nobody but a thief.
"""

from datetime import timedelta

import sqlalchemy as sa

from gateway.effects.archiving.verk import stamp
from gateway.effects.transferring.verk import Overfoeringsverk
from gateway.ledger import transfer_tables as x

KEPT = timedelta(days=30)
_SOME = 200
_SAID = ("kvittert", "oppgitt")


def forget_said(verk: Overfoeringsverk) -> int:
    """Destroy the bytes of some old messages that are done with; how many. Again does no harm."""
    old = stamp(verk.now() - KEPT)
    with verk.arkiv.database.look() as connection:
        found = list(
            connection.execute(
                sa.select(x.melding.c.pakke)
                .where(
                    x.melding.c.tenant == verk.tenant,
                    x.melding.c.retning == "ut",
                    x.melding.c.tilstand.in_(_SAID),
                    x.melding.c.pakke != "",
                    x.melding.c.tid <= old,
                    sa.or_(x.melding.c.sist == "", x.melding.c.sist <= old),
                )
                .limit(_SOME)
            ).scalars()
        )
    if not found:
        return 0
    with verk.arkiv.database.begin() as connection:
        connection.execute(
            x.melding.update()
            .where(x.melding.c.pakke.in_(found), x.melding.c.tilstand.in_(_SAID))
            .values(pakke="")
        )
        taken_up = set(
            connection.execute(
                sa.select(x.melding.c.pakke).where(x.melding.c.pakke.in_(found))
            ).scalars()
        )
    gone = [one for one in found if one not in taken_up]
    verk.arkiv.store.delete(gone)
    return len(gone)
