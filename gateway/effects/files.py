"""The bytes of one log's files, found by any id the target's document may use."""

import sqlalchemy as sa

from gateway.effects.route import Route
from gateway.errors import LocalFault
from gateway.ledger import tables as t
from gateway.plan.draft import Draft
from gateway.plan.step import Step
from gateway.ports.connector import FileRef


class Files:
    """The bytes of one log's files, found by any id the target's document may use."""

    def __init__(self, route: Route, step: Step, made: Draft) -> None:
        self._route = route
        self._step = step
        self._documents = made.documents

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
        same = sa.select(t.file.c.payload).where(t.file.c.sha == (sha or "")).limit(1)
        own = same.where(
            t.file.c.system == self._route.source_name, t.file.c.ref == self._step.source_ref
        )
        with self._route.database.begin() as connection:
            payload = connection.execute(own).scalar()
            if payload is None:
                # On the way home: a file that was withheld was only ever taken in at the other end.
                payload = connection.execute(same).scalar()
        if payload is None:
            raise LocalFault("FIL_MANGLER", place=self._step.logg)
        return self._route.store.get(payload)
