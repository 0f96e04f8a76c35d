"""Canonical ids: deterministic, so that decoding needs no identity map.

An id that is a UUID is one we gave and is used as it is; any other becomes UUID 5 of
`system|tenant|kind|vendor id`. Things without a vendor id get a UUID 5 of what they hang on. SHA-1
is used as UUID 5 prescribes, not for security.
"""

import hashlib
import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any
from uuid import UUID

NAMESPACE = UUID("6f2d0c1e-5a5b-5c0e-9d53-7b1f0a4c2e88")

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_SHARED = frozenset({"person", "virksomhet"})
_MOST = 4096

_VARIANT = {digit: "89ab"[int(digit, 16) & 3] for digit in "0123456789abcdef"}


_FIVE = (slice(8), slice(8, 12), slice(13, 16), slice(17, 20), slice(20, 32))
"""The parts of a digest that become a UUID; made once, where `d[8:12]` makes one each time."""


def is_uuid(value: str) -> bool:
    """True for a UUID in its canonical lower case text."""
    return len(value) == 36 and _UUID.fullmatch(value) is not None


def _text(d: str) -> str:
    a, b, c, e, f = _FIVE
    return f"{d[a]}-{d[b]}-5{d[c]}-{_VARIANT[d[16]]}{d[e]}-{d[f]}"


def derived(*parts: str) -> str:
    """UUID 5 of the parts joined by `|`, in our namespace."""
    sha = _start("")
    sha.update("|".join(parts).encode())
    return _text(sha.hexdigest())


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
    a, b, c, e, f = _FIVE
    variant = _VARIANT

    def made(last: str) -> str:
        sha = copy()
        sha.update(last.encode())
        d = sha.hexdigest()
        return f"{d[a]}-{d[b]}-5{d[c]}-{variant[d[16]]}{d[e]}-{d[f]}"

    return made


class Identities:
    """Ids of one system and tenant. Remembers, within bounds, what many logs share."""

    __slots__ = ("_kinds", "_known", "system", "tenant")

    def __init__(self, system: str, tenant: str) -> None:
        self.system = system
        self.tenant = tenant
        self._kinds: dict[str, Any] = {}
        self._known: dict[str, dict[str, str]] = {kind: {} for kind in _SHARED}

    def canonical(self, kind: str, vendor_id: str) -> str:
        """The canonical id of a vendor's id; a UUID is kept."""
        if kind in _SHARED:
            found = self._known[kind].get(vendor_id)
            return self.many(kind, (vendor_id,))[vendor_id] if found is None else found
        if len(vendor_id) == 36 and _UUID.fullmatch(vendor_id):
            return vendor_id
        sha = (self._kinds.get(kind) or self._start(kind))()
        sha.update(vendor_id.encode())
        return _text(sha.hexdigest())

    def many(self, kind: str, vendor_ids: Iterable[str]) -> dict[str, str]:
        """Vendor id to canonical id. The loop is written out: it runs for every record there is."""
        found: dict[str, str] = {}
        known = self._known.get(kind)
        copy = self._kinds.get(kind) or self._start(kind)
        uuid, variant = _UUID.fullmatch, _VARIANT
        for vendor_id in vendor_ids:
            if known is not None and vendor_id in known:
                found[vendor_id] = known[vendor_id]
            elif len(vendor_id) == 36 and uuid(vendor_id):
                found[vendor_id] = vendor_id
            else:
                sha = copy()
                sha.update(vendor_id.encode())
                d = sha.hexdigest()
                found[vendor_id] = made = (
                    f"{d[:8]}-{d[8:12]}-5{d[13:16]}-{variant[d[16]]}{d[17:20]}-{d[20:32]}"
                )
                if known is not None:
                    if len(known) >= _MOST:
                        known.clear()
                    known[vendor_id] = made
        return found

    def learned(self, kind: str, records: Iterable[dict[str, Any]], key: str) -> dict[Any, Any]:
        """Null and the vendor id of each record to its canonical id. As `many`, of records."""
        if kind in _SHARED:
            found: dict[Any, Any] = {None: None}
            found.update(self.many(kind, [record[key] for record in records]))
            return found
        found = {None: None}
        copy = self._kinds.get(kind) or self._start(kind)
        a, b, c, e, f = _FIVE
        variant = _VARIANT
        for record in records:
            vendor_id = record[key]
            if len(vendor_id) == 36 and _UUID.fullmatch(vendor_id):
                found[vendor_id] = vendor_id
            else:
                sha = copy()
                sha.update(vendor_id.encode())
                d = sha.hexdigest()
                found[vendor_id] = f"{d[a]}-{d[b]}-5{d[c]}-{variant[d[16]]}{d[e]}-{d[f]}"
        return found

    def _start(self, kind: str) -> Any:
        copy = self._kinds[kind] = _prefix(f"{self.system}|{self.tenant}|{kind}|").copy
        return copy


@lru_cache(maxsize=64)
def identities(system: str, tenant: str) -> Identities:
    """The ids of a system and tenant; staff and units recur from log to log."""
    return Identities(system, tenant)
