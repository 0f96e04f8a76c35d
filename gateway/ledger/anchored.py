"""A ledger that follows its anchor: what is changed is covered, and the anchor goes along.

A ledger that does not pass through its anchor is read and never written: with it every hash after
would be made on ground nobody can answer for. Only a person sets a new anchor (`anew`).
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import sqlalchemy as sa

from gateway.errors import LocalFault
from gateway.ledger import touched
from gateway.ledger.anchor import START, Anchor, AnchorFile
from gateway.ledger.cover import ChainKey, cover, ends, passes

OLDER = "HOVEDBOK_ELDRE_ENN_ANKERET"
OTHER = "HOVEDBOK_ANNEN_ENN_ANKERET"
MISSING = "ANKER_MANGLER"


def against(file: AnchorFile) -> tuple[Anchor | None, str]:
    """The anchor as it stands, and the code of one that is not there or cannot be read. Read before
    the ledger is: one of a moment later would be ahead of it."""
    try:
        stands = file.read()
    except LocalFault as error:
        return None, error.code
    return stands, "" if stands else MISSING


def doubted(connection: sa.Connection, anchor: Anchor | None) -> str:
    """The code of a ledger that does not pass through the anchor, or nothing."""
    if anchor is None:
        return MISSING
    if passes(connection, anchor):
        return ""
    return OLDER if ends(connection).link < anchor.link else OTHER


class Anchored:
    """The anchor of one opened ledger."""

    def __init__(
        self,
        file: AnchorFile,
        key: ChainKey,
        look: Callable[[], AbstractContextManager[sa.Connection]],
    ) -> None:
        self.file = file
        self.doubt = ""
        """Why the ledger may not be written: a code, or nothing."""
        self.stopped = ""
        """The same, of something no new anchor helps against: what stands in the database and is
        not ours."""
        self._key = key
        self._look = look
        self._known = START
        self._renewing = False

    def begin(self, *, follow: bool) -> None:
        """Hold an opened ledger to its anchor. It says what it finds by `doubt`; with `follow`, the
        anchor moves to where the ledger ends."""
        stands, self.doubt = against(self.file)
        if self.doubt:
            return
        with self._look() as connection:
            self.doubt = doubted(connection, stands)
            end = ends(connection)
        self._known = stands or START
        if follow and not self.doubt:
            self.move(end)

    @contextmanager
    def following(self, connection: sa.Connection) -> Iterator[None]:
        """Around a transaction: collect what it changes, and move the anchor when it is done."""
        if self._key.key is None:
            yield
            return
        collecting = touched.watch(connection)
        yield
        if collecting.end is not None:
            self.move(collecting.end)

    def cover(self, connection: sa.Connection) -> None:
        """The last act of a transaction. Raises LocalFault when nothing may be written."""
        collecting = touched.of(connection)
        if self._key.key is None or collecting is None:
            return
        collecting.end = cover(connection, self._key.key, collecting)
        if collecting.end is None:
            return
        if self.stopped:
            raise LocalFault(self.stopped, place="ledger")
        if self.doubt and not self._renewing:
            raise LocalFault(self.doubt, place="anker")

    def require(self) -> None:
        """Raise LocalFault when nothing may be written, before anything is."""
        if self.stopped or self.doubt:
            raise LocalFault(self.stopped or self.doubt, place="ledger")

    def move(self, end: Anchor) -> None:
        """The anchor follows. Another process may have moved it: then it must be on our way."""
        if self._renewing:
            self.file.create(end)
            self._known, self.doubt = end, ""
            return
        stood = self.file.advance(end, self._known)
        while stood != self._known:
            with self._look() as connection:
                self.doubt = doubted(connection, stood)
            if self.doubt:
                raise LocalFault(self.doubt, place="anker")
            self._known = stood
            stood = self.file.advance(end, stood)
        if end.link > stood.link:
            self._known = end

    @contextmanager
    def renewing(self) -> Iterator[None]:
        """The next transaction sets the anchor where it ends, whatever the anchor said: for a
        person who has said so, and who that was is what the transaction writes."""
        self._renewing = True
        try:
            yield
        finally:
            self._renewing = False
