"""Carry out one chunk of a signed plan: gate, intent, write, read back, receipt.

The order is the law: the intent is in the ledger before the wire, the receipt is what the target
read back. A chunk that is run again skips what the ledger knows as done and settles what it knows
as begun, by asking the target, never by trusting memory. A log that cannot go is parked with
place and kind; the others go on. This module must not decide policy (see `gate`).
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from gateway.effects import failpoint, gate
from gateway.effects.claim import Claim
from gateway.effects.complement import complement_of
from gateway.effects.route import Route
from gateway.errors import (
    Conflict,
    GatewayError,
    LocalFault,
    Rejected,
    RemoteFault,
    Transient,
    UnknownOutcome,
)
from gateway.ledger import tables as t
from gateway.ledger.chain import Fact, append
from gateway.plan.draft import Draft, read
from gateway.plan.step import Step, StepKind
from gateway.policy.verdict import Release
from gateway.ports.connector import FileRef, Order, Written
from gateway.reconcile.compare import Outcome, compare

BATCH = 8
SETTLE_TRIES = 4
FAULTS_IN_A_ROW = 3


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


class Pusher:
    """Pushes chunks of one run. `pause` sleeps between tries (seconds)."""

    def __init__(
        self,
        route: Route,
        run_id: str,
        plan: dict[str, Any],
        *,
        pause: Callable[[float], None],
    ) -> None:
        self._route = route
        self._run = run_id
        self._plan = plan
        self._home = plan["kind"] == "tilbake"
        self._pause = pause
        self._faults = 0

    def chunk(self, chunk: int, claim: Claim) -> str:
        """Carry out one chunk. Returns `ferdig`, `pauset` or `avbrutt`. Raises LocalFault."""
        for attempt in range(3):
            rows = self._open_steps(chunk)
            if not rows:
                return "ferdig"
            if attempt:
                self._pause(min(2.0**attempt, 10.0))
            for start in range(0, len(rows), BATCH):
                state = self._state()
                if state != "kjoerer":
                    return state
                self._batch(rows[start : start + BATCH], chunk, claim, last=attempt == 2)
        return "ferdig"

    # -- what is left -----------------------------------------------------------------------

    def _state(self) -> str:
        with self._route.database.begin() as connection:
            state = connection.execute(
                sa.select(t.run.c.state).where(t.run.c.run_id == self._run)
            ).scalar_one()
        return str(state)

    def _open_steps(self, chunk: int) -> list[tuple[Step, str]]:
        """Steps of this chunk that are not finished, each with its effect state so far."""
        with self._route.database.begin() as connection:
            rows = connection.execute(
                sa.select(t.step, t.effect.c.state.label("so_far"))
                .outerjoin(
                    t.effect,
                    sa.and_(t.effect.c.run_id == self._run, t.effect.c.nr == t.step.c.nr),
                )
                .where(
                    t.step.c.plan_id == self._plan["plan_id"],
                    t.step.c.chunk == chunk,
                    t.step.c.kind == StepKind.PUT.value,
                    sa.or_(t.effect.c.state.is_(None), t.effect.c.state == "intensjon"),
                )
                .order_by(t.step.c.nr)
            ).all()
        return [(step_of(row._mapping), row.so_far or "") for row in rows]

    # -- one batch --------------------------------------------------------------------------

    def _batch(self, rows: list[tuple[Step, str]], chunk: int, claim: Claim, *, last: bool) -> None:
        failpoint.reach("batch.start")
        ready: list[Ready] = []
        done: list[Result] = []
        for step, so_far in rows:
            prepared = self._prepare(step, begun=bool(so_far))
            (ready if isinstance(prepared, Ready) else done).append(prepared)  # type: ignore[arg-type]
        failpoint.reach("intent.before")
        self._intents([r for r in ready if not r.begun], chunk, claim)
        failpoint.reach("intent.after")
        try:
            for one in ready:
                done.append(self._effect(one, last=last))
                failpoint.reach("effect.after")
        finally:
            self._receipts(done, chunk, claim)
        failpoint.reach("receipt.after")

    def _prepare(self, step: Step, *, begun: bool) -> Ready | Result:
        """Re-read, re-judge and build the order; or the reason it does not go."""
        route = self._route
        row = self._record(step.source_ref)
        if row is None or row["sha"] != step.source_sha or self._moved(step):
            if begun:
                return self._settle_held(step, "KILDE_FLYTTET")
            return Result(step, "flyttet", "KILDE_FLYTTET")
        try:
            agreed = self._agreed(step) if self._home else None
            reading = read(
                route.pair, route.store.get(row["payload"]), complement_of(route.store, agreed)
            )
            answer = gate.release(route, reading, step, home=self._home)
        except (Rejected, Conflict) as error:
            return Result(step, "parkert", error.code, error.place, error.kind)
        if isinstance(answer, gate.Refusal):
            if begun:
                return self._settle_held(step, answer.code)
            state = "flyttet" if answer.code == "INNHOLD_ENDRET" else "holdt"
            return Result(step, state, answer.code)
        made, passed = answer
        return Ready(step, made, passed, self._order(step, made), begun)

    def _order(self, step: Step, made: Draft) -> Order:
        files = Files(self._route, step, made, home=self._home)
        return Order(
            key=made.logg.id,
            idempotency_key=step.idempotency_key,
            body=made.body,
            read_file=files.read,
            files=files.refs(),
            ref=step.target_ref,
            base_version=step.base_version,
            known_violations=tuple((b.regel, b.entitet) for b in made.breaches),
        )

    def _settle_held(self, step: Step, code: str) -> Result:
        """Begun before a crash, and may not go now: did it land? Then say so, else hold."""
        found = self._route.target.find(step.logg, b"")
        if len(found) == 1:
            return Result(step, "parkert", "LANDET_FOER_STOPP", code, written=found[0])
        state = "flyttet" if code in ("INNHOLD_ENDRET", "KILDE_FLYTTET") else "holdt"
        return Result(step, state, code)

    # -- the effect -------------------------------------------------------------------------

    def _effect(self, one: Ready, *, last: bool) -> Result:
        step = one.step
        try:
            result = self._write(one)
            self._faults = 0
            return result
        except Rejected as error:
            return Result(step, "parkert", error.code, error.place, error.kind)
        except Conflict as error:
            return Result(step, "flyttet", error.code, error.place, error.kind)
        except UnknownOutcome as error:
            if last:
                return Result(step, "parkert", "UVISST_UTFALL", error.place, error.kind)
            return Result(step, "intensjon", error.code)
        except Transient as error:
            if last:
                return Result(step, "parkert", error.code, error.place, error.kind)
            return Result(step, "intensjon", error.code)
        except RemoteFault as error:
            self._faults += 1
            if self._faults >= FAULTS_IN_A_ROW:
                raise
            if last:
                return Result(step, "parkert", error.code, error.place, error.kind)
            return Result(step, "intensjon", error.code)

    def _write(self, one: Ready) -> Result:
        """Write, then read back. A lost answer is settled by asking the target (`put` finds
        what landed before it sends anything)."""
        route = self._route
        if one.begun and (landed := self._adopt(one)):
            return landed
        for attempt in range(SETTLE_TRIES):
            try:
                failpoint.reach("write.before")
                written = gate.send(route, one.order, one.passed)
                failpoint.reach("write.after")
                break
            except UnknownOutcome:
                if attempt + 1 == SETTLE_TRIES:
                    raise
                self._pause(0.05 * 2**attempt)
                again = self._prepare(one.step, begun=True)
                if isinstance(again, Result):
                    return again
                if landed := self._adopt(one):
                    return landed
        return self._read_back(one, written.ref)

    def _adopt(self, one: Ready) -> Result | None:
        """An update begun before the answer was lost: if the target holds it, it landed."""
        if one.order.ref is None:
            return None
        found = self._read_back(one, one.order.ref)
        return found if found.outcome and found.outcome.state == "settled" else None

    def _read_back(self, one: Ready, ref: str) -> Result:
        """What the target holds, compared leaf by leaf with what was to be written."""
        target, tenant = self._route.pair.target, self._route.tenant
        document = self._route.target.document(ref)
        actual = target.decode(target.parse(document.body), tenant)
        expected = target.decode(target.parse(one.made.body), tenant)
        failpoint.reach("readback.after")
        return Result(
            one.step,
            "ferdig",
            written=Written(ref, document.version),
            base=document.body,
            outcome=compare(expected.logg, actual.logg),
        )

    # -- the ledger -------------------------------------------------------------------------

    def _intents(self, ready: list[Ready], chunk: int, claim: Claim) -> None:
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
            connection.execute(t.effect.insert(), rows)
            append(connection, self._route.now(), facts)

    def _receipts(self, results: list[Result], chunk: int, claim: Claim) -> None:
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
        nrs = [r.step.nr for r in final]
        with self._route.database.begin() as connection:
            claim.hold(connection)
            connection.execute(
                t.effect.delete().where(t.effect.c.run_id == self._run, t.effect.c.nr.in_(nrs))
            )
            connection.execute(t.effect.insert(), [self._effect_row(r, chunk) for r in final])
            for result in landed:
                self._agree(connection, result, bases[result.step.nr])
            append(connection, self._route.now(), [self._receipt(r) for r in final])

    def _effect_row(self, result: Result, chunk: int) -> dict[str, Any]:
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
        if result.written:
            body |= {
                "ref": result.written.ref, "version": result.written.version,
                "read_back": hashlib.sha256(result.base).hexdigest(),
                "outcome": result.outcome.state if result.outcome else "",
            }  # fmt: skip
        return Fact("receipt", self._run, result.step.logg, body)

    def _agree(self, connection: sa.Connection, result: Result, base: str) -> None:
        route, step = self._route, result.step
        key = {
            "source": route.source_name, "target": route.target_name, "tenant": route.tenant,
            "logg": step.logg,
        }  # fmt: skip
        row = self._record(step.source_ref, connection)
        if row is None or result.written is None:
            raise LocalFault("LEDGER_SKADET", place=step.logg)
        where = sa.and_(*(t.agreed.c[name] == value for name, value in key.items()))
        connection.execute(t.agreed.delete().where(where))
        connection.execute(
            t.agreed.insert(),
            {**key, "source_ref": step.source_ref, "source_version": step.source_version,
             "source_sha": step.source_sha, "content_sha": step.content_sha,
             "target_ref": result.written.ref, "target_version": result.written.version,
             "generation": step.generation, "ours": row["payload"], "base": base,
             "run_id": self._run},
        )  # fmt: skip

    # -- look-ups ---------------------------------------------------------------------------

    def _record(self, ref: str, connection: sa.Connection | None = None) -> dict[str, Any] | None:
        query = sa.select(t.record).where(
            t.record.c.system == self._route.source_name,
            t.record.c.tenant == self._route.tenant,
            t.record.c.ref == ref,
        )
        if connection is not None:
            row = connection.execute(query).first()
        else:
            with self._route.database.begin() as own:
                row = own.execute(query).first()
        return dict(row._mapping) if row else None

    def _agreed(self, step: Step) -> dict[str, Any] | None:
        with self._route.database.begin() as connection:
            row = connection.execute(
                sa.select(t.agreed).where(
                    t.agreed.c.source == self._route.target_name,
                    t.agreed.c.target == self._route.source_name,
                    t.agreed.c.tenant == self._route.tenant,
                    t.agreed.c.target_ref == step.source_ref,
                )
            ).first()
        return dict(row._mapping) if row else None

    def _moved(self, step: Step) -> bool:
        """True when the source listed another version at the start of the run."""
        with self._route.database.begin() as connection:
            version = connection.execute(
                sa.select(t.manifest.c.version).where(
                    t.manifest.c.owner == self._run,
                    t.manifest.c.phase == "start",
                    t.manifest.c.ref == step.source_ref,
                )
            ).scalar()
        return version != step.source_version


class Files:
    """The bytes of one log's files, found by any id the target's document may use."""

    def __init__(self, route: Route, step: Step, made: Draft, *, home: bool) -> None:
        self._route = route
        self._step = step
        self._documents = made.documents
        self._home = home

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
        with self._route.database.begin() as connection:
            payload = connection.execute(
                sa.select(t.file.c.payload).where(t.file.c.sha == (sha or "")).limit(1)
            ).scalar()
        if payload is None:
            raise LocalFault("FIL_MANGLER", place=self._step.logg)
        return self._route.store.get(payload)


def step_of(row: Any) -> Step:
    """A step from its stored row."""
    return Step(
        nr=row["nr"],
        chunk=row["chunk"],
        kind=StepKind(row["kind"]),
        logg=row["logg"],
        source_ref=row["source_ref"],
        source_version=row["source_version"],
        source_sha=row["source_sha"] or "",
        content_sha=row["content_sha"] or "",
        target_ref=row["target_ref"],
        base_version=row["base_version"],
        generation=row["generation"],
        code=row["code"] or "",
        place=row["place"] or "",
        facts=json.loads(row["facts"]),
    )


__all__ = ["BATCH", "GatewayError", "Pusher", "Ready", "Result", "step_of"]
