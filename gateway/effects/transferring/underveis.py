"""What a platform says of our own messages: how far one came, and that one was not delivered.

All of it is about transport. It decides when the same message is sent again, never where a row
stands: only the other side's signed word does that.
"""

from datetime import datetime, timedelta

import sqlalchemy as sa

from gateway import log
from gateway.effects.archiving.verk import stamp
from gateway.effects.transferring.post import next_try
from gateway.effects.transferring.verk import Overfoeringsverk
from gateway.errors import GatewayError, Transient, UnknownOutcome
from gateway.ledger import transfer_tables as x
from gateway.ports.kanal import Innkommet, Kanal, Transportstand
from schemas.overfoering.koder import Meldingstype

SHORTEST, LONGEST = 900.0, 4 * 3600.0
"""Seconds between two questions about one message; the pause grows with its age."""
AGAIN = timedelta(days=1)
"""A message the platform has under way or delivered is sent again no sooner."""
_KNOWN = frozenset({Transportstand.UNDERVEIS, Transportstand.LEVERT})
_RECEIPT = Meldingstype.KVITTERING.value


def wait(verk: Overfoeringsverk, kanal: Kanal, row: dict[str, str]) -> dict[str, object] | None:
    """What to note of a sent message instead of sending it again; None when it shall be sent.

    A receipt has nobody who acknowledges it: it is done with when the platform does not say that
    it failed. A message that was lost for its want is said again, and gets another.
    """
    try:
        stand = kanal.stand(row["transport_id"])
    except (Transient, UnknownOutcome) as error:
        # A platform that cannot say how far it came would not take it either.
        return {"neste": next_try(verk, int(row["forsoekt"])), "kode": error.code[:60]}
    except GatewayError as error:
        log.get("utboks").warning("stand", code=error.code, run=row["overfoering_id"])
        stand = Transportstand.UKJENT
    now = verk.now()
    sent = datetime.fromisoformat(row["sist"]) if row["sist"] else now
    again = sent + AGAIN
    if row["type"] == _RECEIPT and stand is not Transportstand.FEILET:
        under_way = stand is Transportstand.UNDERVEIS and now < again
        return {"neste": _look(now, sent, again)} if under_way else {"tilstand": "kvittert"}
    if stand not in _KNOWN or now >= again:
        return None
    return {"neste": _look(now, sent, again), "sist": stamp(sent), "kode": ""}


def _look(now: datetime, sent: datetime, again: datetime) -> str:
    pause = min(max((now - sent).total_seconds(), SHORTEST), LONGEST)
    return stamp(min(now + timedelta(seconds=pause), again))


def not_delivered(verk: Overfoeringsverk, one: Innkommet) -> None:
    """The platform could not deliver a message of ours: it is sent again soon.

    The platform names it by our id or by its own. A receipt counts as done when it was sent, and
    is taken up again.
    """
    named = sa.or_(x.melding.c.melding_id == one.svarer, x.melding.c.transport_id == one.svarer)
    out = x.melding.c.tilstand == "sendt"
    receipt = sa.and_(x.melding.c.type == _RECEIPT, x.melding.c.tilstand == "kvittert")
    with verk.arkiv.database.begin() as connection:
        rows = connection.execute(
            sa.select(x.melding).where(
                x.melding.c.tenant == verk.tenant,
                x.melding.c.retning == "ut",
                named,
                sa.or_(out, receipt),
            )
        ).all()
        for row in rows:
            # The pauses hold here too, or a message nobody can deliver would go round and round.
            soon = min(row.neste, next_try(verk, max(int(row.forsoekt) - 1, 0)))
            connection.execute(
                x.melding.update()
                .where(
                    x.melding.c.tenant == row.tenant,
                    x.melding.c.side == row.side,
                    x.melding.c.retning == "ut",
                    x.melding.c.melding_id == row.melding_id,
                    x.melding.c.tilstand == row.tilstand,
                )
                .values(tilstand="venter", kode=one.feil[:60], neste=soon)
            )
