"""A step, the plan's hash, what a step remembers, and the sums of a plan."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from gateway.plan import facts as remembered
from gateway.plan import guards
from gateway.plan.place import Place
from gateway.plan.step import PLACE, WRITES, PlanHash, Step, StepKind
from gateway.plan.tally import Tally
from gateway.policy.regelbrudd import Regelbrudd
from gateway.policy.verdict import Finding, Verdict
from gateway.ports.connector import Facts
from gateway.ports.mapping import Account, BookLine, Books, Note, Remark, Sheet
from tests.unit.plan.test_guards import GOOD, code

LINES = [
    BookLine("a", Account.MAPPED, "", 5),
    BookLine("b", Account.DERIVED, "REGEL", 1),
    BookLine("c", Account.CARRIED, "INGEN_PLASS", 2),
    BookLine("d", Account.WITHHELD, "P-42", 3),
    BookLine("e", Account.LOST, "TAPT", 4),
    BookLine("f", Account.MAPPED, "", 6),
]
STEP = Step(nr=1, chunk=0, kind=StepKind.PUT, logg="l", source_ref="r", source_version="v",
            content_sha="0123456789abcdef" * 4)  # fmt: skip


# -- step -----------------------------------------------------------------------------------------
def test_the_key_of_a_step_is_record_generation_and_content():
    """Of the content, half the hash; the first generation unless another is said."""
    assert STEP.generation == 1
    assert STEP.idempotency_key == "l:1:" + "0123456789abcdef" * 2
    assert replace(STEP, generation=2).idempotency_key.startswith("l:2:")


def test_the_places_a_step_writes_over():
    """As they were named; none where there are none."""
    assert STEP.over == ()
    assert replace(STEP, facts={"over": ["tiltak-1.tittel"]}).over == ("tiltak-1.tittel",)


def test_the_line_of_a_step_is_canonical():
    """Every field, sorted, without spaces, and one line."""
    line = replace(STEP, facts={"b": 1, "a": 2}).line()
    told = json.loads(line)
    assert set(told) == set(Step.__slots__)
    assert line == json.dumps(told, sort_keys=True, separators=(",", ":")).encode() + b"\n"
    assert line.index(b'"a":2') < line.index(b'"b":1')


def test_the_hash_of_a_plan_covers_header_steps_and_order():
    """SHA-256 of the canonical lines, the header first."""
    import hashlib

    def of(header, *steps):
        made = PlanHash(header)
        for step in steps:
            made.add(step)
        return made.hex()

    one, two = STEP, replace(STEP, nr=2)
    whole = b'{"a":"1","b":"2"}\n' + one.line() + two.line()
    assert of({"b": "2", "a": "1"}, one, two) == hashlib.sha256(whole).hexdigest()
    assert of({"a": "1"}, one, two) != of({"a": "1"}, two, one)
    assert of({"a": "1"}, one) != of({"a": "2"}, one)


def test_words_of_a_step():
    """What is kept of a place, and what writes."""
    assert PLACE == 200
    assert WRITES == ("put", "overwrite")


def test_a_place_in_the_target():
    """A log nobody has seen there is to be made, in its first generation."""
    new = Place()
    assert (new.kind, new.code, new.ref, new.version, new.generation) == (None, "", None, None, 1)
    there = Place(StepKind.SKIP, "K", "r", "v", 3)
    assert (there.kind, there.code, there.ref, there.version, there.generation) == (
        StepKind.SKIP, "K", "r", "v", 3,
    )  # fmt: skip


# -- facts ----------------------------------------------------------------------------------------
def drafted():
    """A draft, as far as facts are made of it."""
    at = datetime(2026, 1, 1, tzinfo=UTC)
    return SimpleNamespace(
        books=Books(21, (Sheet(LINES),)),
        verdict=Verdict((Finding("P-1", ("R-1",), True, "e", "f", at), Finding("P-2", (), False))),
        remarks=(Remark(Note.MANUAL, "K", "e", "f"),),
        breaches=(Regelbrudd("R-072", "e"),),
        body=b"12345",
        documents=("en", "to"),
        logg=SimpleNamespace(
            ansvarlig_virksomhet="v-2",
            virksomheter=(
                SimpleNamespace(id="v-1", orgnr="899100115"),
                SimpleNamespace(id="v-2", orgnr="899101103"),
            ),
        ),
    )


def test_facts_are_places_codes_and_counts():
    """JSON-ready, and nothing else."""
    found = remembered.facts_of(drafted())
    assert json.loads(json.dumps(found)) == found
    assert found["leaves"] == 21
    assert found["books"][2] == ["c", "carried", "INGEN_PLASS", 2]
    assert found["findings"] == [
        ["P-1", ["R-1"], True, "e", "f", "2026-01-01T00:00:00+00:00"],
        ["P-2", [], False, "", "", ""],
    ]
    assert found["unit"] == "899101103"
    assert found["remarks"] == [["manual", "K", "e", "f"]]
    assert found["breaches"] == [["R-072", "e"]]
    assert (found["bytes"], found["files"]) == (5, 2)


def test_accounts_and_losses():
    """The sum of each account; a person reads what the target does not get."""
    found = remembered.facts_of(drafted())
    assert remembered.accounts(found) == {
        "mapped": 11, "derived": 1, "carried": 2, "withheld": 3, "lost": 4,
    }  # fmt: skip
    assert [line[0] for line in remembered.losses(found)] == ["c", "d", "e"]
    assert remembered.accounts({}) == {}
    assert remembered.losses({}) == []


# -- tally ----------------------------------------------------------------------------------------
def test_the_sums_of_a_plan():
    """Only what is put is booked; what is taken counts whatever the kind."""
    tally, found = Tally(), remembered.facts_of(drafted())
    tally.add(replace(STEP, facts=found | {"takes": ["x", "y"]}))
    tally.add(replace(STEP, facts=found))
    tally.add(replace(STEP, kind=StepKind.HOLD, code="P-1"))
    tally.add(replace(STEP, kind=StepKind.OVERWRITE, code="P-1", facts=found | {"takes": ["z"]}))
    made = tally.summary(listed=9, fetched=4, seconds=8.12345)
    assert made == {
        "steps": 4, "kinds": {"put": 2, "hold": 1, "overwrite": 1}, "codes": {"P-1": 2},
        "became": [["P-1", "hold", 1], ["P-1", "overwrite", 1]],
        "accounts": {"mapped": 22, "derived": 2, "carried": 4, "withheld": 6, "lost": 8},
        "leaves": 42, "bytes": 10, "files": 4, "takes": 3, "listed": 9, "fetched": 4,
        "plan_seconds": 8.123, "run_seconds": 12.2,
    }  # fmt: skip


def test_an_empty_plan():
    """Nothing, and a second at the least."""
    made = Tally().summary(0, 0, 0.5)
    assert (made["steps"], made["leaves"], made["bytes"], made["files"], made["takes"]) == (0,) * 5
    assert made["run_seconds"] == 1.0


def test_where_nothing_was_fetched_a_log_is_taken_to_cost_little():
    """A fiftieth of a second, three times."""
    tally = Tally()
    for _ in range(100):
        tally.add(replace(STEP, facts=remembered.facts_of(drafted())))
    assert tally.summary(100, 0, 1.0)["run_seconds"] == 6.0


# -- guards ---------------------------------------------------------------------------------------
@pytest.mark.parametrize("right", ["les", "read"])
def test_a_source_that_may_be_read(right):
    """By either word."""
    facts = replace(GOOD, rights=frozenset({right}))
    assert code(guards.check_source, facts, "899100107", 0, 20) is None


@pytest.mark.parametrize("right", ["import", "skriv", "write"])
def test_a_target_that_may_be_written(right):
    """By any of the words."""
    facts = replace(GOOD, rights=frozenset({right}))
    assert code(guards.check_target, facts, "899100107", 0) is None


@pytest.mark.parametrize(
    ("count", "listed", "expected"),
    [
        (0, 0, None), (1, 0, "TOM_KILDE"), (100, 80, None), (100, 79, "KILDE_KRYMPET"),
        (100, 120, None), (0, 5, None),
    ],
)  # fmt: skip
def test_a_listing(count, listed, expected):
    """About as many as the source just said."""
    facts: Facts = replace(GOOD, count=count)
    assert code(guards.check_listing, facts, listed, 20) == expected


def test_a_source_nobody_knew_may_be_small():
    """Nothing was known, so nothing shrank."""
    assert code(guards.check_source, replace(GOOD, count=1), "899100107", 0, 0) is None
    assert code(guards.check_source, replace(GOOD, count=100), "899100107", 100, 0) is None
    assert code(guards.check_source, replace(GOOD, count=99), "899100107", 100, 0) == (
        "KILDE_KRYMPET"
    )


@pytest.mark.parametrize(("count", "expected"), [(800, None), (799, "KILDE_KRYMPET")])
def test_the_border_is_the_percent_that_was_said(count, expected):
    """Of a thousand, eight hundred are enough, of the source and of its listing."""
    facts = replace(GOOD, count=count)
    assert code(guards.check_source, facts, "899100107", 1000, 20) == expected
    assert code(guards.check_listing, replace(GOOD, count=1000), count, 20) == expected
