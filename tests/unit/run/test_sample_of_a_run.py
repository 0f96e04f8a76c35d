"""The sample of a run: drawn once, by a stated seed, with the risky ones; looked at by people.

Counting proves that leaves arrived; a person who looks proves that they are found again. A next
wave may wait for it.
"""

import json

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.clock import SystemClock
from gateway.effects.stored import row_of
from gateway.errors import Rejected
from gateway.ledger import chain
from gateway.ledger import tables as t
from gateway.ledger.database import Database
from gateway.ledger.keys import KeyRing
from gateway.ledger.schema import prepare
from gateway.ledger.store import PayloadStore
from gateway.plan.step import Step, StepKind
from gateway.run import sampling
from tests.people import acting

RING = KeyRing({"k1": b"1" * 32})
NOW = "2026-11-22T12:00:00.000+00:00"
RUN = "run-1"
WORD = "Evalueringen fant jeg ikke igjen"


@pytest.fixture
def ledger(tmp_path):
    """A prepared ledger."""
    database = Database("", tmp_path)
    prepare(database, RING)
    yield database
    database.close()


@pytest.fixture
def store(ledger):
    """Its sealed payloads."""
    return PayloadStore(ledger, RING, SystemClock())


def logg(number):
    """Our id of a log."""
    return f"{number:08x}-0000-5000-8000-000000000000"


def ran(ledger, count, facts=None, run_id=RUN, missed=()):
    """A run that wrote so many logs; `facts` by number, `missed` were not written."""
    steps = [
        Step(n, 1, StepKind.PUT, logg(n), f"a-{n}", "1", facts=(facts or {}).get(n, {}))
        for n in range(1, count + 1)
    ]
    with ledger.begin() as connection:
        connection.execute(
            t.plan.insert(),
            {"plan_id": f"plan-{run_id}", "kind": "frem", "source": "a", "target": "b",
             "tenant": "899100107", "created": NOW, "state": "klar"},
        )  # fmt: skip
        connection.execute(
            t.run.insert(),
            {"run_id": run_id, "plan_id": f"plan-{run_id}", "state": "ferdig", "started": NOW},
        )
        for step in steps:
            connection.execute(t.step.insert(), row_of(f"plan-{run_id}", step))
            state = "parkert" if step.nr in missed else "ferdig"
            connection.execute(
                t.effect.insert(),
                {"run_id": run_id, "nr": step.nr, "chunk": 1, "logg": step.logg, "state": state,
                 "target_ref": f"b-{step.nr}"},
            )  # fmt: skip


def draw(ledger, size=3, seed="frø", run_id=RUN):
    """Draw a sample."""
    return sampling.draw(ledger, run_id, size, seed, NOW)


def looked(ledger, store, which, says=sampling.RIGHT, note="", by="Rektor"):
    """Somebody looked at a log."""
    return sampling.looked(ledger, store, RUN, which, by=acting(by), says=says, note=note, at=NOW)


def carried(count):
    """Facts of a log of which so much was carried."""
    return {"books": [["sted", "carried", "", count], ["sted", "mapped", "", 100]]}


def placeholders(count):
    """Facts of a log with so many placeholders, and a remark that is none."""
    return {"remarks": [["placeholder", "K", "e", "f"]] * count + [["manual", "K", "e", "f"]]}


def breaches(count):
    """Facts of a log with so many breaches of rules."""
    return {"breaches": [["R-072", "e"]] * count}


@settings(max_examples=10, deadline=None, derandomize=True)
@given(count=st.integers(1, 30), size=st.integers(1, 12), seed=st.text(max_size=12))
def test_whoever_has_the_seed_draws_the_same(tmp_path_factory, count, size, seed):
    """As many as were asked for, or all; the same in another ledger; in the plan's order."""
    drawn = []
    for _ in range(2):
        ledger = Database("", tmp_path_factory.mktemp("proeve"))
        prepare(ledger, RING)
        ran(ledger, count)
        drawn.append(draw(ledger, size, seed))
        ledger.close()
    assert drawn[0] == drawn[1]
    assert len(drawn[0]) == min(size, count)
    assert [one.nr for one in drawn[0]] == sorted({one.nr for one in drawn[0]})
    assert {one.why for one in drawn[0]} == {(sampling.RANDOM,)}
    assert all(one.target_ref == f"b-{one.nr}" for one in drawn[0])


def test_another_seed_draws_others(ledger):
    """The draw is no fixed list."""
    drawn = set()
    for number in range(5):
        ran(ledger, 30, run_id=f"run-{number}")
        drawn.add(tuple(one.nr for one in draw(ledger, 5, f"frø-{number}", f"run-{number}")))
    assert len(drawn) == 5


def test_the_riskiest_are_looked_at_whatever_is_drawn(ledger):
    """The three with most carried, most placeholders and most breaches, with the reason; what has
    none of it is not called risky."""
    facts = {n: carried(n) for n in range(1, 7)}
    facts |= {10: placeholders(3), 11: placeholders(1)}
    facts |= {n: breaches(1) for n in range(20, 25)} | {
        24: breaches(2),
        6: carried(6) | breaches(9),
    }
    ran(ledger, 40, facts)
    why = {one.nr: set(one.why) - {sampling.RANDOM} for one in draw(ledger, 1)}
    assert {n for n, all_ in why.items() if sampling.CARRIED in all_} == {4, 5, 6}
    assert {n for n, all_ in why.items() if sampling.PLACEHOLDERS in all_} == {10, 11}
    # Where many are alike, the first of the plan is taken.
    assert {n for n, all_ in why.items() if sampling.BREACHES in all_} == {6, 20, 24}
    assert len(why) - len([n for n, all_ in why.items() if all_]) <= 1


def test_a_risky_log_that_was_drawn_has_both_reasons(ledger):
    """It is one log to look at, not two."""
    ran(ledger, 1, {1: carried(1)})
    (one,) = draw(ledger, 5)
    assert one.why == (sampling.RANDOM, sampling.CARRIED)


def test_a_sample_is_drawn_once(ledger):
    """Nobody draws until the sample suits them: another size or seed gives the one that stands."""
    ran(ledger, 20)
    first = draw(ledger, 4, "første")
    assert draw(ledger, 9, "andre") == first
    with ledger.look() as connection:
        rows = connection.execute(sa.select(t.entry).where(t.entry.c.kind == "proeve")).all()
        assert chain.verify(connection).broken_at is None
    assert [json.loads(row.body) for row in rows] == [
        {"size": 4, "seed": "første", "of": 20, "drawn": 4}
    ]


def test_only_what_was_written_is_drawn(ledger):
    """A log that was parked cannot be looked at in the target."""
    ran(ledger, 4, missed=(2, 3))
    assert [one.nr for one in draw(ledger, 4)] == [1, 4]


def test_a_run_that_wrote_nothing_has_no_sample(ledger):
    """Nothing to look at is not the same as seen and right."""
    ran(ledger, 2, missed=(1, 2))
    with pytest.raises(Rejected, match="INGEN_AA_TREKKE_BLANT"):
        draw(ledger)
    assert sampling.unseen(ledger, RUN) == "0/0"


def test_who_looked_and_what_they_said_is_kept(ledger, store):
    """By whom, when and what; in the chain by log, with no word of their own."""
    ran(ledger, 3)
    draw(ledger)
    said = looked(ledger, store, logg(2), sampling.WRONG, WORD)
    assert (said.looked_by, said.looked_at, said.says) == ("Rektor", NOW, sampling.WRONG)
    assert sampling.of_run(ledger, RUN)[1] == said
    assert sampling.note_of(ledger, store, RUN, logg(2)) == WORD
    with ledger.look() as connection:
        (row,) = connection.execute(sa.select(t.entry).where(t.entry.c.kind == "sett")).all()
        assert chain.verify(connection).broken_at is None
    assert (row.logg, json.loads(row.body)) == (logg(2), {"by": "Rektor", "says": sampling.WRONG})


def test_a_word_of_their_own_is_sealed(ledger, store, tmp_path):
    """It stands in no file of the ledger as it was said (C-6), and nothing said is nothing."""
    ran(ledger, 2)
    draw(ledger)
    looked(ledger, store, logg(1), note=WORD)
    looked(ledger, store, logg(2))
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(files) >= 2
    assert not [path.name for path in files if WORD.encode() in path.read_bytes()]
    assert any(b"Rektor" in path.read_bytes() for path in files)
    assert sampling.note_of(ledger, store, RUN, logg(1)) == WORD
    assert sampling.note_of(ledger, store, RUN, logg(2)) == ""
    assert sampling.note_of(ledger, store, RUN, logg(9)) == ""


def test_a_log_is_named_by_the_start_of_its_id(ledger, store):
    """As it is shown; what names none of the sample, or several, names nothing."""
    ran(ledger, 3)
    draw(ledger)
    assert looked(ledger, store, logg(3)[:8]).nr == 3
    for name in ("", "0000", logg(4), "x"):
        with pytest.raises(Rejected, match="IKKE_I_PROEVEN"):
            looked(ledger, store, name)


def test_an_answer_is_right_or_wrong(ledger, store):
    """Anything else is no answer, and nothing is kept of it."""
    ran(ledger, 1)
    draw(ledger)
    for says in ("", "kanskje", "RIKTIG"):
        with pytest.raises(Rejected, match="UGYLDIG_PROEVESVAR"):
            looked(ledger, store, logg(1), says)
    assert sampling.of_run(ledger, RUN)[0].says == ""


def test_what_is_left_to_see_is_counted(ledger, store):
    """The next wave waits for every log of the sample to be seen and right; a wrong one counts
    when somebody has said that it is put right."""
    assert sampling.unseen(ledger, RUN) == "0/0"
    ran(ledger, 5)
    draw(ledger, 2)
    one, two = (drawn.logg for drawn in sampling.of_run(ledger, RUN))
    assert sampling.unseen(ledger, RUN) == "0/2"
    looked(ledger, store, one)
    assert sampling.unseen(ledger, RUN) == "1/2"
    looked(ledger, store, two, sampling.WRONG)
    assert sampling.unseen(ledger, RUN) == "1/2"
    looked(ledger, store, two)
    assert sampling.unseen(ledger, RUN) == "1/2"
    looked(ledger, store, two, sampling.MENDED)
    assert sampling.unseen(ledger, RUN) == ""
