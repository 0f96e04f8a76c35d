"""Packages that are not taken in: refused one at a time, put by, or left alone.

A package that is nobody's is told to the channel as refused. One that no key of ours opens may be
true, and the fault ours: a channel that can keeps it whole, out of the way of what does open, until
the keys are others. A platform that cannot keeps it where it is when nothing that came opens, for
what is refused there does not come again.
"""

import json
from dataclasses import dataclass, field

import sqlalchemy as sa

from gateway import log
from gateway.effects.transferring import kanalvakt
from gateway.effects.transferring.verk import Overfoeringsverk
from gateway.errors import GatewayError, LocalFault, Rejected
from gateway.ledger import tables as t
from gateway.ledger.chain import Fact, append
from gateway.ports.kanal import Bortlegger, Innkommet, Kanal

CLOSED = kanalvakt.CLOSED
NO_ENVELOPE = "INGEN_KONVOLUTT"
"""Bytes that are no envelope: no key of ours is to blame, and they prove nothing of it either."""
FEW = 3
"""So many unreadable packages of a platform may be others' fault; more, and nothing else, is
ours."""
_RUN = "innboks"


@dataclass(slots=True)
class Aapnede:
    """What a round of one channel found of keys: what opened for nobody, and whose did."""

    lukket: list[Innkommet] = field(default_factory=list)
    aapne: set[str] = field(default_factory=set)
    """`Innkommet.hvem` of those of whom something opened."""


def refuse(verk: Overfoeringsverk, kanal: Kanal, one: Innkommet, error: Rejected) -> None:
    """Note the code and tell the platform. A platform that cannot be told, is told next time."""
    log.get("innboks").warning("avvist", code=error.code, place=error.place)
    _note(verk, "avvist", error.code)
    try:
        kanal.avvis(one.ref, error.code)
    except GatewayError as fault:
        log.get("innboks").warning("avvis", code=fault.code, place=fault.place)


def bring_back(verk: Overfoeringsverk, kanal: Kanal) -> None:
    """What was put by under other keys than ours now waits again."""
    if isinstance(kanal, Bortlegger) and kanal.ta_frem(verk.forsegler.merke()):
        _note(verk, "tattFrem", CLOSED)


def settle(verk: Overfoeringsverk, name: str, kanal: Kanal, found: Aapnede) -> int:
    """Do with what could not be opened what its channel can; how many were put out of the way, and
    say on the list what waits. Raises LocalFault when a platform keeps all of it."""
    if isinstance(kanal, Bortlegger):
        return _put_by(verk, name, kanal, found)
    held = len(found.lukket) > FEW and not found.aapne
    if held or found.aapne:
        kanalvakt.platform(verk, name, held=held)
    if held:
        if _last(verk) != {"hendelse": "alarm", "kode": CLOSED}:
            _note(verk, "alarm", CLOSED)
        raise LocalFault(CLOSED, place=_RUN)
    for one in found.lukket:
        refuse(verk, kanal, one, Rejected(CLOSED, place="pakke"))
    return len(found.lukket)


def _put_by(verk: Overfoeringsverk, name: str, kanal: Bortlegger, found: Aapnede) -> int:
    mark = verk.forsegler.merke()
    new = [one for one in found.lukket if kanal.legg_bort(one.ref, mark)]
    if new:
        log.get("innboks").warning("lagtBort", code=CLOSED, antall=len(new))
        _note(verk, "lagtBort", CLOSED, len(new))
    senders = {one.hvem for one in new}
    kanalvakt.put_by(verk, name, kanal.bortlagt(), new=senders, opened=found.aapne)
    return len(new)


def _note(verk: Overfoeringsverk, what: str, code: str, count: int = 0) -> None:
    body = {"hendelse": what, "kode": code} | ({"antall": count} if count else {})
    with verk.arkiv.database.begin() as connection:
        append(connection, verk.stamp(), [Fact("overfoering", run_id=_RUN, body=body)])


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
