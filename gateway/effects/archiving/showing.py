"""Whether an archive shows what it takes: told by its own receipts, each with how long it took.

What was sent and does not show may be there all the same where a search lags; so it is a person's.
Where every receipt so far came within the rest that is given, and none was shown later than a look
that missed it, what does not show after the rest was not taken. This reads the chain and no more.
"""

import json
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from gateway.arkiv.levering import Tilstand
from gateway.ledger import tables as t

RECEIPTS = 50
"""How many of an archive's newest receipts are asked."""
ENOUGH = 3
"""Receipts that were shown in time, before anything is believed."""
AFTER = "vistEtter"
"""In a receipt: seconds from when the last of it was sent until it was seen, by us."""
AGAIN = "igjen:"
"""Before the name of what was opened for once more, in a delivery's memory: what shows then was
not there before."""
MISSED = "ikkeVistFoer"
"""In a receipt: a look after the rest had missed what it shows."""


def told(sent: dict[str, str], now: datetime, *, missed: bool) -> dict[str, Any]:
    """What a receipt says of how long it took; nothing where it was not we who sent it now."""
    if not sent:
        return {}
    last = max(datetime.fromisoformat(at) for at in sent.values())
    return {AFTER: round((now - last).total_seconds(), 3)} | ({MISSED: True} if missed else {})


def shows(connection: sa.Connection, archive: str, rest: float) -> bool:
    """True when the archive has been seen to show what it takes within `rest` seconds, and has
    never been seen not to, as far as its newest receipts tell."""
    rows = connection.execute(
        sa.select(t.entry.c.body)
        .where(
            t.entry.c.kind == "arkivkvittering",
            t.entry.c.body.like(f"%{json.dumps(archive, ensure_ascii=True)}%"),
        )
        .order_by(t.entry.c.seq.desc())
        .limit(RECEIPTS)
    ).scalars()
    bodies = [body for body in map(json.loads, rows) if body.get("arkiv") == archive]
    if any(body.get(MISSED) for body in bodies):
        return False
    in_time = sum(body.get(AFTER, rest + 1) <= rest for body in bodies)
    return bool(in_time >= ENOUGH)


def missed(row: dict[str, Any], sent: dict[str, str], now: datetime, rest: float) -> bool:
    """True when a look after the rest has missed what is shown now."""
    unseen = row["state"] == Tilstand.SENDES.value and row["code"] == "KANSKJE_ARKIVERT"
    if not unseen or not sent or any(name.startswith(AGAIN) for name in sent):
        return False
    first = min(datetime.fromisoformat(at) for at in sent.values())
    return (now - first).total_seconds() > rest and row["attempts"] > 1
