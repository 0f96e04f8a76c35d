"""What a person wrote and a signed step wrote over: sealed before the write, to be fetched back.

A version is a system's whole document as it stood, with its files. It is kept in the commit of the
intent, so no power cut comes between the keeping and the losing. Nothing here writes to a system.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from gateway.effects.route import Route
from gateway.errors import LocalFault
from gateway.ledger import owners
from gateway.ledger import tables as t
from gateway.ledger.chain import Fact
from gateway.ledger.database import Database
from gateway.ledger.store import PayloadStore
from gateway.ledger.upsert import insert_new
from gateway.ports.connector import Document, FileRef


@dataclass(frozen=True, slots=True)
class Losing:
    """A target's document as it stands, about to be written over at these places."""

    version_id: str
    document: Document = field(repr=False)
    files: tuple[tuple[FileRef, bytes], ...] = field(repr=False)
    places: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sealed:
    """The same, sealed: what rows will point at."""

    logg: str
    losing: Losing = field(repr=False)
    payload: str
    files: tuple[dict[str, object], ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Version:
    """A version that was kept. `places` are where it lost, never what."""

    version_id: str
    logg: str
    system: str
    ref: str
    version: str
    run_id: str
    at: str
    places: tuple[str, ...]
    payload: str


def version_id(run_id: str, nr: int) -> str:
    """The id of what a run writes over in one step; the same however often it is begun."""
    return f"v-{run_id.rpartition('-')[2]}-{nr}"


def seal(route: Route, losing: Iterable[tuple[str, Losing]]) -> list[Sealed]:
    """Seal documents and files; nothing points at them until `note`."""
    found = list(losing)
    ids = route.store.put((owners.log(logg), one.document.body) for logg, one in found)
    puller = route.puller_of_target()
    # Under the version's own id: a file of the log with the same id may come after.
    return [
        Sealed(logg, one, payload, tuple(puller.sealed([(one.version_id, one.files)])))
        for (logg, one), payload in zip(found, ids, strict=True)
    ]


def note(
    connection: sa.Connection, route: Route, run_id: str, sealed: Sequence[Sealed]
) -> list[Fact]:
    """Point at what was sealed, in the caller's transaction; the entries for the chain."""
    facts = []
    for one in sealed:
        losing = one.losing
        insert_new(
            connection,
            t.version,
            {"version_id": losing.version_id, "tenant": route.tenant,
             "system": route.target_name, "logg": one.logg, "ref": losing.document.ref,
             "version": losing.document.version, "payload": one.payload,
             "run_id": run_id, "places": json.dumps(losing.places), "at": route.now()},
        )  # fmt: skip
        _keep_known(connection, route, losing)
        body = {
            "version": losing.version_id, "system": route.target_name, "places": losing.places,
            "sha": hashlib.sha256(losing.document.body).hexdigest(),
        }  # fmt: skip
        facts.append(Fact("version", run_id, one.logg, body))
    return facts


def _keep_known(connection: sa.Connection, route: Route, losing: Losing) -> None:
    """Point at the files of the version that were taken in before, under the version's own id."""
    new = {ref.file_id for ref, _ in losing.files}
    system = route.pair.target.system
    rows = connection.execute(
        sa.select(t.file).where(t.file.c.system == system, t.file.c.ref == losing.document.ref)
    ).all()
    wanted = {ref.file_id: ref.sha256 for ref in losing.document.files if ref.file_id not in new}
    for row in rows:
        if wanted.get(row.file_id) == row.sha:
            insert_new(connection, t.file, dict(row._mapping) | {"ref": losing.version_id})


def of_logg(database: Database, tenant: str, logg: str) -> list[Version]:
    """Every version kept of a log, oldest first; `logg` is an id or the start of one."""
    with database.look() as connection:
        rows = connection.execute(
            sa.select(t.version)
            .where(t.version.c.tenant == tenant, t.version.c.logg.startswith(logg, autoescape=True))
            .order_by(t.version.c.at, t.version.c.version_id)
        ).all()
    return [_made(row) for row in rows]


def one(database: Database, tenant: str, version: str) -> Version:
    """A version by its id. Raises LocalFault("UKJENT_VERSJON")."""
    with database.look() as connection:
        row = connection.execute(
            sa.select(t.version).where(
                t.version.c.tenant == tenant, t.version.c.version_id == version
            )
        ).first()
    if row is None:
        raise LocalFault("UKJENT_VERSJON", place=version[:40])
    return _made(row)


def as_records(
    connection: sa.Connection, store: PayloadStore, versions: Iterable[str], laid: str | None
) -> dict[str, dict[str, Any]]:
    """Versions as source records, by their ids: what is brought back is carried like any other.
    `laid` is the payload of the one version of a plan as it was laid on what stood."""
    rows = connection.execute(
        sa.select(t.version).where(t.version.c.version_id.in_(list(versions)))
    ).all()
    payloads = {row.version_id: laid or str(row.payload) for row in rows}
    bodies = store.get_many(payloads.values())
    return {
        version: {"payload": payload, "sha": hashlib.sha256(bodies[payload]).hexdigest()}
        for version, payload in payloads.items()
    }


def _made(row: sa.Row[Any]) -> Version:
    return Version(
        row.version_id, row.logg, row.system, row.ref, row.version, row.run_id, row.at,
        tuple(json.loads(row.places)), row.payload,
    )  # fmt: skip
