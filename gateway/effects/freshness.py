"""What has changed at the source since the run began, asked before every batch.

A consent may be withdrawn while a run is going. The feed tells which logs were touched; such a
log is not sent on what was read before, but planned again. Cheap: one call per batch.
"""

from gateway.effects.route import Route
from gateway.errors import RemoteFault

_PAGES = 1000


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
