"""What covers the tables: one link for each owner whose rows a transaction changed.

A link holds the keyed hash of every row that was changed, the end of the chain at that moment and
the link before, and is itself hashed under the chain's key. It is written as the last thing of the
transaction, so that no change of ours is without its link. Which rows were changed the database
tells (`touched.py`); no writer has to remember it. Nothing here judges (`proof.py`).
"""

import hashlib
import hmac
import json
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from gateway.ledger import rowmac
from gateway.ledger import tables as t
from gateway.ledger.anchor import NONE, Anchor
from gateway.ledger.covered import Key, Shape, shapes
from gateway.ledger.touched import Touched, collected

GENESIS = "0" * 64
HEAD = 2
"""The covers' row in `gw_head`; the chain's is 1."""
ENTRIES_ONLY = "gw_entry"
"""The owner of a link that covers entries and no rows."""

_INFO = "stafett_chain_key"
_PART = 2000
_LOCKED = sa.select(t.head.c.seq, t.head.c.hash).where(t.head.c.id == HEAD).with_for_update()
_CHAIN = sa.select(t.head.c.seq, t.head.c.hash).where(t.head.c.id == 1)
_LINKS = t.cover.insert()
_MOVED = (
    t.head.update()
    .where(t.head.c.id == HEAD)
    .values(seq=sa.bindparam("to"), hash=sa.bindparam("end"))
)
_JSON = json.JSONEncoder(separators=(",", ":"), ensure_ascii=True).encode


@dataclass
class ChainKey:
    """The key of one opened ledger, shared by its connections; none until it is prepared."""

    key: bytes | None = field(default=None, repr=False)
    keyed_from: int = 0
    """Entries up to this one are from before there was a key."""


def bind(info: dict[str, Any], key: ChainKey) -> None:
    """Let a new connection know its ledger's key."""
    info[_INFO] = key


def key_of(connection: sa.Connection) -> ChainKey:
    """The key of this connection's ledger."""
    found: ChainKey = connection.info[_INFO]
    return found


Change = tuple[Shape, Key, str]
"""A row, by its table and key, and its keyed hash, or `rowmac.GONE`."""


def link_mac(key: bytes, link: Mapping[str, Any]) -> str:
    """HMAC-SHA256 over a link and the one before it, in hex."""
    rows = hashlib.sha256(link["rows"]).hexdigest()
    names = ("seq", "at", "kind", "owner", "entry_seq", "entry_hash")
    text = "\x1f".join(("link", *(str(link[name]) for name in names), rows, str(link["prev"])))
    return hmac.digest(key, text.encode(), "sha256").hex()


def packed(changes: Mapping[str, Sequence[Sequence[Any]]]) -> bytes:
    """Rows by table, each its key and its hash, as they stand in a link."""
    return zlib.compress(_JSON(changes).encode(), 1)


def unpacked(rows: bytes) -> Iterator[tuple[str, Key, str]]:
    """The opposite: table, key and hash. Raises ValueError or zlib.error for anything else."""
    for table, some in json.loads(zlib.decompress(rows)).items():
        for *key, mac in some:
            yield table, tuple(key), mac


def append_links(
    connection: sa.Connection, key: bytes, at: str, kind: str, changes: Iterable[Change]
) -> Anchor:
    """Write the links of these changes, one for each owner and at most a couple of thousand rows;
    without any change one of the entries alone. Returns where the covers now end."""
    parts: dict[str, dict[str, list[list[Any]]]] = defaultdict(lambda: defaultdict(list))
    ready: list[tuple[str, bytes]] = []
    sizes: dict[str, int] = defaultdict(int)
    for shape, own, mac in changes:
        owner = shape.owner_of(own)
        parts[owner][shape.table].append([*own, mac])
        sizes[owner] += 1
        if sizes[owner] == _PART:
            ready.append((owner, packed(parts.pop(owner))))
            sizes[owner] = 0
    ready += [(owner, packed(some)) for owner, some in sorted(parts.items())]
    ready = ready or [(ENTRIES_ONLY, packed({}))]
    end = connection.execute(_LOCKED).one()
    chain = connection.execute(_CHAIN).one()
    seq, prev = int(end.seq), str(end.hash)
    links = []
    for owner, rows in ready:
        seq += 1
        link = {"seq": seq, "at": at, "kind": kind, "owner": owner, "entry_seq": int(chain.seq),
                "entry_hash": str(chain.hash), "rows": rows, "prev": prev}  # fmt: skip
        link["mac"] = prev = link_mac(key, link)
        links.append(link)
    connection.execute(_LINKS, links)
    connection.execute(_MOVED, {"to": seq, "end": prev})
    return Anchor(seq, int(chain.seq), prev[:32])


def cover(connection: sa.Connection, key: bytes, touched: Touched) -> Anchor | None:
    """Cover what this transaction changed; None when it changed nothing that is covered."""
    keys = collected(connection, touched)
    if not keys and not touched.at:
        return None
    return append_links(connection, key, touched.at, "", list(_changes(connection, key, keys)))


def _changes(
    connection: sa.Connection, key: bytes, keys: Mapping[str, set[Key]]
) -> Iterator[Change]:
    for table, some in keys.items():
        shape = shapes()[table]
        listed = list(some)
        stand = {
            own: rowmac.mac(key, shape, row)
            for own, row in rowmac.by_key(connection, shape, listed)
        }
        for own in listed:
            yield shape, own, stand.get(own, rowmac.GONE)


def as_bytes(value: Any) -> bytes:
    """A value of a column of bytes. SQLite lets anybody put anything in it: text is its bytes, and
    what is neither is none."""
    if isinstance(value, str):
        return value.encode()
    return bytes(value) if isinstance(value, bytes | bytearray | memoryview) else b""


def as_number(value: Any) -> int:
    """A value of a column of numbers, in the same way; -1 for what is none."""
    return value if isinstance(value, int) else -1


def ends(connection: sa.Connection) -> Anchor:
    """Where the covers end, as an anchor; the start when there are none."""
    last = connection.execute(
        sa.select(t.cover.c.seq, t.cover.c.entry_seq, t.cover.c.mac)
        .order_by(t.cover.c.seq.desc())
        .limit(1)
    ).first()
    return (
        Anchor(0, 0, NONE)
        if last is None
        else Anchor(last.seq, as_number(last.entry_seq), str(last.mac)[:32])
    )


def broken_last(connection: sa.Connection) -> int | None:
    """The newest link when it is not what its own hash says, or None."""
    row = connection.execute(sa.select(t.cover).order_by(t.cover.c.seq.desc()).limit(1)).first()
    key = key_of(connection).key
    if row is None or key is None:
        return None
    link = {**row._mapping, "rows": as_bytes(row.rows)}
    return None if row.mac == link_mac(key, link) else int(row.seq)


def passes(connection: sa.Connection, anchor: Anchor) -> bool:
    """True when the covers of this ledger pass through the anchor."""
    if anchor.link == 0:
        return anchor.mac == NONE
    found = connection.execute(
        sa.select(t.cover.c.entry_seq, t.cover.c.mac).where(t.cover.c.seq == anchor.link)
    ).first()
    return found is not None and (found.entry_seq, str(found.mac)[:32]) == (
        anchor.entry,
        anchor.mac,
    )
