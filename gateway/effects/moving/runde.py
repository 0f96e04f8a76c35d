"""One round: whom we watch, who is new, what the feed says, and everybody when that is needed.

Nothing a round does starts a transfer. It may be run as often as one likes, by any process, and be
killed anywhere: pages and pointer are one commit, and a round that was killed is followed by a look
at everybody we watch.
"""

from datetime import datetime, timedelta

import sqlalchemy as sa

from gateway.effects.moving import cases, pointer, reading, reconciling, watching
from gateway.effects.moving.flytteverk import Flytteverk, Runde
from gateway.errors import GatewayError, RemoteFault, Transient
from gateway.ledger import moving_tables as m


def run(verk: Flytteverk, *, everybody: bool = False, look_over: bool = False) -> Runde:
    """A round. `everybody`: look up all we watch, as after a restart. `look_over`: see the logs
    over now, whenever that was done last. Raises GatewayError; then the next round goes on."""
    told = Runde()
    token = verk.clock.new_id()[:32]
    peker = pointer.begin(verk)
    why = peker.reconcile
    if everybody or peker.round:
        why = why or (pointer.OENSKET if everybody else pointer.OMSTART)
    pointer.note(verk, round=token, reconcile=why)
    try:
        _work(verk, told, look_over=look_over)
    except Exception:
        # A fault is not a kill: what was done is committed, and nothing was skipped.
        _done(verk, token)
        raise
    _done(verk, token)
    told.fulgt = _watched(verk)
    return told


def _work(verk: Flytteverk, told: Runde, *, look_over: bool) -> None:
    told.utloept = cases.expire(verk)
    peker = pointer.begin(verk)
    away: GatewayError | None = None
    if look_over or _stale(verk, peker.watched_at):
        try:
            watching.look_over(verk, told)
            # Without the tag the register says how far it has come, not only that it is the same.
            pointer.note(verk, watched_at=verk.now(), etag="")
        except (Transient, RemoteFault) as fault:
            # A source that is away never stops the reading about those we know; told at the end.
            away = fault
    reconciling.newcomers(verk, told)
    _catch_up(verk, told)
    reading.read_on(verk, pointer.begin(verk), told)
    _catch_up(verk, told)
    if away is not None:
        raise away


def _catch_up(verk: Flytteverk, told: Runde) -> None:
    """Everybody, when the row says so. The reason is taken away only when all are done, and only
    if it is still the same: a hole another process found meanwhile stands."""
    why = pointer.begin(verk).reconcile
    if not why:
        return
    reconciling.everybody(verk, told)
    told.avstemt_fordi = why
    with verk.database.begin() as connection:
        connection.execute(
            m.pointer.update()
            .where(m.pointer.c.tenant == verk.tenant, m.pointer.c.reconcile == why)
            .values(reconcile="")
        )


def _stale(verk: Flytteverk, at: str) -> bool:
    if not at:
        return True
    hours = timedelta(hours=verk.kommune.flyttehint.se_over_timer)
    return verk.at() - datetime.fromisoformat(at) >= hours


def _done(verk: Flytteverk, token: str) -> None:
    with verk.database.begin() as connection:
        connection.execute(
            m.pointer.update()
            .where(m.pointer.c.tenant == verk.tenant, m.pointer.c.round == token)
            .values(round="")
        )


def _watched(verk: Flytteverk) -> int:
    with verk.database.look() as connection:
        return int(
            connection.execute(
                sa.select(sa.func.count(sa.distinct(m.watched_person.c.logg))).where(
                    m.watched_person.c.tenant == verk.tenant
                )
            ).scalar_one()
        )
