"""A ledger from before messages remembered when they last went out is brought forward, and one
from before two systems had one agreed state."""

import hashlib
import sqlite3
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config

import gateway.ledger
from gateway.clock import SystemClock
from gateway.errors import LocalFault
from gateway.ledger import schema
from gateway.ledger import tables as t
from gateway.ledger import transfer_tables as x
from gateway.ledger.chain import Fact, append
from gateway.ledger.cover import unpacked
from gateway.ledger.database import Database
from gateway.ledger.keys import KeyRing, seal_canary
from gateway.ledger.proof import prove
from gateway.ledger.schema import prepare
from gateway.ledger.store import PayloadStore
from gateway.run.agreed import Agreed, PairKey, Side, by_logg, by_loggs, by_ref

HERE = Path(gateway.ledger.__file__).parent / "migrations"
RING = KeyRing({"k1": b"t" * 32})
TENANT, NEIGHBOUR = "899100107", "899100115"
OLD = {
    "tenant": "899100107", "side": "avgiver", "retning": "ut", "melding_id": "m",
    "overfoering_id": "o", "forsoek": 1, "type": "tilbud", "nr": 1, "sha": "", "forrige": "",
    "pakke": "p", "tilstand": "sendt", "forsoekt": 1, "neste": "n", "transport_id": "t",
    "kode": "", "tid": "n",
}  # fmt: skip


@contextmanager
def at(folder, revision):
    """A ledger as it was at a revision, and a way to put rows in it; then it is brought forward."""
    database = Database("", folder)
    config = Config()
    config.set_main_option("script_location", str(HERE))
    config.set_main_option("path_separator", "os")
    config.set_main_option("version_locations", str(HERE / "ledger"))
    with database.main.begin() as connection:
        config.attributes.update(
            connection=connection, metadata=t.meta, version_table="gw_version_ledger"
        )
        command.upgrade(config, revision)

        def put(table, row):
            names = ", ".join(row)
            connection.exec_driver_sql(
                f"insert into {table} ({names}) values ({', '.join('?' * len(row))})",
                tuple(row.values()),
            )

        yield database, put
    prepare(database, RING)


def test_a_message_under_way_is_still_there(tmp_path):
    """Its row is kept, and says that nobody knows when it went."""
    with at(tmp_path, "ledger_0004") as (database, put):
        put("gw_overfoeringsmelding", OLD)
    with database.look() as connection:
        row = connection.execute(x.melding.select()).one()
    assert dict(row._mapping) == {**OLD, "sist": ""}
    database.close()


# -- one agreed state per pair --------------------------------------------------------------------
RUNS = {"run-1": 1, "run-2": 2, "run-3": 3, "run-4": 4}
"""Runs by the day they began: the third was a way home."""


def agreed_row(source, target, number, run_id, **changes):
    """An agreed row as it was, with a direction."""
    logg = f"logg-{number}"
    return {
        "source": source, "target": target, "tenant": TENANT, "logg": logg,
        "source_ref": f"{source}-{number}", "source_version": f"{run_id}-{source}",
        "source_sha": f"sha-{run_id}", "content_sha": "c",
        "target_ref": f"{target}-{number}", "target_version": f"{run_id}-{target}",
        "generation": RUNS[run_id], "ours": f"ours-{run_id}", "base": f"base-{run_id}",
        "run_id": run_id,
    } | changes  # fmt: skip


def now(source, target, number, run_id, origin):
    """What it shall say after: the source's hash was known, the target's was not."""
    return Agreed(
        f"logg-{number}", origin, RUNS[run_id], run_id,
        {
            source: Side(
                f"{source}-{number}", f"{run_id}-{source}", f"sha-{run_id}", f"ours-{run_id}"
            ),
            target: Side(f"{target}-{number}", f"{run_id}-{target}", "", f"base-{run_id}"),
        },
    )  # fmt: skip


@pytest.fixture
def older(tmp_path):
    """A ledger with four runs, brought forward: logs that went, went and came home, came home and
    went again, and came from the other system; and the same in another municipality."""
    with at(tmp_path, "ledger_0005") as (database, put):
        for run_id, day in RUNS.items():
            started = f"2026-11-{day:02}T12:00:00.000+00:00"
            put("gw_run", {"run_id": run_id, "plan_id": f"plan-{run_id}", "state": "ferdig",
                           "started": started})  # fmt: skip
        for row in (
            agreed_row("b", "a", 1, "run-3"), agreed_row("a", "b", 1, "run-2"),
            agreed_row("a", "b", 2, "run-2"),
            agreed_row("a", "b", 3, "run-4"), agreed_row("b", "a", 3, "run-3"),
            agreed_row("b", "a", 4, "run-1"),
            agreed_row("a", "b", 1, "run-4", tenant=NEIGHBOUR),
            agreed_row("a", "c", 1, "run-1"),
        ):  # fmt: skip
            put("gw_agreed", row)
        effects = {
            "run-1": {4: "ferdig", 2: "ferdig"}, "run-2": {1: "ferdig", 2: "parkert"},
            "run-3": {1: "ferdig", 3: "ferdig"}, "run-4": {3: "ferdig"},
        }  # fmt: skip
        for run_id, logs in effects.items():
            for number, state in logs.items():
                put("gw_effect", {"run_id": run_id, "nr": number, "chunk": 1,
                                  "logg": f"logg-{number}", "state": state})  # fmt: skip
    yield database
    database.close()


def look(database, ask, *words):
    """Ask of what was agreed."""
    with database.look() as connection:
        return ask(connection, *words)


AB = PairKey.of("a", "b", TENANT)


@pytest.mark.parametrize(
    ("number", "wanted"),
    [
        (1, now("b", "a", 1, "run-3", "a")),
        (2, now("a", "b", 2, "run-2", "a")),
        (3, now("a", "b", 3, "run-4", "b")),
        (4, now("b", "a", 4, "run-1", "b")),
    ],
    ids=["there and home", "there", "home and there", "from the other"],
)
def test_two_directions_become_one_row_of_the_pair(older, number, wanted):
    """The later run's row holds, and the log came from where the first run took it; the hash of a
    document is known for the side that was read, and not for the side that was written."""
    assert look(older, by_logg, AB, f"logg-{number}") == wanted
    ref = f"a-{number}"
    assert look(older, by_ref, AB, "a", [ref]) == {ref: wanted}


def test_there_is_one_row_a_log_and_pair_and_other_pairs_keep_theirs(older):
    """Another municipality and another system are pairs of their own."""
    with older.look() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(t.agreed)).scalar() == 6
        ours = by_loggs(connection, AB, [f"logg-{number}" for number in range(9)])
    assert sorted(ours) == ["logg-1", "logg-2", "logg-3", "logg-4"]
    neighbour = look(older, by_logg, PairKey.of("a", "b", NEIGHBOUR), "logg-1")
    assert (neighbour.origin, neighbour.run_id) == ("a", "run-4")
    assert look(older, by_logg, PairKey.of("a", "c", TENANT), "logg-1").of("c").ref == "c-1"


def test_a_run_gets_the_documents_its_own_row_named(older):
    """Each finished effect of the run that the row named, whichever direction; an effect whose row
    a later run had taken, or that was not finished, has none."""
    with older.look() as connection:
        rows = connection.execute(sa.select(t.effect)).all()
    found = {(row.run_id, row.nr): (row.ours, row.base) for row in rows}
    assert found == {
        ("run-1", 4): ("ours-run-1", "base-run-1"), ("run-1", 2): (None, None),
        ("run-2", 1): ("ours-run-2", "base-run-2"), ("run-2", 2): (None, None),
        ("run-3", 1): ("ours-run-3", "base-run-3"), ("run-3", 3): ("ours-run-3", "base-run-3"),
        ("run-4", 3): ("ours-run-4", "base-run-4"),
    }  # fmt: skip
    assert {(row.sent, row.ids) for row in rows} == {(None, None)}


def test_a_ledger_without_anything_agreed_is_brought_forward(tmp_path):
    """A municipality that has not moved anything yet; a plan from before covers everything."""
    with at(tmp_path, "ledger_0005") as (database, put):
        put("gw_plan", {"plan_id": "p", "kind": "frem", "source": "a", "target": "b",
                        "tenant": TENANT, "created": "n", "state": "klar"})  # fmt: skip
    with database.look() as connection:
        plan = connection.execute(t.plan.select()).one()
        assert connection.execute(t.agreed.select()).all() == []
        for table in (t.version, t.sample, t.task, t.creation):
            assert connection.execute(table.select()).all() == []
    assert (plan.scope, plan.waits_for, plan.overwrites) == (None, None, None)
    database.close()


# -- what a hand-over that has ended still keeps ---------------------------------------------------
def transfer_row(own, state, **changes):
    """A hand-over's row as it was before it said when its payload goes."""
    row = {
        "tenant": TENANT, "side": "mottaker", "overfoering_id": own, "forsoek": 1,
        "tilstand": state, "versjon": 1, "kode": "", "logg": "", "system": "", "ref": "",
        "maaltype": "", "begrunnelse": "", "kanal": "", "antall": 0, "utvalg": "{}",
        "samtykke": "", "aksept_id": "", "gruppe": "", "lukket": b"", "noekkel": "k",
        "nyttelast": "p", "nyttelast_sha": "", "content_sha": "", "frist": "", "neste": "",
        "paaminnet": 0, "etterarbeid": "", "forsoekt": 0, "nr_ut": 0, "hode_ut": "", "nr_inn": 0,
        "opprettet": "2026-11-01T00:00:00.000+00:00", "endret": "2026-11-02T00:00:00.000+00:00",
    }  # fmt: skip
    return row | changes


def test_what_has_ended_gets_a_time_to_be_destroyed(tmp_path):
    """At once, or after the longest time there is; what goes on, and what keeps nothing, none."""
    with at(tmp_path, "ledger_0007") as (database, put):
        put("gw_overfoering", transfer_row("avvist", "AVVIST"))
        put("gw_overfoering", transfer_row("ferdig", "FULLFOERT"))
        put("gw_overfoering", transfer_row("tom", "AVVIST", noekkel="", nyttelast=""))
        put("gw_overfoering", transfer_row("halv", "SPERRET", nyttelast=""))
        put("gw_overfoering", transfer_row("gaar", "MOTTATT"))
    with database.look() as connection:
        rows = connection.execute(x.overfoering.select()).all()
    assert {row.overfoering_id: row.oedelegges for row in rows} == {
        "avvist": "2026-11-02T00:00:00.000+00:00",
        "ferdig": "2026-12-02T00:00:00.000+00:00",
        "tom": "",
        "halv": "2026-11-02T00:00:00.000+00:00",
        "gaar": "",
    }
    assert {(row.varsle, row.brev) for row in rows} == {("", "")}
    database.close()


# -- before there was a keyed chain ----------------------------------------------------------------
def with_entries(put, count=3):
    """A ledger's genesis rows and some entries, as the code before the key wrote them."""
    prev = "0" * 64
    put("gw_setting", {"name": "canary", "value": seal_canary(RING)})
    for seq in range(1, count + 1):
        row = {"seq": seq, "at": "n", "run_id": "r", "logg": "", "kind": "a", "body": "{}"}
        words = (str(seq), "n", "r", "", "a", "{}", prev)
        own = hashlib.sha256("\x1f".join(words).encode()).hexdigest()
        put("gw_entry", row | {"prev": prev, "hash": own})
        prev = own
    put("gw_head", {"id": 1, "seq": count, "hash": prev})
    put("gw_run", {"run_id": "r", "plan_id": "p", "state": "ferdig", "started": "n"})


@pytest.fixture
def unkeyed(tmp_path):
    """A ledger of three entries and a run from before, brought forward."""
    with at(tmp_path, "ledger_0011") as (database, put):
        schema._upgrade(database.bulk, "payload", t.payload_meta)
        with_entries(put)
    yield database
    database.close()


def proved(database):
    """What the proof finds."""
    found = prove(database, PayloadStore(database, RING, SystemClock()))
    return found, [(one.code, one.table, one.key) for one in found.wrong]


def test_a_ledger_from_before_is_anchored_from_then_on(unkeyed):
    """It says from where; what comes after is keyed, and what stood is proved as it stood."""
    found, wrong = proved(unkeyed)
    assert wrong == [] and found.since is not None and found.since[0] == 3
    with unkeyed.begin() as c:
        append(c, "n", [Fact("b", "r")])
    found, wrong = proved(unkeyed)
    assert (found.entries, wrong) == (4, [])
    again = Database("", unkeyed.folder)
    prepare(again, RING)
    assert proved(again)[0].since == found.since and proved(again)[1] == []
    again.close()


@pytest.mark.parametrize(
    ("statement", "wanted"),
    [
        ("update gw_run set state = 'x'", ("RAD_ENDRET", "gw_run", ("r",))),
        ("update gw_entry set body = '1' where seq = 2", ("HOVEDBOK_OMSKREVET", "gw_entry", (2,))),
        ("update gw_setting set value = '9' where name = 'keyed-from'",
         ("RAD_ENDRET", "gw_setting", ("keyed-from",))),
    ],
)  # fmt: skip
def test_what_stood_before_is_covered_too(unkeyed, statement, wanted):
    """A row and an entry of then, and where the key begins."""
    with closing(sqlite3.connect(unkeyed.folder / "ledger.db")) as raw, raw:
        raw.execute(statement)
    again = Database("", unkeyed.folder)
    prepare(again, RING)
    assert wanted in proved(again)[1]
    again.close()


def test_entries_from_before_cannot_be_made_anew_by_the_old_formula(unkeyed):
    """The whole old part rewritten with true plain hashes: the first link knows where it ended."""
    with closing(sqlite3.connect(unkeyed.folder / "ledger.db")) as raw, raw:
        prev = raw.execute("select hash from gw_entry where seq = 2").fetchone()[0]
        words = ("3", "n", "x", "", "a", "{}", prev)
        own = hashlib.sha256("\x1f".join(words).encode()).hexdigest()
        raw.execute("update gw_entry set run_id = 'x', hash = ? where seq = 3", (own,))
        raw.execute("update gw_head set hash = ? where id = 1", (own,))
    assert ("HOVEDBOK_OMSKREVET", "gw_entry", (3,)) in proved(unkeyed)[1]


# -- a change of shape under covers ----------------------------------------------------------------
def newer(monkeypatch):
    """A revision that comes after: a column that everybody gets a value in, and one nobody has."""

    def upgrade(config, _revision):
        connection = config.attributes["connection"]
        connection.exec_driver_sql("alter table gw_run add column mer text")
        connection.exec_driver_sql("alter table gw_run add column nytt text not null default 'x'")
        connection.exec_driver_sql("update gw_version_ledger set version_num = 'ledger_9999'")

    monkeypatch.setattr(command, "upgrade", upgrade)
    monkeypatch.setitem(schema._NEWEST, "ledger", "ledger_9999")


def test_rows_a_revision_changes_are_covered_anew(unkeyed, monkeypatch):
    """By links that say so, and only those rows: columns nobody has filled change nothing."""
    newer(monkeypatch)
    again = Database("", unkeyed.folder)
    prepare(again, RING)
    with again.look() as c:
        last = c.execute(sa.select(t.cover).order_by(t.cover.c.seq.desc()).limit(1)).one()
    assert (last.kind, last.owner) == ("oppgradert", "r")
    assert [row[:2] for row in unpacked(bytes(last.rows))] == [("gw_run", ("r",))]
    again.close()


@pytest.mark.parametrize(
    "statement",
    ["update gw_run set state = 'x'", "delete from gw_cover where seq = 2",
     "update gw_setting set value = 'x' where name = 'keyed-from'"],
)  # fmt: skip
def test_a_ledger_that_is_not_what_it_was_is_not_brought_forward(unkeyed, monkeypatch, statement):
    """Nothing of it is changed: the shape is as it was."""
    with closing(sqlite3.connect(unkeyed.folder / "ledger.db")) as raw, raw:
        raw.execute(statement)
    newer(monkeypatch)
    again = Database("", unkeyed.folder)
    with pytest.raises(LocalFault) as caught:
        prepare(again, RING)
    assert caught.value.code == "HOVEDBOK_ENDRET"
    with again.look() as c:
        assert "nytt" not in {one["name"] for one in sa.inspect(c).get_columns("gw_run")}
    again.close()
