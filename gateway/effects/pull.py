"""Take in what changed at a source: list, fetch, check, seal, one commit per page.

What is known at the listed version is not fetched again, so a second pull of an unchanged source
costs its listing and nothing more, and a pull that was killed goes on where it stopped. A
document that does not hold is kept sealed and parked with place and kind; the others go on.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import sqlalchemy as sa

from gateway.effects import listing, lost_copies
from gateway.effects.one_log import SURPRISE, of_one_log, shown
from gateway.effects.silence import Silence
from gateway.errors import Conflict, Rejected, RemoteFault
from gateway.ledger import owners
from gateway.ledger import tables as t
from gateway.ledger.database import Database
from gateway.ledger.store import PayloadStore
from gateway.ports.connector import Connector, Document, Entry, FileRef
from gateway.ports.mapping import SystemMapping

FETCH = 100
_FILE_TRIES = 3
_NONE: Mapping[str, str] = {}


@dataclass(slots=True)
class Pulled:
    """What a pull did: logs listed, fetched now, and parked."""

    listed: int = 0
    fetched: int = 0
    parked: int = 0
    bytes: int = 0


@dataclass(frozen=True, slots=True)
class Intake:
    """One document taken in, or the reason it was not."""

    entry: Entry
    document: Document | None
    code: str = ""
    place: str = ""
    files: tuple[tuple[FileRef, bytes], ...] = field(default=(), repr=False)


class Puller:
    """Takes in one system's logs for one municipality."""

    def __init__(
        self,
        connector: Connector,
        mapping: SystemMapping,
        database: Database,
        store: PayloadStore,
        tenant: str,
    ) -> None:
        self._connector = connector
        self._mapping = mapping
        self._db = database
        self._store = store
        self._tenant = tenant
        self._silence = Silence(connector)

    def run(self, owner: str, only: frozenset[str] | None = None) -> Pulled:
        """Take the manifest (kept under `owner`, phase `foer`) and everything that changed.

        `only` limits fetching to some refs; the manifest is always whole. Raises RemoteFault.
        """
        whole = listing.manifest(self._connector)
        self.keep_manifest(owner, "foer", whole.versions)
        pulled = Pulled(listed=len(whole.versions))
        wanted = [
            Entry(ref, version)
            for ref, version in whole.versions.items()
            if only is None or ref in only
        ]
        for start in range(0, len(wanted), FETCH):
            self._page(wanted[start : start + FETCH], pulled)
        return pulled

    def keep_manifest(self, owner: str, phase: str, versions: dict[str, str]) -> None:
        """Replace the manifest of this owner and phase."""
        rows = [
            {"owner": owner, "phase": phase, "ref": ref, "version": version, "nr": nr}
            for nr, (ref, version) in enumerate(versions.items(), 1)
        ]
        with self._db.begin() as connection:
            connection.execute(
                t.manifest.delete().where(t.manifest.c.owner == owner, t.manifest.c.phase == phase)
            )
            for start in range(0, len(rows), 1000):
                connection.execute(t.manifest.insert(), rows[start : start + 1000])

    def _page(self, wanted: list[Entry], pulled: Pulled) -> None:
        refs = [entry.ref for entry in wanted]
        known = self._known(refs)
        lost = lost_copies.of_source(
            self._db, self._store, self._mapping.system, self._tenant, refs
        )
        fresh = [
            entry for entry in wanted if known.get(entry.ref) != entry.version or entry.ref in lost
        ]
        if not fresh:
            return
        taken = [self.take(entry, lost.get(entry.ref, _NONE)) for entry in fresh]
        pulled.fetched += len(taken)
        pulled.parked += sum(1 for intake in taken if intake.code)
        pulled.bytes += sum(len(i.document.body) for i in taken if i.document)
        for intake in taken:
            if intake.document is not None and intake.entry.ref in lost:
                bodies = [intake.document.body, *(data for _, data in intake.files)]
                owner = self._owner(intake.entry.ref)
                lost_copies.put_back(self._store, lost[intake.entry.ref], owner, bodies)
        self.save(taken)

    def _known(self, refs: Iterable[str]) -> dict[str, str]:
        with self._db.begin() as connection:
            rows = connection.execute(
                sa.select(t.record.c.ref, t.record.c.version).where(
                    t.record.c.system == self._mapping.system,
                    t.record.c.tenant == self._tenant,
                    t.record.c.ref.in_(list(refs)),
                    t.record.c.code.is_(None),
                )
            )
            return {row.ref: row.version for row in rows}

    def take(self, entry: Entry, lost: Mapping[str, str] = _NONE) -> Intake:
        """Fetch and check one document; fetched once more before it is parked. `lost` are sealed
        copies of it that are gone (SHA-256 -> payload). Raises what is not this log's alone."""
        if entry.ref.startswith(listing.UNUSABLE):
            return Intake(entry, None, "UGYLDIG_ID", entry.ref)
        document: Document | None = None
        code, place = "", ""
        for _ in range(2):
            try:
                document = self._connector.document(entry.ref)
                self._silence.heard()
                self._mapping.parse(document.body)
                return Intake(entry, document, files=self.files(document, lost))
            except Exception as error:
                own = of_one_log(error)
                silent = self._silence.of_one(error) if own is None else None
                told = own or silent
                if told is None:
                    raise
                code, place = told.code, told.place
                if silent is not None:
                    break
                if code == SURPRISE and document is None:
                    # What came could not be put together to a document at all.
                    code = "UGYLDIG_DOKUMENT"
        return Intake(entry, document, code, shown(place, entry.ref))

    def save(self, taken: list[Intake]) -> None:
        """Seal bodies and files, then one commit that points at them."""
        bodies = self._store.put(
            (self._owner(i.entry.ref), i.document.body) for i in taken if i.document
        )
        files = self._files(taken)
        ids = iter(bodies)
        rows: list[dict[str, object]] = []
        for intake in taken:
            document = intake.document
            rows.append(
                {
                    "system": self._mapping.system,
                    "tenant": self._tenant,
                    "ref": intake.entry.ref,
                    "version": document.version if document else intake.entry.version,
                    "sha": hashlib.sha256(document.body).hexdigest() if document else None,
                    "payload": next(ids) if document else None,
                    "size": len(document.body) if document else 0,
                    "code": intake.code or None,
                    "place": intake.place[:200] or None,
                }
            )
        old = self._replace(rows, files)
        self._store.delete(old)

    def files(
        self, document: Document, lost: Mapping[str, str] = _NONE
    ) -> tuple[tuple[FileRef, bytes], ...]:
        """The files of a log that are not kept already, each held against its digest.

        Raises RemoteFault("FIL_STEMMER_IKKE") when three tries give other bytes or another size
        than is told (no target would take it), and
        Rejected("FIL_UTEN_INNHOLD").
        """
        have = self._kept_files(document.ref)
        found = []
        for ref in document.files:
            if have.get(ref.file_id) == ref.sha256 and ref.sha256 not in lost:
                continue
            for _ in range(_FILE_TRIES):
                data = self._content(document.ref, ref.file_id)
                if hashlib.sha256(data).hexdigest() == ref.sha256 and len(data) == ref.size:
                    break
            else:
                raise RemoteFault("FIL_STEMMER_IKKE", place=ref.file_id)
            found.append((ref, data))
        return tuple(found)

    def _content(self, ref: str, file_id: str) -> bytes:
        """The bytes. Raises Rejected("FIL_UTEN_INNHOLD") for a file that is named and not there."""
        try:
            return self._connector.file(ref, file_id)
        except Conflict as error:
            if error.code != "BORTE":
                raise
        raise Rejected("FIL_UTEN_INNHOLD", place=file_id)

    def _owner(self, ref: str) -> str:
        return owners.place(self._tenant, self._mapping.system, ref)

    def _files(self, taken: list[Intake]) -> list[dict[str, object]]:
        return self.sealed([(intake.entry.ref, intake.files) for intake in taken])

    def sealed(
        self, found: Iterable[tuple[str, tuple[tuple[FileRef, bytes], ...]]]
    ) -> list[dict[str, object]]:
        """Seal the files of some logs (ref, files); the rows that point at them, for `keep`."""
        wanted = [(log, ref, data) for log, files in found for ref, data in files]
        ids = self._store.put((self._owner(log), data) for log, _ref, data in wanted)
        return [
            {"system": self._mapping.system, "ref": log, "file_id": ref.file_id,
             "sha": ref.sha256, "size": len(data), "payload": payload}
            for (log, ref, data), payload in zip(wanted, ids, strict=True)
        ]  # fmt: skip

    def _kept_files(self, log: str) -> dict[str, str]:
        with self._db.begin() as connection:
            rows = connection.execute(
                sa.select(t.file.c.file_id, t.file.c.sha).where(
                    t.file.c.system == self._mapping.system, t.file.c.ref == log
                )
            )
            return {row.file_id: row.sha for row in rows}

    def _replace(self, rows: list[dict[str, object]], files: list[dict[str, object]]) -> list[str]:
        """Swap the rows in; returns payloads nothing points at any more."""
        refs = [row["ref"] for row in rows]
        mine = sa.and_(
            t.record.c.system == self._mapping.system,
            t.record.c.tenant == self._tenant,
            t.record.c.ref.in_(refs),
        )
        with self._db.begin() as connection:
            old = {
                str(p)
                for p in connection.execute(sa.select(t.record.c.payload).where(mine)).scalars()
                if p
            }
            connection.execute(t.record.delete().where(mine))
            connection.execute(t.record.insert(), rows)
            keep(connection, files)
            for pin in _PINS if old else ():
                pinned = connection.execute(sa.select(pin).where(pin.in_(old))).scalars()
                old -= {str(p) for p in pinned}
        return sorted(old)


_PINS = (t.agreed.c.one_doc, t.agreed.c.other_doc, t.effect.c.ours)
"""What else may need a source document when a newer one has taken its place."""


def keep(connection: sa.Connection, files: Iterable[dict[str, object]]) -> None:
    """Point at sealed files, in the caller's transaction; a newer one takes the place."""
    for row in files:
        connection.execute(
            t.file.delete().where(
                t.file.c.system == row["system"],
                t.file.c.ref == row["ref"],
                t.file.c.file_id == row["file_id"],
            )
        )
        connection.execute(t.file.insert(), row)
