"""Intents before the wire and receipts after it, each one commit with its entries in the chain.

A receipt is what the target read back. Nothing here talks to a target or decides anything.
"""

import hashlib
import json
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from gateway.effects import failpoint
from gateway.effects.claim import Claim
from gateway.effects.records import records
from gateway.effects.route import Route
from gateway.errors import LocalFault
from gateway.ledger import tables as t
from gateway.ledger.chain import Fact, append
from gateway.ledger.upsert import put_all
from gateway.plan.draft import Draft
from gateway.plan.step import Step
from gateway.policy.verdict import Release
from gateway.ports.connector import Order, Written
from gateway.reconcile.compare import Outcome

_BEGUN = t.effect.insert()


@dataclass(frozen=True, slots=True)
class Ready:
    """A step that passed the gate, and the order it became."""

    step: Step
    made: Draft = field(repr=False)
    passed: Release = field(repr=False)
    order: Order = field(repr=False)
    begun: bool


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one step. `state` is an effect state; `base` is the read-back body."""

    step: Step
    state: str
    code: str = ""
    place: str = ""
    kind: str = ""
    written: Written | None = None
    base: bytes = field(default=b"", repr=False)
    outcome: Outcome | None = None


class Receipts:
    """Writes one run's intents and receipts."""

    def __init__(self, route: Route, run_id: str) -> None:
        self._route = route
        self._run = run_id

    def intents(self, ready: list[Ready], chunk: int, claim: Claim) -> None:
        """Say what is about to be written; fenced by the claim."""
        if not ready:
            return
        facts = [
            Fact("intent", self._run, r.step.logg, {
                "step": r.step.nr, "key": r.step.idempotency_key, "ref": r.step.target_ref or "",
                "content": r.step.content_sha, "verdict": r.passed.verdict.code or "ok",
            })
            for r in ready
        ]  # fmt: skip
        rows = [
            {"run_id": self._run, "nr": r.step.nr, "chunk": chunk, "logg": r.step.logg,
             "state": "intensjon"}
            for r in ready
        ]  # fmt: skip
        with self._route.database.begin() as connection:
            claim.hold(connection)
            connection.execute(_BEGUN, rows)
            append(connection, self._route.now(), facts)

    def receipts(self, results: list[Result], chunk: int, claim: Claim) -> None:
        """Say what became of it: effect, agreed state and entry in one commit."""
        final = [r for r in results if r.state != "intensjon"]
        if not final:
            return
        landed = [r for r in final if r.base]
        bases = dict(
            zip(
                (r.step.nr for r in landed),
                self._route.store.put(r.base for r in landed),
                strict=True,
            )
        )
        failpoint.reach("receipt.before")
        with self._route.database.begin() as connection:
            claim.hold(connection)
            put_all(connection, t.effect, [self._row(r, chunk) for r in final])
            self._agree(connection, landed, bases)
            append(connection, self._route.now(), [self._receipt(r) for r in final])

    def _row(self, result: Result, chunk: int) -> dict[str, Any]:
        outcome = result.outcome
        return {
            "run_id": self._run, "nr": result.step.nr, "chunk": chunk, "logg": result.step.logg,
            "state": result.state, "code": result.code or None,
            "place": result.place[:200] or None, "kind": result.kind or None,
            "target_ref": result.written.ref if result.written else None,
            "target_version": result.written.version if result.written else None,
            "outcome": outcome.state if outcome else None,
            "places": json.dumps(outcome.places) if outcome and outcome.places else None,
        }  # fmt: skip

    def _receipt(self, result: Result) -> Fact:
        body: dict[str, Any] = {"step": result.step.nr, "state": result.state}
        if result.code:
            body["code"] = result.code
        if result.written and not result.base:
            body["ref"] = result.written.ref
        elif result.written:
            body |= {
                "ref": result.written.ref, "version": result.written.version,
                "read_back": hashlib.sha256(result.base).hexdigest(),
                "outcome": result.outcome.state if result.outcome else "",
            }  # fmt: skip
        return Fact("receipt", self._run, result.step.logg, body)

    def _agree(
        self, connection: sa.Connection, landed: list[Result], bases: dict[int, str]
    ) -> None:
        """Put the agreed state of what landed in place of what was agreed before."""
        if not landed:
            return
        route = self._route
        route_key = {
            "source": route.source_name, "target": route.target_name, "tenant": route.tenant
        }  # fmt: skip
        known = records(route, (r.step.source_ref for r in landed), connection)
        rows: list[dict[str, Any]] = []
        for result in landed:
            step, row = result.step, known.get(result.step.source_ref)
            if row is None or result.written is None:
                raise LocalFault("LEDGER_SKADET", place=step.logg)
            rows.append(
                {**route_key, "logg": step.logg, "source_ref": step.source_ref,
                 "source_version": step.source_version, "source_sha": step.source_sha,
                 "content_sha": step.content_sha, "target_ref": result.written.ref,
                 "target_version": result.written.version, "generation": step.generation,
                 "ours": row["payload"], "base": bases[step.nr], "run_id": self._run}
            )  # fmt: skip
        put_all(connection, t.agreed, rows)
