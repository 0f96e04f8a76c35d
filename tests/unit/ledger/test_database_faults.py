"""What a database says no with is read by its code, never by the words beside it.

A message quotes what was written, in the server's own language: a unique violation on a value with
`full` in it is no full disk, and a deadlock told in Norwegian is still one.
"""

import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa

from gateway.errors import GatewayError, LocalFault, Transient
from gateway.ledger import dbfault
from gateway.ledger.database import Database
from gateway.ledger.keys import KeyRing
from gateway.ledger.schema import prepare

WORDS = ("fullfoert", "readonly", "locked", "malformed", "connection failed", "no space")
"""What a value may hold, and what a reader of messages would believe it to say."""


def told(call: Callable[[], object]) -> GatewayError:
    """The error a call ends in, which is ours."""
    with pytest.raises(GatewayError) as caught:
        call()
    return caught.value


def run(database: Database, *statements: str, looks: bool = False) -> None:
    """Statements in one transaction of the product's."""
    with database.look() if looks else database.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


@pytest.fixture
def server(postgres: str, tmp_path: Path):
    """The product's database on the real server, with one table."""
    made = Database(postgres, tmp_path)
    run(made, "create table proof (word varchar(40) primary key, n integer not null)")
    yield made
    made.close()


@pytest.fixture
def file(tmp_path: Path):
    """The product's database in a file, with one table."""
    made = Database("", tmp_path / "data")
    run(made, "create table proof (word varchar(40) primary key, n integer not null)")
    yield made
    made.close()


def insert(word: str, n: int = 1) -> str:
    return f"insert into proof values ('{word}', {n})"


# -- both ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize("kind", ["server", "file"])
def test_a_value_that_stands_there_already_is_only_that(
    request: pytest.FixtureRequest, kind: str, word: str
) -> None:
    """Whatever the value is called: no full disk, no outage, and the value is not repeated."""
    place = {"server": "23505", "file": "SQLITE_CONSTRAINT_PRIMARYKEY"}[kind]
    only_that(request.getfixturevalue(kind), word, place)


def only_that(database: Database, word: str, place: str) -> None:
    """Asserts that a value written twice is told as a no, with the code and without the value."""
    run(database, insert(word))
    fault = told(lambda: run(database, insert(word)))
    assert type(fault) is LocalFault
    assert (fault.code, fault.place) == ("DATABASE_FEIL", place)
    assert word not in str(fault)


# -- PostgreSQL ---------------------------------------------------------------------------------


def test_a_deadlock_is_tried_again(server: Database) -> None:
    """Two that take two rows in turn, each its own way: one goes on, the other tries again."""
    run(server, insert("a"), insert("b"))
    meet, faults = threading.Barrier(2, timeout=20), []

    def take(first: str, second: str) -> None:
        try:
            with server.begin() as connection:
                connection.exec_driver_sql(f"update proof set n = 2 where word = '{first}'")
                meet.wait()
                connection.exec_driver_sql(f"update proof set n = 3 where word = '{second}'")
        except GatewayError as fault:
            faults.append(fault)

    both = [threading.Thread(target=take, args=pair) for pair in (("a", "b"), ("b", "a"))]
    for one in both:
        one.start()
    for one in both:
        one.join(30)
    assert [(type(fault), fault.code) for fault in faults] == [(Transient, "DATABASE_OPPTATT")]


def test_two_that_cannot_both_have_been_first_are_tried_again(server: Database) -> None:
    """A serialisation failure, of the same class."""
    run(server, insert("a"))
    with psycopg.connect(server.url, autocommit=True) as other:

        def meet() -> None:
            with server.begin() as connection:
                connection.exec_driver_sql("set transaction isolation level serializable")
                connection.exec_driver_sql("select * from proof").all()
                other.execute("update proof set n = 9")
                connection.exec_driver_sql("update proof set n = 8")

        assert type(told(meet)) is Transient


@pytest.mark.parametrize(
    "statements",
    [
        ("set transaction read only", insert("a")),
        ("set local statement_timeout = 30", "select pg_sleep(5)"),
        ("set local idle_in_transaction_session_timeout = 30", "select 1"),
    ],
    ids=["a standby reads only", "a statement's time is out", "an idle transaction's time is out"],
)
def test_what_passes_by_itself_is_tried_again(
    server: Database, statements: tuple[str, ...]
) -> None:
    """And is not the end of a run: the same step again, on a connection that is made anew."""

    def work() -> None:
        with server.begin() as connection:
            for statement in statements:
                connection.exec_driver_sql(statement)
            threading.Event().wait(0.2)
            connection.exec_driver_sql("select 1")

    assert type(told(work)) is Transient
    run(server, insert("a"))


def test_a_server_that_became_a_standby_is_left(server: Database) -> None:
    """The pool held connections to it: the next try is on new ones, which may lead elsewhere."""
    with server.begin() as connection:
        old = connection.exec_driver_sql("select pg_backend_pid()").scalar()
    assert type(told(lambda: run(server, "set transaction read only", insert("a")))) is Transient
    with server.begin() as connection:
        assert connection.exec_driver_sql("select pg_backend_pid()").scalar() != old


def test_a_lock_nobody_gives_up_in_time_is_tried_again(server: Database) -> None:
    """55P03, as `lock_timeout` says it."""
    run(server, insert("a"))
    with psycopg.connect(server.url) as other:
        other.execute("update proof set n = 9")
        fault = told(lambda: run(server, "set local lock_timeout = 30", "update proof set n = 8"))
        other.rollback()
    assert type(fault) is Transient


def test_a_server_that_goes_down_under_work_is_tried_again(server: Database) -> None:
    """57P01 to a connection in use, and then a connection that is gone."""

    def work() -> None:
        with server.begin() as connection:
            own = connection.exec_driver_sql("select pg_backend_pid()").scalar()
            with psycopg.connect(server.url, autocommit=True) as other:
                other.execute("select pg_terminate_backend(%s)", (own,))
            connection.exec_driver_sql("select 1")

    assert type(told(work)) is Transient
    run(server, insert("a"))


def test_a_server_that_is_not_there_is_tried_again(tmp_path: Path) -> None:
    """Nothing was said at all, so there is no code: nobody listens, and a name nobody knows."""
    for address in ("127.0.0.1:1", "finnes-ikke.invalid"):
        database = Database(f"postgresql://stafett@{address}/stafett", tmp_path)
        assert type(told(lambda database=database: run(database, "select 1"))) is Transient
        database.close()


def test_a_pool_with_no_connection_to_give_is_tried_again(
    server: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Everybody works; who waited too long comes again, and is told nothing of the others."""
    monkeypatch.setattr(server.main.pool, "_timeout", 0.05)
    monkeypatch.setattr(server.main.pool, "_max_overflow", 0)
    held = [server.main.connect() for _ in range(8)]
    try:
        assert type(told(lambda: run(server, "select 1"))) is Transient
    finally:
        for one in held:
            one.close()


def said(state: str) -> str:
    """A statement the server answers with that SQLSTATE, in words that mislead."""
    words = " ".join(WORDS)
    return f"do $$ begin raise exception '{words}' using errcode = '{state}'; end $$"


@pytest.mark.parametrize(
    ("state", "kind", "code"),
    [
        ("08006", Transient, "DATABASE_OPPTATT"),
        ("25006", Transient, "DATABASE_OPPTATT"),
        ("40001", Transient, "DATABASE_OPPTATT"),
        ("40P01", Transient, "DATABASE_OPPTATT"),
        ("53200", Transient, "DATABASE_OPPTATT"),
        ("53300", Transient, "DATABASE_OPPTATT"),
        ("55P03", Transient, "DATABASE_OPPTATT"),
        ("57014", Transient, "DATABASE_OPPTATT"),
        ("57P01", Transient, "DATABASE_OPPTATT"),
        ("57P02", Transient, "DATABASE_OPPTATT"),
        ("57P03", Transient, "DATABASE_OPPTATT"),
        ("53100", LocalFault, "DISK_FULL"),
        ("XX001", LocalFault, "LEDGER_SKADET"),
        ("XX002", LocalFault, "LEDGER_SKADET"),
        ("57P04", LocalFault, "DATABASE_FEIL"),
        ("42501", LocalFault, "DATABASE_FEIL"),
        ("42P01", LocalFault, "DATABASE_FEIL"),
        ("23503", LocalFault, "DATABASE_FEIL"),
        ("22001", LocalFault, "DATABASE_FEIL"),
    ],
)
def test_every_class_of_no_is_read_by_its_code(
    server: Database, state: str, kind: type[GatewayError], code: str
) -> None:
    """The real server answers with the code, whatever the message beside it says."""
    fault = told(lambda: run(server, said(state)))
    assert (type(fault), fault.code) == (kind, code)
    assert not any(word in str(fault) for word in WORDS)
    run(server, "select 1")


# -- SQLite -------------------------------------------------------------------------------------


def test_a_file_another_writes_in_is_tried_again(file: Database) -> None:
    """Busy, after the patience that is set."""
    with file.begin() as connection:
        connection.exec_driver_sql("PRAGMA busy_timeout=30")
    with sqlite3.connect(file.folder / "ledger.db", isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        assert type(told(lambda: run(file, insert("a")))) is Transient
        other.execute("ROLLBACK")
    other.close()
    run(file, insert("a"))


def test_a_file_that_may_not_grow_is_a_full_disk(file: Database) -> None:
    """SQLITE_FULL; and what stood there stands."""
    run(file, insert("before"), "create table room (bytes blob)")
    with file.main.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
        connection.rollback()
    fault = told(lambda: run(file, "insert into room values (zeroblob(1000000))"))
    assert (type(fault), fault.code) == (LocalFault, "DISK_FULL")
    with file.look() as connection:
        assert connection.exec_driver_sql("select word from proof").scalars().all() == ["before"]


def test_a_file_that_may_only_be_read_is_told(file: Database) -> None:
    """SQLITE_READONLY: a person gives the right back."""

    def work() -> None:
        with file.look() as connection:
            connection.exec_driver_sql("PRAGMA query_only = 1")
            try:
                connection.exec_driver_sql(insert("a"))
            finally:
                connection.exec_driver_sql("PRAGMA query_only = 0")

    fault = told(work)
    assert (type(fault), fault.code) == (LocalFault, "DATAMAPPE_UTILGJENGELIG")


def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    """SQLITE_NOTADB."""
    (tmp_path / "ledger.db").write_bytes(b"this is no database, and never was one" * 100)
    made = Database("", tmp_path)
    fault = told(lambda: run(made, "select 1"))
    made.close()
    assert (type(fault), fault.code) == (LocalFault, "LEDGER_SKADET")


def test_a_file_that_is_not_there_to_open_is_told(tmp_path: Path) -> None:
    """SQLITE_CANTOPEN."""
    made = Database("", tmp_path)
    (tmp_path / "ledger.db").mkdir()
    fault = told(lambda: run(made, "select 1"))
    made.close()
    assert (type(fault), fault.code) == (LocalFault, "DATAMAPPE_UTILGJENGELIG")


# -- opening ------------------------------------------------------------------------------------


def test_a_database_that_does_not_answer_at_the_start_is_told(tmp_path: Path) -> None:
    """There is no step to try again: who starts it is told to look at the address."""
    database = Database("postgresql://stafett@127.0.0.1:1/stafett", tmp_path)
    fault = told(lambda: prepare(database, KeyRing({"k1": b"s" * 32})))
    database.close()
    assert (type(fault), fault.code) == (LocalFault, "DATABASE_UTILGJENGELIG")


def test_a_damaged_file_at_the_start_is_told_as_what_it_is(tmp_path: Path) -> None:
    """Not as a database that does not answer, which sends people to look at an address."""
    (tmp_path / "ledger.db").write_bytes(b"this is no database, and never was one" * 100)
    database = Database("", tmp_path)
    fault = told(lambda: prepare(database, KeyRing({"k1": b"s" * 32})))
    database.close()
    assert (type(fault), fault.code) == (LocalFault, "LEDGER_SKADET")


# -- the guard ----------------------------------------------------------------------------------


def _by_words(error: sa.exc.SQLAlchemyError) -> GatewayError:
    """The reading that was: what the message says."""
    text = str(getattr(error, "orig", "")).lower()
    if "full" in text:
        return LocalFault("DISK_FULL", place="ledger")
    if "locked" in text:
        return Transient("DATABASE_OPPTATT", place="ledger")
    return LocalFault("DATABASE_FEIL", place="23505")


@pytest.mark.parametrize("word", ["fullfoert", "locked"])
def test_a_reader_of_words_is_seen(
    server: Database, monkeypatch: pytest.MonkeyPatch, word: str
) -> None:
    """Planted: the error's message is believed again, and the test of it goes red."""
    monkeypatch.setattr(dbfault, "meaning", _by_words)
    with pytest.raises(AssertionError):
        only_that(server, word, "23505")
