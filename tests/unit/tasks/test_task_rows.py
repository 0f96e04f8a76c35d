"""A task is opened once, stays open while it is so, and is closed when it is seen to be done.

A copy that stands active without its ground is told to a person until it is passive (R-116).
"""

import json

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.ledger import chain
from gateway.ledger import tables as t
from gateway.ledger.database import Database
from gateway.ledger.keys import KeyRing
from gateway.ledger.schema import prepare
from gateway.tasks.rows import Task, done, found, waiting

TENANT, OTHER = "899100107", "899100115"
COPY = Task("AKTIV_UTEN_SAMTYKKE", "b", "b-1", "logg-1", "a")


def at(day):
    """A day in November."""
    return f"2026-11-{day:02}T12:00:00.000+00:00"


def entries(ledger):
    """What the chain says of tasks, in order; the chain is whole."""
    with ledger.look() as connection:
        assert chain.verify(connection).broken_at is None
        rows = connection.execute(sa.select(t.entry).order_by(t.entry.c.seq)).all()
    return [(row.at, row.logg, json.loads(row.body)) for row in rows if row.kind == "oppgave"]


def open_(ledger, *where):
    """What waits."""
    with ledger.look() as connection:
        return waiting(connection, TENANT, *where)


def note(ledger, day, *tasks, how=found, tenant=TENANT):
    """Say on a day that these are so, or are so no more."""
    with ledger.begin() as connection:
        how(connection, tenant, at(day), tasks)


OPENED = {"code": COPY.code, "system": "b", "ref": "b-1"}


def test_opened_once_and_kept_open(ledger):
    """Found again it is the same task, opened the day it was found first and seen today."""
    note(ledger, 1, COPY)
    note(ledger, 5, COPY)
    (one,) = open_(ledger)
    assert (one.opened, one.seen, one.closed) == (at(1), at(5), "")
    assert entries(ledger) == [(at(1), "logg-1", OPENED)]


def test_closed_when_it_is_so_no_more(ledger):
    """It waits for nobody, and who closed it last is not closed again."""
    note(ledger, 1, COPY)
    note(ledger, 6, COPY, how=done)
    note(ledger, 7, COPY, how=done)
    assert open_(ledger) == []
    assert entries(ledger) == [
        (at(1), "logg-1", OPENED), (at(6), "logg-1", OPENED | {"closed": True}),
    ]  # fmt: skip
    with ledger.look() as connection:
        (row,) = connection.execute(sa.select(t.task)).all()
    assert (row.opened, row.seen, row.closed) == (at(1), at(6), at(6))


def test_opened_again_it_is_a_new_wait(ledger):
    """A copy that is made active again is told from that day, and the chain has all three."""
    note(ledger, 1, COPY)
    note(ledger, 6, COPY, how=done)
    note(ledger, 9, COPY)
    (one,) = open_(ledger)
    assert (one.opened, one.seen, one.closed) == (at(9), at(9), "")
    assert [body.get("closed", False) for _, _, body in entries(ledger)] == [False, True, False]


def test_what_was_never_opened_is_not_closed(ledger):
    """Nothing is said of it."""
    note(ledger, 1, COPY, how=done)
    assert entries(ledger) == []
    with ledger.look() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(t.task)).scalar() == 0


def test_a_task_is_one_by_municipality_code_system_and_place(ledger):
    """Closing one of them closes no other."""
    others = [
        Task("AKTIV_BORTE_I_KILDEN", "b", "b-1", "logg-1", "a"),
        Task(COPY.code, "a", "b-1", "logg-1", "b"),
        Task(COPY.code, "b", "b-2", "logg-2", "a"),
    ]
    note(ledger, 1, COPY, *others)
    note(ledger, 1, COPY, tenant=OTHER)
    note(ledger, 2, COPY, how=done)
    assert {(one.code, one.system, one.ref) for one in open_(ledger)} == {
        (one.code, one.system, one.ref) for one in others
    }
    with ledger.look() as connection:
        assert [one.ref for one in waiting(connection, OTHER)] == ["b-1"]


def test_what_waits_is_told_oldest_first_and_by_system_and_source(ledger):
    """One system's list is not another's."""
    later = Task(COPY.code, "b", "b-0", "logg-0", "c")
    note(ledger, 2, COPY)
    note(ledger, 3, later)
    note(ledger, 3, Task(COPY.code, "d", "d-1", "logg-1", "a"))
    assert [one.ref for one in open_(ledger)] == ["b-1", "b-0", "d-1"]
    assert [one.ref for one in open_(ledger, "b")] == ["b-1", "b-0"]
    assert [one.ref for one in open_(ledger, "b", "a")] == ["b-1"]
    assert [one.ref for one in open_(ledger, "", "a")] == ["b-1", "d-1"]


def test_a_task_and_its_entry_are_one_commit(ledger):
    """What was not committed is neither a task nor an entry."""

    class Gone(Exception):
        """The process is gone."""

    with pytest.raises(Gone), ledger.begin() as connection:
        found(connection, TENANT, at(1), [COPY])
        raise Gone
    assert open_(ledger) == []
    assert entries(ledger) == []


@settings(max_examples=15, deadline=None, derandomize=True)
@given(
    days=st.lists(st.tuples(st.sampled_from("FD"), st.sets(st.integers(0, 2))), max_size=8),
)
def test_any_order_of_finding_and_closing(tmp_path_factory, days):
    """One entry for each time a task goes from closed to open or back, and for nothing else."""
    ledger = Database("", tmp_path_factory.mktemp("oppgaver"))
    prepare(ledger, KeyRing({"k1": b"1" * 32}))
    tasks = [Task(COPY.code, "b", f"b-{n}", f"logg-{n}", "a") for n in range(3)]
    state = dict.fromkeys(range(3), False)
    wanted = []
    for day, (what, which) in enumerate(days, 1):
        opens = what == "F"
        wanted += [(f"b-{n}", not opens) for n in sorted(which) if state[n] is not opens]
        state |= dict.fromkeys(which, opens)
        some = [tasks[n] for n in sorted(which)]
        note(ledger, day, *some, how=found if opens else done)
    said = [(body["ref"], body.get("closed", False)) for _, _, body in entries(ledger)]
    assert said == wanted
    assert {one.ref for one in open_(ledger)} == {
        f"b-{n}" for n, is_open in state.items() if is_open
    }
    ledger.close()
