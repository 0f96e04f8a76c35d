"""Two systems side by side, people who edit both, and every kind of run, killed anywhere.

The oracle knows each sentence a person wrote and where it stands. A write of ours may take one
away only if it had come over to the other side, or if that very place was named when the plan was
signed; what was lost by name is brought back at the end. Whatever the order: one log per child on
each side, the agreed state is one, and reconcile says right exactly when a recount by the oracle
says right. STAFETT_FULL=1 runs 2,000 histories.
"""

import copy
import json
import os
import random
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from gateway.effects import failpoint, runs
from gateway.effects.planning import Planner
from gateway.effects.reconciling import RIGHT, examined, reconcile
from gateway.effects.route import Limits, Route
from gateway.errors import Rejected
from gateway.ledger import chain
from gateway.ledger import tables as t
from gateway.migrate.rules.scope import Scope
from gateway.plan.draft import Pair
from gateway.run import signing, versions
from gateway.run.bringing_back import plan_back
from gateway.run.rows import plan_row, run_row
from mappings.restore import restore
from tests.machine.conftest import Died, World, places
from tests.machine.oracle import FIELDS, Oracle, contents, place, promised
from tests.machine.pair import OWN, TENANT, Side, SideMapping, settle
from tests.people import acting
from tests.story.waiting_oracle import recount, told

SLOTS = 4
HISTORIES = 2000 if os.environ.get("STAFETT_FULL") else 20
STEPS = 24


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


class Machine:
    """Two systems, people, and a runner that dies anywhere: one history, from a seed."""

    def __init__(self, folder: Path, seed: int, patch: pytest.MonkeyPatch) -> None:
        self.random = random.Random(seed)
        self.world = Two(folder)
        self.oracle = Oracle()
        for name, side in self.world.sides.items():
            side.saw = self._seer(name)
        patch.setattr(failpoint, "reach", self._reach)
        self.at_point: tuple[str, str, int, str] | None = None
        self.just: tuple[str, str] | None = None
        self.touched: Counter[str] = Counter()
        self.before: Counter[str] = Counter()
        self.open: tuple[str, Route] | None = None
        self.done: list[tuple[str, str, str, str]] = []
        self.edits = 0
        self.bringing = False
        self.count: Counter[str] = Counter()

    def live(self) -> None:
        """The whole history: what always holds is asked after every step."""
        for n in range(SLOTS):
            self.a_log_begins(n, self.random.choice("ab"))
        names, weights = zip(*ACTIONS.items(), strict=True)
        for name in self.random.choices(names, weights, k=STEPS):
            getattr(self, name)()
            self.count[name] += 1
            self.always()
        self._finish()
        self._bring_everything_back()
        self.always()

    def any_side(self) -> str:
        """One of the two systems."""
        return self.random.choice("ab")

    def any_slot(self) -> int:
        """One of the children."""
        return self.random.randrange(SLOTS)

    def always(self) -> None:
        """No write of ours took a person's words without their place being named; never two logs
        of one child on a side; one agreed state per log, whose documents are there; a whole chain.
        """
        assert self.oracle.wrong == []
        for side in self.world.sides.values():
            keys = [document["id"] for document in side.documents.values()]
            assert len(keys) == len(set(keys))
        with self.world.database.look() as connection:
            rows = connection.execute(sa.select(t.agreed)).all()
            assert chain.verify(connection).broken_at is None
        assert len({row.logg for row in rows}) == len(rows)
        for row in rows:
            json.loads(self.world.base.store.get(row.one_doc))
            json.loads(self.world.base.store.get(row.other_doc))

    def _seer(self, name: str) -> Any:
        def saw(order: Any, before: Any, stored: dict[str, Any]) -> None:
            self.just = (name, order.key)
            self.oracle.saw(name, order.key, before, stored)
            if self.bringing:
                # What comes back is laid on what stands; that it does is asked of each afterwards.
                self.oracle.planned = {order.key: promised(json.loads(order.body))}

        return saw

    def _reach(self, name: str) -> None:
        if self.at_point and self.at_point[0] == name:
            _, system, slot, where = self.at_point
            self.at_point = None
            if not system and self.just:
                system, slot = self.just[0], int(self.just[1].rpartition("-")[2])
            self._edit(system or "a", slot, where)
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
        self.touched[f"logg-{slot}"] += 1
        text, side = f"setning {self.edits}.", self.world.sides[system]
        if where == "goal":
            goals = side.documents[ref]["goals"]
            goals = [*goals, {"gid": side.next_id(), "key": None, "t": text}]
            side.person_writes(ref, goals=goals)
            where = f"goal {text}"
        else:
            side.person_writes(ref, **{where: text})
        self.oracle.wrote(system, f"logg-{slot}", where, text)

    def a_log_begins(self, n: int, system: str) -> None:
        """Somebody opens a log in one of the systems, for a child that has none."""
        self.edits += 1
        side = self.world.sides[system]
        side.documents[f"{system}-{n}"] = {
            "id": f"logg-{n}", "consent": True, "text": f"setning {self.edits}.", "more": None,
            "own": None, "goals": [], "version": 1, "passive": False,
        }  # fmt: skip
        side.keys[f"{system}-{n}"] = f"logg-{n}"

    def somebody_writes(self) -> None:
        """A person edits one place in one of the systems."""
        self._edit(self.any_side(), self.any_slot(), self.random.choice([*FIELDS, "goal"]))

    def somebody_will_write(self) -> None:
        """A person edits at the worst moment: when the runner passes a named place."""
        where = self.random.choice(FIELDS)
        name = self.random.choice(failpoint.NAMES)
        self.at_point = (name, self.any_side(), self.any_slot(), where)
        if self.random.random() < 0.5:
            # In the very log that is being written, before it is read back.
            self.at_point = ("write.after", "", 0, where)

    def consent(self) -> None:
        """A consent is withdrawn, or given, where the log came from."""
        n, given = self.any_slot(), self.random.random() < 0.7
        for system in ("a", "b"):
            if f"{system}-{n}" in self.world.sides[system].documents:
                self.world.sides[system].person_writes(f"{system}-{n}", consent=given)
                self.touched[f"logg-{n}"] += 1

    def the_line_is_bad(self) -> None:
        """Answers will be lost, and what is made will not be found at once."""
        side = self.world.sides[self.any_side()]
        side.cuts, side.lag = self.random.randrange(3), self.random.randrange(7)
        side.cut_empty = self.random.random() < 0.3

    def somebody_will_write_meanwhile(self) -> None:
        """A person edits a log between two pieces of our next write of it."""
        system, where = self.any_side(), self.random.choice([*FIELDS, "goal"])
        side = self.world.sides[system]

        def writes(ref: str) -> None:
            self._edit(system, int(side.documents[ref]["id"].rpartition("-")[2]), where)

        side.meanwhile = writes

    def a_is_emptied(self) -> None:
        """The vendor's system is set up anew: everything there is gone, with its ids."""
        self._finish()
        side = self.world.sides["a"]
        if not self.done:
            return
        side.documents.clear()
        for key in [k for k in self.oracle.written if k[0] == "a"]:
            del self.oracle.written[key]

    # -- runs -------------------------------------------------------------------------------

    def move(self) -> None:
        """A plan from one to the other, perhaps of the first few."""
        source, target = self.random.choice((("a", "b"), ("b", "a")))
        first = self.random.choice([None, None, None, 1, 2])
        self._start(source, target, "frem", None, scope=Scope(first=first))

    def _some_run(self) -> tuple[str, str, str, str] | None:
        return self.random.choice(self.done) if self.done else None

    def take_home(self) -> None:
        """The way home of some run."""
        if found := self._some_run():
            _, source, target, run_id = found
            self._start(target, source, "tilbake", run_id)

    def repair(self) -> None:
        """What some run left is put right."""
        if found := self._some_run():
            _, source, target, run_id = found
            self._start(source, target, "reparer", run_id)

    def run_it_twice(self) -> None:
        """A plan that has been run is not run again."""
        if found := self._some_run():
            plan_id, source, target, run_id = found
            with pytest.raises(Rejected) as caught:
                runs.begin(self.world.way(source, target), plan_id)
            assert (caught.value.code, caught.value.place) == ("PLAN_ER_KJOERT", run_id)

    def die_soon(self) -> None:
        """The next runner dies at a named place."""
        self.world.deaths = {self.random.choice(failpoint.NAMES): self.random.randint(1, 3)}

    def _start(
        self, source: str, target: str, kind: str, of: str | None, scope: Scope | None = None
    ) -> None:
        deaths = self.world.deaths
        self._finish()
        way = self.world.way(source, target)
        if not self.world.sides[source].documents:
            return
        documents = self.world.sides[source].documents.values()
        self.oracle.planned = {d["id"]: promised(d) for d in documents}
        self.before = Counter(self.touched)
        plan_id = Planner(way, kind, of, scope=scope).build()
        if kind == "reparer":
            self._only_what_is_wrong(way, of or "", plan_id)
        row = plan_row(self.world.database, plan_id)
        if row["state"] != "klar":
            return
        over = self.random.random()
        names = places(self.world.database, plan_id) if over < 0.5 else ()
        if over < 0.15:
            # Somebody forgets one: the step has lost nothing and may take nothing.
            names = tuple(name for name in names if self.random.random() < 0.6)
        self.count["named"] += len(names)
        self.oracle.named = {(target, *place(name)) for name in names}
        signing.sign(self.world.database, plan_id, acting(), way.now(), names)
        self.open = (runs.begin(way, plan_id)[0], way)
        self.world.deaths = deaths
        try:
            self._work()
        except Died:
            self.count["died"] += 1
        self.world.deaths = {}

    def _only_what_is_wrong(self, way: Route, run_id: str, plan_id: str) -> None:
        """A repair is of the logs that do not stand as they should, and of no others."""
        there = {entry.ref for entry in way.target.page(None).entries}
        wrong = {f.logg for f in examined(way, run_id, there) if f.state not in RIGHT}
        assert {row.logg for row in self._steps(plan_id) if row.logg} <= wrong

    def _work(self) -> None:
        assert self.open is not None
        run_id, way = self.open
        self.world.route = way
        self.world.work(run_id)
        row = run_row(self.world.database, run_id)
        assert row["state"] in ("ferdig", "avvik"), row["reason"]
        self.open = None
        self.oracle.named = set()
        plan = plan_row(self.world.database, row["plan_id"])
        self._tally(plan["kind"], json.loads(row["summary"]))
        if plan["kind"] != runs.BACK:
            self.done.append((row["plan_id"], plan["source"], plan["target"], run_id))
        self._recount(way, run_id)
        if plan["kind"] == runs.BACK:
            return
        _, source, target, older = self.random.choice(self.done)
        self._recount(self.world.way(source, target), older, again=True)
        self._agreed_means_nothing_to_do(run_id)

    def _agreed_means_nothing_to_do(self, run_id: str) -> None:
        """What was just agreed, and nobody has touched since the plan, is to be written in neither
        direction."""
        with self.world.database.look() as connection:
            rows = connection.execute(
                sa.select(t.effect.c.logg, t.effect.c.code).where(
                    t.effect.c.run_id == run_id, t.effect.c.state == "ferdig"
                )
            ).all()
        quiet = {r.logg for r in rows if not r.code and self.touched[r.logg] == self.before[r.logg]}
        for source, target in (("a", "b"), ("b", "a")):
            if quiet and self.world.sides[source].documents:
                for row in self._steps(Planner(self.world.way(source, target)).build()):
                    assert row.logg not in quiet or row.kind in ("skip", "hold", "task"), row

    def _tally(self, kind: str, summary: dict[str, Any]) -> None:
        self.count[f"run {kind}"] += 1
        for what in ("kinds", "effects", "outcomes"):
            for name, number in summary[what].items():
                self.count[f"{what} {name}"] += number

    def _finish(self) -> None:
        """The next life of a runner that died."""
        self.world.deaths = {}
        if self.open is not None:
            self._work()

    def _recount(self, way: Route, run_id: str, *, again: bool = False) -> None:
        """Reconcile against a recount from outside: what the source held when the plan was made
        is what stands, or what a later run of ours was to write."""
        self.at_point = None
        with self.world.database.look() as connection:
            done = connection.execute(
                sa.select(t.effect.c.logg).where(
                    t.effect.c.run_id == run_id, t.effect.c.state == "ferdig"
                )
            ).scalars()
            for logg in () if again else done:
                # What the two agree on is the promise of either side from now on.
                for system in {way.source_name, way.target_name}:
                    self.oracle.promised[(system, logg)] = self.oracle.planned[logg]
        side = self.world.sides[way.target_name]
        for found in reconcile(way, run_id):
            if not found.logg or found.state == "partial":
                continue
            document = side.documents.get(found.target_ref)
            wanted = self.oracle.promised[(way.target_name, found.logg)]
            stands = document is not None and promised(document) == wanted
            alone = bool(found.places) and {p[1] for p in found.places} <= {*OWN.values(), "raa"}
            right = found.state in RIGHT or alone
            assert right == stands, (found.state, found.places)
        with self.world.database.look() as connection:
            assert told(connection) == recount(connection)

    def _nobody_writes(self) -> None:
        self.at_point = None
        for side in self.world.sides.values():
            side.meanwhile = None

    def _bring_everything_back(self) -> None:
        self._nobody_writes()
        for system, logg, where, text in self.oracle.lost:
            way = self.world.way(system, system)
            kept = versions.of_logg(self.world.database, TENANT, logg)
            mine = [v for v in kept if v.system == system and text in held_in(way, v)]
            assert mine, (system, logg, where)
            plan_id = plan_back(way, mine[-1])
            names = places(self.world.database, plan_id)
            signing.sign(self.world.database, plan_id, acting(), way.now(), names)
            self.oracle.named = {(system, *place(name)) for name in names}
            before = self._document(system, logg)
            self.open = (runs.begin(way, plan_id)[0], way)
            self.bringing = True
            self._finish()
            self.bringing = False
            after = self._document(system, logg) or {}
            assert contents(after).get(where) == text
            if before is not None:
                self._only_what_lost(before, after, mine[-1])
            self.count["brought back"] += 1
        self.oracle.lost.clear()

    def _document(self, system: str, logg: str) -> dict[str, Any] | None:
        documents = self.world.sides[system].documents.values()
        return next((copy.deepcopy(d) for d in documents if d["id"] == logg), None)

    @staticmethod
    def _only_what_lost(
        before: dict[str, Any], after: dict[str, Any], version: versions.Version
    ) -> None:
        """What comes back takes nothing else with it: every other place is as it stood."""
        lost = {place(f":{name}")[1] for name in version.places}
        was, now = contents(before), contents(after)
        others = {where for where in was.keys() | now.keys() if was.get(where) != now.get(where)}
        assert {where.partition(" ")[0] for where in others} <= lost

    def quiet_means_nothing_to_do(self) -> None:
        """When all is finished and nobody writes, a plan either way has nothing to write of what
        was agreed last, and the same plan made again says the same."""
        self._finish()
        self._nobody_writes()
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


def held_in(way: Route, version: versions.Version) -> str:
    """A kept version's own text."""
    return way.store.get(version.payload).decode()


ACTIONS = {
    "somebody_writes": 9, "somebody_will_write": 2, "somebody_will_write_meanwhile": 2,
    "consent": 1, "the_line_is_bad": 1,
    "move": 5, "take_home": 3, "repair": 2, "run_it_twice": 1, "die_soon": 3,
    "a_is_emptied": 1, "quiet_means_nothing_to_do": 1,
}  # fmt: skip


@pytest.mark.parametrize("part", range(10))
def test_no_edit_of_a_person_is_ever_lost(tmp_path: Path, part: int) -> None:
    """Many histories; every kind of run, death and loss must have been among them."""
    count: Counter[str] = Counter()
    for seed in range(part, HISTORIES, 10):
        with pytest.MonkeyPatch.context() as patch:
            machine = Machine(tmp_path / str(seed), seed, patch)
            try:
                machine.live()
            except BaseException as error:
                error.add_note(f"seed {seed}")
                raise
            finally:
                machine.world.close()
        count += machine.count
    if HISTORIES >= 2000:
        assert all(count[name] for name in MUST_HAPPEN), count
    print(sorted(count.items()))


MUST_HAPPEN = (
    "run frem", "run tilbake", "run reparer", "run hent", "died", "named", "brought back",
    "kinds put", "kinds overwrite", "kinds skip", "kinds hold", "kinds clash", "effects ferdig",
    "effects flyttet", "outcomes drifted",
)  # fmt: skip
