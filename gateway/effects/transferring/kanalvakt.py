"""What waits for a person of the channels themselves: what comes and no key of ours opens, and what
we say and nobody receipts.

Neither is one hand-over's: it is the set-up of one end or the other, and whoever mends it is the
one who set it up. A counterpart is told by the number of its file, for who it is can itself be a
secret (C-4).
"""

from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from gateway.effects.archiving.verk import stamp
from gateway.effects.transferring.verk import Overfoeringsverk
from gateway.ledger import tables as t
from gateway.ledger import transfer_tables as x
from gateway.overfoering.tilstand import Side
from gateway.ports.kanal import Bortlagt, Bortlegger
from gateway.tasks import book
from gateway.tasks.book import Waiting
from gateway.tasks.kinds import Kind

CLOSED = "KAN_IKKE_DEKRYPTERES"
UNHEARD = "MOTPART_SVARER_IKKE"
HOURS, TRIES = 4, 3
"""A message that was said so long ago, tried so often, and has no receipt, is told to a person."""
_AGAIN = "stafett transfer round --now"


def put_by(
    verk: Overfoeringsverk,
    name: str,
    there: Sequence[Bortlagt],
    *,
    new: Collection[str],
    opened: Collection[str],
) -> None:
    """A sender whose packages we cannot open waits from the first, until one of its opens or none
    of them is kept any more. `new` and `opened` are senders of this round."""
    owner = f"innboks:{name}"
    kept = {one.hvem: one for one in there}
    with verk.arkiv.database.look() as connection:
        waits = _items(connection, verk, owner)
    holds = ((waits | {_item(name, who) for who in new}) - {_item(name, who) for who in opened}) & {
        _item(name, who) for who in kept
    }
    if holds == waits:
        return
    found = {
        _item(name, who): [_closed(_place(verk, one.orgnr) or name)]
        for who, one in kept.items()
        if _item(name, who) in holds
    }
    with verk.arkiv.database.begin() as connection:
        book.only(connection, verk.tenant, owner, verk.stamp(), found)


def platform(verk: Overfoeringsverk, name: str, *, held: bool) -> None:
    """A platform keeps what we cannot open, as long as nothing of it opens."""
    owner = f"innboks:{name}"
    with verk.arkiv.database.begin() as connection:
        if held != bool(_items(connection, verk, owner)):
            said = [_closed(name)] if held else []
            book.state_one(connection, verk.tenant, owner, verk.stamp(), name, *said)


def unheard(verk: Overfoeringsverk) -> None:
    """Every hand-over of which something we said has had no receipt for hours waits; the code the
    line gave last stands beside it. What is receipted or given up waits no more."""
    before = stamp(verk.now() - timedelta(hours=HOURS))
    m = x.melding.c
    late = sa.select(m.side, m.overfoering_id, sa.func.max(m.kode).label("kode")).where(
        m.tenant == verk.tenant,
        m.retning == "ut",
        m.tilstand.in_(("venter", "sendt")),
        m.tid <= before,
        m.forsoekt >= TRIES,
    )
    with verk.arkiv.database.look() as connection:
        rows = connection.execute(late.group_by(m.side, m.overfoering_id)).all()
        waits = {side: _items(connection, verk, f"utboks:{side.value}") for side in Side}
    for side in Side:
        found = {
            str(row.overfoering_id): [
                Waiting(Kind.CHANNEL, UNHEARD, _AGAIN, place=f"{row.side} {row.kode}".strip())
            ]
            for row in rows
            if row.side == side.value
        }
        if found.keys() != waits[side]:
            with verk.arkiv.database.begin() as connection:
                owner = f"utboks:{side.value}"
                book.only(connection, verk.tenant, owner, verk.stamp(), found)


def shown(verk: Overfoeringsverk) -> list[dict[str, Any]]:
    """What waits of the channels, and what is put by of whom, as lines of the inbox."""
    with verk.arkiv.database.look() as connection:
        listed = book.listed(connection, verk.tenant, verk.stamp())
    lines = {
        one.item: {"sted": one.place, "kode": one.code, "antall": "", "siden": one.since[:10],
                   "id": one.item}
        for one in listed
        if one.kind is Kind.CHANNEL
    }  # fmt: skip
    for name, kanal in verk.kanaler.items():
        for one in kanal.bortlagt() if isinstance(kanal, Bortlegger) else ():
            item = _item(name, one.hvem)
            place = _place(verk, one.orgnr) or name
            line = {"sted": place, "kode": "", "antall": "", "siden": "", "id": item}
            lines[item] = lines.get(item, line) | {"antall": str(one.antall)}
    return list(lines.values())


def _items(connection: sa.Connection, verk: Overfoeringsverk, owner: str) -> set[str]:
    found = connection.execute(
        sa.select(t.waiting.c.item).where(
            t.waiting.c.tenant == verk.tenant, t.waiting.c.owner == owner
        )
    ).scalars()
    return {str(item) for item in found}


def _item(name: str, who: str) -> str:
    return f"{name}:{who}" if who else name


def _closed(place: str) -> Waiting:
    return Waiting(Kind.CHANNEL, CLOSED, _AGAIN, place=place)


def _place(verk: Overfoeringsverk, orgnr: str) -> str:
    """A counterpart as it may be told: the number of its file."""
    for nr, known in enumerate(verk.motparter, 1):
        if known == orgnr:
            return f"motpart {nr}"
    return ""
