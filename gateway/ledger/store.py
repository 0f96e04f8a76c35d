"""Sealed payloads: every body and file is encrypted before it touches the disk.

A payload's id is random and says nothing. `label` binds the ciphertext to what it is, so that
two payloads cannot be swapped. Each owner (`owners.py`) has a key of its own, wrapped by the ring:
what changes the ring wraps keys anew and no payload, and an owner whose key is destroyed is
destroyed, wherever copies of the ciphertext are. Payloads are written before the rows that point
at them; one that nothing points at is destroyed later (`sweep.py`).
"""

import secrets
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from gateway.clock import Clock
from gateway.errors import LocalFault
from gateway.ledger import tables as t
from gateway.ledger.cover import as_bytes
from gateway.ledger.database import Database
from gateway.ledger.keys import KeyRing, opened_under, sealed_under

MISSING, UNOPENED = "NYTTELAST_MANGLER", "NYTTELAST_AAPNES_IKKE"
DESTROYED, KEY_CHANGED = "INNHOLD_OEDELAGT", "NYTTELASTNOEKKEL_ENDRET"
LOST = frozenset({MISSING, UNOPENED, KEY_CHANGED})
"""The codes of a sealed copy that is not what was sealed, or is not there."""
_PUT = t.payload.insert()
_MAKE = t.payload_key.insert()
_MOVE = (
    t.payload.update()
    .where(t.payload.c.id == sa.bindparam("own"))
    .values(blob=sa.bindparam("blob"), key=sa.bindparam("key"))
)
_REWRAP = (
    t.payload_key.update()
    .where(t.payload_key.c.key_id == sa.bindparam("own"), t.payload_key.c.wrapped.is_not(None))
    .values(wrapped=sa.bindparam("wrapped"))
)
_KEYS = sa.select(t.payload_key).where(
    t.payload_key.c.owner.in_(sa.bindparam("owners", expanding=True)),
    t.payload_key.c.wrapped.is_not(None),
)
_BLOBS = (
    sa.select(
        t.payload.c.id,
        t.payload.c.blob,
        t.payload.c.key,
        t.payload_key.c.owner,
        t.payload_key.c.wrapped,
    )
    .select_from(t.payload.outerjoin(t.payload_key, t.payload_key.c.key_id == t.payload.c.key))
    .where(t.payload.c.id.in_(sa.bindparam("ids", expanding=True)))
)


@dataclass(frozen=True, slots=True)
class KeyState:
    """What stands of an owner's key: whether it is there, opens, and is said to be destroyed."""

    key_id: str
    owner: str
    there: bool
    opens: bool
    destroyed: bool


class PayloadStore:
    """Put and get sealed bytes."""

    def __init__(self, database: Database, ring: KeyRing, clock: Clock) -> None:
        self._db = database
        self._ring = ring
        self._clock = clock

    def put(self, owned: Iterable[tuple[str, bytes]]) -> list[str]:
        """Seal and store (owner, bytes) in one commit; ids in the same order.

        Sealed before the database is taken, which others wait for; should an owner's key have been
        made or destroyed by another meanwhile, it is sealed once more under the one there is.
        """
        bodies = list(owned)
        ids = [self._clock.new_id() for _ in bodies]
        self._put(ids, bodies)
        return ids

    def _put(self, ids: list[str], bodies: list[tuple[str, bytes]]) -> None:
        sealed: dict[str, tuple[str, bytes]] = {}
        while bodies:
            keys, made = self._keys({owner for owner, _ in bodies})
            for own, (owner, body) in zip(ids, bodies, strict=True):
                key_id, key = keys[owner]
                if sealed.get(own, ("",))[0] != key_id:
                    sealed[own] = (key_id, sealed_under(key, body, _label(own)))
            if self._stored(keys, made, sealed):
                break

    def _keys(
        self, owners: set[str]
    ) -> tuple[dict[str, tuple[str, bytes]], list[dict[str, object]]]:
        """Each owner's key id and key, and rows for those that had none."""
        with self._db.look_bulk() as connection:
            rows = connection.execute(_KEYS, {"owners": sorted(owners)}).all()
        keys = {
            str(row.owner): (str(row.key_id), self._unwrapped(row.key_id, row.owner, row.wrapped))
            for row in rows
        }
        made: list[dict[str, object]] = []
        for owner in sorted(owners - keys.keys()):
            key_id, key = self._clock.new_id(), secrets.token_bytes(32)
            keys[owner] = (key_id, key)
            wrapped = self._ring.seal(key, _key_label(key_id, owner))
            made.append({"key_id": key_id, "owner": owner, "wrapped": wrapped})
        return keys, made

    def _stored(
        self,
        keys: dict[str, tuple[str, bytes]],
        made: list[dict[str, object]],
        sealed: dict[str, tuple[str, bytes]],
    ) -> bool:
        """One commit, only if every key used is its owner's at that moment. False: try again."""
        with self._db.begin_bulk() as connection:
            query = _KEYS.with_for_update(read=True)
            alive = connection.execute(query, {"owners": sorted(keys)}).all()
            there = {str(row.owner): str(row.key_id) for row in alive}
            new = {str(row["owner"]) for row in made}
            if new & there.keys() or any(
                there.get(owner) != key_id
                for owner, (key_id, _) in keys.items()
                if owner not in new
            ):
                return False
            try:
                with connection.begin_nested():
                    if made:
                        connection.execute(_MAKE, made)
            except sa.exc.IntegrityError:
                return False
            rows = [{"id": own, "blob": blob, "key": key} for own, (key, blob) in sealed.items()]
            connection.execute(_PUT, rows)
        return True

    def get(self, payload_id: str) -> bytes:
        """The bytes. Raises LocalFault: "NYTTELAST_MANGLER" when it is gone,
        "NYTTELAST_AAPNES_IKKE" when it is not what was sealed, "NYTTELASTNOEKKEL_ENDRET" when its
        owner's key is not, "INNHOLD_OEDELAGT" for a log that was destroyed."""
        return self.get_many([payload_id])[payload_id]

    def get_many(self, payload_ids: Iterable[str]) -> dict[str, bytes]:
        """Id -> bytes, read in one go. Raises as `get`."""
        found: dict[str, bytes] = {}
        for payload_id, body in self.get_each(payload_ids).items():
            if isinstance(body, LocalFault):
                raise body
            found[payload_id] = body
        return found

    def get_each(self, payload_ids: Iterable[str]) -> dict[str, bytes | LocalFault]:
        """The same, with the fault of each that cannot be opened in the place of its bytes."""
        ids = list(payload_ids)
        with self._db.look_bulk() as connection:
            rows = {str(row.id): row for row in connection.execute(_BLOBS, {"ids": ids})}
        keys: dict[str, bytes] = {}
        return {one: self._opened(one, rows.get(one), keys) for one in ids}

    def _opened(self, payload_id: str, row: Any, keys: dict[str, bytes]) -> bytes | LocalFault:
        """The ring has opened this ledger: what it does not open here is damaged, and no key that
        somebody could find would help."""
        if row is None:
            return LocalFault(MISSING, place=payload_id)
        if row.key is not None and row.wrapped is None:
            return LocalFault(DESTROYED, place=payload_id)
        if row.key is not None and row.key not in keys:
            try:
                keys[row.key] = self._unwrapped(row.key, row.owner, row.wrapped)
            except LocalFault as error:
                return error
        try:
            blob = as_bytes(row.blob)
            if row.key is None:
                return self._ring.open(blob, _label(payload_id))
            return opened_under(keys[row.key], blob, _label(payload_id))
        except (LocalFault, ValueError, TypeError):  # too short to be sealed at all, or no bytes
            return LocalFault(UNOPENED, place=payload_id)

    def _unwrapped(self, key_id: str, owner: str, wrapped: bytes) -> bytes:
        try:
            return self._ring.open(as_bytes(wrapped), _key_label(key_id, owner))
        except (LocalFault, ValueError, TypeError):
            raise LocalFault(KEY_CHANGED, place=key_id) from None

    def missing(self, payload_ids: Iterable[str]) -> set[str]:
        """Those of the payloads that are not there; nothing is opened."""
        ids = set(payload_ids)
        with self._db.look_bulk() as connection:
            asked = sa.select(t.payload.c.id).where(t.payload.c.id.in_(sorted(ids)))
            return ids - {str(one) for one in connection.execute(asked).scalars()}

    def put_back(self, lost: Iterable[tuple[str, str, bytes]]) -> None:
        """Seal (owner, id, bytes) of payloads that are gone under the very ids they had, so that
        whatever points at them is whole again. For whoever has held the bytes to their hash."""
        found = [*lost]
        own = [payload_id for _, payload_id, _ in found]
        self._put(own, [(owner, body) for owner, _, body in found])

    def ids(self) -> list[object]:
        """Every payload there is, by what stands for its id: SQLite lets anybody put anything
        there."""
        with self._db.look_bulk() as connection:
            return list(connection.execute(sa.select(t.payload.c.id)).scalars())

    def key_states(self) -> Iterator[KeyState]:
        """Every owner's key as it stands; the keys themselves are forgotten at once."""
        with self._db.look_bulk() as connection:
            rows = connection.execute(sa.select(t.payload_key).order_by(t.payload_key.c.key_id))
            for row in rows.all():
                opens = False
                if row.wrapped is not None:
                    with suppress(LocalFault):
                        self._unwrapped(row.key_id, row.owner, row.wrapped)
                        opens = True
                yield KeyState(
                    str(row.key_id), str(row.owner), row.wrapped is not None, opens,
                    row.destroyed is not None,
                )  # fmt: skip

    def owner(self, payload_id: str) -> str:
        """Whose it is; empty for what the ring seals itself, and for what is gone."""
        query = (
            sa.select(t.payload_key.c.owner)
            .join(t.payload, t.payload.c.key == t.payload_key.c.key_id)
            .where(t.payload.c.id == payload_id)
        )
        with self._db.look_bulk() as connection:
            return str(connection.execute(query).scalar() or "")

    def take_over(self, owned: Iterable[tuple[str, str]]) -> int:
        """Seal what still stands under the ring itself, of (owner, payload id), under the owners'
        keys; the ids stay. Returns how many did. For a house nobody else works in."""
        owners = {payload_id: owner for owner, payload_id in reversed(list(owned))}
        mine = t.payload.c.id.in_(list(owners)), t.payload.c.key.is_(None)
        with self._db.look_bulk() as connection:
            rows = connection.execute(
                sa.select(t.payload.c.id, t.payload.c.blob).where(*mine)
            ).all()
        if not rows:
            return 0
        keys, made = self._keys({owners[str(row.id)] for row in rows})
        moved = []
        for row in rows:
            key_id, key = keys[owners[str(row.id)]]
            label = _label(row.id)
            blob = sealed_under(key, self._ring.open(row.blob, label), label)
            moved.append({"own": row.id, "blob": blob, "key": key_id})
        with self._db.begin_bulk() as connection:
            if made:
                connection.execute(_MAKE, made)
            connection.execute(_MOVE, moved)
        return len(moved)

    def rewrap(self, most: int) -> int:
        """Wrap every owner's key by the ring's first key, `most` in a commit. Returns how many."""
        newest = self._ring.first.encode() + b"\0"
        own = t.payload_key.c
        old = own.wrapped.is_not(None), sa.func.substr(own.wrapped, 1, len(newest)) != newest
        with self._db.look_bulk() as connection:
            asked = sa.select(own.key_id, own.owner, own.wrapped)
            rows = connection.execute(asked.where(*old)).all()
        for start in range(0, len(rows), most):
            with self._db.begin_bulk() as connection:
                wrapped = []
                for row in rows[start : start + most]:
                    key = self._unwrapped(row.key_id, row.owner, row.wrapped)
                    anew = self._ring.seal(key, _key_label(row.key_id, row.owner))
                    wrapped.append({"own": row.key_id, "wrapped": anew})
                connection.execute(_REWRAP, wrapped)
        return len(rows)

    def delete(self, payload_ids: Iterable[str]) -> None:
        """Destroy payloads; SQLite overwrites the pages (`secure_delete`)."""
        ids = list(payload_ids)
        if ids:
            with self._db.begin_bulk() as connection:
                connection.execute(t.payload.delete().where(t.payload.c.id.in_(ids)))

    def destroy(self, owners: Iterable[str]) -> int:
        """Destroy the keys of owners, and with them all that was ever sealed under those, in every
        copy. Returns how many keys there were. It cannot be undone.

        SQLite overwrites the page and empties its journal; PostgreSQL keeps old pages until it is
        vacuumed.
        """
        at = self._clock.now().isoformat()
        mine = t.payload_key.c.owner.in_(sorted(owners)), t.payload_key.c.wrapped.is_not(None)
        with self._db.begin_bulk() as connection:
            gone = connection.execute(
                t.payload_key.update().where(*mine).values(wrapped=None, destroyed=at)
            ).rowcount
        if self._db.sqlite:
            # The pool's own connection: a checkpoint cannot run within a transaction.
            raw = self._db.bulk.raw_connection()
            try:
                raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
            finally:
                raw.close()
        return gone


def _label(payload_id: str) -> str:
    return f"payload:{payload_id}"


def _key_label(key_id: str, owner: str) -> str:
    # The owner too: a log is destroyed by its owner's keys, so whose a key is may not be moved.
    return f"key:{key_id}:{owner}"
