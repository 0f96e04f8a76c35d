"""Receipts looked at again, a sample at a time: the bytes are fetched once more, and compared.

Those that have waited longest come first. What the archive shows whole and right is a receipt from
then on, also where there was only a person's word before. What is known to be wrong is no longer
archived: the delivery leaves its state, and a person is told. What is not shown is not said to be
gone: a person looks. Nothing is sent from here, and nothing in an archive is touched.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from gateway.arkiv.levering import KEPT, NOT_SHOWN, WRONG, Tilstand, told_as
from gateway.effects.archiving import looking, waits
from gateway.effects.archiving.confirm import reads
from gateway.effects.archiving.delivery import Outcome, receipt, stands
from gateway.effects.archiving.unopened import Unopened
from gateway.effects.archiving.verk import Arkivmaal, Verk, stamp
from gateway.errors import Conflict, GatewayError, Rejected
from gateway.ledger import archive_tables as a
from gateway.ledger.chain import Fact, append

SAMPLE = 50
"""Receipts that are looked at again in one round."""
RESTED = timedelta(hours=20)
"""How long one is left alone after a look, so that rounds close to each other take others."""
_SAYS_SO = WRONG | {NOT_SHOWN, "FLERE_TREFF"}
_KEPT = tuple(state.value for state in KEPT)


@dataclass(slots=True)
class Rechecked:
    """What a round of looks found. `wrong` is (snapshot, archive, code) of what a person is told;
    `stopped` is archive -> code, of those that could not be asked."""

    looked: int = 0
    right: int = 0
    proved: int = 0
    unseen: int = 0
    wrong: list[tuple[str, str, str]] = field(default_factory=list)
    stopped: dict[str, str] = field(default_factory=dict)


def recheck(
    verk: Verk, limit: int = SAMPLE, snapshot_id: str = "", *, rested: timedelta = RESTED
) -> Rechecked:
    """Look at some receipts again, or at those of one snapshot."""
    told = Rechecked()
    asked: dict[str, Arkivmaal] = {}
    for name, maal in verk.archives.items():
        try:
            if isinstance(maal.archive, Unopened):
                raise maal.archive.fault
            if reads(maal):
                asked[name] = maal
        except GatewayError as error:
            told.stopped[name] = error.code
    for row in _due(verk, tuple(asked), limit, snapshot_id, rested):
        if row["archive"] in told.stopped:
            continue
        try:
            _one(verk, asked[row["archive"]], row, told)
        except GatewayError as error:
            # Not an answer about this receipt: the archive, or the ledger, cannot be asked now.
            told.stopped[row["archive"]] = error.code
    return told


def _due(
    verk: Verk, names: Sequence[str], limit: int, snapshot_id: str, rested: timedelta
) -> list[dict[str, Any]]:
    """Whose turn it is: never looked at first, then the longest ago."""
    before = stamp(verk.clock.now() - rested)
    d = a.delivery.c
    where = [d.tenant == verk.tenant, d.archive.in_(names), d.state.in_(_KEPT), d.claim.is_(None)]
    last = sa.func.coalesce(d.looked_at, "")
    if snapshot_id:
        where.append(d.snapshot_id == snapshot_id)
    else:
        where.append(last < before)
    with verk.database.look() as connection:
        rows = connection.execute(
            sa.select(a.delivery)
            .join(a.snapshot, a.snapshot.c.snapshot_id == d.snapshot_id)
            .where(*where, a.snapshot.c.erased.is_(False), a.snapshot.c.system == verk.system)
            .order_by(last, d.snapshot_id, d.archive)
            .limit(limit)
        ).all()
    return [dict(row._mapping) for row in rows]


def _one(verk: Verk, maal: Arkivmaal, row: dict[str, Any], told: Rechecked) -> None:
    """One look, and what it is worth. Raises what says nothing of this receipt."""
    told.looked += 1
    kept = told_as(row["state"], row["evidence"])
    try:
        seen = looking.look(verk, maal, row)
    except (Conflict, Rejected) as error:
        if not withdraw(verk, row, error):
            raise
        told.wrong.append((row["snapshot_id"], row["archive"], error.code))
        return
    if seen is None and kept is Tilstand.ARKIVERT:
        withdraw(verk, row, Conflict(NOT_SHOWN, place=row["key"] or row["snapshot_id"]))
        told.wrong.append((row["snapshot_id"], row["archive"], NOT_SHOWN))
        return
    told.unseen += seen is None
    told.right += seen is not None
    told.proved += seen is not None and kept is not Tilstand.ARKIVERT
    _looked(verk, row, kept, seen)


def _looked(verk: Verk, row: dict[str, Any], kept: Tilstand, seen: looking.Seen | None) -> None:
    """Remember the look; what was a person's word and was read back is a receipt from now on."""
    now = verk.now()
    values: dict[str, Any] = {"looked_at": now}
    facts = []
    if seen is not None and kept is not Tilstand.ARKIVERT:
        outcome = Outcome(Tilstand.ARKIVERT, found=seen.found, evidence=seen.evidence)
        values |= {"state": Tilstand.ARKIVERT.value, "verified_at": now}
        values |= stands(seen.found, seen.evidence)
        facts.append(receipt(row, outcome))
    with verk.database.begin() as connection:
        changed = connection.execute(a.delivery.update().where(*_as_it_was(row)).values(values))
        if changed.rowcount and facts:
            append(connection, now, facts)


def withdraw(verk: Verk, row: dict[str, Any], error: GatewayError) -> bool:
    """What was kept is not what the archive has: out of its state, into the chain, and a person's.
    False for an error that says nothing of that. What has moved meanwhile is left as it is."""
    code = error.code
    if code not in _SAYS_SO:
        return False
    after = Tilstand.FEILET if code in WRONG else Tilstand.MENNESKE
    now = verk.now()
    values: dict[str, Any] = {
        "state": after.value, "code": code[:60], "place": error.place[:200] or None,
        "verified_at": None, "evidence": None, "looked_at": now, "attempts": 0,
        "deadline": verk.deadline(),
    }  # fmt: skip
    body = {"uttak": row["snapshot_id"], "arkiv": row["archive"], "kode": code}
    with verk.database.begin() as connection:
        changed = connection.execute(a.delivery.update().where(*_as_it_was(row)).values(values))
        if changed.rowcount:
            mine = _mine(row)
            waits.deliveries(connection, verk.tenant, now, *mine)
            append(connection, now, [Fact("arkivavvik", logg=row["logg"], body=body)])
    return True


def _mine(row: dict[str, Any]) -> tuple[sa.ColumnElement[bool], ...]:
    return (a.delivery.c.snapshot_id == row["snapshot_id"], a.delivery.c.archive == row["archive"])


def _as_it_was(row: dict[str, Any]) -> tuple[sa.ColumnElement[bool], ...]:
    """The delivery, in nobody's hands and unmoved since it was read."""
    unmoved = a.delivery.c.state == row["state"], a.delivery.c.claim.is_(None)
    return (*_mine(row), *unmoved)
