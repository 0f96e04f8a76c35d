"""What has changed at the source since the run began, asked before every batch.

A consent may be withdrawn while a run is going. The feed tells which logs were touched; such a
log is not sent on what was read before, but planned again. Cheap: one call per batch.
"""

from collections.abc import Iterator

from gateway.effects.route import Route
from gateway.errors import RemoteFault
from gateway.ports.connector import Connector, Entry

_PAGES = 10_000


class Freshness:
    """The set of source refs touched since a cursor."""

    def __init__(self, route: Route, cursor: str | None) -> None:
        self._route = route
        self._cursor = cursor
        self._touched: set[str] = set()

    def look(self) -> None:
        """Read the feed on from where it was. Raises RemoteFault when it never ends."""
        if self._cursor is None:
            return
        for entries, cursor in _pages(self._route.source, self._cursor):
            self._touched.update(entry.ref for entry in entries)
            self._cursor = cursor

    def moved(self, ref: str) -> bool:
        """True when this log was touched since the run began."""
        return ref in self._touched


def now(source: Connector) -> str | None:
    """The cursor from which what happens from now on is told. A feed that begins with what is old
    is read to its end. Raises RemoteFault when it never ends."""
    return [cursor for _entries, cursor in _pages(source, None)][-1]


def _pages(source: Connector, cursor: str | None) -> Iterator[tuple[tuple[Entry, ...], str | None]]:
    """Pages with the cursor behind each, to the end: a page that has nothing, whatever its cursor
    is, or one that gives back the cursor it was asked with."""
    for _ in range(_PAGES):
        page = source.changes(cursor)
        asked, cursor = cursor, page.cursor or cursor
        yield page.entries, cursor
        if not page.entries or cursor == asked:
            return
    raise RemoteFault("GJENTATT_MARKOER", place="changes")
