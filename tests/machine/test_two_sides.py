"""Two systems side by side, people who edit both, and every kind of run, killed anywhere.

The oracle knows each sentence a person wrote and where it stands. A write of ours may take one
away only if it had come over to the other side, or if that very place was named when the plan was
signed; what was lost by name is brought back at the end. Whatever the order: one log per child on
each side, the agreed state is one, and reconcile says right exactly when a recount by the oracle
says right. STAFETT_FULL=1 runs 2,000 histories.
"""

import contextlib
import json
import os
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from gateway.effects import failpoint, runs
from gateway.effects.planning import Planner
from gateway.effects.reconciling import RIGHT, reconcile
from gateway.effects.route import Limits, Route
from gateway.errors import Rejected
from gateway.ledger import chain
from gateway.ledger import tables as t
from gateway.migrate.rules.scope import Scope
from gateway.plan.draft import Pair
from gateway.run import versions
from gateway.run.bringing_back import plan_back
from mappings.restore import restore
from tests.machine.conftest import Died, World, places
from tests.machine.pair import TENANT, Side, SideMapping, settle

SLOTS = st.integers(0, 3)
FIELDS = ("text", "more", "own", "x")
"""Two fields both hold, one each has alone, and one no row knows."""
HISTORIES = 2000 if os.environ.get("STAFETT_FULL") else 60


class Two(World):
    """The world of the other machine with two richer systems, seen from either side."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.sides = {name: Side(name) for name in ("a", "b")}
        self.base = self.route

    def way(self, source: str, target: str) -> Route:
        """The route from one to the other, or from one to itself."""
        return replace(
            self.base, source_name=source, target_name=target, source=self.sides[source],
            target=self.sides[target],
            pair=Pair(SideMapping(source), SideMapping(target), settle, restore, TENANT),
            limits=Limits(chunk=2, max_shrink_percent=100, seen_within=20.0),
        )  # fmt: skip


class Oracle:
    """Every sentence a person wrote that nobody has replaced, and what took one away."""

    def __init__(self) -> None:
        self.written: dict[tuple[str, str, str], str] = {}
        self.came_over: set[str] = set()
        self.named: set[tuple[str, str]] = set()
        self.wrong: list[str] = []
        self.lost: list[tuple[str, str, str, str]] = []
        self.promised: dict[tuple[str, str], dict[str, Any]] = {}

    def wrote(self, system: str, logg: str, where: str, text: str) -> None:
        """A person wrote this."""
        self.written[(system, logg, where)] = text

    def saw(self, system: str, logg: str, before: Any, stored: dict[str, Any]) -> None:
        """A write of ours, at the moment it lands."""
        now = contents(stored)
        for (where_system, its, where), text in list(self.written.items()):
            if its != logg:
                continue
            if where_system != system:
                if now.get(where) == text:
                    self.came_over.add(text)
                continue
            if before is None or now.get(where) == text:
                continue
            if contents(before).get(where) != text:
                continue
            del self.written[(system, logg, where)]
            if text in self.came_over:
                continue
            if (system, logg) in self.named:
                self.lost.append((system, logg, where, text))
            else:
                self.wrong.append(f"{system} {logg} {where}")
        self.promised[(system, logg)] = now


def contents(document: dict[str, Any]) -> dict[str, Any]:
    """A document place by place, without what the system gives itself."""
    found = {f: document.get(f) for f in (*FIELDS, "consent")}
    found |= {f"goal {n}": goal["t"] for n, goal in enumerate(document["goals"])}
    return found


class Machine(RuleBasedStateMachine):
    """Two systems, people, and a runner that dies anywhere."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="two"))
        self.world = Two(self.folder)
        self.oracle = Oracle()
        for name, side in self.world.sides.items():
            side.saw = self._seer(name)
        self.patch = pytest.MonkeyPatch()
        self.patch.setattr(failpoint, "reach", self._reach)
        self.at_point: tuple[str, str, int, str] | None = None
        self.open: tuple[str, Route] | None = None
        self.done: list[tuple[str, str, str, str]] = []
        self.edits = 0

    def teardown(self) -> None:
        """Bring every text back that was lost by name; then close and remove."""
        try:
            self._finish()
            self._bring_everything_back()
        finally:
            self.patch.undo()
            self.world.close()
            shutil.rmtree(self.folder)

    def _seer(self, name: str) -> Any:
        def saw(order: Any, before: Any, stored: dict[str, Any]) -> None:
            self.oracle.saw(name, order.key, before, stored)

        return saw

    def _reach(self, name: str) -> None:
        if self.at_point and self.at_point[0] == name:
            _, system, slot, where = self.at_point
            self.at_point = None
            self._edit(system, slot, where)
        self.world.reach(name)

    # -- people -----------------------------------------------------------------------------

    def _ref(self, system: str, slot: int) -> str | None:
        side = self.world.sides[system]
        logg = f"logg-{slot}"
        return next((r for r, d in side.documents.items() if d["id"] == logg), None)

    def _edit(self, system: str, slot: int, where: str) -> None:
        ref = self._ref(system, slot)
        if ref is None:
            return
        self.edits += 1
        text, side = f"setning {self.edits}", self.world.sides[system]
        if where == "goal":
            goals = side.documents[ref]["goals"]
            goals = [*goals, {"gid": side.next_id(), "key": None, "t": text}]
            side.person_writes(ref, goals=goals)
            where = f"goal {len(goals) - 1}"
        else:
            side.person_writes(ref, **{where: text})
        self.oracle.wrote(system, f"logg-{slot}", where, text)

    @rule(n=SLOTS, system=st.sampled_from("ab"))
    def a_log_begins(self, n: int, system: str) -> None:
        """Somebody opens a log in one of the systems, for a child that has none."""
        if self._ref("a", n) or self._ref("b", n) or self._known(n):
            return
        self.edits += 1
        side = self.world.sides[system]
        side.documents[f"{system}-{n}"] = {
            "id": f"logg-{n}", "consent": True, "text": f"setning {self.edits}", "more": None,
            "own": None, "goals": [], "version": 1, "passive": False,
        }  # fmt: skip
        side.keys[f"{system}-{n}"] = f"logg-{n}"

    def _known(self, n: int) -> bool:
        with self.world.database.look() as connection:
            found = connection.execute(
                sa.select(t.agreed.c.logg).where(t.agreed.c.logg == f"logg-{n}")
            ).first()
        return found is not None

    @rule(system=st.sampled_from("ab"), n=SLOTS, where=st.sampled_from([*FIELDS, "goal"]))
    def somebody_writes(self, system: str, n: int, where: str) -> None:
        """A person edits one place in one of the systems."""
        self._edit(system, n, where)

    @rule(system=st.sampled_from("ab"), n=SLOTS, where=st.sampled_from(FIELDS),
          name=st.sampled_from(failpoint.NAMES))  # fmt: skip
    def somebody_will_write(self, system: str, n: int, where: str, name: str) -> None:
        """A person edits at the worst moment: when the runner passes a named place."""
        self.at_point = (name, system, n, where)

    @rule(n=SLOTS, consent=st.booleans())
    def consent(self, n: int, consent: bool) -> None:
        """A consent is withdrawn or given where the log came from."""
        for system in ("a", "b"):
            if f"{system}-{n}" in self.world.sides[system].documents:
                self.world.sides[system].person_writes(f"{system}-{n}", consent=consent)

    @rule(system=st.sampled_from("ab"), cuts=st.integers(0, 2), lag=st.integers(0, 6))
    def the_line_is_bad(self, system: str, cuts: int, lag: int) -> None:
        """Answers will be lost, and what is made will not be found at once."""
        self.world.sides[system].cuts = cuts
        self.world.sides[system].lag = lag

    @rule()
    def a_is_emptied(self) -> None:
        """The vendor's system is set up anew: everything there is gone, with its ids."""
        side = self.world.sides["a"]
        self._finish()
        if not side.documents or not self.done:
            return
        side.documents.clear()
        for key in [k for k in self.oracle.written if k[0] == "a"]:
            del self.oracle.written[key]

    # -- runs -------------------------------------------------------------------------------

    @rule(back=st.booleans(), over=st.booleans(), first=st.sampled_from([None, None, 1, 2]))
    def move(self, back: bool, over: bool, first: int | None) -> None:
        """A plan from one to the other, perhaps of the first few, perhaps with places named."""
        source, target = ("b", "a") if back else ("a", "b")
        self._start(source, target, "frem", None, over=over, scope=Scope(first=first))

    @precondition(lambda self: self.done)
    @rule(nth=st.integers(0, 5), over=st.booleans())
    def take_home(self, nth: int, over: bool) -> None:
        """The way home of some run."""
        _, source, target, run_id = self.done[nth % len(self.done)]
        self._start(target, source, "tilbake", run_id, over=over)

    @precondition(lambda self: self.done)
    @rule(nth=st.integers(0, 5), over=st.booleans())
    def repair(self, nth: int, over: bool) -> None:
        """What some run left is put right."""
        _, source, target, run_id = self.done[nth % len(self.done)]
        self._start(source, target, "reparer", run_id, over=over)

    @precondition(lambda self: self.done)
    @rule(nth=st.integers(0, 5))
    def run_it_twice(self, nth: int) -> None:
        """A plan that has been run is not run again."""
        plan_id, source, target, run_id = self.done[nth % len(self.done)]
        with pytest.raises(Rejected) as caught:
            runs.begin(self.world.way(source, target), plan_id)
        assert (caught.value.code, caught.value.place) == ("PLAN_ER_KJOERT", run_id)

    @rule(name=st.sampled_from(failpoint.NAMES), nth=st.integers(1, 3))
    def die_soon(self, name: str, nth: int) -> None:
        """The next runner dies at a named place."""
        self.world.deaths = {name: nth}

    def _start(self, source: str, target: str, kind: str, of: str | None, *, over: bool,
               scope: Scope | None = None) -> None:  # fmt: skip
        self._finish()
        way = self.world.way(source, target)
        if not self.world.sides[source].documents:
            return
        plan_id = Planner(way, kind, of, scope=scope).build()
        row = runs.plan_row(self.world.database, plan_id)
        if row["state"] != "klar":
            return
        names = places(self.world.database, plan_id) if over else ()
        self.oracle.named = {(target, name.partition(":")[0]) for name in names}
        runs.sign(self.world.database, plan_id, "test", way.now(), names)
        self.open = (runs.begin(way, plan_id)[0], way)
        with contextlib.suppress(Died):
            self._work()
        self.world.deaths = {}

    def _work(self) -> None:
        assert self.open is not None
        run_id, way = self.open
        self.world.route = way
        self.world.work(run_id)
        row = runs.run_row(self.world.database, run_id)
        assert row["state"] in ("ferdig", "avvik"), row["reason"]
        self.open = None
        self.oracle.named = set()
        plan = runs.plan_row(self.world.database, row["plan_id"])
        if plan["kind"] != runs.BACK:
            self.done.append((row["plan_id"], plan["source"], plan["target"], run_id))
        self._recount(way, run_id)

    def _finish(self) -> None:
        """The next life of a runner that died."""
        self.world.deaths = {}
        if self.open is not None:
            self._work()

    def _recount(self, way: Route, run_id: str) -> None:
        """Reconcile against a recount from outside: what we last wrote of a log is what stands."""
        self.at_point = None
        side = self.world.sides[way.target_name]
        for found in reconcile(way, run_id):
            if not found.logg or found.state == "partial":
                continue
            promised = self.oracle.promised.get((way.target_name, found.logg))
            document = side.documents.get(found.target_ref)
            stands = document is not None and {
                k: v for k, v in contents(document).items() if k != "x"
            } == {k: v for k, v in (promised or {}).items() if k != "x"}
            assert (found.state in RIGHT) == stands, (found.state, found.places)

    def _bring_everything_back(self) -> None:
        for system, logg, where, text in self.oracle.lost:
            way = self.world.way(system, system)
            kept = versions.of_logg(self.world.database, TENANT, logg)
            mine = [v for v in kept if v.system == system and text in held_in(way, v)]
            assert mine, (system, logg, where)
            plan_id = plan_back(way, mine[-1])
            names = places(self.world.database, plan_id)
            runs.sign(self.world.database, plan_id, "test", way.now(), names)
            self.oracle.named = {(system, logg)}
            self.open = (runs.begin(way, plan_id)[0], way)
            self._finish()
            ref = next(r for r, d in self.world.sides[system].documents.items() if d["id"] == logg)
            assert contents(self.world.sides[system].documents[ref]).get(where) == text
        self.oracle.lost.clear()

    # -- what always holds --------------------------------------------------------------------

    @invariant()
    def nobody_lost_a_sentence(self) -> None:
        """No write of ours took a person's words without their place being named."""
        assert self.oracle.wrong == []

    @invariant()
    def one_log_per_child(self) -> None:
        """Never two of one, on either side, and nothing made twice."""
        for side in self.world.sides.values():
            keys = [document["id"] for document in side.documents.values()]
            assert len(keys) == len(set(keys))

    @invariant()
    def the_agreed_state_is_one(self) -> None:
        """One row per log, and what it names is sealed."""
        with self.world.database.look() as connection:
            rows = connection.execute(sa.select(t.agreed)).all()
        assert len({row.logg for row in rows}) == len(rows)
        for row in rows:
            json.loads(self.world.base.store.get(row.one_doc))
            json.loads(self.world.base.store.get(row.other_doc))

    @rule()
    def quiet_means_nothing_to_do(self) -> None:
        """When all is finished and nobody writes, a plan either way has nothing to write of what
        was agreed last, and the same plan made again says the same."""
        self._finish()
        self.at_point = None
        for source, target in (("a", "b"), ("b", "a")):
            if not self.world.sides[source].documents:
                continue
            way = self.world.way(source, target)
            seen = [
                {(row.logg, row.kind, row.code) for row in self._steps(Planner(way).build())}
                for _ in range(2)
            ]
            assert seen[0] == seen[1]

    def _steps(self, plan_id: str) -> list[Any]:
        with self.world.database.look() as connection:
            return list(connection.execute(sa.select(t.step).where(t.step.c.plan_id == plan_id)))

    @invariant()
    def the_chain_is_whole(self) -> None:
        """The ledger proves itself after every step."""
        with self.world.database.begin() as connection:
            assert chain.verify(connection).broken_at is None


def held_in(way: Route, version: versions.Version) -> str:
    """A kept version's own text."""
    return way.store.get(version.payload).decode()


TestTwoSides = Machine.TestCase
TestTwoSides.settings = settings(
    max_examples=HISTORIES, stateful_step_count=25, deadline=None, derandomize=True,
    suppress_health_check=list(HealthCheck),
)  # fmt: skip


