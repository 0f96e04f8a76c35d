"""The machine: people edit both sides, consent comes and goes, answers are lost, the runner dies.

Whatever the order, these hold after each step: one log per key in the target, a whole chain, no
write of a log whose consent was withdrawn when it was written, and people's edits in the target
never overwritten. After a quiet run everything allowed has arrived or is told as a clash.
"""

import contextlib
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from gateway.effects import failpoint
from gateway.ledger import chain
from gateway.run.rows import run_row
from tests.machine.conftest import Died, World
from tests.story.waiting_oracle import recount, told

SLOTS = st.integers(0, 5)


class Machine(RuleBasedStateMachine):
    """A source, a target that people also edit, and a runner that dies anywhere."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="machine"))
        self.world = World(self.folder)
        self.world.target.before_write = self._saw_write
        self.patch = pytest.MonkeyPatch()
        self.patch.setattr(failpoint, "reach", self.world.reach)
        self.run_id: str | None = None
        self.by_people: dict[str, str] = {}
        self.wrong: list[str] = []
        self.edits = 0

    def teardown(self) -> None:
        """Close and remove."""
        self.patch.undo()
        self.world.close()
        shutil.rmtree(self.folder)

    def _saw_write(self, order) -> None:
        """The oracle's eye: what is true of the source at the very moment of a write."""
        source = next(d for d in self.world.source.documents.values() if d["id"] == order.key)
        if not source["consent"]:
            self.wrong.append(f"written without consent: {order.key}")
        if order.ref in self.by_people:
            self.wrong.append(f"people's edit overwritten: {order.ref}")

    @rule(n=SLOTS)
    def add_or_edit(self, n: int) -> None:
        """Somebody writes in the source."""
        self.edits += 1
        ref = f"s{n}"
        old = self.world.source.documents.get(ref, {"id": f"logg-{n}", "consent": True})
        self.world.source.documents[ref] = old | {"text": f"tekst {self.edits}"}

    @rule(n=SLOTS, consent=st.booleans())
    def consent(self, n: int, consent: bool) -> None:
        """A consent is withdrawn or given."""
        if f"s{n}" in self.world.source.documents:
            self.world.source.documents[f"s{n}"] |= {"consent": consent}

    @rule(n=SLOTS)
    def people_edit_target(self, n: int) -> None:
        """Somebody writes in the target."""
        for ref, key in self.world.target.keys.items():
            if key == f"logg-{n}" and ref in self.world.target.documents:
                self.edits += 1
                text = f"målet {self.edits}"
                self.world.target.documents[ref] |= {"text": text}
                self.by_people[ref] = text

    @rule(cuts=st.integers(1, 3))
    def lose_answers(self, cuts: int) -> None:
        """The line will be cut after the next writes."""
        self.world.target.cuts = cuts

    @rule(name=st.sampled_from(failpoint.NAMES), nth=st.integers(1, 4))
    def run_and_die(self, name: str, nth: int) -> None:
        """A run, new or resumed, whose runner dies somewhere."""
        self.world.deaths = {name: nth}
        with contextlib.suppress(Died):
            self._run()
        self.world.deaths = {}

    @rule()
    def run_quietly(self) -> None:
        """A run to the end, and one more: then everything allowed is there or is a clash."""
        self.world.target.cuts = 0
        self._run()
        self._run()
        there = {self.world.target.keys[r]: d for r, d in self.world.target.documents.items()}
        for document in self.world.source.documents.values():
            found = there.get(document["id"])
            ref = next((r for r, k in self.world.target.keys.items() if k == document["id"]), "")
            if document["consent"] and ref not in self.by_people:
                assert found == document

    def _run(self) -> None:
        if not self.world.source.documents:
            return
        if self.run_id is None:
            plan_id = self.world.plan()
            self.run_id = self.world.begin(plan_id)
        self.world.work(self.run_id)
        row = run_row(self.world.database, self.run_id)
        assert row["state"] in ("ferdig", "avvik"), row["reason"]
        self.run_id = None

    @invariant()
    def one_log_per_key(self) -> None:
        """Never two of one."""
        keys = [self.world.target.keys[ref] for ref in self.world.target.documents]
        assert len(keys) == len(set(keys))

    @invariant()
    def nothing_wrong_was_seen(self) -> None:
        """What the oracle saw at the moment of each write."""
        assert self.wrong == []

    @invariant()
    def the_list_is_what_the_ledger_says(self) -> None:
        """What waits for a person, wherever the runner died, counted again from outside."""
        with self.world.database.look() as connection:
            assert told(connection) == recount(connection)

    @invariant()
    def the_chain_is_whole(self) -> None:
        """The ledger proves itself after every step."""
        with self.world.database.begin() as connection:
            assert chain.verify(connection).broken_at is None


TestMachine = Machine.TestCase
TestMachine.settings = settings(
    max_examples=40, stateful_step_count=25, deadline=None, derandomize=True,
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
