"""What a key for each log costs: bytes put under many owners' keys against one owner's for all; and
what it saves: a ring changed by wrapping the keys anew, against sealing every payload anew.

Bodies are of a log's size and put a batch at a time, as the product does. The reference seals,
commits and reads back in the same way; only the keys differ.
"""

import random
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from gateway.clock import SystemClock
from gateway.ledger import owners
from gateway.ledger import tables as t
from gateway.ledger.database import Database
from gateway.ledger.keys import KeyRing
from gateway.ledger.schema import prepare
from gateway.ledger.store import PayloadStore
from tests.bench.measure import Line, Spent, best, timed, told
from tests.bench.stage import RING

BATCH, BODY = 50, 12_000
NEWER = KeyRing({"ny": b"n" * 32} | RING.keys)


@dataclass(frozen=True)
class Kept:
    """A ledger with payloads in it, and what they were."""

    database: Database
    ids: list[str]
    bodies: list[bytes]

    def store(self, ring: KeyRing) -> PayloadStore:
        """Its payloads, opened by a ring."""
        return PayloadStore(self.database, ring, SystemClock())

    def same(self, ring: KeyRing) -> str:
        """Nothing when all open to what was put, else what is wrong."""
        found = self.store(ring).get_many(self.ids)
        return "" if [found[one] for one in self.ids] == self.bodies else "opens to something else"


def kept(place: Path, count: int, *, one_owner: bool) -> tuple[Kept, Spent]:
    """Put bodies of `count` logs, three each."""
    database = Database("", place)
    prepare(database, RING)
    rng = random.Random(9)
    words = [rng.randbytes(6).hex() for _ in range(400)]
    bodies = [" ".join(rng.choices(words, k=BODY // 13)).encode() for _ in range(3 * count)]
    store, ids = PayloadStore(database, RING, SystemClock()), []

    def put() -> tuple[int, str]:
        for start in range(0, len(bodies), BATCH):
            part = [
                (owners.log("all" if one_owner else f"log-{nr // 3}"), bodies[nr])
                for nr in range(start, min(start + BATCH, len(bodies)))
            ]
            ids.extend(store.put(part))
        return len(ids), ""

    spent = timed(put)
    return Kept(database, ids, bodies), spent


def bare(one: Kept) -> None:
    """As it was before owners had keys: every payload sealed by the ring itself."""
    for nr in range(0, len(one.ids), BATCH):
        ids, bodies = one.ids[nr : nr + BATCH], one.bodies[nr : nr + BATCH]
        with one.database.begin_bulk() as connection:
            for own, body in zip(ids, bodies, strict=True):
                values = {"blob": RING.seal(body, f"payload:{own}"), "key": None}
                mine = t.payload.c.id == own
                connection.execute(sa.update(t.payload).where(mine).values(values))


def speed(place: Path, count: int, repetitions: int) -> list[Line]:
    """Both lines."""
    many, one, wrapped, sealed, wrong = [], [], [], [], ""
    for turn in range(repetitions):
        ours, spent = kept(place / f"many-{turn}", count, one_owner=False)
        many.append(spent)
        other, spent = kept(place / f"one-{turn}", count, one_owner=True)
        one.append(spent)
        wrapped.append(timed(lambda ours=ours: (ours.store(NEWER).rewrap(200), "")))  # type: ignore[misc]
        bare(other)
        all_of = [(owners.log("all"), own) for own in other.ids]
        sealed.append(timed(lambda other=other, all_of=all_of: (  # type: ignore[misc]
            other.store(NEWER).take_over(all_of), "")))  # fmt: skip
        wrong = wrong or ours.same(NEWER) or other.same(NEWER)
        ours.database.close()
        other.database.close()
    a, b = best(many), best(one)
    c, d = best(wrapped), best(sealed)
    cost, saved = a.cpu / b.cpu - 1, d.cpu / c.cpu
    return [
        Line(
            "B9 a key for each log", told(a), told(b), f"{cost:+.0%}", "", None,
            note=f"{len(ours.ids)} payloads of {BODY // 1000} kB put, three to a log, against all "
            f"under one key: {(a.cpu - b.cpu) / count * 1e6:.0f} CPU-us a log",
            void=wrong,
        ),
        Line(
            "B9 a ring changed", told(c), told(d), f"{saved:.0f} x less", ">= 5 x", saved >= 5,
            note="every log's key wrapped anew, against every payload sealed anew",
            void=wrong,
        ),
    ]  # fmt: skip
