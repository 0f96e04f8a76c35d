"""The agreed state: what two systems held of one log when they last held the same.

One row per pair of systems, municipality and log, the same seen from either side. Every write
that was read back renews it, whichever way it went. What a run did is not here but in its own
effects, which no later run changes. Nothing here decides anything or talks to a system.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from gateway.ledger import tables as t
from gateway.ledger.store import PayloadStore
from gateway.ledger.upsert import put_all


@dataclass(frozen=True, slots=True)
class Side:
    """One system's part: where the log stood, at which version, and its sealed document.

    `sha` is the document's SHA-256, empty when it is not known; `doc` and `ids` are payload ids.
    `ids` (None as a rule) tells which of our entities the system's own new ids stand for.
    """

    ref: str
    version: str
    sha: str
    doc: str
    ids: str | None = None


@dataclass(frozen=True, slots=True)
class Agreed:
    """What a pair of systems agreed of one log. `origin` is the system the log came from."""

    logg: str
    origin: str
    generation: int
    run_id: str
    sides: Mapping[str, Side]

    def of(self, system: str) -> Side:
        """The part of one of the two systems."""
        return self.sides[system]


@dataclass(frozen=True, slots=True)
class PairKey:
    """Two systems of one municipality, in no order."""

    one: str
    other: str
    tenant: str

    @staticmethod
    def of(a: str, b: str, tenant: str) -> "PairKey":
        """The key of a pair, whichever is named first."""
        one, other = sorted((a, b))
        return PairKey(one, other, tenant)

    def rows(self) -> tuple[sa.ColumnElement[bool], ...]:
        """What makes a row this pair's."""
        return (
            t.agreed.c.one == self.one,
            t.agreed.c.other == self.other,
            t.agreed.c.tenant == self.tenant,
        )

    def ref_of(self, system: str) -> sa.Column[Any]:
        """The column that holds a system's refs."""
        return t.agreed.c.one_ref if system == self.one else t.agreed.c.other_ref


def by_ref(
    connection: sa.Connection, pair: PairKey, system: str, refs: Iterable[str]
) -> dict[str, Agreed]:
    """Ref in `system` -> what was agreed; a ref that was never agreed is not there."""
    column = pair.ref_of(system)
    rows = connection.execute(sa.select(t.agreed).where(*pair.rows(), column.in_(list(refs))))
    return {made.of(system).ref: made for made in map(_agreed, rows)}


def by_logg(connection: sa.Connection, pair: PairKey, logg: str) -> Agreed | None:
    """What was agreed of one log, by our own id."""
    return by_loggs(connection, pair, [logg]).get(logg)


def by_loggs(connection: sa.Connection, pair: PairKey, loggs: Iterable[str]) -> dict[str, Agreed]:
    """Our id -> what was agreed; a log that was never agreed is not there."""
    rows = connection.execute(
        sa.select(t.agreed).where(*pair.rows(), t.agreed.c.logg.in_(list(loggs)))
    )
    return {made.logg: made for made in map(_agreed, rows)}


def of_system(
    connection: sa.Connection, system: str, tenant: str, loggs: Iterable[str]
) -> list[tuple[PairKey, Agreed]]:
    """What a system has agreed of some logs with any other system."""
    rows = connection.execute(
        sa.select(t.agreed).where(
            t.agreed.c.tenant == tenant,
            sa.or_(t.agreed.c.one == system, t.agreed.c.other == system),
            t.agreed.c.logg.in_(list(loggs)),
        )
    ).all()
    return [(PairKey(row.one, row.other, row.tenant), _agreed(row)) for row in rows]


def unlisted(connection: sa.Connection, pair: PairKey, origin: str, owner: str) -> Iterator[Agreed]:
    """What was agreed of logs that came from `origin` and stand in no listing it gave for `owner`
    (a plan), by our id."""
    listed = sa.exists().where(
        t.manifest.c.owner == owner,
        t.manifest.c.phase == "foer",
        t.manifest.c.ref == pair.ref_of(origin),
    )
    rows = connection.execute(
        sa.select(t.agreed)
        .where(*pair.rows(), t.agreed.c.origin == origin, ~listed)
        .order_by(t.agreed.c.logg)
    )
    return map(_agreed, rows)


def renew(connection: sa.Connection, pair: PairKey, found: Iterable[Agreed]) -> None:
    """Put new agreed states in the place of the old, in the caller's transaction."""
    rows = [_row(pair, one) for one in found]
    if rows:
        put_all(connection, t.agreed, rows)


def ids_of(store: PayloadStore, payload: str | None) -> dict[str, str]:
    """The ids a system gave anew, and the entities of ours they stand for."""
    return dict(json.loads(store.get(payload))) if payload else {}


def _agreed(row: sa.Row[Any]) -> Agreed:
    return Agreed(
        row.logg,
        row.origin,
        row.generation,
        row.run_id,
        {
            row.one: Side(row.one_ref, row.one_version, row.one_sha, row.one_doc, row.one_ids),
            row.other: Side(
                row.other_ref, row.other_version, row.other_sha, row.other_doc, row.other_ids
            ),
        },
    )


def _row(pair: PairKey, found: Agreed) -> dict[str, Any]:
    one, other = found.of(pair.one), found.of(pair.other)
    return {
        "one": pair.one, "other": pair.other, "tenant": pair.tenant, "logg": found.logg,
        "origin": found.origin, "generation": found.generation, "run_id": found.run_id,
        "one_ref": one.ref, "one_version": one.version, "one_sha": one.sha, "one_doc": one.doc,
        "one_ids": one.ids, "other_ref": other.ref, "other_version": other.version,
        "other_sha": other.sha, "other_doc": other.doc, "other_ids": other.ids,
    }  # fmt: skip
