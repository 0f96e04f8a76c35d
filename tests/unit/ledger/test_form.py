"""The form of the databases is held against what the code makes, on both kinds.

Each breach is planted past the product, as somebody with a database tool would; what it is named
by is written beside it. No ledger of ours is ever named.
"""

import sqlite3
from contextlib import closing

import pytest
import sqlalchemy as sa

from gateway.clock import SystemClock
from gateway.errors import LocalFault
from gateway.ledger import tables as t
from gateway.ledger import trust
from gateway.ledger.database import Database
from gateway.ledger.proof import prove
from gateway.ledger.schema import prepare
from gateway.ledger.store import PayloadStore
from tests.unit.ledger.test_older_ledger import at

FORM = "HOVEDBOK_FORM_ENDRET"
ROW = {"run_id": "a", "plan_id": "p", "state": "kjoerer", "started": "n"}


def past(folder, script, file="ledger.db"):
    """A database tool on a file."""
    with closing(sqlite3.connect(folder / file)) as raw:
        raw.executescript(script)


def named(database, ring):
    """What the proof finds of the form: where and what."""
    found = prove(database, PayloadStore(database, ring, SystemClock())).wrong
    return {(one.table, *one.key) for one in found if one.code == FORM}, found


def rewritten(table, old, new):
    """A table's own text changed in place."""
    return (
        "pragma writable_schema = 1; update sqlite_master set sql = "
        f"replace(sql, '{old}', '{new}') where name = '{table}'; pragma writable_schema = 0;"
    )


IN_LEDGER = {
    "create trigger x after insert on gw_claim begin delete from gw_run; end":
        ("gw_claim", "trigger"),
    "create view noe as select * from gw_run": ("ledger", "view"),
    "create table noe (a text)": ("ledger", "table"),
    "create table x as select * from gw_tick; drop table gw_tick; alter table x rename to gw_tick":
        ("gw_tick", "column", "tick_id"),
    "alter table gw_run add column noe text": ("gw_run", "column"),
    "alter table gw_run add column noe text generated always as (state)": ("gw_run", "column"),
    "alter table gw_run drop column summary": ("gw_run", "column", "summary"),
    "alter table gw_run rename column state to tilstand": ("gw_run", "column", "state"),
    "drop index gw_cover_owner": ("gw_cover", "index", "gw_cover_owner"),
    "create unique index noe on gw_run (state)": ("gw_run", "index"),
    "drop index gw_cover_owner; create index gw_cover_owner on gw_cover (owner) where seq < 0":
        ("gw_cover", "index", "gw_cover_owner"),
    rewritten("gw_run", "state VARCHAR(16) NOT NULL", "state VARCHAR(16)"):
        ("gw_run", "column", "state"),
    rewritten("gw_run", "state VARCHAR(16) NOT NULL", "state VARCHAR(16) NOT NULL CHECK (1)"):
        ("gw_run", "table"),
    rewritten("gw_run", "state VARCHAR(16) NOT NULL", "state VARCHAR(16) COLLATE NOCASE NOT NULL"):
        ("gw_run", "table"),
    rewritten("gw_run", "DEFAULT ''1''", "DEFAULT ''7''"): ("gw_run", "column", "attempt"),
    "pragma user_version = 7": ("ledger", "pragma", "user_version"),
    "pragma application_id = 7": ("ledger", "pragma", "application_id"),
}  # fmt: skip
IN_PAYLOAD = {
    "create trigger x after update on gw_payload_key begin insert into gw_payload values "
    "(OLD.key_id, OLD.wrapped, null); end": ("gw_payload_key", "trigger"),
    "create view noe as select 1": ("payload", "view"),
    "create table noe as select * from gw_payload_key": ("payload", "table"),
    "drop index gw_payload_key_owner": ("gw_payload_key", "index", "gw_payload_key_owner"),
    "pragma user_version = 1": ("payload", "pragma", "user_version"),
}


@pytest.mark.parametrize("script", [*IN_LEDGER, *IN_PAYLOAD])
def test_another_form_is_named(ledger, ring, script):
    """By its table and part where they are ours, else by its kind alone."""
    file = "ledger.db" if script in IN_LEDGER else "payload.db"
    past(ledger.folder, script, file)
    again = Database("", ledger.folder)
    prepare(again, ring)
    found, _ = named(again, ring)
    again.close()
    assert (IN_LEDGER | IN_PAYLOAD)[script] in found
    assert not any("noe" in word or word == "x" for one in found for word in one)


def test_an_index_that_hides_rows_is_named(ledger, ring):
    """The definition as it was, and not the entries of it."""
    with ledger.begin() as c:
        c.execute(t.run.insert(), ROW)
    hidden = "create index gw_cover_owner on gw_cover (owner)"
    past(
        ledger.folder,
        f"drop index gw_cover_owner; {hidden} where seq < 0; "
        + "pragma writable_schema = 1; update sqlite_master set "
        f"sql = '{hidden}' where name = 'gw_cover_owner'; pragma writable_schema = 0;",
    )
    again = Database("", ledger.folder)
    prepare(again, ring)
    found, every = named(again, ring)
    assert found == set() and "LEDGER_SKADET" in {one.code for one in every}
    again.close()


@pytest.mark.parametrize(
    "revision", ["ledger_0001", "ledger_0004", "ledger_0006", "ledger_0008", "ledger_0011"]
)
def test_a_ledger_that_was_brought_forward_has_our_form(tmp_path, ring, revision):
    """From every age."""
    with at(tmp_path, revision) as (database, _):
        pass
    with database.look() as c:
        assert c.execute(sa.select(t.cover.c.seq)).first() is not None
    found = prove(database, PayloadStore(database, ring, SystemClock())).wrong
    assert [one for one in found if one.code == FORM] == []
    database.close()


def test_statistics_anybody_may_make_are_no_fault(ledger, ring):
    """ANALYZE, and rows in between."""
    past(ledger.folder, "analyze")
    assert named(ledger, ring) == (set(), ())


# -- opening --------------------------------------------------------------------------------------
STRANGE = {
    "ledger.db": "create trigger x after insert on gw_claim begin insert into gw_run (run_id, "
    "plan_id, state, started) values ('falsk', 'p', 'ferdig', 'n'); end",
    "payload.db": "create view x as select 1",
}


@pytest.mark.parametrize("file", STRANGE)
def test_what_is_not_ours_stops_every_writer_at_opening(ledger, ring, file):
    """Nothing is committed, nothing is sealed; what stands can be read, and is said not to hold.
    A new anchor helps nothing."""
    past(ledger.folder, STRANGE[file], file)
    again = Database("", ledger.folder)
    prepare(again, ring)
    with pytest.raises(LocalFault) as caught, again.begin() as c:
        c.execute(t.claim.insert(), {"run_id": "a", "chunk": 1, "token": "x"})
        c.execute(t.run.insert(), ROW)
    assert caught.value.code == FORM
    with pytest.raises(LocalFault) as caught, again.anchored.renewing(), again.begin() as c:
        c.execute(t.run.insert(), ROW)
    assert caught.value.code == FORM
    with pytest.raises(LocalFault) as caught:
        PayloadStore(again, ring, SystemClock()).put([("log:1", b"x")])
    assert caught.value.code == FORM
    with again.look() as c:
        assert c.execute(sa.select(t.run)).all() == []
    assert trust.doubt(again, ["a"]).code == FORM
    again.close()


def test_nothing_is_brought_forward_over_what_is_not_ours(ledger, ring):
    """A ledger that says it is older, with a trigger in it: told of before anything is written."""
    past(
        ledger.folder,
        "create trigger x after insert on gw_head begin delete from gw_run; end; "
        "update gw_version_ledger set version_num = 'ledger_0012'",
    )
    again = Database("", ledger.folder)
    with pytest.raises(LocalFault) as caught:
        prepare(again, ring)
    assert (caught.value.code, caught.value.place) == (FORM, "gw_head")
    again.close()


@pytest.mark.parametrize(
    ("file", "script"),
    [
        ("ledger.db", "insert into gw_version_ledger values ('ledger_0001')"),
        ("ledger.db", "update gw_version_ledger set version_num = 'noe'"),
        ("ledger.db", "update gw_version_ledger set version_num = 'ledger_0012'"),
        ("ledger.db", "delete from gw_version_ledger"),
        ("ledger.db", "drop table gw_version_ledger"),
        ("ledger.db", "alter table gw_version_ledger rename column version_num to n"),
        ("payload.db", "insert into gw_version_payload values ('payload_0001')"),
        ("payload.db", "update gw_version_payload set version_num = 'payload_0001'"),
        ("payload.db", "delete from gw_version_payload"),
        ("ledger.db", "drop table gw_run"),
        ("ledger.db", "drop table gw_setting"),
        ("ledger.db", "alter table gw_head rename to gw_hode"),
        ("payload.db", "drop table gw_payload"),
    ],
)
def test_what_cannot_be_opened_for_its_form_says_so(ledger, ring, file, script):
    """By the code of the form and the table's name; no fault of the database's and none of ours."""
    past(ledger.folder, script, file)
    again = Database("", ledger.folder)
    with pytest.raises(LocalFault) as caught:
        prepare(again, ring)
    assert caught.value.code == FORM and caught.value.place.startswith("gw_")
    assert caught.value.place in script
    again.close()


def test_a_reader_of_a_column_that_is_gone_is_told_of_the_form(ledger, ring):
    """Not of a database that said no."""
    past(ledger.folder, "alter table gw_run drop column summary")
    assert trust.doubt(ledger, ["a"]).code == FORM


# -- PostgreSQL -----------------------------------------------------------------------------------
POSTGRES = {
    "create function noe() returns trigger language plpgsql as 'begin return new; end'; create "
    "trigger noe before insert on gw_run for each row execute function noe()":
        ("gw_run", "trigger"),
    "create rule noe as on insert to gw_run do also delete from gw_claim": ("gw_run", "rule"),
    "create rule noe as on insert to gw_lease do also delete from gw_run": ("ledger", "rule"),
    "create view noe as select * from gw_run": ("ledger", "view"),
    "create table noe (a text)": ("ledger", "table"),
    "create table noe () inherits (gw_run)": ("gw_run", "table"),
    "alter table gw_run disable trigger gw_touch_gw_run":
        ("gw_run", "trigger", "gw_touch_gw_run"),
    "drop trigger gw_touch_gw_run on gw_run": ("gw_run", "trigger", "gw_touch_gw_run"),
    "create or replace function gw_touch_gw_run() returns trigger language plpgsql as "
    "'begin return null; end'": ("ledger", "function", "gw_touch_gw_run"),
    "alter table gw_run enable row level security": ("gw_run", "table"),
    "alter table gw_run add column noe text": ("gw_run", "column"),
    "alter table gw_run drop column summary": ("gw_run", "column", "summary"),
    "alter table gw_run alter column state drop not null": ("gw_run", "column", "state"),
    "alter table gw_run alter column state type text": ("gw_run", "column", "state"),
    "alter table gw_run alter column attempt set default 7": ("gw_run", "column", "attempt"),
    "alter table gw_run drop constraint gw_run_pkey": ("gw_run", "key"),
    "alter table gw_run add constraint noe check (state <> 'x')": ("gw_run", "constraint"),
    "drop index gw_cover_owner": ("gw_cover", "index", "gw_cover_owner"),
    "drop index gw_payload_key_owner; create unique index gw_payload_key_owner on gw_payload_key "
    "(owner)": ("gw_payload_key", "index", "gw_payload_key_owner"),
}  # fmt: skip


def test_another_form_of_a_schema_is_named(postgres, tmp_path, ring):
    """Each breach in a transaction that is taken back, so that one ledger does for all; what runs
    in our transactions stops the writer who opens it then."""
    import psycopg

    from gateway.ledger import form

    database = Database(postgres, tmp_path)
    prepare(database, ring)
    assert named(database, ring) == (set(), ())
    with psycopg.connect(postgres, autocommit=True) as raw:
        # The engine's, when a worker has been at work.
        raw.execute("create table gw_lease (executor_id text primary key, seen real not null)")
    assert named(database, ring) == (set(), ())
    for script, wanted in POSTGRES.items():
        with database.main.connect() as c:
            c.exec_driver_sql(script)
            found = {(one.table, *one.key) for one in form.wrong(c, form.LEDGER)}
            runs = form.strange(c, form.LEDGER)
            c.rollback()
        assert wanted in found, (script, found)
        stops = any(f"create {word}" in script for word in ("trigger", "rule", "view"))
        stops = stops or "disable trigger" in script
        assert (runs is not None) is stops, (script, runs)
        assert not any("noe" in word for one in found for word in one)
    with psycopg.connect(postgres, autocommit=True) as raw:
        raw.execute("create rule noe as on insert to gw_claim do also delete from gw_run")
    again = Database(postgres, tmp_path)
    prepare(again, ring)
    with pytest.raises(LocalFault) as caught, again.begin() as c:
        c.execute(t.run.insert(), ROW)
    assert caught.value.code == FORM
    again.close()
    database.close()
