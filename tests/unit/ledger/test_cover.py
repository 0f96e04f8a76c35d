"""What a transaction of ours changes is covered, whatever it does; what others change is not.

On both databases, by the same tests.
"""

import sqlite3
import threading
from contextlib import closing, contextmanager
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from gateway.clock import SystemClock
from gateway.errors import LocalFault
from gateway.ledger import tables as t
from gateway.ledger import trust
from gateway.ledger.anchor import found_in
from gateway.ledger.chain import Fact, append
from gateway.ledger.cover import unpacked
from gateway.ledger.database import Database
from gateway.ledger.proof import prove
from gateway.ledger.schema import prepare
from gateway.ledger.store import PayloadStore
from gateway.ledger.upsert import insert_new, put_all, upsert

AT = datetime(2026, 11, 21, tzinfo=UTC).isoformat()


@pytest.fixture(params=["sqlite", "postgres"])
def address(request):
    """Where the database is; empty for a file."""
    return "" if request.param == "sqlite" else request.getfixturevalue("postgres")


@pytest.fixture
def opened(address, tmp_path, ring):
    """Opens the ledger, any number of times."""
    made = []

    def open_it():
        made.append(Database(address, tmp_path / "data"))
        prepare(made[-1], ring)
        return made[-1]

    yield open_it
    for one in made:
        one.close()


@pytest.fixture
def ledger(opened):
    """Opened once."""
    return opened()


@pytest.fixture
def past(address, tmp_path):
    """A database tool of somebody else's: runs a statement and commits."""

    def run(statement):
        if address:
            import psycopg

            with psycopg.connect(address, autocommit=True) as raw:
                raw.execute(statement)
        else:
            with closing(sqlite3.connect(tmp_path / "data" / "ledger.db")) as raw, raw:
                raw.execute(statement)

    return run


def run_row(own, **changes):
    """A run's row."""
    return {"run_id": own, "plan_id": "p", "state": "kjoerer", "started": AT} | changes


def wrong(ledger, ring):
    """What the proof finds: code, table and key."""
    found = prove(ledger, PayloadStore(ledger, ring, SystemClock()))
    return [(one.code, one.table, one.key) for one in found.wrong]


def links(ledger):
    """Every link: kind, owner, and what it says of which rows."""
    with ledger.look() as c:
        rows = c.execute(sa.select(t.cover).order_by(t.cover.c.seq)).all()
    return [
        (row.kind, row.owner, {(table, key): mac for table, key, mac in unpacked(bytes(row.rows))})
        for row in rows
    ]


@contextmanager
def new_links(ledger):
    """The links that come."""
    before = len(links(ledger))
    found = []
    yield found
    found += links(ledger)[before:]


def test_a_new_ledger_is_covered_from_the_first_row(ledger, ring):
    """Its settings have a link, its anchor stands, and nothing is wrong."""
    assert wrong(ledger, ring) == []
    (first, *_) = links(ledger)
    assert first[:2] == ("", "gw_setting") and ("gw_setting", ("canary",)) in first[2]
    assert str(found_in((ledger.folder / "anker").read_text())[0]) == ledger.anchor_line()
    assert (ledger.folder / "anker").stat().st_mode & 0o777 == 0o600


def inserts(c):
    c.execute(t.run.insert(), [run_row("a"), run_row("b")])


def updates(c):
    c.execute(t.run.update().values(state="ferdig"))


def deletes(c):
    c.execute(t.run.delete().where(t.run.c.run_id == "a"))


def replaces(c):
    put_all(c, t.chunk_done, [{"run_id": "a", "chunk": 2}])
    upsert(c, t.run, run_row("a", state="stoppet"))
    insert_new(c, t.run, run_row("a", state="never"))


def renames(c):
    c.execute(t.run.update().where(t.run.c.run_id == "a").values(run_id="c"))


def comes_and_goes(c):
    c.execute(t.run.insert(), [run_row("z")])
    c.execute(t.run.delete().where(t.run.c.run_id == "z"))


@pytest.mark.parametrize(
    "act", [inserts, updates, deletes, replaces, renames, comes_and_goes], ids=lambda f: f.__name__
)
def test_whatever_a_transaction_does_is_covered(ledger, ring, act):
    """In one transaction, and then beside rows that stand."""
    if act is not inserts:
        with ledger.begin() as c:
            inserts(c)
    with ledger.begin() as c:
        act(c)
    assert wrong(ledger, ring) == []


def test_a_transaction_gets_one_link_for_each_owner(ledger):
    """Its own rows in it; a row that is gone is said to be; entries alone have one too."""
    with ledger.begin() as c:
        inserts(c)
        append(c, AT, [Fact("a")])
    with new_links(ledger) as found, ledger.begin() as c:
        deletes(c)
        c.execute(t.run.update().where(t.run.c.run_id == "b").values(state="ferdig"))
    assert [(kind, owner, list(rows)) for kind, owner, rows in found] == [
        ("", "a", [("gw_run", ("a",))]), ("", "b", [("gw_run", ("b",))]),
    ]  # fmt: skip
    assert found[0][2]["gw_run", ("a",)] == "" != found[1][2]["gw_run", ("b",)]
    with new_links(ledger) as found, ledger.begin() as c:
        append(c, AT, [Fact("a")])
    assert found == [("", "gw_entry", {})]
    with new_links(ledger) as found, ledger.begin() as c:
        c.execute(sa.select(t.run)).all()
        c.execute(t.claim.insert(), {"run_id": "a", "chunk": 1, "token": "x"})
    assert found == []


def test_what_is_rolled_back_is_not_covered_afterwards(ledger, ring):
    """Nor by the next transaction on the same connection."""
    with pytest.raises(RuntimeError), ledger.begin() as c:
        inserts(c)
        raise RuntimeError
    with new_links(ledger) as found, ledger.begin() as c:
        c.execute(t.run.insert(), [run_row("c")])
    assert [owner for _, owner, _ in found] == ["c"]
    assert wrong(ledger, ring) == []


@pytest.mark.parametrize(
    ("statement", "code", "key"),
    [
        ("update gw_run set state = 'x' where run_id = 'a'", "RAD_ENDRET", ("a",)),
        ("update gw_run set summary = 'x' where run_id = 'a'", "RAD_ENDRET", ("a",)),
        ("delete from gw_run where run_id = 'a'", "RAD_MANGLER", ("a",)),
        ("insert into gw_run (run_id, plan_id, state, started, attempt) "
         "values ('x', 'p', 'ferdig', 'n', 1)", "RAD_FREMMED", ("x",)),
    ],
)  # fmt: skip
def test_what_somebody_else_changes_is_never_taken_for_ours(
    ledger, ring, past, statement, code, key
):
    """Named, and still when ours has written beside it and opened the ledger again."""
    with ledger.begin() as c:
        inserts(c)
    past(statement)
    with ledger.begin() as c:
        c.execute(t.run.insert(), [run_row("c")])
    assert wrong(ledger, ring) == [(code, "gw_run", key)]
    assert trust.doubt(ledger, [key[0]]).code == code
    assert trust.doubt(ledger, ["b", "c"]) is None


def test_many_at_once_make_one_chain(opened, ring):
    """Threads and two openings of the ledger, each with rows of its own and a row of all."""
    first, second = opened(), opened()
    with first.begin() as c:
        inserts(c)
    faults = []

    def work(database, name):
        try:
            for n in range(6):
                with database.begin() as c:
                    append(c, AT, [Fact("a", name)])
                    c.execute(t.run.insert(), [run_row(f"{name}-{n}")])
                    c.execute(t.run.update().where(t.run.c.run_id == "a").values(attempt=n))
        except Exception as error:
            faults.append(error)

    workers = [
        threading.Thread(target=work, args=(one, f"t{n}"))
        for n, one in enumerate((first, second, first, second))
    ]
    for one in workers:
        one.start()
    for one in workers:
        one.join()
    assert faults == [] and wrong(first, ring) == [] and wrong(second, ring) == []
    line = str(found_in((first.folder / "anker").read_text())[0])
    assert line == first.anchor_line()


def test_a_link_that_is_changed_or_taken_out_is_found(ledger, ring, past):
    """In the middle and at the end, by the whole proof and by a reader."""
    for n in range(4):
        with ledger.begin() as c:
            c.execute(t.run.insert(), [run_row(f"r{n}")])
    past("delete from gw_cover where seq = 3")
    found = wrong(ledger, ring)
    assert ("HOVEDBOK_OMSKREVET", "gw_cover", (4,)) in found
    assert trust.doubt(ledger, ["r0"]).table == "gw_cover"


def test_the_chains_key_is_never_made_anew(ledger, ring, past, opened):
    """The setting gone beside covers is told; so is one that is spoilt."""
    past("delete from gw_setting where name = 'chain-key'")
    with pytest.raises(LocalFault) as caught:
        opened()
    assert caught.value.code == "KJEDENOEKKEL_MANGLER"


def test_the_ledger_is_read_and_not_written_without_its_anchor(ledger, ring, opened):
    """Whoever opens it afterwards; nothing of it is committed."""
    (ledger.folder / "anker").unlink()
    again = opened()
    with pytest.raises(LocalFault) as caught, again.begin() as c:
        inserts(c)
    assert caught.value.code == "ANKER_MANGLER"
    with again.look() as c:
        assert c.execute(sa.select(t.run)).all() == []
    # Who had it open finds out at the next commit.
    with pytest.raises(LocalFault) as caught, ledger.begin() as c:
        inserts(c)
    assert caught.value.code == "ANKER_UTILGJENGELIG"
