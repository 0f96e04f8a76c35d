"""Carry out one chunk of a signed plan: gate, intent, write, read back, receipt.

The order is the law: the intent is in the ledger before the wire, the receipt is what the target
read back. A chunk that is run again skips what the ledger knows as done and settles what it knows
as begun, by asking the target, never by trusting memory. A log that cannot go is parked with
place and kind; the others go on. This module must not decide policy (see `gate`).
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from gateway.effects import failpoint, gate, runs
from gateway.effects.claim import Claim
from gateway.effects.freshness import Freshness
from gateway.effects.landing import read_back
from gateway.effects.one_log import of_one_log, shown
from gateway.effects.receipts import Ready, Receipts, Result
from gateway.effects.route import Route
from gateway.effects.silence import Silence
from gateway.effects.stored import step_of
from gateway.errors import (
    Conflict,
    GatewayError,
    LocalFault,
    Rejected,
    RemoteFault,
    Transient,
    UnknownOutcome,
)
from gateway.exit.creations import Creations, child_of
from gateway.ledger import tables as t
from gateway.plan.step import Step
from gateway.ports.connector import Written
from gateway.run import signing
from gateway.run.preparing import Preparer, Seen

BATCH = 16
SETTLE_TRIES = 4
FAULTS_IN_A_ROW = 3
_CONTENT_TRIES = 3
"""How often a file that is not there when it is fetched back is sent again."""
_MOST_AGAIN = 3
"""How often a creation that never reached the target is tried once more in a run."""
_UNSEEN = frozenset({"KANSKJE_OPPRETTET", "STAAR_DER_FRA_FOER"})
_ASK_AGAIN = 5.0
"""Most seconds between two looks for a creation that has not shown."""
STALE = 20.0
"""Seconds a verdict may wait for its write; a slow target makes a batch last for minutes."""

# What a plan tells of a log (books, remarks) is long, and making one needs none of it; changing one
# goes by the places that were named or are emptied, and a repair by what it mends.
_FACTS = sa.case(
    (
        sa.or_(t.step.c.target_ref.is_not(None), sa.bindparam("facts", type_=sa.Boolean)),
        t.step.c.facts,
    ),
    else_="{}",
).label("facts")
_STEP = (*(c for c in t.step.c if c.name != "facts"), _FACTS)
_OPEN = (
    sa.select(*_STEP, t.effect.c.state.label("so_far"))
    .outerjoin(
        t.effect,
        sa.and_(t.effect.c.run_id == sa.bindparam("run"), t.effect.c.nr == t.step.c.nr),
    )
    .where(
        t.step.c.plan_id == sa.bindparam("plan"),
        t.step.c.chunk == sa.bindparam("chunk"),
        sa.or_(t.effect.c.state.is_(None), t.effect.c.state == "intensjon"),
    )
    .order_by(t.step.c.nr)
)
_STATE = sa.select(t.run.c.state).where(t.run.c.run_id == sa.bindparam("run"))


class Pusher:
    """Pushes chunks of one run. `pause` sleeps between tries (seconds)."""

    def __init__(
        self,
        route: Route,
        run_id: str,
        plan: dict[str, Any],
        *,
        cursor: str | None,
        pause: Callable[[float], None],
    ) -> None:
        self._route = route
        self._run = run_id
        self._plan = plan
        self._pause = pause
        self._faults = 0
        self._silence = Silence(route.target)
        self._goes = signing.goes(plan)
        self._seen_within: float | None = None
        self._again: dict[int, int] = {}
        self._waiting = False
        self._creations = Creations(
            route.database, route.clock, route.target_name, route.tenant, self._patience
        )
        self._ledger = Receipts(route, run_id, plan["plan_id"], agrees=plan["kind"] != runs.BACK)
        self._fresh = Freshness(route, cursor)
        self._preparer = Preparer(route, run_id, plan, self._fresh, self._creations)

    def chunk(self, chunk: int, claim: Claim) -> str:
        """Carry out one chunk. Returns `ferdig`, `pauset` or `avbrutt`. Raises LocalFault."""
        for attempt in range(3):
            rows = self._open_steps(chunk)
            if not rows:
                return "ferdig"
            if attempt:
                self._pause(min(2.0**attempt, 10.0))
            left = 0
            for start in range(0, len(rows), BATCH):
                state = self._state()
                if state != "kjoerer":
                    return state
                left += self._batch(rows[start : start + BATCH], chunk, claim, last=attempt == 2)
            if not left:
                return "ferdig"
        return self._wait_for_creations(chunk, claim)

    def _wait_for_creations(self, chunk: int, claim: Claim) -> str:
        """Logs whose creation was sent and has not been seen: the target is asked until it should
        have shown it, and then a person is. Nothing is sent again meanwhile."""
        while rows := self._open_steps(chunk):
            if (state := self._state()) != "kjoerer":
                return state
            self._pause(min(_ASK_AGAIN, 0.1 + self._patience() / 4))
            for start in range(0, len(rows), BATCH):
                self._batch(rows[start : start + BATCH], chunk, claim, last=True)
        return "ferdig"

    # -- what is left -----------------------------------------------------------------------

    def _state(self) -> str:
        with self._route.database.look() as connection:
            state = connection.execute(_STATE, {"run": self._run}).scalar_one()
        return str(state)

    def _open_steps(self, chunk: int) -> list[tuple[Step, str]]:
        """Steps of this chunk that are not finished, each with its effect state so far."""
        wanted = {
            "run": self._run, "plan": self._plan["plan_id"], "chunk": chunk,
            "facts": self._plan["kind"] == "reparer",
        }  # fmt: skip
        with self._route.database.look() as connection:
            rows = connection.execute(_OPEN.where(self._goes), wanted).all()
        return [(step_of(row._mapping), row.so_far or "") for row in rows]

    # -- one batch --------------------------------------------------------------------------

    def _batch(self, rows: list[tuple[Step, str]], chunk: int, claim: Claim, *, last: bool) -> int:
        """Returns how many steps are still open."""
        failpoint.reach("batch.start")
        if not self._looked(last=last):
            return len(rows)
        ready: list[Ready] = []
        done: list[Result] = []
        self._waiting = self._creations.any_waits()
        seen = self._preparer.seen([step for step, _ in rows])
        for step, so_far in rows:
            prepared = self._prepare(step, seen, begun=bool(so_far))
            (ready if isinstance(prepared, Ready) else done).append(prepared)  # type: ignore[arg-type]
        failpoint.reach("intent.before")
        self._ledger.intents([r for r in ready if not r.begun], chunk, claim)
        failpoint.reach("intent.after")
        judged = self._route.clock.monotonic()
        try:
            for one in ready:
                again = self._judged_again(one, judged, last=last)
                if isinstance(again, Ready):
                    again = self._effect(again, last=last)
                done.append(again)
                failpoint.reach("effect.after")
        except GatewayError:
            self._ledger.receipts(done, chunk, claim)
            raise
        self._ledger.receipts(done, chunk, claim)
        failpoint.reach("receipt.after")
        return sum(result.state == "intensjon" for result in done)

    def _judged_again(self, one: Ready, judged: float, *, last: bool) -> Ready | Result:
        """The order as it was, or judged anew when the verdict has become old."""
        if self._route.clock.monotonic() - judged < STALE:
            return one
        if not self._looked(last=last):
            return Result(one.step, "intensjon")
        return self._prepare(one.step, self._preparer.seen([one.step]), begun=one.begun)

    def _looked(self, *, last: bool) -> bool:
        """Whether the source said what has changed. A source that stays silent stops the run:
        nothing is sent on what may have been withdrawn. Raises RemoteFault."""
        try:
            self._fresh.look()
            return True
        except (LocalFault, RemoteFault):
            raise
        except GatewayError as error:
            if not last:
                return False
            code = error.code
        raise RemoteFault(code, place="changes")

    def _prepare(self, step: Step, seen: Seen, *, begun: bool) -> Ready | Result:
        """The order, or the reason it does not go; one that was begun may have landed."""
        found = self._preparer.prepare(step, seen, begun=begun)
        if begun and isinstance(found, Result) and not found.kind:
            return self._settle_held(step, found.code)
        return found

    def _settle_held(self, step: Step, code: str) -> Result:
        """Begun before a crash, and may not go now: did it land? Then say so, else hold. A
        target that cannot tell from the key alone leaves it to a person."""
        try:
            found = self._landed(step)
        except (LocalFault, RemoteFault):
            raise
        except GatewayError as error:
            return Result(step, "parkert", "UVISST_UTFALL", code, error.kind)
        if len(found) == 1:
            return Result(step, "parkert", "LANDET_FOER_STOPP", code, written=found[0])
        state = "flyttet" if code in ("INNHOLD_ENDRET", "KILDE_FLYTTET") else "holdt"
        return Result(step, state, code)

    def _landed(self, step: Step) -> tuple[Written, ...]:
        """What a write that was begun left. The log of an update stood there before it, whatever
        key it carries; only another version than the planned one says that something landed."""
        if step.target_ref is None:
            return self._route.target.find(step.logg, b"")
        try:
            standing = self._route.target.document(step.target_ref)
        except Conflict as error:
            if error.code != "BORTE":
                raise
            return ()
        if standing.version == step.base_version:
            return ()
        return (Written(step.target_ref, standing.version),)

    # -- the effect -------------------------------------------------------------------------

    def _effect(self, one: Ready, *, last: bool) -> Result:
        """What became of one step. Raises what is not this log's alone."""
        try:
            result = self._write(one)
            self._faults = 0
            self._silence.heard()
            return result
        except GatewayError as error:
            fault = error
        except Exception as error:
            own = of_one_log(error)
            if own is None:
                raise
            fault = own
        return self._became(one, fault, last=last)

    def _became(self, one: Ready, error: GatewayError, *, last: bool) -> Result:
        step = one.step
        if isinstance(error, Rejected):
            left, place = self._left_behind(one), shown(error.place, step.logg)
            return Result(step, "parkert", error.code, place, error.kind, written=left)
        if isinstance(error, Conflict):
            return self._moved(one, error)
        if isinstance(error, LocalFault | RemoteFault) and (own := self._silence.of_one(error)):
            left = self._left_behind(one)
            return Result(step, "parkert", own.code, own.place, own.kind, written=left)
        if isinstance(error, RemoteFault):
            # What is said of one log is that log's, however many say so in a row.
            self._faults += of_one_log(error) is None
        if isinstance(error, LocalFault) or self._faults >= FAULTS_IN_A_ROW:
            raise error
        # Only what may have been made and does not show; the filling of what does is asked for
        # again like any other write.
        unseen = error.code in _UNSEEN or (isinstance(error, Transient) and error.undone)
        if unseen and (waits := self._waits(one)) is not None:
            return waits
        if not last:
            return Result(step, "intensjon", error.code)
        if isinstance(error, Transient | UnknownOutcome) and self._silence.of_one(error) is None:
            # The system is away: nothing is concluded of any log, and the run can be resumed.
            raise error
        code = "UVISST_UTFALL" if isinstance(error, UnknownOutcome) else error.code
        return Result(step, "parkert", code, error.place, error.kind, self._made(one))

    def _waits(self, one: Ready) -> Result | None:
        """For a creation that was sent and is not seen: wait, or leave it to a person when the
        target has been asked for long enough. None when no creation waits."""
        step = one.step
        logg = self._blocked(one) or step.logg
        sent = self._creations.waiting(logg)
        if sent is None:
            return None
        if (self._route.clock.now() - sent).total_seconds() < self._patience():
            return Result(step, "intensjon", "KANSKJE_OPPRETTET")
        again = self._again.get(step.nr, 0)
        if self._creations.may_go_again(logg) and again < _MOST_AGAIN:
            self._again[step.nr] = again + 1
            return Result(step, "intensjon", "KANSKJE_OPPRETTET")
        return Result(step, "parkert", "KANSKJE_OPPRETTET", logg, UnknownOutcome.kind)

    def _blocked(self, one: Ready) -> str:
        """The child's other log, whose creation was sent and has not been seen; or "". Not asked
        where none waited when the batch began and none has been sent in it."""
        if not (self._waiting or self._preparer.sent):
            return ""
        child = child_of(self._route.ring, one.made.logg)
        return self._creations.blocked(child, one.step.logg)

    def _patience(self) -> float:
        """Seconds the target is asked for: what is configured, or the vendor's own word if that is
        longer."""
        if self._seen_within is None:
            said = self._route.target.facts().seen_within or 0.0
            self._seen_within = max(self._route.limits.seen_within, said)
        return self._seen_within

    def _made(self, one: Ready) -> Written | None:
        """Where a creation that was not done with left something: the next plan goes by what stands
        there. What was there before has its place in what was agreed."""
        return self._left_behind(one) if one.order.ref is None else None

    def _left_behind(self, one: Ready) -> Written | None:
        """What a write that was not done with may have left in the target."""
        try:
            found = self._route.target.find(one.order.key, one.order.body)
        except GatewayError:
            return None
        return found[0] if len(found) == 1 else None

    def _write(self, one: Ready) -> Result:
        """Write, then read back. A lost answer is settled by asking the target (`put` finds
        what landed before it sends anything)."""
        route = self._route
        if one.begun and (landed := self._adopt(one)):
            return landed
        if one.order.ref is None and (other := self._blocked(one)):
            # What the child's other log has under way could be taken for this one's.
            raise UnknownOutcome("KANSKJE_OPPRETTET", place=other)
        for attempt in range(SETTLE_TRIES):
            try:
                failpoint.reach("write.before")
                written = gate.send(route, one.order, one.passed)
                failpoint.reach("write.after")
                break
            except GatewayError as error:
                if error.undone and one.order.ref is None:
                    self._creations.refused(one.step.logg)
                if attempt + 1 == SETTLE_TRIES or not isinstance(error, UnknownOutcome):
                    raise
                self._pause(0.05 * 2**attempt)
                again = self._prepare(one.step, self._preparer.seen([one.step]), begun=True)
                if isinstance(again, Result):
                    return again
                if landed := self._adopt(one):
                    return landed
        return self._with_content(one, read_back(self._route, one, written.ref, written), written)

    def _with_content(self, one: Ready, result: Result, first: Written) -> Result:
        """What was written, when the content of its files has been fetched back. A file whose
        content did not come, or is other content, is sent again by the same order."""
        for attempt in range(_CONTENT_TRIES):
            if not result.unproven:
                return result
            self._pause(0.05 * 2**attempt)
            # A consent may have been withdrawn since: every sending is judged anew.
            judged = self._prepare(one.step, self._preparer.seen([one.step]), begun=True)
            if isinstance(judged, Result):
                return judged
            again = gate.send(self._route, judged.order, judged.passed)
            written = replace(again, found=first.found, alone=first.alone and again.alone)
            result = read_back(self._route, one, written.ref, written)
        if not result.unproven:
            return result
        place = result.unproven[0]
        stands = result.written
        return Result(one.step, "parkert", "FIL_IKKE_LAGRET", place, Rejected.kind, written=stands)

    def _moved(self, one: Ready, error: Conflict) -> Result:
        """What stands in the target is another than it was, unless it is just what was to stand:
        another life of this very run may have written it, for two may be at it for a moment."""
        try:
            landed = self._adopt(one) if error.code == "ENDRET_I_MAAL" else None
        except GatewayError:
            landed = None
        left = self._made(one)
        return landed or Result(
            one.step, "flyttet", error.code, error.place, error.kind, written=left
        )

    def _adopt(self, one: Ready) -> Result | None:
        """An update begun before the answer was lost: if the target holds it, it landed."""
        if one.order.ref is None:
            return None
        found = read_back(self._route, one, one.order.ref)
        return found if found.outcome and found.outcome.state == "settled" else None
