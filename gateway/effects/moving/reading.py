"""Read the feed to its end, a page at a time: find whom we watch, judge, and move the pointer.

Everybody else's events are let go where they stand: no row, no line, no count by person. An event
that cannot be placed, a number that is missing, and a pointer the register has forgotten, end in
looking up everybody we watch.
"""

from collections.abc import Iterable
from functools import partial
from typing import Any

import sqlalchemy as sa

from gateway.effects import failpoint
from gateway.effects.moving import pointer
from gateway.effects.moving.family import Logg
from gateway.effects.moving.flytteverk import Flytteverk, Runde
from gateway.effects.moving.judging import judge
from gateway.effects.moving.pointer import Peker
from gateway.effects.moving.sealed import pseudonym
from gateway.errors import Conflict, RemoteFault
from gateway.flytting.side import Side, in_order
from gateway.flytting.sist import Tegn
from gateway.ledger import moving_tables as m
from gateway.ports.folkeregister import Endring, Hendelse, Hendelseslag

_WITH_DOCUMENT = frozenset(
    {Hendelseslag.BOSTED, Hendelseslag.UTENFLYTTING, Hendelseslag.BESKYTTELSE}
)
_UNREADABLE = "UGYLDIG_SVAR"


def read_on(verk: Flytteverk, peker: Peker, told: Runde) -> None:
    """Everything from the pointer to the end of the feed. Raises as the register does."""
    seq, etag, stands = peker.seq, peker.etag, False
    while True:
        try:
            page = verk.register.feed(seq, etag)
        except Conflict as gone:
            if gone.code != "PEKER_FORELDET":
                raise
            _start_anew(verk, seq)
            return
        if page.unchanged:
            return
        side = in_order(seq, page.hendelser)
        if not side.nye:
            if _at_the_end(verk, seq, page.etag):
                return
            if stands:
                raise RemoteFault("FEED_STAAR_STILLE", place="feed")
            stands = True
            continue
        if not _take(verk, seq, side, told):
            return
        seq, etag, stands = side.neste, "", False


def _take(verk: Flytteverk, seq: int, side: Side, told: Runde) -> bool:
    """One page: verdicts and pointer in one commit. False when another process was first."""
    events = _ours(verk, side.nye)
    hints = {logg: Tegn(frozenset(e.slag for e in found)) for logg, found in events.items()}
    values: dict[str, Any] = {"seq": side.neste, "etag": ""}
    if side.hull:
        values["reconcile"] = pointer.HULL
    failpoint.reach("moves.page")
    beside = partial(pointer.move, verk=verk, old=seq, **values)
    moved = judge(verk, hints, told, beside, lambda logg: _changes(verk, events[logg]))
    failpoint.reach("moves.after")
    if moved:
        told.lest += len(side.nye)
        told.berorer += len(hints)
    return moved


def _start_anew(verk: Flytteverk, seq: int) -> None:
    """The pointer is of no use: begin at the newest event, and look everybody up after that."""
    newest = verk.register.newest() + 1
    with verk.database.begin() as connection:
        pointer.move(connection, verk, seq, seq=newest, etag="", reconcile=pointer.FORELDET)


def _at_the_end(verk: Flytteverk, seq: int, etag: str) -> bool:
    """Whether a page without news is the end, as the register itself counts. A register whose
    newest event is before our pointer is not the one we read."""
    newest = verk.register.newest() + 1
    if newest < seq:
        _start_anew(verk, seq)
        return True
    if newest > seq:
        return False
    with verk.database.begin() as connection:
        pointer.move(connection, verk, seq, etag=etag)
    return True


def _ours(verk: Flytteverk, events: Iterable[Hendelse]) -> dict[Logg, list[Hendelse]]:
    """The logs a page concerns, and the events of each child."""
    by_person: dict[str, list[Hendelse]] = {}
    for one in events:
        if one.nummer:
            by_person.setdefault(pseudonym(verk.ring, verk.tenant, one.nummer), []).append(one)
    found: dict[Logg, list[Hendelse]] = {}
    for person, loggs in _watched(verk, list(by_person)).items():
        for logg in loggs:
            found.setdefault(logg, []).extend(by_person[person])
    return found


def _watched(verk: Flytteverk, persons: list[str]) -> dict[str, list[Logg]]:
    found: dict[str, list[Logg]] = {}
    with verk.database.look() as connection:
        for start in range(0, len(persons), 500):
            rows = connection.execute(
                sa.select(m.watched_person).where(
                    m.watched_person.c.tenant == verk.tenant,
                    m.watched_person.c.person.in_(persons[start : start + 500]),
                )
            )
            for row in rows:
                if row.system in verk.kilder:
                    found.setdefault(row.person, []).append((row.system, row.logg))
    return found


def _changes(verk: Flytteverk, events: Iterable[Hendelse]) -> frozenset[Endring]:
    """What a watched child's events did to the residence."""
    return frozenset[Endring]().union(*(_change(verk, event) for event in events))


def _change(verk: Flytteverk, event: Hendelse) -> frozenset[Endring]:
    """A document that is gone, or cannot be read, is a doubt and no reason to stop: the person is
    looked up all the same."""
    if event.slag not in _WITH_DOCUMENT or not event.dokument:
        return frozenset()
    try:
        return verk.register.changes(event.dokument, event.nummer)
    except Conflict:
        return frozenset({Endring.UKJENT})
    except RemoteFault as fault:
        if fault.code != _UNREADABLE:
            raise
        return frozenset({Endring.UKJENT})
