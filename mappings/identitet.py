"""Canonical ids: deterministic, so that decoding needs no identity map.

An id that is a UUID is one we gave and is used as it is; any other becomes UUID 5 of
`system|tenant|kind|vendor id`. Things without a vendor id get a UUID 5 of what they hang on. SHA-1
is used as UUID 5 prescribes, not for security.
"""

import hashlib
import re
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from itertools import chain
from typing import Any
from uuid import UUID

from gateway.errors import Rejected

NAMESPACE = UUID("6f2d0c1e-5a5b-5c0e-9d53-7b1f0a4c2e88")

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_SHARED = frozenset({"person", "virksomhet"})
_REPEATED = frozenset({"person", "evaluering"})
"""A person stands wherever they take part, and nothing refers to an evaluation."""
_NONE: dict[Any, Any] = {None: None}
"""What is known of a kind without records, the same for all: it must not be changed."""
_MOST = 4096

_PLACES = (range(8), [40], range(8, 12), [40, 41], range(13, 16), [40, 42], range(17, 20), [40],
           range(20, 32))  # fmt: skip
_SHAPE = bytes(chain.from_iterable(_PLACES)).translate
_REST = {
    ord(digit): b"-5" + b"89ab"[index % 4 :][:1] + bytes(213)
    for index, digit in enumerate("0123456789abcdef")
}
"""`_SHAPE(d + _REST[d[16]])` is the text of UUID 5 of a digest's hex digits: it looks the place of
each character up in the table that follows it: 40 digits, then the dash, the version and the
variant, which follows from digit 16. Half the time of putting slices together."""


def is_uuid(value: str) -> bool:
    """True for a UUID in its canonical lower case text."""
    return len(value) == 36 and _UUID.fullmatch(value) is not None


def _text(sha: Any) -> str:
    d = sha.hexdigest().encode()
    return _SHAPE(d + _REST[d[16]]).decode()


def derived(*parts: str) -> str:
    """UUID 5 of the parts joined by `|`, in our namespace."""
    sha = _start("")
    sha.update("|".join(parts).encode())
    return _text(sha)


@lru_cache(maxsize=256)
def _prefix(text: str) -> Any:
    return hashlib.sha1(NAMESPACE.bytes + text.encode(), usedforsecurity=False)


def _start(text: str) -> Any:
    return _prefix(text).copy()


def following(*parts: str) -> Callable[[str], str]:
    """`derived(*parts, last)` for many a `last`, with what they share hashed once."""
    shared = _start("")
    shared.update("".join(f"{part}|" for part in parts).encode())
    copy = shared.copy
    shape, rest = _SHAPE, _REST

    def made(last: str) -> str:
        sha = copy()
        sha.update(last.encode())
        d = sha.hexdigest().encode()
        return shape(d + rest[d[16]]).decode()

    return made


Listed = tuple[str, Sequence[dict[str, Any]], str]
"""A kind, its records, and the key of their vendor id."""


class Identities:
    """Ids of one system and tenant. Remembers, within bounds, what many logs share."""

    __slots__ = ("_kinds", "_known", "system", "tenant")

    def __init__(self, system: str, tenant: str) -> None:
        self.system = str(system)
        self.tenant = tenant
        self._kinds: dict[str, tuple[Any, dict[Any, Any]]] = {}
        self._known: dict[str, dict[Any, Any]] = {kind: {None: None} for kind in _SHARED}

    def canonical(self, kind: str, vendor_id: str) -> str:
        """The canonical id of a vendor's id; a UUID is kept."""
        if kind in _SHARED:
            found = self._known[kind].get(vendor_id)
            one = ((kind, ({kind: vendor_id},), kind),)
            return str(self.learned(one)[kind][vendor_id]) if found is None else found
        if len(vendor_id) == 36 and _UUID.fullmatch(vendor_id):
            return vendor_id
        sha = (self._kinds.get(kind) or self._start(kind))[0]()
        sha.update(vendor_id.encode())
        return _text(sha)

    def learned(self, lists: Iterable[Listed]) -> dict[str, dict[Any, Any]]:
        """For each kind: null, and the vendor id of each record, to the canonical id.

        Raises Rejected("DOBBEL_ID") when two records of a list share an id. One loop for all,
        written out, because it runs for every record there is.
        """
        learned: dict[str, dict[Any, Any]] = {}
        kinds, uuid = self._kinds, _UUID.fullmatch
        shape, rest = _SHAPE, _REST
        for kind, records, key in lists:
            if not records:
                learned[kind] = _NONE
                continue
            found: dict[Any, Any] = {None: None}
            learned[kind] = found
            copy, shared = kinds.get(kind) or self._start(kind)
            new = False
            for record in records:
                vendor_id = record[key]
                if vendor_id in shared:
                    found[vendor_id] = shared[vendor_id]
                elif len(vendor_id) == 36 and uuid(vendor_id):
                    found[vendor_id] = vendor_id
                else:
                    sha = copy()
                    sha.update(vendor_id.encode())
                    d = sha.hexdigest().encode()
                    found[vendor_id] = shape(d + rest[d[16]]).decode()
                    new = True
            if new and shared is not _NONE:
                self._remember(shared, found)
            if len(found) <= len(records) and kind not in _REPEATED:
                raise Rejected("DOBBEL_ID", place=f"{self.system}:{key}")
        return learned

    def _remember(self, shared: dict[Any, Any], found: dict[Any, Any]) -> None:
        if len(shared) >= _MOST:
            shared.clear()
        shared.update(found)

    def _start(self, kind: str) -> tuple[Any, dict[Any, Any]]:
        """What begins a hash of this kind, and what is remembered of it."""
        copy = _prefix(f"{self.system}|{self.tenant}|{kind}|").copy
        self._kinds[kind] = started = copy, self._known.get(kind, _NONE)
        return started


@lru_cache(maxsize=64)
def identities(system: str, tenant: str) -> Identities:
    """The ids of a system and tenant; staff and units recur from log to log."""
    return Identities(system, tenant)
