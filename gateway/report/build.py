"""Collect a run's facts for the report. Everything comes from the ledger, nothing from memory.

The result is JSON-ready and holds ids, places, codes and counts only, so that the same facts can
be printed, sent to the data protection officer, and compared by a program.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from gateway.effects.stored import step_of
from gateway.ledger import chain, trust
from gateway.ledger import tables as t
from gateway.ledger.cover import ends
from gateway.ledger.database import Database
from gateway.plan.facts import accounts, noted
from gateway.plan.step import Step, StepKind
from gateway.run import sampling
from gateway.run.rows import approvals_of, plan_row, run_row
from gateway.tasks.counted import counted
from gateway.tasks.parked import parked
from gateway.tasks.reconciled import plan_of, reconciled, remedies
from gateway.tasks.rows import waiting


def build(database: Database, run_id: str) -> dict[str, Any]:
    """The facts of one run. Raises LocalFault("UKJENT_KJOERING")."""
    run = run_row(database, run_id)
    plan = plan_row(database, run["plan_id"])
    summary = json.loads(run["summary"] or "{}")
    predicted = json.loads(plan["summary"] or "{}")
    books = _Books()
    for step, effect in _steps(database, run["plan_id"], run_id):
        books.add(step, effect)
    left = {(row.logg, row.ref): row for row in parked(database, run_id)}
    for row in books.parked:
        waits = left.get((row["logg"], row["ref"]))
        row["commands"] = list(waits.commands) if waits else []
        row["anew"] = bool(waits and waits.over)
        row["solved_by"] = waits.solved_by if waits else ""
    books.parked.sort(key=lambda row: bool(row["solved_by"]))
    found = _found(database, run_id)
    with database.look_still() as connection:
        proof = chain.verify(connection)
        anchor = str(ends(connection))
    wrong = trust.of_run(database, run_id)
    return {
        "run": run_id,
        "plan": run["plan_id"],
        "kind": plan["kind"],
        "of_run": plan["of_run"] or "",
        "source": plan["source"],
        "target": plan["target"],
        "state": run["state"],
        "reason": run["reason"] or "",
        "started": run["started"],
        "ended": run["ended"] or "",
        "signed": _signed(database, run_id, plan),
        "summary": summary,
        "prediction": _score(predicted, books, run),
        **books.facts(),
        "logs": counted(database, run_id),
        "reconciliation": found["counts"] if found else {},
        "content": found["files"] if found else _fetched(database, run_id),
        "found": found,
        "scope": json.loads(plan["scope"] or "null"),
        "ungrounded": _ungrounded(database, plan),
        "sample": _sample(database, run_id),
        "proof": {"entries": proof.entries, "head": proof.head, "broken_at": proof.broken_at,
                  "anchor": anchor, "doubt": wrong.code if wrong else ""},
    }  # fmt: skip


MOST_HELD = 200
"""How many held logs, and how many with each note, the report names; the rest are counted."""


class _Books:
    """Sums over the run's steps: what was delivered, and everything a person must read."""

    def __init__(self) -> None:
        self.kinds: Counter[str] = Counter()
        self.effects: Counter[str] = Counter()
        self.accounts: Counter[str] = Counter()
        self.lines: Counter[tuple[str, str, str]] = Counter()
        self.breaches: dict[str, set[str]] = defaultdict(set)
        self.held: Counter[str] = Counter()
        self.held_logs: list[tuple[str, str, str]] = []
        self.to_do: dict[tuple[str, str], set[str]] = defaultdict(set)
        self.notes: dict[str, list[str]] = defaultdict(list)
        self.placeholders: Counter[str] = Counter()
        self.parked: list[dict[str, Any]] = []
        self.drifted: Counter[tuple[str, str, str]] = Counter()
        self.outcomes: Counter[str] = Counter()

    def add(self, step: Step, effect: dict[str, Any]) -> None:
        """Count one step and what became of it."""
        self.kinds[step.kind.value] += 1
        state = effect.get("state") or ""
        if step.kind is StepKind.PUT or (step.kind is StepKind.OVERWRITE and state):
            self.effects[state or "mangler"] += 1
        if step.kind is StepKind.HOLD or state == "holdt":
            code = effect.get("code") or step.code
            self.held[code] += 1
            if len(self.held_logs) < MOST_HELD:
                place = effect.get("place") or step.place
                self.held_logs.append((step.logg[:8] or step.source_ref, code, place))
        for code in sorted(noted(step.facts)):
            self.notes[code].append(step.logg[:8] or step.source_ref)
        left = step.kind is StepKind.OVERWRITE and not state
        if (
            step.kind in (StepKind.PARK, StepKind.CLASH, StepKind.TASK)
            or left
            or state in ("parkert", "flyttet")
        ):
            self.parked.append(
                {"logg": step.logg, "ref": step.source_ref, "state": state or step.kind.value,
                 "code": effect.get("code") or step.code,
                 "place": effect.get("place") or step.place}
            )  # fmt: skip
        if state == "ferdig":
            self._delivered(step, effect)

    def _delivered(self, step: Step, effect: dict[str, Any]) -> None:
        self.accounts.update(accounts(step.facts))
        for place, account, code, count in step.facts.get("books", []):
            self.lines[(place, account, code)] += count
        for rule, entity in step.facts.get("breaches", []):
            self.breaches[rule].add(entity)
        for kind, code, entity, _field in step.facts.get("remarks", []):
            if kind == "manual":
                self.to_do[(step.logg, code)].add(entity)
            elif kind == "placeholder":
                self.placeholders[code] += 1
        for code, _rules, hold, entity, _field, _until in step.facts.get("findings", []):
            if not hold:
                self.to_do[(step.logg, code)].add(entity)
        self.outcomes[effect.get("outcome") or ""] += 1
        for kind, field, change, count in json.loads(effect.get("places") or "[]"):
            self.drifted[(kind, field, change)] += count

    def facts(self) -> dict[str, Any]:
        """JSON-ready."""
        return {
            "kinds": dict(self.kinds),
            "effects": dict(self.effects),
            "accounts": dict(self.accounts),
            "books": [[*key, count] for key, count in sorted(self.lines.items())],
            "breaches": {rule: len(found) for rule, found in sorted(self.breaches.items())},
            "held": dict(self.held),
            "held_logs": self.held_logs,
            "notes": [
                [code, len(logs), logs[:MOST_HELD]] for code, logs in sorted(self.notes.items())
            ],
            "placeholders": dict(self.placeholders),
            "entry_list": [
                [logg, code, len(entities)] for (logg, code), entities in sorted(self.to_do.items())
            ],
            "parked": self.parked,
            "outcomes": dict(self.outcomes),
            "drift": [[*key, count] for key, count in sorted(self.drifted.items())],
        }


def _steps(database: Database, plan_id: str, run_id: str) -> Iterator[tuple[Step, dict[str, Any]]]:
    """Every step with its effect, in batches, so that memory does not grow with the run."""
    last = 0
    while True:
        with database.begin() as connection:
            rows = connection.execute(
                sa.select(
                    t.step, t.effect.c.state, t.effect.c.outcome, t.effect.c.places,
                    t.effect.c.code.label("effect_code"), t.effect.c.place.label("effect_place"),
                )
                .outerjoin(
                    t.effect, sa.and_(t.effect.c.run_id == run_id, t.effect.c.nr == t.step.c.nr)
                )
                .where(t.step.c.plan_id == plan_id, t.step.c.nr > last)
                .order_by(t.step.c.nr)
                .limit(200)
            ).all()  # fmt: skip
        if not rows:
            return
        last = rows[-1].nr
        for row in rows:
            yield step_of(row._mapping), {
                "state": row.state, "outcome": row.outcome, "places": row.places,
                "code": row.effect_code, "place": row.effect_place,
            }  # fmt: skip


def _score(predicted: dict[str, Any], books: _Books, run: dict[str, Any]) -> dict[str, Any]:
    """The plan's prediction beside what happened; a share of 1.0 is exact."""
    promised = predicted.get("kinds", {}).get(StepKind.PUT.value, 0)
    seconds = 0.0
    if run["ended"]:
        started, ended = (datetime.fromisoformat(run[name]) for name in ("started", "ended"))
        seconds = (ended - started).total_seconds()
    return {
        "logs": [promised, books.effects.get("ferdig", 0)],
        "accounts": {
            name: [predicted.get("accounts", {}).get(name, 0), books.accounts.get(name, 0)]
            for name in ("mapped", "derived", "carried", "withheld", "lost")
        },
        "seconds": [predicted.get("run_seconds", 0), round(seconds, 1)],
    }


def _ungrounded(database: Database, plan: Mapping[str, Any]) -> list[list[str]]:
    """[log, target ref, code] of the copies that stand active in the target without their ground:
    every task that waits between the two, for a log that is held has no write in any run."""
    with database.look() as connection:
        open_ = waiting(connection, plan["tenant"], plan["target"], plan["source"])
    return [[task.logg, task.ref, task.code] for task in open_]


def _sample(database: Database, run_id: str) -> list[list[Any]]:
    """[log, target ref, why, all that was said as [who, when, what]] of the run's sample."""
    return [
        [one.logg, one.target_ref, list(one.why), [[w.by, w.at, w.says] for w in one.words]]
        for one in sampling.of_run(database, run_id)
    ]


def _fetched(database: Database, run_id: str) -> dict[str, int]:
    """How many files the run itself fetched back with their hash; one that had not is parked."""
    with database.begin() as connection:
        bodies = connection.execute(
            sa.select(t.entry.c.body).where(t.entry.c.run_id == run_id, t.entry.c.kind == "receipt")
        ).scalars()
        right = sum(json.loads(body).get("files", 0) for body in bodies)
        return {"right": right, "wrong": 0, "untried": 0}


def _signed(database: Database, run_id: str, plan: dict[str, Any]) -> dict[str, Any]:
    """The approval the run began under, as the chain has it, and every one the plan was given. A
    run of before the chain said it has what stands in its plan."""
    with database.look() as connection:
        body = connection.execute(
            sa.select(t.entry.c.body).where(t.entry.c.kind == "begin", t.entry.c.run_id == run_id)
        ).scalar()
        given = approvals_of(connection, str(plan["plan_id"]))
    began = json.loads(body) if body else {}
    return {
        "by": began.get("by") or plan["signed_by"] or "",
        "role": began.get("role") or plan["signed_role"],
        "at": plan["signed_at"] or "", "hash": began.get("hash") or plan["signed_hash"] or "",
        "approvals": given,
    }  # fmt: skip


def _found(database: Database, run_id: str) -> dict[str, Any] | None:
    """What the newest reconciliation says, and the newest that fetched files, each with its time:
    `findings` as [log, target ref, state, places], and what of it is `open` or `lost` still, as
    logs. None when none was made."""
    with database.look() as connection:
        known = reconciled(connection, run_id)
        if known is None:
            return None
        typed = remedies(run_id, plan_of(connection, run_id), known)
    look, other = known.look, known.with_files
    return {
        "at": look.at,
        "counts": look.counts,
        "files": look.files,
        "findings": [[one.logg, one.ref, one.state, one.places] for one in look.findings],
        "left_out": look.left_out,
        "open": [one.logg for one in known.open],
        "files_at": other.at if other else "",
        "last_files": other.files if other else None,
        "lost": list(known.lost),
        "more_lost": known.more_lost,
        "logs": known.loggs,
        "commands": list(typed),
    }
