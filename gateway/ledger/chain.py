"""The hash chain: each entry's hash covers its content and the hash before it.

Changing, removing or reordering any entry breaks every hash after it, and no hash can be made
without the chain's key; entries from before there was a key have plain ones. Entries hold ids,
codes, versions and hashes of content; never content. Appending is one transaction with whatever it
documents, so that no effect is without its entry and no entry without its effect.
"""

import hashlib
import hmac
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from gateway.ledger import tables as t
from gateway.ledger import touched
from gateway.ledger.cover import ChainKey, key_of

GENESIS = "0" * 64

# Made once: what is run for every batch should not be put together for every batch.
_LOCKED = sa.select(t.head.c.seq, t.head.c.hash).where(t.head.c.id == 1).with_for_update()
_ENTRIES = t.entry.insert()
_MOVED = (
    t.head.update().where(t.head.c.id == 1).values(seq=sa.bindparam("to"), hash=sa.bindparam("end"))
)
_JSON = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that happened. `body` holds ids, codes, versions, hashes and counts only."""

    kind: str
    run_id: str = ""
    logg: str = ""
    body: dict[str, Any] = field(default_factory=dict)


def digest(key: ChainKey, seq: int, at: str, fact: Fact, body: str, prev: str) -> str:
    """HMAC-SHA256 over the entry's fields and the hash before it, in hex; SHA-256 for an entry
    from before there was a key."""
    fields = (seq, at, fact.run_id, fact.logg, fact.kind, body, prev)
    text = "\x1f".join(map(str, fields)).encode()
    if seq <= key.keyed_from:
        return hashlib.sha256(text).hexdigest()
    if key.key is None:
        raise RuntimeError("a ledger that is not prepared has no key")
    return hmac.digest(key.key, text, "sha256").hex()


def append(connection: sa.Connection, at: str, facts: Iterable[Fact]) -> None:
    """Append facts in this transaction; the head row is locked until it commits."""
    row = connection.execute(_LOCKED).one()
    seq, prev = int(row.seq), str(row.hash)
    key = key_of(connection)
    rows: list[dict[str, Any]] = []
    for fact in facts:
        seq += 1
        body = _JSON(fact.body)
        own = digest(key, seq, at, fact, body, prev)
        rows.append(
            {"seq": seq, "at": at, "run_id": fact.run_id, "logg": fact.logg, "kind": fact.kind,
             "body": body, "prev": prev, "hash": own}
        )  # fmt: skip
        prev = own
    if rows:
        connection.execute(_ENTRIES, rows)
        connection.execute(_MOVED, {"to": seq, "end": prev})
        collecting = touched.of(connection)
        if collecting is not None:
            collecting.at = at


@dataclass(frozen=True, slots=True)
class Proof:
    """What verification found. `broken_at` is the first wrong sequence number, or None."""

    entries: int
    head: str
    broken_at: int | None


def _rows(connection: sa.Connection) -> Iterator[sa.Row[Any]]:
    yield from connection.execute(
        sa.select(t.entry).order_by(t.entry.c.seq), execution_options={"yield_per": 1000}
    )


def _true(key: ChainKey, row: sa.Row[Any]) -> bool:
    fact = Fact(row.kind, row.run_id, row.logg)
    return bool(row.hash == digest(key, row.seq, row.at, fact, row.body, row.prev))


def verify(connection: sa.Connection) -> Proof:
    """Walk the whole chain and compare its end with the head row."""
    prev, count, key = GENESIS, 0, key_of(connection)
    for row in _rows(connection):
        count += 1
        if row.seq != count or row.prev != prev or not _true(key, row):
            return Proof(count, prev, row.seq)
        prev = row.hash
    head = connection.execute(
        sa.select(t.head.c.seq, t.head.c.hash).where(t.head.c.id == 1)
    ).first()
    if head is None or (head.seq, head.hash) != (count, prev):
        return Proof(count, prev, count + 1)
    return Proof(count, prev, None)


def broken_last(connection: sa.Connection) -> int | None:
    """The newest entry when it is not what its hash says, or None."""
    row = connection.execute(sa.select(t.entry).order_by(t.entry.c.seq.desc()).limit(1)).first()
    return None if row is None or _true(key_of(connection), row) else int(row.seq)


def broken_of(connection: sa.Connection, run_id: str = "", logg: str = "") -> int | None:
    """The first entry of a run, or about a log, that is not what its hash says, or None."""
    key = key_of(connection)
    whose = t.entry.c.logg == logg if logg else t.entry.c.run_id == run_id
    found = connection.execute(
        sa.select(t.entry).where(whose).order_by(t.entry.c.seq),
        execution_options={"yield_per": 1000},
    )
    return next((int(row.seq) for row in found if not _true(key, row)), None)
