"""What has changed at the source since the run began, asked before every batch.

A consent may be withdrawn while a run is going. The feed tells which logs were touched; such a
log is not sent on what was read before, but planned again. Cheap: one call per batch.
"""

from gateway.effects.route import Route
from gateway.errors import RemoteFault
from gateway.ports.connector import Connector

_PAGES = 1000


def tip(source: Connector) -> str | None:
    """The feed's cursor of now; None when the source keeps no feed.

    A feed may begin at its earliest change; it is then read to its end, for what changed before
    the run is no news. Raises RemoteFault("GJENTATT_MARKOER") when it never ends.
    """
    page = source.changes(None)
    seen: set[str] = set()
    while page.entries and page.cursor is not None:
        if page.cursor in seen:
            raise RemoteFault("GJENTATT_MARKOER", place="changes")
        seen.add(page.cursor)
        following = source.changes(page.cursor)
        if following.cursor == page.cursor:
            break
        page = following
    return page.cursor


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
        for _ in range(_PAGES):
            page = self._route.source.changes(self._cursor)
            self._touched.update(entry.ref for entry in page.entries)
            if page.cursor is None or page.cursor == self._cursor:
                return
            self._cursor = page.cursor
        raise RemoteFault("GJENTATT_MARKOER", place="changes")

    def moved(self, ref: str) -> bool:
        """True when this log was touched since the run began."""
        return ref in self._touched
