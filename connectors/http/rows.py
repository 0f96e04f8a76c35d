"""Rows of a listing, each read on its own: one that is odd is one log's fault.

It must not decide what becomes of a log that cannot be asked for.
"""

import hashlib
from collections.abc import Callable
from typing import Any

from gateway.ports.connector import Entry

LONGEST_ID = 80
LONGEST_VERSION = 200


def entries(rows: list[Any], key: str, version: Callable[[Any], str]) -> tuple[Entry, ...]:
    """One entry a row: `key` names its id, `version` reads its version, "" for one nobody can read
    (then the log is fetched each time). A row without an id gets a name that no system gives."""
    return tuple(_entry(nr, row, key, version) for nr, row in enumerate(rows))


def _entry(nr: int, row: Any, key: str, version: Callable[[Any], str]) -> Entry:
    told = row if isinstance(row, dict) else {}
    ref = told.get(key)
    if not isinstance(ref, str) or not 0 < len(ref) <= LONGEST_ID:
        # Not printable, so nobody asks for it; the same row has the same name the next time.
        digest = hashlib.sha256(repr(row).encode("utf-8", "surrogatepass")).hexdigest()
        return Entry(f"\0{nr}:{digest}", "")
    return Entry(ref, version(told)[:LONGEST_VERSION])
