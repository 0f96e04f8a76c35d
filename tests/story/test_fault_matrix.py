"""Fourteen faults of a source, one per run, on both vendors; judged by what stands in the target.

The faults are those under which the best peers were measured (peers' table: dlt, Singer, Airbyte).
The oracle never asks the gateway's ledger what landed: it reads the target's own store and holds
it against what the pure half makes of the source's own store. A run may end with everything
delivered exactly once, or say honestly what is missing and why. Never quietly wrong.
"""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from gateway.ledger import tables as t
from gateway.run.rows import run_row
from tests.story.conftest import CONEXUS
from tests.story.fault_matrix import (
    COUNT,
    FAULTS,
    LISTS,
    STALL,
    VENDORS,
    Fault,
    Matrix,
    expected_of,
    judge,
    outside,
    poison_rules,
)


@pytest.fixture(scope="module")
def matrix(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Matrix]:
    """The matrix of this module."""
    yield Matrix(tmp_path_factory.mktemp("matrix"))


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
@pytest.mark.parametrize("vendor", VENDORS)
def test_never_quietly_wrong(matrix, vendor, fault):
    """One fault, one run: all delivered exactly once, or an honest end with a reason."""
    row = matrix.row(vendor, fault)
    assert not row.wrong, row.line()
    assert row.unattended or not fault.again, row.line()


@pytest.mark.parametrize("vendor", VENDORS)
def test_the_matrix_adds_up(matrix, vendor, capsys):
    """None of the faults gives a quietly wrong outcome; at least 12 of 14 finish unattended."""
    rows = [matrix.row(vendor, fault) for fault in FAULTS]
    counted = [row for row in rows if row.fault != STALL]
    done = sum(row.unattended for row in counted)
    wrong = [row for row in rows if row.wrong]
    with capsys.disabled():
        print()
        for row in rows:
            print(row.line())
        print(f"{vendor}: {done} of {len(counted)} unattended, quietly wrong: {len(wrong)}")
    assert len(counted) == 14
    assert not wrong
    assert done >= 12


@pytest.mark.parametrize("kind", ["empty_page", "short_page", "double_page", "repeat_cursor"])
@pytest.mark.parametrize("vendor", VENDORS)
def test_a_listing_that_stays_wrong(matrix, vendor, kind):
    """A permanent fault of the listing: the plan ends `ufullstendig` with its reason."""
    story = matrix.story(vendor, attempts=2)
    try:
        rules = [{"kind": kind, "match": LISTS[vendor], "times": 0, "n": 2}]
        row = judge(story, Fault(kind, kind), rules)
        with story.database.begin() as connection:
            plan = connection.execute(sa.select(t.plan.c.state, t.plan.c.reason)).one()
    finally:
        story.close()
    # A connector that sees the lie itself may open its circuit before the listing gives up.
    assert row.state == "stopped", row.line()
    assert row.reason.startswith(("RemoteFault", "Transient KRETS_AAPEN")), row.line()
    assert plan.state == "ufullstendig" and plan.reason
    assert row.delivered == 0 and not row.wrong


@pytest.mark.parametrize("vendor", VENDORS)
def test_a_listing_that_says_there_is_nothing(matrix, vendor):
    """A whole and empty listing of a source that says it holds logs: stopped, never `ferdig`."""
    story = matrix.story(vendor)
    try:
        rules = [{"kind": "emptied", "match": LISTS[vendor], "times": 0}]
        row = judge(story, Fault("emptied", "emptied"), rules)
    finally:
        story.close()
    assert (row.state, row.delivered, row.wrong) == ("stopped", 0, ""), row.line()
    assert row.reason.startswith("RemoteFault TOM_KILDE")


@pytest.mark.parametrize("kind", ["empty_page", "short_page", "double_page", "repeat_cursor"])
@pytest.mark.parametrize("vendor", VENDORS)
def test_a_source_that_cannot_be_closed_against(matrix, vendor, kind):
    """The listing goes wrong for good after the run began: `ufullstendig`, never `ferdig`."""
    story = matrix.story(vendor, attempts=2)
    try:
        run_id = story.begin(story.plan())
        rules = [{"kind": kind, "match": LISTS[vendor], "times": 0, "n": 2}]
        story.source.running.faults(rules)
        story.work(run_id)
        run = run_row(story.database, run_id)
        delivered, wrong = outside(story, expected_of(story))
    finally:
        story.close()
    assert run["state"] == "ufullstendig" and run["reason"]
    assert delivered == COUNT and not wrong


@pytest.mark.parametrize("mode", ["null_id", "list_to_text"])
@pytest.mark.parametrize("vendor", VENDORS)
def test_a_poisoned_record_is_parked_with_its_place(matrix, vendor, mode):
    """The broken one is parked with code and place, never a value; the others are delivered."""
    story = matrix.story(vendor)
    try:
        ref = list(story.source.bodies())[2]
        row = judge(story, FAULTS[-1], poison_rules(story, ref, mode), poisoned=ref)
        with story.database.begin() as connection:
            parked = connection.execute(
                sa.select(t.step.c.source_ref, t.step.c.code, t.step.c.place).where(
                    t.step.c.kind == "park"
                )
            ).all()
    finally:
        story.close()
    assert row.unattended, row.line()
    assert [p.source_ref for p in parked] == [ref]
    assert parked[0].code and parked[0].place


@pytest.mark.parametrize("vendor", VENDORS)
def test_drift_is_reported(matrix, vendor):
    """A field from the vendor's next version is carried and told in the books, never dropped."""
    fault = next(f for f in FAULTS if f.kind == "drift")
    story = matrix.story(vendor)
    try:
        row = judge(story, fault, fault.rules(vendor))
        with story.database.begin() as connection:
            facts = list(connection.execute(sa.select(t.step.c.facts)).scalars())
    finally:
        story.close()
    assert row.unattended, row.line()
    assert sum("UKJENT_FELT" in text for text in facts) == COUNT - COUNT // 2


def test_the_oracle_sees_a_planted_breach(matrix):
    """What stands in the target is edited behind the gateway's back: the oracle turns red."""
    story = matrix.story(CONEXUS)
    try:
        expected = expected_of(story)
        story.work(story.begin(story.plan()))
        assert outside(story, expected) == (COUNT, "")
        key = next(iter(expected))
        assert outside(story, {k: v for k, v in expected.items() if k != key})[1]
        store = story.target.app._store
        plan_id = next(iter(story.target.bodies()))
        with store.writing():
            item = store.items(plan_id, "goals")[0]
            store.put_item(plan_id, "goals", item["goalId"], {**item, "title": "et annet mål"})
        assert outside(story, expected)[1] == "delivered with other content"
    finally:
        story.close()
