"""A plan's signature: who, when, and the hash of exactly what, with the places that were named.

What a signature covers is counted again from the ledger before anything is carried out. Nothing is
sent here.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from gateway.effects.stored import step_of
from gateway.errors import LocalFault, Rejected
from gateway.ledger import tables as t
from gateway.ledger.chain import Fact, append
from gateway.ledger.database import Database
from gateway.plan.step import PlanHash, Step, StepKind
from gateway.run.rows import approvals, plan_in, plan_row, ran_by
from gateway.run.under import KEY as UNDER
from gateway.staff.member import Acting
from gateway.tasks import of_runs

_SHORT = 8
"""Fewest characters of a log's id that name it."""


def sign(
    database: Database,
    plan_id: str,
    by: Acting,
    at: str,
    overwrite: tuple[str, ...] = (),
    under: Mapping[str, str] | None = None,
) -> str:
    """Sign a plan: who, when, and the hash of exactly what. Returns the hash. A signature is added
    to those before it; the newest counts, until a run has begun under it.

    `overwrite` names places (`LOGG:PLACE`) where a person's edit in the target may be written
    over; a step goes only when each of its places is named. `under` is what it is signed under
    (`under.py`). Raises Rejected for a name that is no
    place of the plan, and for a plan that has been run.
    """
    row = plan_row(database, plan_id)
    if row["state"] != "klar":
        raise LocalFault("PLAN_IKKE_KLAR", place=plan_id)
    named = sorted(set(overwrite))
    steps = _overwritten(database, plan_id, named)
    signed = overwrite_hash(str(row["hash"]), named)
    kept = json.dumps({"named": named, "steps": steps}) if named else None
    with database.begin() as connection:
        body = {"by": by.ref, "role": by.rolle, "hash": row["hash"]}
        body |= {"overwrite": named} if named else {}
        body |= {UNDER: dict(under)} if under else {}
        # The entry locks the chain: whoever signs and whoever begins are one after the other.
        append(connection, at, [Fact("sign", plan_id, body=body)])
        if (run_id := ran_by(connection, plan_id)) is not None:
            raise Rejected("PLAN_ER_KJOERT", place=run_id)
        connection.execute(
            t.approval.insert(),
            {"plan_id": plan_id, "nr": approvals(connection, plan_id) + 1, "by": by.ref,
             "role": by.rolle, "at": at, "hash": signed, "overwrites": kept},
        )  # fmt: skip
        of_runs.to_run(connection, plan_in(connection, plan_id), at, steps)
    return signed


def overwrite_hash(plan_hash: str, named: Sequence[str]) -> str:
    """What a signature covers: the plan, and the places named beside it. SHA-256, hex."""
    if not named:
        return plan_hash
    return hashlib.sha256("\n".join((plan_hash, *named)).encode()).hexdigest()


def _overwritten(database: Database, plan_id: str, named: Sequence[str]) -> list[int]:
    """The numbers of the steps whose every place is named. Raises Rejected("UKJENT_STED")."""
    if not named:
        return []
    with database.look() as connection:
        rows = connection.execute(
            sa.select(t.step).where(
                t.step.c.plan_id == plan_id, t.step.c.kind == StepKind.OVERWRITE.value
            )
        ).all()
    left, chosen = set(named), []
    for step in (step_of(row._mapping) for row in rows):
        left -= {name for name in named if places_of(step, (name,))}
        if places_of(step, named) == set(step.over):
            chosen.append(step.nr)
    if left:
        raise Rejected("UKJENT_STED", place=min(left)[:120])
    return chosen


def places_of(step: Step, names: Iterable[str]) -> set[str]:
    """The places of a step that these names (`LOGG:PLACE`) name; a log by its id or the start of
    it."""
    found = set()
    for name in names:
        logg, _, place = name.partition(":")
        its = step.logg == logg or (len(logg) >= _SHORT and step.logg.startswith(logg))
        if its and place in step.over:
            found.add(place)
    return found


def named(row: Mapping[str, Any]) -> tuple[str, ...]:
    """The places (`LOGG:PLACE`) that a plan's signature named."""
    return tuple(json.loads(row["overwrites"])["named"]) if row["overwrites"] else ()


def overwrites(row: Mapping[str, Any]) -> tuple[int, ...]:
    """The numbers of the steps of a plan that may write over a person's edit."""
    return tuple(json.loads(row["overwrites"])["steps"]) if row["overwrites"] else ()


def check(database: Database, row: Mapping[str, Any]) -> None:
    """Raise LocalFault unless the plan is signed and stands as it was signed: PLAN_IKKE_SIGNERT,
    or PLAN_ENDRET when its steps or the places are others."""
    plan_id = str(row["plan_id"])
    kept = json.loads(row["overwrites"]) if row["overwrites"] else {"named": [], "steps": []}
    signed = overwrite_hash(row["hash"] or "", kept["named"])
    if not row["signed_hash"] or row["signed_hash"] != signed:
        raise LocalFault("PLAN_IKKE_SIGNERT", place=plan_id)
    if not _in_the_chain(database, row):
        # A row of an approval that nobody gave, or another's name under one.
        raise LocalFault("PLAN_ENDRET", place=plan_id)
    if stored_hash(database, row) != row["hash"]:
        raise LocalFault("PLAN_ENDRET", place=plan_id)
    if _overwritten(database, plan_id, kept["named"]) != kept["steps"]:
        raise LocalFault("PLAN_ENDRET", place=plan_id)


def _in_the_chain(database: Database, row: Mapping[str, Any]) -> bool:
    """Whether the chain has the approval as its row tells it: who, in which role, and the places.
    Approvals of before they had rows have entries without a role."""
    with database.look() as connection:
        bodies = connection.execute(
            sa.select(t.entry.c.body)
            .where(t.entry.c.kind == "sign", t.entry.c.run_id == str(row["plan_id"]))
            .order_by(t.entry.c.seq)
        ).scalars()
        entries = [json.loads(body) for body in bodies]
        count = approvals(connection, str(row["plan_id"]))
    with_rows = [one for one in entries if "role" in one]
    if not row["approval"]:
        before = [one for one in entries if "role" not in one]
        return not count and bool(before) and before[-1]["by"] == row["signed_by"]
    if len(with_rows) != count or row["approval"] > count:
        return False
    entry = with_rows[row["approval"] - 1]
    said = (entry["by"], entry["role"], tuple(entry.get("overwrite", ())))
    return said == (row["signed_by"], row["signed_role"], named(row))


def header(row: Mapping[str, Any]) -> dict[str, str]:
    """What a plan's hash covers beside its steps. A part that is not set is not there, so that a
    plan from before there was such a part keeps its hash."""
    names = {
        "plan": "plan_id", "kind": "kind", "source": "source", "target": "target",
        "tenant": "tenant", "scope": "scope", "waits_for": "waits_for",
    }  # fmt: skip
    return {key: str(row[name]) for key, name in names.items() if row[name] is not None}


def stored_hash(database: Database, row: Mapping[str, Any]) -> str:
    """The hash of a plan's steps as they stand in the ledger now; SHA-256, hex."""
    made = PlanHash(header(row))
    last = 0
    while True:
        with database.begin() as connection:
            rows = connection.execute(
                sa.select(t.step)
                .where(t.step.c.plan_id == row["plan_id"], t.step.c.nr > last)
                .order_by(t.step.c.nr)
                .limit(500)
            ).all()
        if not rows:
            return made.hex()
        last = rows[-1].nr
        for each in rows:
            made.add(step_of(each._mapping))


def goes(plan: Mapping[str, Any]) -> sa.ColumnElement[bool]:
    """What makes a step of this plan one that writes: it is put, or its places were named."""
    return sa.or_(t.step.c.kind == StepKind.PUT.value, t.step.c.nr.in_(overwrites(plan)))
