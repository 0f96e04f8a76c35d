"""Make a plan: preflight, pull, then one step per chosen log. Nothing is sent.

A killed planning leaves the plan in state `henter`; making it again starts a new one, and what
was pulled is not fetched twice. The plan's hash covers the header (with the chosen part) and every
step. What one log's step is, is decided in `migrate/steps.py`.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from gateway.effects import listing, lost_copies, reconciling
from gateway.effects.pull import Pulled
from gateway.effects.route import Route
from gateway.effects.stored import row_of
from gateway.errors import GatewayError, LocalFault, Rejected
from gateway.ledger import room
from gateway.ledger import tables as t
from gateway.ledger.chain import Fact, append
from gateway.migrate.answers import read_of
from gateway.migrate.otherwise import read_otherwise
from gateway.migrate.rules.scope import Scope
from gateway.migrate.steps import Broken, SourceRow, Stepper, stranded
from gateway.plan import guards
from gateway.plan.step import PLACE, WRITES, PlanHash, Step, StepKind
from gateway.plan.tally import Tally
from gateway.policy.samtykke import LOST
from gateway.ports.connector import Facts
from gateway.run import signing
from gateway.run.agreed import Agreed, PairKey, by_loggs, by_ref, unlisted
from gateway.run.rows import plan_row, run_row
from gateway.tasks import of_runs
from gateway.tasks.standing import Standing

_BATCH = 200
_BYTES_PER_LOG = 4
_AT_FAULT = frozenset({"drifted", "missing", "partial"})
_ROWS = sa.select(
    t.manifest.c.nr, t.manifest.c.ref, t.record.c.version, t.record.c.sha,
    t.record.c.payload, t.record.c.code, t.record.c.place,
).where(
    t.manifest.c.owner == sa.bindparam("plan"),
    t.manifest.c.phase == "foer",
    t.manifest.c.nr > sa.bindparam("last"),
).order_by(t.manifest.c.nr).limit(_BATCH)  # fmt: skip


class Planner:
    """Builds plans for one route. `kind` is `frem`, `tilbake` or `reparer`; the last two are of a
    run. `scope` is the chosen part; `after` a run whose sample must be looked at first."""

    def __init__(
        self,
        route: Route,
        kind: str = "frem",
        of_run: str | None = None,
        *,
        scope: Scope | None = None,
        after: str | None = None,
    ) -> None:
        self._route = route
        self._kind = kind
        self._of_run = of_run
        self._scope = scope or Scope()
        self._after = after
        self._chunks: dict[str, int] = {}
        self._in_chunk = 0
        self._chunk = 1
        self._new = 0

    def build(self, only: frozenset[str] | None = None) -> str:
        """Make the plan and return its id. `only` limits it to some source refs."""
        route = self._route
        plan_id = f"plan-{route.clock.now():%Y%m%d}-{route.clock.new_id()[:8]}"
        facts = self._preflight()
        with route.database.begin() as connection:
            connection.execute(
                t.plan.insert(),
                {"plan_id": plan_id, "kind": self._kind, "source": route.source_name,
                 "target": route.target_name, "tenant": route.tenant, "of_run": self._of_run,
                 "created": route.now(), "state": "henter", "scope": self._scope.text(),
                 "waits_for": self._after},
            )  # fmt: skip
        started = route.clock.monotonic()
        try:
            there = listing.manifest(route.target).versions
            broken = self._broken(there)
            wanted = self._wanted(only, broken)
            pulled = route.puller().run(plan_id, wanted)
            guards.check_listing(facts, pulled.listed, route.limits.max_shrink_percent)
        except LocalFault:
            raise
        except GatewayError as fault:
            self._end(plan_id, "ufullstendig", fault.code)
            raise
        route.puller().keep_manifest(plan_id, "maal", there)
        self._steps(plan_id, wanted, there, broken, pulled, started)
        return plan_id

    # -- which logs -------------------------------------------------------------------------

    def _broken(self, there: dict[str, str]) -> dict[str, Broken]:
        """Source ref -> what the run that is repaired left otherwise than it promised."""
        if self._kind != "reparer" or self._of_run is None:
            return {}
        found = reconciling.examined(self._route, self._of_run, there)
        left = (f for f in found if f.state in _AT_FAULT)
        return {f.source_ref: Broken(f.target_ref or None, f.promised) for f in left}

    def _wanted(
        self, only: frozenset[str] | None, broken: dict[str, Broken]
    ) -> frozenset[str] | None:
        """A way home and a repair are of one run: what others have moved is not theirs to touch."""
        if self._kind == "frem":
            return only
        refs = frozenset(broken)
        if self._kind == "tilbake":
            refs = self._where_now()
        return refs if only is None else refs & only

    def _where_now(self) -> frozenset[str]:
        """Where the logs the run wrote stand now: a repair may have made one anew since."""
        route = self._route
        pair = PairKey.of(route.source_name, route.target_name, route.tenant)
        with route.database.look() as connection:
            rows = connection.execute(
                sa.select(t.effect.c.logg, t.effect.c.target_ref).where(
                    t.effect.c.run_id == self._of_run,
                    t.effect.c.state == "ferdig",
                    t.effect.c.target_ref.is_not(None),
                )
            ).all()
            refs: set[str] = set()
            for start in range(0, len(rows), _BATCH):
                some = rows[start : start + _BATCH]
                agreed = by_loggs(connection, pair, [row.logg for row in some])
                for row in some:
                    one = agreed.get(row.logg)
                    refs.add(one.of(route.source_name).ref if one else row.target_ref)
        return frozenset(refs)

    def _preflight(self) -> Facts:
        route = self._route
        if self._after is not None:
            run_row(route.database, self._after)
        if self._of_run is not None:
            of = plan_row(route.database, run_row(route.database, self._of_run)["plan_id"])
            ways = (route.source_name, route.target_name)
            if ways != (
                (of["target"], of["source"]) if self._kind == "tilbake"
                else (of["source"], of["target"])
            ) or of["kind"] == "hent":  # fmt: skip
                raise Rejected("FEIL_VEI", place=self._of_run)
        with route.database.look() as connection:
            known, size = connection.execute(
                sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(t.record.c.size), 0)).where(
                    t.record.c.system == route.source_name, t.record.c.tenant == route.tenant
                )
            ).one()
        limits = route.limits
        room.require(route.database.folder, limits.min_free_mb * 1024 * 1024)
        facts, there = route.source.facts(), route.target.facts()
        guards.check_contract(facts, limits.source_contract)
        guards.check_contract(there, limits.target_contract)
        guards.check_source(facts, route.tenant, known, limits.max_shrink_percent)
        guards.check_target(there, route.tenant, int(size) * _BYTES_PER_LOG)
        return facts

    def _end(
        self, plan_id: str, state: str, code: str, summary: dict[str, Any] | None = None
    ) -> None:
        kept = None if summary is None else json.dumps(summary)
        with self._route.database.begin() as connection:
            connection.execute(
                t.plan.update()
                .where(t.plan.c.plan_id == plan_id)
                .values(state=state, reason=code, summary=kept)
            )
            now, body = self._route.now(), {"state": state, "reason": code}
            append(connection, now, [Fact("plan", plan_id, body=body)])
            of_runs.not_ready(connection, plan_id, state, now)

    # -- the steps --------------------------------------------------------------------------

    def _steps(
        self,
        plan_id: str,
        wanted: frozenset[str] | None,
        there: dict[str, str],
        broken: dict[str, Broken],
        pulled: Pulled,
        started: float,
    ) -> None:
        route = self._route
        plan_hash = PlanHash(signing.header(self._header(plan_id)))
        tally = Tally()
        stepper = Stepper(route, self._kind, there, self._chunk_of, broken)
        standing = Standing(route)
        seen: set[str] = set()
        last = 0

        def keep(made: list[Step]) -> None:
            steps = [replace(s, place=s.place[:PLACE]) for s in self._once(plan_id, made)]
            for step in steps:
                plan_hash.add(step)
                tally.add(step)
            if steps:
                with route.database.begin() as connection:
                    connection.execute(t.step.insert(), [row_of(plan_id, step) for step in steps])

        for rows in self._batches(plan_id):
            last = rows[-1].nr
            chosen = [row for row in rows if wanted is None or row.ref in wanted]
            seen.update(row.ref for row in chosen if wanted is not None)
            keep(self._grounded(self._chosen(chosen, stepper), there, standing))
        keep(self._gone(plan_id, seen, wanted, there, broken, standing, last))
        standing.note(self._kind == "frem" and self._scope.all and wanted is None)
        seconds = route.clock.monotonic() - started
        summary = tally.summary(pulled.listed, pulled.fetched, seconds)
        if not tally.steps and (self._kind != "frem" or not self._scope.all):
            # Zero is never "ready": there is nothing to carry out, and it says so.
            nothing = "INGEN_VALGT" if self._kind == "frem" else "INGENTING_AA_GJOERE"
            self._end(plan_id, "tom", nothing, summary)
            return
        with route.database.begin() as connection:
            connection.execute(
                t.plan.update()
                .where(t.plan.c.plan_id == plan_id)
                .values(state="klar", hash=plan_hash.hex(), summary=json.dumps(summary))
            )
            body = {"state": "klar", "hash": plan_hash.hex(), "steps": tally.steps}
            append(connection, route.now(), [Fact("plan", plan_id, body=body)])
            of_runs.plan_ready(connection, plan_id, route.now())

    def _header(self, plan_id: str) -> dict[str, str | None]:
        route = self._route
        return {
            "plan_id": plan_id, "kind": self._kind, "source": route.source_name,
            "target": route.target_name, "tenant": route.tenant, "scope": self._scope.text(),
            "waits_for": self._after,
        }  # fmt: skip

    def _batches(self, plan_id: str) -> Iterator[list[SourceRow]]:
        """Manifest rows joined with their record, in the source's order."""
        route = self._route
        query = _ROWS.join(
            t.record,
            sa.and_(
                t.record.c.ref == t.manifest.c.ref,
                t.record.c.system == route.source_name,
                t.record.c.tenant == route.tenant,
            ),
            isouter=True,
        )
        last = 0
        while True:
            with route.database.look() as connection:
                found = connection.execute(query, {"plan": plan_id, "last": last}).all()
            rows = [
                SourceRow(
                    row.nr, row.ref, row.version or "", row.sha or "", row.payload,
                    row.code or "", row.place or "",
                )
                for row in found
            ]  # fmt: skip
            if not rows:
                return
            last = rows[-1].nr
            yield rows

    def _chosen(self, rows: list[SourceRow], stepper: Stepper) -> list[Step]:
        """The steps of the rows that are in the chosen part."""
        route = self._route
        pair = PairKey.of(route.source_name, route.target_name, route.tenant)
        with route.database.look() as connection:
            agreed = by_ref(connection, pair, route.source_name, [row.ref for row in rows])
            if self._kind == "frem":
                stepper = replace(stepper, broken=read_otherwise(connection, route, agreed))
        here = {row.ref: row.version for row in rows}
        stands = {route.target_name: (route.target, stepper.there),
                  route.source_name: (route.source, here)}  # fmt: skip
        lost_copies.of_agreed(route.store, agreed.values(), stands)
        steps = []
        for row in rows:
            known = agreed.get(row.ref)
            if self._in_scope(row, known):
                steps.append(stepper.step(row, known))
                # What is held is told, and takes no place among the first that are to move.
                self._new += known is None and steps[-1].kind.value in WRITES
        return steps

    def _in_scope(self, row: SourceRow, agreed: Agreed | None) -> bool:
        scope = self._scope
        if scope.all:
            return True
        readable = row.payload is not None and not row.code
        route, logg = self._route, None
        if readable and (scope.by_content or scope.logs is not None):
            own = row.payload or ""
            logg = read_of(route.pair.source, route.store.get_each([own])[own], route.tenant)
        if not scope.named(row.ref, logg.id if logg else ""):
            return False
        # What cannot be read is told in every plan it may belong to, never left out unseen.
        if logg is not None and not scope.chosen(logg):
            return False
        return scope.first is None or (agreed is None and self._new < scope.first)

    def _once(self, plan_id: str, made: list[Step]) -> list[Step]:
        """Two documents that say they are the same log would be written over each other in the
        target: the first goes, the rest are parked for a person."""
        alone = (StepKind.PARK, StepKind.TASK)
        with self._route.database.look() as connection:
            taken = set(
                connection.execute(
                    sa.select(t.step.c.logg).where(
                        t.step.c.plan_id == plan_id,
                        t.step.c.kind.not_in([kind.value for kind in alone]),
                        t.step.c.logg.in_([step.logg for step in made if step.logg]),
                    )
                ).scalars()
            )
        steps = []
        for step in made:
            if step.kind not in alone and step.logg:
                if step.logg in taken:
                    step = replace(
                        step, kind=StepKind.PARK, code="SAMME_LOGG_FLERE_GANGER", place=step.logg
                    )
                taken.add(step.logg)
            steps.append(step)
        return steps

    def _chunk_of(self, person: str) -> int:
        """Logs about one person share a chunk, so that their creation is never concurrent."""
        key = self._route.ring.pseudonym(person)
        if key not in self._chunks:
            if self._in_chunk >= self._route.limits.chunk:
                self._chunk, self._in_chunk = self._chunk + 1, 0
            self._chunks[key] = self._chunk
        self._in_chunk += 1
        return self._chunks[key]

    # -- what lost its ground ---------------------------------------------------------------

    def _grounded(
        self, steps: Iterable[Step], there: dict[str, str], standing: Standing
    ) -> list[Step]:
        """Held for its consent while a copy stands active in the target: told, and a task."""
        return [
            replace(step, facts=stranded(step))
            if self._kind == "frem"
            and step.kind is StepKind.HOLD
            and step.code in LOST
            and step.target_ref in there
            and standing.active("AKTIV_UTEN_SAMTYKKE", step.logg, step.target_ref or "")
            else step
            for step in steps
        ]

    def _gone(
        self,
        plan_id: str,
        seen: set[str],
        wanted: frozenset[str] | None,
        there: dict[str, str],
        broken: dict[str, Broken],
        standing: Standing,
        last: int,
    ) -> list[Step]:
        """What the source lists no more: a copy that stands active in the target is a task, and a
        log to be repaired has nothing to be repaired from. Nothing is inferred as deleted."""
        steps, route = list[Step](), self._route
        if self._kind != "frem":
            return [
                Step(last + n, 0, StepKind.PARK, "", ref, "", code="BORTE_FRA_SYSTEMET",
                     target_ref=broken[ref].target_ref if ref in broken else None)
                for n, ref in enumerate(sorted((wanted or frozenset()) - seen), 1)
            ]  # fmt: skip
        if wanted is not None:
            return steps
        pair = PairKey.of(route.source_name, route.target_name, route.tenant)
        with route.database.look() as connection:
            found = list(unlisted(connection, pair, route.source_name, plan_id))
        for one in found:
            side, ref = one.of(route.source_name), one.of(route.target_name).ref
            if ref in there and standing.active("AKTIV_BORTE_I_KILDEN", one.logg, ref):
                steps.append(
                    Step(last + len(steps) + 1, 0, StepKind.TASK, one.logg, side.ref, side.version,
                         code="AKTIV_BORTE_I_KILDEN", target_ref=ref, facts={"stranded": True})
                )  # fmt: skip
        for task in standing.after_deletion():
            steps.append(
                Step(last + len(steps) + 1, 0, StepKind.TASK, task.logg, "", "", code=task.code,
                     target_ref=task.ref, facts={"stranded": True})
            )  # fmt: skip
        return steps
