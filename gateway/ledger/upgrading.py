"""A change of shape does not come between the rows and their covers.

Before it, what stands must be what the covers say; after it, the rows it changed are covered anew
by links that say why. A ledger that has no covers yet is changed as it stands.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from gateway.errors import LocalFault
from gateway.ledger import replay, rowmac
from gateway.ledger import tables as t
from gateway.ledger.cover import Change, append_links, as_bytes
from gateway.ledger.covered import shapes, standing
from gateway.ledger.keys import KeyRing
from gateway.ledger.opening import KEY, KEY_LOST, UPGRADED


@contextmanager
def kept(connection: sa.Connection, ring: KeyRing | None) -> Iterator[None]:
    """Around an upgrade, in its transaction. Raises LocalFault("HOVEDBOK_ENDRET") before anything
    is changed when what stands is not what the covers say."""
    key = _key(connection, ring)
    if key is None:
        yield
        return
    with replay.replayed() as before:
        wrong = next(replay.links(connection, key, before), None)
        replay.rows(connection, key, before, standing(connection).values())
        wrong = wrong or next(before.wrong(), None)
        if wrong is not None:
            raise LocalFault("HOVEDBOK_ENDRET", place=f"{wrong.code} {wrong.table}")
    yield
    with replay.replayed() as after:
        list(replay.links(connection, key, after))
        replay.rows(connection, key, after, standing(connection).values())
        changed = list(_changes(connection, key, after))
    if changed:
        append_links(connection, key, "", UPGRADED, changed)


def _key(connection: sa.Connection, ring: KeyRing | None) -> bytes | None:
    """The chain's key of a ledger that has covers; None for one that has none."""
    if ring is None or not sa.inspect(connection).has_table(t.cover.name):
        return None
    if connection.execute(sa.select(t.cover.c.seq).limit(1)).first() is None:
        return None
    found = connection.execute(sa.select(t.setting.c.value).where(t.setting.c.name == KEY)).scalar()
    if found is None:
        raise LocalFault(KEY_LOST, place=KEY)
    return ring.open(as_bytes(found), KEY)


def _changes(connection: sa.Connection, key: bytes, after: replay.Replayed) -> Iterator[Change]:
    for wrong in after.wrong():
        shape = shapes()[wrong.table]
        stands = [row for _, row in rowmac.by_key(connection, shape, [wrong.key])]
        yield shape, wrong.key, rowmac.mac(key, shape, stands[0]) if stands else rowmac.GONE
