"""Intents before the wire and receipts after it, each one commit with its entries in the chain.

A receipt is what the target read back. Nothing here talks to a target or decides anything.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from gateway.effects import failpoint
from gateway.effects.claim import Claim
from gateway.effects.pull import keep
from gateway.effects.route import Route
from gateway.errors import LocalFault
from gateway.exit.creations import Creations
from gateway.ledger import owners
from gateway.ledger import tables as t
from gateway.ledger.chain import Fact, append
from gateway.ledger.upsert import put_all
from gateway.plan.draft import Draft
from gateway.plan.step import Step
from gateway.policy.verdict import Release
from gateway.ports.connector import Order, Written
from gateway.reconcile.compare import Outcome
from gateway.run import versions
from gateway.run.agreed import Agreed, PairKey, Side, ids_of, of_system, renew
from gateway.run.versions import Losing
from gateway.tasks import of_runs
from gateway.tasks.of_runs import Became

_BEGUN = t.effect.insert()


@dataclass(frozen=True, slots=True)
class Ready:
    """A step that passed the gate, and the order it became. `ours` is the payload of the source
    document, `losing` what a person wrote in the target and this write goes over."""

    step: Step
    made: Draft = field(repr=False)
    passed: Release = field(repr=False)
    order: Order = field(repr=False)
    begun: bool
    ours: str
    agreed: Agreed | None = field(repr=False)
    losing: Losing | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one step. `state` is an effect state; `base` is the target's document as the
    two agreed on it, `promised` what was to stand; `ids` are those the target gave anew. `files`
    is how many files were fetched back and have their hash, `unproven` the ids of those without."""

    step: Step
    state: str
    code: str = ""
    place: str = ""
    kind: str = ""
    written: Written | None = None
    promised: bytes = field(default=b"", repr=False)
    base: bytes = field(default=b"", repr=False)
    ids: Mapping[str, str] = field(default_factory=dict, repr=False)
    outcome: Outcome | None = None
    ready: Ready | None = field(default=None, repr=False)
    files: int = 0
    unproven: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Sealed:
    """Payload ids of what one result leaves: what was promised, what stands, and its ids."""

    sent: str
    base: str
    ids: str | None


class Receipts:
    """Writes one run's intents and receipts. A run that `agrees` renews the agreed state of the
    two systems; one that brings an old version back in one of them does not."""

    def __init__(
        self, route: Route, run_id: str, plan_id: str = "", *, agrees: bool = True
    ) -> None:
        self._route = route
        self._run = run_id
        self._plan = {
            "source": route.source_name, "target": route.target_name, "tenant": route.tenant,
            "plan_id": plan_id,
        }  # fmt: skip
        self._agrees = agrees
        self._pair = PairKey.of(route.source_name, route.target_name, route.tenant)
        self._creations = Creations(route.database, route.clock, route.target_name, route.tenant)

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
        losing = [(r.step.logg, r.losing) for r in ready if r.losing is not None]
        sealed = versions.seal(self._route, losing)
        with self._route.database.begin() as connection:
            claim.hold(connection)
            connection.execute(_BEGUN, rows)
            # What loses is kept in the same commit that says it will be written over.
            facts += versions.note(connection, self._route, self._run, sealed)
            keep(connection, [row for one in sealed for row in one.files])
            append(connection, self._route.now(), facts)

    def receipts(self, results: list[Result], chunk: int, claim: Claim) -> None:
        """Say what became of it: effect, agreed state and entry in one commit."""
        final = [r for r in results if r.state != "intensjon"]
        if not final:
            return
        landed = [r for r in final if r.base]
        sealed = self._seal(landed)
        anew = [] if self._agrees else self._stands_anew(landed)
        failpoint.reach("receipt.before")
        with self._route.database.begin() as connection:
            claim.hold(connection)
            put_all(connection, t.effect, [self._row(r, chunk, sealed) for r in final])
            # Whatever became of it: what is known to stand there has been seen.
            refs = {r.step.logg: r.written.ref for r in final if r.written}
            self._creations.seen_all(connection, refs)
            if self._agrees:
                renew(connection, self._pair, [self._agreed(r, sealed[r.step.nr]) for r in landed])
            for pair, one in anew:
                renew(connection, pair, [one])
            append(connection, self._route.now(), [self._receipt(r) for r in final])
            told = [
                Became(r.step, r.state, r.code, r.place,
                       (r.written.ref if r.written else r.step.target_ref) or "")
                for r in final
            ]  # fmt: skip
            of_runs.settled(connection, self._plan, self._route.now(), told)
            of_runs.heard(connection, self._route.tenant, self._run, self._route.now())

    def _stands_anew(self, landed: list[Result]) -> list[tuple[PairKey, Agreed]]:
        """What a version that was brought back into an emptied system makes of what was agreed: the
        log is not gone, it stands elsewhere, and what is said there is for the next plan to read.
        """
        system, found = self._route.target_name, []
        made = {r.step.logg: r for r in landed if r.step.target_ref is None and r.written}
        with self._route.database.look() as connection:
            agreed = of_system(connection, system, self._route.tenant, made)
        for pair, one in agreed:
            result, side = made[one.logg], one.of(system)
            before = ids_of(self._route.store, side.ids)
            ids = before | {new: before.get(old, old) for new, old in result.ids.items()}
            (kept,) = self._route.store.put(
                [(owners.log(one.logg), json.dumps(ids, sort_keys=True).encode())]
            )
            ref = result.written.ref if result.written else side.ref
            side = replace(side, ref=ref, version="", ids=kept if ids else None)
            found.append((pair, replace(one, sides={**one.sides, system: side})))
        return found

    def _seal(self, landed: list[Result]) -> dict[int, _Sealed]:
        """Seal what each leaves, in one go; what is the same is sealed once."""
        bodies: list[tuple[str, bytes]] = []
        for r in landed:
            own = [r.base]
            own += [r.promised] if r.promised != r.base else []
            own += [json.dumps(dict(r.ids), sort_keys=True).encode()] if r.ids else []
            bodies += [(owners.log(r.step.logg), body) for body in own]
        ids = iter(self._route.store.put(bodies))
        sealed: dict[int, _Sealed] = {}
        for r in landed:
            base = next(ids)
            sent = next(ids) if r.promised != r.base else base
            sealed[r.step.nr] = _Sealed(sent, base, next(ids) if r.ids else None)
        return sealed

    def _row(self, result: Result, chunk: int, sealed: Mapping[int, _Sealed]) -> dict[str, Any]:
        outcome, kept = result.outcome, sealed.get(result.step.nr)
        return {
            "run_id": self._run, "nr": result.step.nr, "chunk": chunk, "logg": result.step.logg,
            "state": result.state, "code": result.code or None,
            "place": result.place[:200] or None, "kind": result.kind or None,
            "target_ref": result.written.ref if result.written else None,
            "target_version": result.written.version if result.written else None,
            "outcome": outcome.state if outcome else None,
            "places": json.dumps(outcome.places) if outcome and outcome.places else None,
            "ours": result.ready.ours if result.ready else None,
            "sent": kept.sent if kept else None, "base": kept.base if kept else None,
            "ids": kept.ids if kept else None,
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
                "files": result.files,
            }  # fmt: skip
        return Fact("receipt", self._run, result.step.logg, body)

    def _agreed(self, result: Result, sealed: _Sealed) -> Agreed:
        """What the two agree on now: the source's document that was carried, and the target's."""
        route, step, ready = self._route, result.step, result.ready
        if ready is None or result.written is None:
            raise LocalFault("LEDGER_SKADET", place=step.logg)
        before = ready.agreed
        sha = hashlib.sha256(result.base).hexdigest()
        target = Side(result.written.ref, result.written.version, sha, sealed.base, sealed.ids)
        if before is not None and before.of(route.target_name).ref == target.ref:
            # Ids it gave anew then are still its ids; those of what is new are added.
            kept = ids_of(route.store, before.of(route.target_name).ids) | dict(result.ids)
            if kept and kept != dict(result.ids):
                (again,) = route.store.put(
                    [(owners.log(step.logg), json.dumps(kept, sort_keys=True).encode())]
                )
                target = replace(target, ids=again)
        source = Side(
            step.source_ref, step.source_version, step.source_sha, ready.ours,
            before.of(route.source_name).ids if before else None,
        )  # fmt: skip
        return Agreed(
            step.logg,
            before.origin if before else route.source_name,
            step.generation,
            self._run,
            {route.source_name: source, route.target_name: target},
        )
