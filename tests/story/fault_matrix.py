"""The matrix of faults: one fault, one run, judged from the target's own store.

The oracle never asks the gateway's ledger what landed. The tests are in `test_fault_matrix.py`.
"""

import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event

from gateway.errors import GatewayError
from gateway.ledger import tables as t
from gateway.ledger.chain import verify
from gateway.reconcile.compare import compare
from gateway.run.rows import run_row
from tests.story.conftest import CONEXUS, SAMSPILL, TENANT, Generated, Story, generated

COUNT = 60 if os.environ.get("STAFETT_FULL") else 12
"""Logs per run; with four to a page there are at least three pages."""

VENDORS = {CONEXUS: SAMSPILL, SAMSPILL: CONEXUS}
LISTS = {CONEXUS: r"^GET /api/v1/stafettlogger$", SAMSPILL: r"^GET /content/v1/plans$"}
DOCUMENTS = {
    CONEXUS: r"^GET /api/v1/stafettlogger/[^/]+$",
    SAMSPILL: r"^GET /content/v1/plans/[^/]+$",
}
ANY = r"^GET /(api|content)/"

LIST = "a listing"
DOCUMENT = "a document"
BOTH: tuple[dict[str, Any], ...] = ({"match": LIST, "skip": 1}, {"match": DOCUMENT, "skip": 3})


@dataclass(frozen=True)
class Fault:
    """A row of the table. `again`: the run goes through by itself, with everything delivered."""

    name: str
    kind: str
    where: tuple[dict[str, Any], ...] = BOTH
    arguments: dict[str, Any] = field(default_factory=dict)
    again: bool = True
    poisoned: int = 0

    def rules(self, vendor: str) -> list[dict[str, Any]]:
        """The sandbox's rules for a vendor."""
        match = {LIST: LISTS[vendor], DOCUMENT: DOCUMENTS[vendor], ANY: ANY}
        return [
            {"kind": self.kind, **self.arguments, **place, "match": match[place["match"]]}
            for place in self.where
        ]


DISK_FULL = "disk full at the sink"
SECOND_PAGE: tuple[dict[str, Any], ...] = ({"match": LIST, "skip": 1},)
OFTEN: tuple[dict[str, Any], ...] = ({"match": ANY, "skip": 1, "every": 3, "times": 6},)

STALL = "stall mid-body"
"""The peers' table counts fourteen faults beside this one, which only asks for patience."""

FAULTS = (
    Fault("429 + Retry-After", "busy429", OFTEN, {"retry_after": 0.2}),
    Fault("503", "busy503", OFTEN, {"retry_after": None}),
    Fault("body cut", "short_body"),
    Fault("connection reset", "reset"),
    Fault(STALL, "stall", arguments={"seconds": 100}),
    Fault(DISK_FULL, "", (), again=False),
    Fault("200 with cut JSON, once", "cut_json"),
    Fault("200 HTML page, once", "html200"),
    Fault("401 once mid-run", "unauthorized"),
    Fault("empty page, next: null", "empty_page", SECOND_PAGE),
    Fault("one page silently short", "short_page", SECOND_PAGE, {"n": 2}),
    Fault("a page delivered twice", "double_page", SECOND_PAGE),
    Fault(
        "same cursor again and again", "repeat_cursor", ({"match": LIST, "times": 50},), again=False
    ),
    Fault("schema drift mid-way", "drift", ({"match": DOCUMENT, "skip": COUNT // 2, "times": 0},)),
    Fault("one poisoned record", "poison", (), poisoned=1),
)


@dataclass(frozen=True)
class Row:
    """What became of one run, seen from outside. `wrong` tells what is quietly wrong."""

    vendor: str
    fault: str
    state: str
    reason: str
    delivered: int
    deliverable: int
    parked: int
    wrong: str
    unattended: bool

    def line(self) -> str:
        """One line of the printed table."""
        told = f"{self.state} {self.reason}".strip()
        return (
            f"{self.vendor:18} {self.fault:28} {self.delivered:3} of {self.deliverable:3}"
            f"  {self.parked} parked  {told:34} {self.wrong or '-'}"
        )


def outside(story: Story, expected: dict[str, bytes]) -> tuple[int, str]:
    """How many expected logs the target itself holds, rightly; and what is wrong there."""
    target = story.target.mapping
    delivered = 0
    for key, found in story.target.by_key().items():
        if key not in expected:
            return delivered, "something nobody asked for"
        if len(found) != 1:
            return delivered, "delivered twice"
        promised = target.decode(target.parse(expected[key]), TENANT).logg
        actual = target.decode(target.parse(found[0]), TENANT).logg
        if compare(promised, actual).state != "settled":
            return delivered, "delivered with other content"
        delivered += 1
    doubled = [n for n in story.target.app.journal()["eksternNokkel"].values() if n != 1]
    return delivered, "created twice" if doubled else ""


def accounted(story: Story, run_id: str) -> int:
    """Logs the ledger says did not go, each with its code."""
    run = run_row(story.database, run_id)
    with story.database.begin() as connection:
        steps = connection.execute(
            sa.select(t.step.c.code).where(
                t.step.c.plan_id == run["plan_id"], t.step.c.kind.in_(["park", "hold", "clash"])
            )
        ).scalars()
        effects = connection.execute(
            sa.select(t.effect.c.code).where(
                t.effect.c.run_id == run_id, t.effect.c.state != "ferdig"
            )
        ).scalars()
        return sum(1 for code in [*steps, *effects] if code)


def expected_of(story: Story, poisoned: str = "") -> dict[str, bytes]:
    """Key -> document that the target shall hold, from the source's own store."""
    found: dict[str, bytes] = {}
    for ref, body in story.source.bodies().items():
        made = story.promised(body)
        if ref != poisoned and not made.verdict.held:
            found[made.logg.id] = made.body
    return found


def perform(story: Story, fault: Fault, rules: list[dict[str, Any]]) -> tuple[str, str, int]:
    """Plan, sign and run with the rules in force in both; (state, reason, accounted)."""
    story.source.running.faults(rules)
    try:
        try:
            plan_id = story.plan()
        finally:
            struck = [rule["struck"] for rule in story.source.running.journal()["faults"]]
            assert all(struck), "a fault that never struck proves nothing"
        story.source.running.faults(rules)
        run_id = story.begin(plan_id)
        story.work(run_id)
    except GatewayError as error:
        return "stopped", f"{error.kind} {error}", 0
    run = run_row(story.database, run_id)
    return run["state"], run["reason"] or "", accounted(story, run_id)


def judge(story: Story, fault: Fault, rules: list[dict[str, Any]], poisoned: str = "") -> Row:
    """One run, judged from outside."""
    expected = expected_of(story, poisoned)
    state, reason, missing_said = perform(story, fault, rules)
    delivered, wrong = outside(story, expected)
    missing = len(expected) - delivered
    if not wrong and state == "ferdig" and (missing or poisoned):
        wrong = "called finished and is not"
    if not wrong and state == "avvik" and missing_said != missing + bool(poisoned):
        wrong = "a log is missing and nobody says which"
    if not wrong and state in ("ufullstendig", "stopped") and not reason:
        wrong = "stopped without a reason"
    clean_end = state == "ferdig" or (bool(poisoned) and state == "avvik")
    return Row(
        vendor=story.source.name, fault=fault.name, state=state, reason=reason,
        delivered=delivered, deliverable=len(expected), parked=missing_said, wrong=wrong,
        unattended=clean_end and not missing and not wrong,
    )  # fmt: skip


def poison_rules(story: Story, ref: str, mode: str = "list_to_text") -> list[dict[str, Any]]:
    """One record is broken for as long as it is asked for."""
    prefix = DOCUMENTS[story.source.name].removesuffix("[^/]+$")
    part = "/goals" if story.source.name == SAMSPILL else ""
    return [{"kind": "poison", "match": f"{prefix}{ref}{part}$", "times": 0, "mode": mode}]


def fill_the_disk(story: Story, pages: int) -> Any:
    """Let the payload file grow no further than `pages`; gives the switch that frees it."""
    limit = {"pages": pages}

    @event.listens_for(story.database.bulk, "begin")
    def _limit(connection: sa.Connection) -> None:
        connection.exec_driver_sql(f"PRAGMA max_page_count={limit['pages']}")

    return limit


def stock_of(vendor: str, folder: Path) -> list[Generated]:
    """Generated logs that a run without faults delivers, so that `ferdig` claims them all."""
    story = Story(vendor, VENDORS[vendor], folder / vendor)
    try:
        offered: dict[str, Generated] = {}
        for document, files in generated(vendor, 7, COUNT * 4):
            ref = document["plan"]["planId"] if "plan" in document else document["loggId"]
            if not story.promised(json.dumps(document).encode()).verdict.held:
                offered[ref] = (document, files)
            if len(offered) == COUNT + 6:
                break
        story.source.load(offered.values())
        run_id = story.begin(story.plan())
        story.work(run_id)
        with story.database.begin() as connection:
            done = connection.execute(
                sa.select(t.step.c.source_ref)
                .join(t.effect, sa.and_(t.effect.c.run_id == run_id, t.effect.c.nr == t.step.c.nr))
                .where(t.effect.c.state == "ferdig", t.effect.c.outcome == "settled")
            ).scalars()
            refs = list(done)
    finally:
        story.close()
    return [offered[ref] for ref in refs][:COUNT]


class Matrix:
    """Runs each cell once, whoever asks first."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._stock: dict[str, list[Generated]] = {}
        self._rows: dict[tuple[str, str], Row] = {}

    def stock(self, vendor: str) -> list[Generated]:
        """The vendor's logs."""
        if vendor not in self._stock:
            self._stock[vendor] = stock_of(vendor, self._folder)
            assert len(self._stock[vendor]) == COUNT
        return self._stock[vendor]

    def story(self, vendor: str, **settings: Any) -> Story:
        """A fresh story with the vendor's logs in the source."""
        stock = self.stock(vendor)
        folder = self._folder / f"{vendor}-{os.urandom(4).hex()}"
        made = Story(vendor, VENDORS[vendor], folder, **settings)
        made.source.load(stock)
        return made

    def row(self, vendor: str, fault: Fault) -> Row:
        """The cell's row."""
        key = (vendor, fault.name)
        if key not in self._rows:
            story = self.story(vendor)
            try:
                self._rows[key] = self._run(story, fault)
            finally:
                story.close()
        return self._rows[key]

    def _run(self, story: Story, fault: Fault) -> Row:
        if fault.name == DISK_FULL:
            limit = fill_the_disk(story, 12)
            row = judge(story, fault, [])
            with story.database.begin() as connection:
                assert verify(connection).broken_at is None
            limit["pages"] = 1 << 30
            assert judge(story, fault, []).unattended, "the space is back and it does not resume"
            return row
        if fault.poisoned:
            ref = next(iter(story.source.bodies()))
            return judge(story, fault, poison_rules(story, ref), poisoned=ref)
        return judge(story, fault, fault.rules(story.source.name))
