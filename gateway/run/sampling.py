"""A sample of a run for people to look at in the target: a stated random draw, and the risky ones.

Counting proves that leaves arrived, not that a person finds them. Who looked at which log and what
they said is kept; a next wave can be made to wait for it. Nothing here reads a log's content.
"""

import hashlib
import json
from collections import Counter
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from gateway.effects.stored import step_of
from gateway.errors import Rejected
from gateway.ledger import tables as t
from gateway.ledger.chain import Fact, append
from gateway.ledger.database import Database
from gateway.ledger.store import PayloadStore
from gateway.ledger.upsert import insert_new
from gateway.plan.facts import accounts
from gateway.plan.step import Step

RANDOM, CARRIED, PLACEHOLDERS, BREACHES = "tilfeldig", "mest_baaret", "plassholdere", "regelbrudd"
RIGHT, WRONG = "riktig", "feil"
_RISKY = 3
"""How many of each kind of risk are drawn."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """One log of a sample. `why` are the reasons it was drawn; `says` is empty until somebody has
    looked."""

    nr: int
    logg: str
    target_ref: str
    why: tuple[str, ...]
    looked_by: str
    looked_at: str
    says: str
    seed: str


def draw(database: Database, run_id: str, size: int, seed: str, at: str) -> list[Drawn]:
    """Draw the run's sample, or give the one that was drawn: a sample is drawn once.

    `size` logs at random by `seed` (whoever has the seed draws the same), and the riskiest by
    what was carried, placeholders and breaches. Raises Rejected when the run wrote nothing.
    """
    if standing := of_run(database, run_id):
        return standing
    written = _written(database, run_id)
    if not written:
        raise Rejected("INGEN_AA_TREKKE_BLANT", place=run_id)
    chosen = _chosen([step for step, _ in written], size, seed)
    refs = {step.nr: ref for step, ref in written}
    with database.begin() as connection:
        body = {"size": size, "seed": seed, "of": len(written), "drawn": len(chosen)}
        append(connection, at, [Fact("proeve", run_id, body=body)])
        for step, why in chosen:
            insert_new(
                connection,
                t.sample,
                {"run_id": run_id, "logg": step.logg, "nr": step.nr, "target_ref": refs[step.nr],
                 "why": json.dumps(why), "seed": seed, "looked_by": None, "looked_at": None,
                 "says": None, "note": None},
            )  # fmt: skip
    return of_run(database, run_id)


def of_run(database: Database, run_id: str) -> list[Drawn]:
    """The sample of a run, in the plan's order; empty when none was drawn."""
    with database.look() as connection:
        rows = connection.execute(
            sa.select(t.sample).where(t.sample.c.run_id == run_id).order_by(t.sample.c.nr)
        ).all()
    return [_made(row) for row in rows]


def looked(
    database: Database,
    store: PayloadStore,
    run_id: str,
    logg: str,
    *,
    by: str,
    says: str,
    note: str,
    at: str,
) -> Drawn:
    """Keep who looked at a log and what they said; a word of their own is sealed.

    Raises Rejected for a log that is not in the sample, and for an answer that is neither.
    """
    if says not in (RIGHT, WRONG):
        raise Rejected("UGYLDIG_PROEVESVAR", place=run_id)
    found = [d for d in of_run(database, run_id) if d.logg.startswith(logg)] if logg else []
    if len(found) != 1:
        raise Rejected("IKKE_I_PROEVEN", place=run_id)
    (one,) = found
    sealed = store.put([note.encode()])[0] if note else None
    with database.begin() as connection:
        connection.execute(
            t.sample.update()
            .where(t.sample.c.run_id == run_id, t.sample.c.logg == one.logg)
            .values(looked_by=by, looked_at=at, says=says, note=sealed)
        )
        append(connection, at, [Fact("sett", run_id, one.logg, {"by": by, "says": says})])
    return next(d for d in of_run(database, run_id) if d.logg == one.logg)


def note_of(database: Database, store: PayloadStore, run_id: str, logg: str) -> str:
    """What was said in words about one log; empty when nothing was."""
    with database.look() as connection:
        payload = connection.execute(
            sa.select(t.sample.c.note).where(t.sample.c.run_id == run_id, t.sample.c.logg == logg)
        ).scalar()
    return store.get(payload).decode() if payload else ""


def unseen(database: Database, run_id: str) -> str:
    """What still keeps the next wave waiting, in counts; empty when all was seen and right."""
    drawn = of_run(database, run_id)
    if not drawn:
        return "0/0"
    right = sum(one.says == RIGHT for one in drawn)
    return "" if right == len(drawn) else f"{right}/{len(drawn)}"


def _chosen(steps: list[Step], size: int, seed: str) -> list[tuple[Step, list[str]]]:
    """The drawn steps with why, in the plan's order."""
    why: dict[int, list[str]] = {}
    lottery = sorted(steps, key=lambda s: hashlib.sha256(f"{seed}:{s.logg}".encode()).digest())
    for step in lottery[:size]:
        why.setdefault(step.nr, []).append(RANDOM)
    for name, weight in (
        (CARRIED, lambda s: accounts(s.facts)["carried"]),
        (PLACEHOLDERS, lambda s: sum(r[0] == "placeholder" for r in s.facts.get("remarks", ()))),
        (BREACHES, lambda s: len(s.facts.get("breaches", ()))),
    ):
        weights = Counter({step.nr: weight(step) for step in steps})
        heaviest = sorted(weights.items(), key=lambda one: (-one[1], one[0]))[:_RISKY]
        for nr, much in heaviest:
            if much:
                why.setdefault(nr, []).append(name)
    return [(step, why[step.nr]) for step in steps if step.nr in why]


def _written(database: Database, run_id: str) -> list[tuple[Step, str]]:
    with database.look() as connection:
        rows = connection.execute(
            sa.select(t.step, t.effect.c.target_ref.label("written"))
            .join(t.run, t.run.c.plan_id == t.step.c.plan_id)
            .join(
                t.effect,
                sa.and_(t.effect.c.run_id == t.run.c.run_id, t.effect.c.nr == t.step.c.nr),
            )
            .where(t.run.c.run_id == run_id, t.effect.c.state == "ferdig")
            .order_by(t.step.c.nr)
        ).all()
    return [(step_of(row._mapping), str(row.written)) for row in rows]


def _made(row: sa.Row[Any]) -> Drawn:
    return Drawn(
        row.nr, row.logg, row.target_ref, tuple(json.loads(row.why)), row.looked_by or "",
        row.looked_at or "", row.says or "", row.seed,
    )  # fmt: skip
