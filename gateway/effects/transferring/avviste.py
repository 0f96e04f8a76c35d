"""Packages that are not taken in: refused one at a time, or left alone when it is our key.

A package nobody can open is told to the platform as refused, for good. When nothing that came
can be opened, the fault is more likely ours: then nothing is refused, for what is refused does
not come again, and a person is told once.
"""

import json
from collections.abc import Sequence

import sqlalchemy as sa

from gateway import log
from gateway.effects.transferring.verk import Overfoeringsverk
from gateway.errors import GatewayError, LocalFault, Rejected
from gateway.ledger import tables as t
from gateway.ledger.chain import Fact, append
from gateway.ports.kanal import Innkommet, Kanal

CLOSED = "KAN_IKKE_DEKRYPTERES"
NO_ENVELOPE = "INGEN_KONVOLUTT"
"""Bytes that are no envelope: no key of ours is to blame, and they prove nothing of it either."""
FEW = 3
"""So many unreadable packages may be others' fault; more, and nothing else, is ours."""
_RUN = "innboks"


def refuse(verk: Overfoeringsverk, kanal: Kanal, one: Innkommet, error: Rejected) -> None:
    """Note the code and tell the platform. A platform that cannot be told, is told next time."""
    log.get("innboks").warning("avvist", code=error.code, place=error.place)
    _note(verk, "avvist", error.code)
    try:
        kanal.avvis(one.ref, error.code)
    except GatewayError as fault:
        log.get("innboks").warning("avvis", code=fault.code, place=fault.place)


def settle(verk: Overfoeringsverk, kanal: Kanal, closed: Sequence[Innkommet], *, any_open: bool
) -> int:  # fmt: skip
    """Refuse what could not be opened; how many. Raises LocalFault when all of it is closed."""
    if len(closed) > FEW and not any_open:
        if _last(verk) != {"hendelse": "alarm", "kode": CLOSED}:
            _note(verk, "alarm", CLOSED)
        raise LocalFault(CLOSED, place=_RUN)
    for one in closed:
        refuse(verk, kanal, one, Rejected(CLOSED, place="pakke"))
    return len(closed)


def _note(verk: Overfoeringsverk, what: str, code: str) -> None:
    with verk.arkiv.database.begin() as connection:
        fact = Fact("overfoering", run_id=_RUN, body={"hendelse": what, "kode": code})
        append(connection, verk.stamp(), [fact])


def _last(verk: Overfoeringsverk) -> object:
    """What was noted last of what came."""
    with verk.arkiv.database.look() as connection:
        body = connection.execute(
            sa.select(t.entry.c.body)
            .where(t.entry.c.kind == "overfoering", t.entry.c.run_id == _RUN)
            .order_by(t.entry.c.seq.desc())
            .limit(1)
        ).scalar()
    return json.loads(body) if body else None
