"""Short ways to say what happens between two toy systems, for tests of one thing at a time."""

import json
from typing import Any

import sqlalchemy as sa

from gateway.effects import runs
from gateway.effects.planning import Planner
from gateway.ledger import tables as t
from gateway.migrate.rules.scope import Scope
from gateway.run import signing, versions
from gateway.run.bringing_back import plan_back
from gateway.run.rows import plan_row
from tests.machine.conftest import places
from tests.machine.pair import TENANT
from tests.machine.test_two_sides import Two
from tests.people import acting

EVERY = ("*",)
"""Names every place of a plan."""


class Stand(Two):
    """Two systems, `a` and `b`. A log is named by its number; `a-0` is where the first begins."""

    def begins(self, number: int, system: str = "a", **fields: Any) -> str:
        """Somebody opens a log in a system; its ref there."""
        ref, side = f"{system}-{number}", self.sides[system]
        side.documents[ref] = {
            "id": f"logg-{number}", "consent": True, "text": "først", "more": None, "own": None,
            "goals": [], "version": 1, "passive": False,
        } | fields  # fmt: skip
        side.keys[ref] = f"logg-{number}"
        return ref

    def ref(self, system: str, number: int = 0) -> str:
        """Where a log stands in a system."""
        documents = self.sides[system].documents.items()
        return next(ref for ref, document in documents if document["id"] == f"logg-{number}")

    def document(self, system: str, number: int = 0) -> dict[str, Any]:
        """A log as a system holds it."""
        return self.sides[system].documents[self.ref(system, number)]

    def writes(self, system: str, number: int = 0, **fields: Any) -> None:
        """A person writes in a log."""
        self.sides[system].person_writes(self.ref(system, number), **fields)

    def planned(
        self, way: str = "ab", kind: str = "frem", of: str | None = None, **more: Any
    ) -> str:
        """A plan from one system to another, not signed."""
        return Planner(self.way(*way), kind, of, **more).build()

    def signed(self, plan_id: str, names: tuple[str, ...] = ()) -> str:
        """Sign it; `EVERY` names all its places. Returns what the signature covers."""
        names = places(self.database, plan_id) if names is EVERY else names
        return signing.sign(self.database, plan_id, acting(), self.base.now(), names)

    def started(self, plan_id: str) -> str:
        """Begin to carry a plan out."""
        plan = plan_row(self.database, plan_id)
        self.route = self.way(plan["source"], plan["target"])
        return runs.begin(self.route, plan_id)[0]

    def carried_out(self, plan_id: str, names: tuple[str, ...] = ()) -> str:
        """Sign, begin and run to the end. Returns the run."""
        self.signed(plan_id, names)
        run_id = self.started(plan_id)
        self.work(run_id)
        return run_id

    def moved(
        self, way: str = "ab", kind: str = "frem", of: str | None = None,
        names: tuple[str, ...] = (), scope: Scope | None = None,
    ) -> str:  # fmt: skip
        """Plan and carry out. Returns the run."""
        return self.carried_out(self.planned(way, kind, of, scope=scope), names)

    def back(self, system: str, version: versions.Version) -> str:
        """The plan that brings a kept version back."""
        return plan_back(self.way(system, system), version)

    def kept(self, number: int = 0) -> list[versions.Version]:
        """The versions kept of a log."""
        return versions.of_logg(self.database, TENANT, f"logg-{number}")

    def text_of(self, version: versions.Version) -> dict[str, Any]:
        """A kept version's document."""
        return dict(json.loads(self.base.store.get(version.payload)))

    def steps(self, plan_id: str) -> dict[str, tuple[str, str | None]]:
        """Log -> (kind, code) of a plan's steps."""
        with self.database.look() as connection:
            rows = connection.execute(sa.select(t.step).where(t.step.c.plan_id == plan_id)).all()
        return {row.logg: (row.kind, row.code) for row in rows}

    def effects(self, run_id: str) -> dict[str, tuple[str, str | None]]:
        """Log -> (state, code) of what a run did."""
        with self.database.look() as connection:
            rows = connection.execute(sa.select(t.effect).where(t.effect.c.run_id == run_id)).all()
        return {row.logg: (row.state, row.code) for row in rows}
