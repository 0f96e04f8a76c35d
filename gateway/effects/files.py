"""The bytes of one log's files, found by any id the target's document may use."""

from collections.abc import Container, Iterable, Mapping

import sqlalchemy as sa

from gateway.effects.route import Route
from gateway.errors import LocalFault
from gateway.ledger import tables as t
from gateway.plan.draft import Draft
from gateway.plan.step import Step
from gateway.ports.connector import FileRef

TOGETHER = 2 * 1024 * 1024
"""Bytes of files that may be open for one batch; larger files are opened one at a time."""

_HELD = sa.select(t.file.c.ref, t.file.c.sha, t.file.c.size, t.file.c.payload).where(
    t.file.c.system == sa.bindparam("system"),
    t.file.c.ref.in_(sa.bindparam("refs", expanding=True)),
)
_SAME = sa.select(t.file.c.payload).where(t.file.c.sha == sa.bindparam("sha")).limit(1)


class Files:
    """The bytes of one log's files, found by any id the target's document may use."""

    def __init__(
        self,
        route: Route,
        step: Step,
        made: Draft,
        known: Mapping[str, str],
        opened: Mapping[str, bytes],
    ) -> None:
        """`known` is the payload of each of the log's own files by SHA-256; `opened` the bytes of
        some payloads, so that a log's small files cost no look-up each."""
        self._route = route
        self._step = step
        self._documents = made.documents
        self._known = known
        self._opened = opened

    def refs(self) -> tuple[FileRef, ...]:
        """The files of the log; `file_id` is the SHA-256, which both sides know."""
        return tuple(
            FileRef(d.sha256 or "", d.sha256 or "", d.stoerrelse or 0, d.medietype or "")
            for d in self._documents
        )

    def read(self, file_id: str) -> bytes:
        """The bytes. Raises LocalFault when the file was never taken in."""
        sha = next(
            (
                d.sha256
                for d in self._documents
                if file_id in (d.sha256, d.kilde_id, d.id, f"tmp:{d.id}")
            ),
            None,
        )
        payload = self._known.get(sha or "")
        if payload is None:
            # On the way home: a file that was withheld was only ever taken in at the other end.
            with self._route.database.look() as connection:
                payload = connection.execute(_SAME, {"sha": sha or ""}).scalar()
        if payload is None:
            raise LocalFault("FIL_MANGLER", place=self._step.logg)
        found = self._opened.get(payload)
        return self._route.store.get(payload) if found is None else found


def held(
    connection: sa.Connection, system: str, refs: Iterable[str], new: Container[str]
) -> tuple[dict[str, dict[str, str]], list[str]]:
    """The files of some logs: ref -> SHA-256 -> payload; and which of those that belong to a log
    in `new` (whose files will all be sent) are small enough together to be opened at once."""
    found: dict[str, dict[str, str]] = {}
    small: list[str] = []
    room = TOGETHER
    for ref, sha, size, payload in connection.execute(_HELD, {"system": system, "refs": [*refs]}):
        found.setdefault(ref, {})[sha] = payload
        if ref in new and size <= room:
            room -= size
            small.append(payload)
    return found, small
