"""A route between two toys, and a runner that may die at any named place."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from gateway.effects import claim, failpoint, runs
from gateway.effects.planning import Planner
from gateway.effects.push import Pusher
from gateway.effects.route import Limits, Route
from gateway.effects.stored import step_of
from gateway.ledger import tables as t
from gateway.ledger.database import Database
from gateway.ledger.keys import KeyRing
from gateway.ledger.schema import prepare
from gateway.ledger.store import PayloadStore
from gateway.plan.draft import Pair
from gateway.policy.context import Policyramme
from gateway.run import signing
from gateway.run.rows import plan_row, run_row
from schemas.stafettlogg.kodeverk import Adressebeskyttelse
from tests.machine.toy import TENANT, Toy, ToyMapping, restore, settle
from tests.people import acting

RING = KeyRing({"k1": b"1" * 32})


class Died(BaseException):
    """The process is gone, as after kill -9."""


@dataclass
class Clock:
    """A clock that ticks a second per look and never repeats an id."""

    at: datetime = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
    ids: int = 0

    def now(self) -> datetime:
        """The next second."""
        self.at += timedelta(seconds=1)
        return self.at

    def monotonic(self) -> float:
        """Seconds."""
        return self.at.timestamp()

    def new_id(self) -> str:
        """Numbered."""
        self.ids += 1
        return f"{self.ids:08x}" + "0" * 24


class Register:
    """Everybody is open, except those in `held`."""

    def __init__(self) -> None:
        self.held: set[str] = set()

    def check(self, persons: Any) -> dict[str, Adressebeskyttelse]:
        """Grades by person."""
        grades = (Adressebeskyttelse.INGEN, Adressebeskyttelse.FORTROLIG)
        return {p.id: grades[p.id in self.held] for p in persons}


@dataclass
class World:
    """Source, target, ledger and the runner."""

    folder: Path
    source: Toy = field(default_factory=lambda: Toy("a"))
    target: Toy = field(default_factory=lambda: Toy("b"))
    clock: Clock = field(default_factory=Clock)
    register: Register = field(default_factory=Register)
    deaths: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.database = Database("", self.folder)
        prepare(self.database, RING)
        store = PayloadStore(self.database, RING, self.clock)

        class Everybody:
            """Answers for guardians that toys do not list as persons."""

            def __init__(self, world: "World") -> None:
                self.world = world

            def check(self, persons: Any) -> Any:
                """Also for the guardians `<id>-mor`."""
                found = dict(self.world.register.check(persons))
                for person in persons:
                    found[person.id.replace("-b", "-mor")] = Adressebeskyttelse.INGEN
                return found

            def born(self, persons: Any) -> Any:
                """Nothing: the logs tell their own."""
                return {}

        frame = Policyramme(now=self.clock.now(), kommunenummer="9901", production=False)
        self.route = Route(
            source_name="a", target_name="b", source=self.source, target=self.target,
            pair=Pair(ToyMapping("a"), ToyMapping("b"), settle, restore, TENANT),
            database=self.database, store=store, ring=RING, clock=self.clock,
            register=Everybody(self), frame=frame, limits=Limits(chunk=4, max_shrink_percent=100),
        )  # fmt: skip

    def reach(self, name: str) -> None:
        """A failpoint: die here when asked to."""
        left = self.deaths.get(name, 0)
        if left:
            self.deaths[name] = left - 1
            if left == 1:
                raise Died

    def plan(self, kind: str = "frem", of_run: str | None = None, over: bool = False) -> str:
        """Plan and sign; with `over` every place that would be written over is named."""
        plan_id = Planner(self.route, kind, of_run).build()
        names = places(self.database, plan_id) if over else ()
        signing.sign(self.database, plan_id, acting(), self.route.now(), names)
        return plan_id

    def begin(self, plan_id: str) -> str:
        """Start a run."""
        return runs.begin(self.route, plan_id)[0]

    def work(self, run_id: str) -> dict[str, Any]:
        """One worker's life: every chunk that is left, then close. May die."""
        plan = plan_row(self.database, run_row(self.database, run_id)["plan_id"])
        for chunk in runs.chunks_left(self.database, run_id, plan["plan_id"]):
            held = claim.take(self.database, run_id, chunk, self.clock.new_id())
            cursor = run_row(self.database, run_id)["cursor"]
            pusher = Pusher(self.route, run_id, plan, cursor=cursor, pause=lambda _s: None)
            if pusher.chunk(chunk, held) == "ferdig":
                runs.chunk_finished(self.database, run_id, chunk)
            self.reach("chunk.after")
        return runs.close(self.route, run_id)

    def close(self) -> None:
        """Close the ledger."""
        self.database.close()


def places(database: Database, plan_id: str) -> tuple[str, ...]:
    """Every place of a plan that must be named for it to be written over."""
    with database.look() as connection:
        rows = connection.execute(sa.select(t.step).where(t.step.c.plan_id == plan_id)).all()
    steps = [step_of(row._mapping) for row in rows]
    return tuple(f"{step.logg}:{place}" for step in steps for place in step.over)


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """A fresh world whose failpoints kill the runner."""
    made = World(tmp_path)
    monkeypatch.setattr(failpoint, "reach", made.reach)
    yield made
    made.close()
