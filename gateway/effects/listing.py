"""Read a source's whole listing and prove that it is whole.

The manifest is what the source itself counts and lists. An empty page in the middle, a page that
came twice, a cursor that came again, a count that does not add up: each ends as `Incomplete` with
its reason, after the listing has been tried again from the start. A short read is never "ok" and
nothing is inferred as deleted (peers' blind spot).
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass

from gateway.errors import RemoteFault
from gateway.ports.connector import Connector, Entry, Page
from schemas.nummer import is_somebodys_number

TRIES = 3


@dataclass(frozen=True, slots=True)
class Manifest:
    """Every log the source says it has: ref -> version, in the source's order."""

    versions: dict[str, str]


UNUSABLE = "?"
"""Before a name of ours for an id that cannot be written down or asked for."""

_NUMBER = re.compile(r"(?<![0-9A-Za-z])\d{11}(?![0-9A-Za-z])")
# Eleven digits alone could be a person's number, and an id stands in addresses and ledgers.
# Within a longer word, or in groups, they are one where the control digits say so.


def usable(ref: str) -> str:
    """An id as it can be kept: itself, or a name of ours that tells it apart."""
    number = _NUMBER.search(ref) or is_somebodys_number(ref)
    return _named(ref) if not ref or number else _kept(ref)


def _kept(text: str) -> str:
    return text if text.isprintable() and not text.startswith(UNUSABLE) else _named(text)


def _named(text: str) -> str:
    return UNUSABLE + hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def pages(connector: Connector) -> Iterator[Page]:
    """The pages of one listing, guarded. Raises RemoteFault with the reason of a short read."""
    cursor: str | None = None
    cursors: set[str] = set()
    refs: set[str] = set()
    total: int | None = None
    number = 0
    while True:
        page = connector.page(cursor)
        number += 1
        where = f"side {number}"
        if total is not None and page.total != total:
            raise RemoteFault("ANTALL_ENDRET_UNDERVEIS", place=where)
        total = page.total
        new = [entry.ref for entry in page.entries]
        if len(set(new)) != len(new) or refs & set(new):
            raise RemoteFault("DOBBEL_SIDE", place=where)
        refs.update(new)
        if page.cursor is not None and not page.entries:
            raise RemoteFault("TOM_SIDE", place=where)
        if page.cursor is not None and page.cursor in cursors:
            raise RemoteFault("GJENTATT_MARKOER", place=where)
        yield page
        if page.cursor is None:
            break
        cursors.add(page.cursor)
        cursor = page.cursor
    if len(refs) != total:
        raise RemoteFault("KORT_LESING", place=f"{len(refs)} av {total}")


def entries(connector: Connector) -> Iterator[Entry]:
    """The entries of one guarded listing, page by page; one that cannot be asked for is told by a
    name of ours, so that it is parked and not left out."""
    for page in pages(connector):
        for entry in page.entries:
            yield Entry(usable(entry.ref), _kept(entry.version))


def manifest(connector: Connector) -> Manifest:
    """The whole manifest, tried again from the start when it is not whole.

    Raises RemoteFault (`KORT_LESING`, `TOM_SIDE`, `DOBBEL_SIDE`, `GJENTATT_MARKOER`,
    `ANTALL_ENDRET_UNDERVEIS`) when the source cannot give one whole listing in three tries.
    """
    last: RemoteFault | None = None
    for _ in range(TRIES):
        try:
            return Manifest({entry.ref: entry.version for entry in entries(connector)})
        except RemoteFault as fault:
            if fault.code not in INCOMPLETE:
                raise
            last = fault
    raise last or RemoteFault("KORT_LESING")


INCOMPLETE = frozenset(
    {"KORT_LESING", "TOM_SIDE", "DOBBEL_SIDE", "GJENTATT_MARKOER", "ANTALL_ENDRET_UNDERVEIS"}
)
