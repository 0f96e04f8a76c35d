"""Prove the ledger: form, chain, covers, tables, sealed bytes and anchor, each against the others.

Everything is read as it was at one moment, and nothing is written. What is wrong is named by a
code and ids; what is sealed is opened and hashed, and never shown. A run's readers ask less
(`trust.py`).
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice

import sqlalchemy as sa

from gateway.ledger import chain, form, replay
from gateway.ledger import tables as t
from gateway.ledger.anchor import START, Anchor
from gateway.ledger.anchored import against, doubted
from gateway.ledger.cover import GENESIS, HEAD, as_number, ends, key_of
from gateway.ledger.covered import shapes
from gateway.ledger.database import Database
from gateway.ledger.opening import BEFORE
from gateway.ledger.payloads import payloads
from gateway.ledger.replay import REWRITTEN, TRUNCATED, Wrong
from gateway.ledger.store import PayloadStore

MOST = 1000
"""How many faults are named; the rest are counted."""


@dataclass(frozen=True, slots=True)
class Whole:
    """What the proof found. `since` is the entry a ledger from before was first anchored at, and
    when, or None for one that always was."""

    entries: int
    head: str
    broken_at: int | None
    links: int
    anchor: Anchor
    since: tuple[int, str] | None
    wrong: tuple[Wrong, ...]
    more: int


def prove(database: Database, store: PayloadStore) -> Whole:
    """Everything. Takes time by the size of the ledger."""
    stood, doubt = against(database.anchored.file)
    with database.look_still() as connection:
        shape = [*form.wrong(connection, form.LEDGER)]
        if database.sqlite:
            with database.look_bulk() as bulk:
                shape += form.wrong(bulk, form.PAYLOAD)
        try:
            whole = _whole(connection, database, store, stood, doubt)
        except Exception:
            # What cannot even be read for its form is told of by its form.
            if not shape:
                raise
            return Whole(0, GENESIS, None, 0, START, None, tuple(shape), 0)
    return replace(whole, wrong=(*shape, *whole.wrong))


def _whole(
    connection: sa.Connection,
    database: Database,
    store: PayloadStore,
    stood: Anchor | None,
    doubt: str,
) -> Whole:
    """Everything but the form."""
    walked = chain.verify(connection)
    end = ends(connection)
    faults = _faults(connection, walked, stood, doubt, end)
    found = list(islice(faults, MOST))
    more = sum(1 for _ in faults)
    sealed = payloads(connection, database, store)
    found += islice(sealed, MOST - len(found))
    more += sum(1 for _ in sealed)
    return Whole(
        walked.entries, walked.head, walked.broken_at, end.link, end, _since(connection),
        tuple(found), more,
    )  # fmt: skip


def _faults(
    connection: sa.Connection, walked: chain.Proof, stood: Anchor | None, doubt: str, end: Anchor
) -> Iterator[Wrong]:
    """Every fault but those of sealed bytes, the gravest first."""
    doubt = doubt or doubted(connection, stood)
    if doubt:
        yield Wrong(doubt, "anker", (stood.link if stood else 0, end.link))
    yield from _chain(connection, walked, end)
    key = key_of(connection).key
    if key is None:
        raise RuntimeError("a ledger that is not prepared has no key")
    with replay.replayed() as again:
        yield from replay.links(connection, key, again)
        yield from _head(connection)
        replay.rows(connection, key, again, shapes().values())
        yield from again.wrong()


def _chain(connection: sa.Connection, walked: chain.Proof, end: Anchor) -> Iterator[Wrong]:
    """The entries: cut at the end, or rewritten."""
    last = connection.execute(sa.select(sa.func.max(t.entry.c.seq))).scalar() or 0
    if last < end.entry:
        yield Wrong(TRUNCATED, t.entry.name, (last + 1,))
    if walked.broken_at is not None and walked.broken_at <= last:
        yield Wrong(REWRITTEN, t.entry.name, (walked.broken_at,))
    elif walked.broken_at is not None and last >= end.entry:
        yield Wrong(REWRITTEN, t.head.name, (1,))
    # Entries from before there was a key can be made anew whole; then no link knows them.
    unknown = connection.execute(
        sa.select(sa.func.min(t.cover.c.entry_seq))
        .join(t.entry, t.entry.c.seq == t.cover.c.entry_seq)
        .where(t.cover.c.entry_hash != t.entry.c.hash)
    ).scalar()
    if unknown is not None and walked.broken_at is None:
        yield Wrong(REWRITTEN, t.entry.name, (unknown,))
    if last > end.entry:
        yield Wrong(TRUNCATED, t.cover.name, (end.link + 1,))


def _head(connection: sa.Connection) -> Iterator[Wrong]:
    """The covers end where their head says."""
    head = connection.execute(sa.select(t.head).where(t.head.c.id == HEAD)).first()
    last = connection.execute(
        sa.select(t.cover.c.seq, t.cover.c.mac).order_by(t.cover.c.seq.desc()).limit(1)
    ).first()
    seq, mac = (last.seq, last.mac) if last else (0, GENESIS)
    if head is not None and as_number(head.seq) > seq:
        yield Wrong(TRUNCATED, t.cover.name, (seq + 1,))
    elif head is None or (head.seq, head.hash) != (seq, mac):
        yield Wrong(REWRITTEN, t.head.name, (HEAD,))
    others = sa.select(t.head.c.id).where(t.head.c.id.not_in((1, HEAD)))
    for own in connection.execute(others).scalars():
        yield Wrong(replay.ROW_FOREIGN, t.head.name, (own,))


def _since(connection: sa.Connection) -> tuple[int, str] | None:
    first = connection.execute(
        sa.select(t.cover.c.entry_seq, t.cover.c.at)
        .where(t.cover.c.kind == BEFORE)
        .order_by(t.cover.c.seq)
        .limit(1)
    ).first()
    return None if first is None else (first.entry_seq, first.at)
