"""Make a plan: preflight, pull, then one step per log. Nothing is sent.

A killed planning leaves the plan in state `henter`; making it again starts a new one, and what
was pulled is not fetched twice. The plan's hash covers the header and every step.
"""

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from gateway.effects import listing
from gateway.effects.complement import complement_of
from gateway.effects.pull import Pulled
from gateway.effects.route import Route
from gateway.effects.stored import row_of
from gateway.errors import Conflict, GatewayError, LocalFault, Rejected
from gateway.ledger import tables as t
from gateway.ledger.chain import Fact, append
from gateway.plan import guards
from gateway.plan.draft import draft, read
from gateway.plan.facts import facts_of
from gateway.plan.place import Place
from gateway.plan.step import PLACE, PlanHash, Step, StepKind
from gateway.plan.tally import Tally
from gateway.ports.connector import Facts

_BATCH = 200
_BYTES_PER_LOG = 4


class Planner:
    """Builds plans for one route. `kind` is `frem`, `tilbake` or `reparer`."""

    def __init__(self, route: Route, kind: str = "frem", of_run: str | None = None) -> None:
        self._route = route
        self._kind = kind
        self._of_run = of_run
        self._chunks: dict[str, int] = {}
        self._in_chunk = 0
        self._chunk = 1

    def build(self, only: frozenset[str] | None = None) -> str:
        """Make the plan and return its id. `only` limits it to some source refs (a delta)."""
        route = self._route
        plan_id = f"plan-{route.clock.now():%Y%m%d}-{route.clock.new_id()[:8]}"
        facts = self._preflight()
        with route.database.begin() as connection:
            connection.execute(
                t.plan.insert(),
                {"plan_id": plan_id, "kind": self._kind, "source": route.source_name,
                 "target": route.target_name, "tenant": route.tenant, "of_run": self._of_run,
                 "created": route.now(), "state": "henter"},
            )  # fmt: skip
        started = route.clock.monotonic()
        try:
            wanted = self._wanted(only)
            pulled = route.puller().run(plan_id, wanted)
            guards.check_listing(facts, pulled.listed, route.limits.max_shrink_percent)
            there = listing.manifest(route.target).versions
        except LocalFault:
            raise
        except GatewayError as fault:
            self._fail(plan_id, fault.code)
            raise
        route.puller().keep_manifest(plan_id, "maal", there)
        self._steps(plan_id, wanted, there, pulled, started)
        return plan_id

    def _wanted(self, only: frozenset[str] | None) -> frozenset[str] | None:
        if self._kind == "frem":
            return only
        # A way home and a repair are of one run: what others have moved is not theirs to touch.
        # A repair also takes what the run left half written.
        home = self._kind == "tilbake"
        column = t.agreed.c.target_ref if home else t.agreed.c.source_ref
        with self._route.database.begin() as connection:
            refs = set(
                connection.execute(
                    sa.select(column).where(t.agreed.c.run_id == self._of_run)
                ).scalars()
            )
            if not home:
                half = sa.and_(t.run.c.plan_id == t.step.c.plan_id, t.effect.c.nr == t.step.c.nr)
                refs |= set(
                    connection.execute(
                        sa.select(t.step.c.source_ref).where(
                            t.run.c.run_id == self._of_run,
                            t.effect.c.run_id == t.run.c.run_id,
                            t.effect.c.state == "parkert",
                            t.effect.c.target_ref.is_not(None),
                            half,
                        )
                    ).scalars()
                )
        return frozenset(refs) if only is None else frozenset(refs) & only

    def _preflight(self) -> Facts:
        route = self._route
        with route.database.begin() as connection:
            known, size = connection.execute(
                sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(t.record.c.size), 0)).where(
                    t.record.c.system == route.source_name, t.record.c.tenant == route.tenant
                )
            ).one()
        limits = route.limits
        free = shutil.disk_usage(route.database.folder).free
        guards.check_disk(free, limits.min_free_mb * 1024 * 1024)
        facts, there = route.source.facts(), route.target.facts()
        guards.check_contract(facts, limits.source_contract)
        guards.check_contract(there, limits.target_contract)
        guards.check_source(facts, route.tenant, known, limits.max_shrink_percent)
        guards.check_target(there, route.tenant, int(size) * _BYTES_PER_LOG)
        return facts

    def _fail(self, plan_id: str, code: str) -> None:
        with self._route.database.begin() as connection:
            connection.execute(
                t.plan.update()
                .where(t.plan.c.plan_id == plan_id)
                .values(state="ufullstendig", reason=code)
            )
            fact = Fact("plan", plan_id, body={"state": "ufullstendig", "reason": code})
            append(connection, self._route.now(), [fact])

    def _steps(
        self,
        plan_id: str,
        wanted: frozenset[str] | None,
        there: dict[str, str],
        pulled: Pulled,
        started: float,
    ) -> None:
        route = self._route
        header = {
            "plan": plan_id, "kind": self._kind, "source": route.source_name,
            "target": route.target_name, "tenant": route.tenant,
        }  # fmt: skip
        plan_hash = PlanHash(header)
        tally = Tally()
        for rows in self._batches(plan_id, wanted):
            made = [self._step(row, there) for row in rows]
            steps = [replace(s, place=s.place[:PLACE]) for s in self._once(plan_id, made)]
            for step in steps:
                plan_hash.add(step)
                tally.add(step)
            with route.database.begin() as connection:
                connection.execute(t.step.insert(), [row_of(plan_id, step) for step in steps])
        seconds = route.clock.monotonic() - started
        summary = tally.summary(pulled.listed, pulled.fetched, seconds)
        with route.database.begin() as connection:
            connection.execute(
                t.plan.update()
                .where(t.plan.c.plan_id == plan_id)
                .values(state="klar", hash=plan_hash.hex(), summary=json.dumps(summary))
            )
            body = {"state": "klar", "hash": plan_hash.hex(), "steps": tally.steps}
            append(connection, route.now(), [Fact("plan", plan_id, body=body)])

    def _batches(
        self, plan_id: str, wanted: frozenset[str] | None
    ) -> Iterator[list[dict[str, Any]]]:
        """Manifest rows joined with their record, in the source's order."""
        route = self._route
        last = 0
        while True:
            with route.database.begin() as connection:
                rows = [
                    dict(row._mapping)
                    for row in connection.execute(
                        sa.select(
                            t.manifest.c.nr, t.manifest.c.ref, t.record.c.version, t.record.c.sha,
                            t.record.c.payload, t.record.c.code, t.record.c.place,
                        )
                        .join(
                            t.record,
                            sa.and_(
                                t.record.c.ref == t.manifest.c.ref,
                                t.record.c.system == route.source_name,
                                t.record.c.tenant == route.tenant,
                            ),
                        )
                        .where(
                            t.manifest.c.owner == plan_id,
                            t.manifest.c.phase == "foer",
                            t.manifest.c.nr > last,
                        )
                        .order_by(t.manifest.c.nr)
                        .limit(_BATCH)
                    )
                ]  # fmt: skip
            if not rows:
                return
            last = rows[-1]["nr"]
            chosen = [row for row in rows if wanted is None or row["ref"] in wanted]
            if chosen:
                yield chosen

    def _once(self, plan_id: str, made: list[Step]) -> list[Step]:
        """Two documents that say they are the same log would be written over each other in the
        target: the first goes, the rest are parked for a person."""
        with self._route.database.begin() as connection:
            taken = set(
                connection.execute(
                    sa.select(t.step.c.logg).where(
                        t.step.c.plan_id == plan_id,
                        t.step.c.kind != StepKind.PARK.value,
                        t.step.c.logg.in_([step.logg for step in made if step.logg]),
                    )
                ).scalars()
            )
        steps = []
        for step in made:
            if step.kind is not StepKind.PARK and step.logg:
                if step.logg in taken:
                    step = replace(
                        step, kind=StepKind.PARK, code="SAMME_LOGG_FLERE_GANGER", place=step.logg
                    )
                taken.add(step.logg)
            steps.append(step)
        return steps

    def _agreed(self, ref: str) -> dict[str, Any] | None:
        route = self._route
        back = self._kind == "tilbake"
        names = (route.target_name, route.source_name) if back else (
            route.source_name, route.target_name,
        )  # fmt: skip
        column = t.agreed.c.target_ref if back else t.agreed.c.source_ref
        with route.database.begin() as connection:
            row = connection.execute(
                sa.select(t.agreed).where(
                    t.agreed.c.source == names[0],
                    t.agreed.c.target == names[1],
                    t.agreed.c.tenant == route.tenant,
                    column == ref,
                )
            ).first()
        return dict(row._mapping) if row else None

    def _step(self, row: dict[str, Any], there: dict[str, str]) -> Step:
        agreed = self._agreed(row["ref"])
        common = {
            "nr": row["nr"], "chunk": 0, "source_ref": row["ref"],
            "source_version": row["version"], "source_sha": row["sha"] or "",
            "logg": agreed["logg"] if agreed else "",
        }  # fmt: skip
        if row["code"]:
            return Step(**common, kind=StepKind.PARK, code=row["code"], place=row["place"] or "")
        place = self._target_place(agreed, row, there)
        if place.kind is not None:
            return Step(
                **common, kind=place.kind, code=place.code, target_ref=place.ref,
                base_version=place.version,
            )  # fmt: skip
        return self._draft_step(common, row, place, agreed)

    def _target_place(
        self, agreed: dict[str, Any] | None, row: dict[str, Any], there: dict[str, str]
    ) -> Place:
        """Where the log stands in the target, or why no draft is needed."""
        if agreed is None:
            return self._came_from_there(row["ref"]) or Place()
        back = self._kind == "tilbake"
        ref = agreed["source_ref"] if back else agreed["target_ref"]
        then = agreed["source_version"] if back else agreed["target_version"]
        now = there.get(ref)
        # Content may return to what it was; only a new generation keeps the keys apart.
        generation = agreed["generation"] + 1
        if back:
            if now is not None and now != then:
                return Place(StepKind.CLASH, "KILDE_ENDRET", ref, now, generation)
            return Place(None, "", ref if now else None, now, generation)
        if self._kind == "reparer":
            return Place(None, "", ref if now else None, now, generation)
        if now is None:
            return Place(StepKind.CLASH, "MAAL_BORTE", ref, None, generation)
        if now != then:
            return Place(StepKind.CLASH, "MAAL_ENDRET", ref, now, generation)
        if agreed["source_sha"] == row["sha"]:
            return Place(StepKind.SKIP, "UENDRET", ref, now, generation)
        return Place(None, "", ref, now, generation)

    def _came_from_there(self, ref: str) -> Place | None:
        """A log that was moved here from the target stands there already, under its own id: as
        new it would stand there twice. Its way is home (`tilbake`)."""
        route = self._route
        with route.database.begin() as connection:
            origin = connection.execute(
                sa.select(t.agreed.c.source_ref).where(
                    t.agreed.c.source == route.target_name,
                    t.agreed.c.target == route.source_name,
                    t.agreed.c.tenant == route.tenant,
                    t.agreed.c.target_ref == ref,
                )
            ).scalar()
        if origin is None or self._kind == "tilbake":
            return None
        return Place(StepKind.CLASH, "KOM_DERFRA", origin)

    def _draft_step(
        self,
        common: dict[str, Any],
        row: dict[str, Any],
        place: Place,
        agreed: dict[str, Any] | None,
    ) -> Step:
        route = self._route
        home = self._kind == "tilbake"
        try:
            body = route.store.get(row["payload"])
            reading = read(route.pair, body, complement_of(route.store, agreed) if home else None)
            made = draft(route.pair, reading, route.ramme(reading.logg, going_home=home))
        except (Rejected, Conflict) as error:
            return Step(**common, kind=StepKind.PARK, code=error.code, place=error.place)
        common["logg"] = made.logg.id
        common["chunk"] = self._chunk_of(made.logg.hovedperson.person)
        kind, code = StepKind.PUT, ""
        if made.verdict.held:
            kind, code = StepKind.HOLD, made.verdict.code
        elif home and agreed and place.ref and made.content_sha == agreed["source_sha"]:
            kind, code = StepKind.SKIP, "UENDRET"
        return Step(
            **common, kind=kind, code=code, content_sha=made.content_sha, target_ref=place.ref,
            base_version=place.version, generation=place.generation, facts=facts_of(made),
        )  # fmt: skip

    def _chunk_of(self, person: str) -> int:
        """Logs about one person share a chunk, so that their creation is never concurrent."""
        key = self._route.ring.pseudonym(person)
        if key not in self._chunks:
            if self._in_chunk >= self._route.limits.chunk:
                self._chunk, self._in_chunk = self._chunk + 1, 0
            self._chunks[key] = self._chunk
        self._in_chunk += 1
        return self._chunks[key]
