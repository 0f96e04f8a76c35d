"""Whatever is changed past the product is named by `verify`, and stops the reader it concerns.

One small ledger with a run, archiving and a hand-over in it; each tampering is done on the files,
by a database tool, as somebody who has them would.
"""

import contextlib
import hashlib
import json
import os
import random
import shutil
import sqlite3

import pytest

from gateway.clock import SystemClock
from gateway.errors import LocalFault
from gateway.ledger import trust
from gateway.ledger.covered import shapes
from gateway.ledger.database import Database
from gateway.ledger.schema import prepare
from gateway.ledger.store import PayloadStore
from tests.story.bevisbyen import bevisby
from tests.story.conftest import RING
from tests.story.town import CX, SP

FULL = os.environ.get("STAFETT_FULL") == "1"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The ledger, made once."""
    with bevisby(tmp_path_factory.mktemp("bevis")) as by:
        yield by


@pytest.fixture
def by(made):
    """The ledger as it was."""
    made.back()
    yield made
    made.back()


def test_an_untouched_ledger_is_whole(by):
    """Every table that is covered has rows in it or is named here; nothing is wrong."""
    code, told = by.said("verify")
    assert (code, told["wrong"], told["broken_at"]) == (0, [], None)
    assert told["entries"] > 20 and told["anchor"] == by.anchor()
    assert by.said("verify", "--against", told["anchor"])[0] == 0


# -- the chain ------------------------------------------------------------------------------------
def plain(row, prev):
    """The hash of an entry without a key, as anybody can make it."""
    words = (str(row["seq"]), row["at"], row["run_id"], row["logg"], row["kind"], row["body"], prev)
    return hashlib.sha256("\x1f".join(words).encode()).hexdigest()


def cut(raw):
    """The last ten entries go, and the head is set back."""
    raw.execute("delete from gw_entry where seq > (select max(seq) - 10 from gw_entry)")
    last = raw.execute("select seq, hash from gw_entry order by seq desc limit 1").fetchone()
    raw.execute("update gw_head set seq = ?, hash = ? where id = 1", tuple(last))


def rewrite(raw):
    """An entry says something else, and every hash after it is made anew."""
    rows = [dict(row) for row in raw.execute("select * from gw_entry order by seq")]
    prev = "0" * 64
    for row in rows:
        if row["seq"] == 4:
            row["body"] = '{"n":4}'
        row["prev"], row["hash"] = prev, plain(row, prev)
        prev = row["hash"]
        raw.execute(
            "update gw_entry set body = ?, prev = ?, hash = ? where seq = ?",
            (row["body"], row["prev"], row["hash"], row["seq"]),
        )
    raw.execute("update gw_head set hash = ? where id = 1", (prev,))


def empty(raw):
    """No entry is left, and the head says so."""
    raw.execute("delete from gw_entry")
    raw.execute("update gw_head set seq = 0, hash = ? where id = 1", ("0" * 64,))


def run_done(raw):
    """A run that ended otherwise."""
    raw.execute("update gw_run set state = 'avbrutt'")


def signer(raw):
    """Somebody else has signed."""
    raw.execute("update gw_plan set signed_by = 'annen'")


def approver(raw):
    """And approved."""
    raw.execute("update gw_approval set \"by\" = 'annen'")


def archived(raw):
    """A delivery says that it was archived by somebody."""
    raw.execute("update gw_delivery set state = 'venter', confirmed_by = 'annen'")


def as_bytes(raw):
    """A text becomes the bytes its digits say, and no question for the text finds it."""
    for row in raw.execute("select plan_id, hash from gw_plan").fetchall():
        raw.execute(
            "update gw_plan set hash = ? where plan_id = ?",
            (bytes.fromhex(row["hash"]), row["plan_id"]),
        )


def as_no_bytes(raw):
    """An empty text becomes no bytes: nothing waits any more, for whoever asks for the text."""
    assert raw.execute("update gw_entry set logg = X'' where logg = ''").rowcount
    assert raw.execute("update gw_waiting set opens = X'' where opens = ''").rowcount


def key_as_bytes(raw):
    """The same of a key."""
    raw.execute("update gw_plan set plan_id = cast(plan_id as blob)")


NAMED = {
    as_bytes: "RAD_ENDRET",
    as_no_bytes: "RAD_ENDRET",
    key_as_bytes: "RAD_MANGLER",
    cut: "HOVEDBOK_AVKORTET",
    rewrite: "HOVEDBOK_OMSKREVET",
    empty: "HOVEDBOK_AVKORTET",
    run_done: "RAD_ENDRET",
    signer: "RAD_ENDRET",
    approver: "RAD_ENDRET",
    archived: "RAD_ENDRET",
}


@pytest.mark.parametrize("act", NAMED, ids=lambda act: act.__name__)
def test_what_is_changed_in_the_ledger_is_named(by, act):
    """By its code, and `verify` ends with 6."""
    with by.past() as raw:
        act(raw)
    code, named = by.codes()
    assert code == 6 and NAMED[act] in named


@pytest.mark.parametrize("name", ["ledger.db", "payload.db"])
def test_a_file_that_is_gone_is_told_and_not_made_anew(by, name):
    """The ledger or its payloads: a code, and no empty file in the place of it."""
    (by.data / name).unlink()
    code, named = by.codes()
    wanted = {"ledger.db": "HOVEDBOK_MANGLER", "payload.db": "NYTTELASTFIL_MANGLER"}[name]
    assert code == 3 and named == {wanted}
    there = by.data / name
    assert not there.exists() or there.stat().st_size == 0
    assert by.codes()[1] == {wanted}, "told the second time as well"


def test_payloads_that_were_changed_are_named_each(by):
    """Forty of them, or all there are."""
    with by.past("payload.db") as raw:
        rows = raw.execute("select id, blob from gw_payload order by id limit 40").fetchall()
        for row in rows:
            blob = bytearray(row["blob"])
            blob[-1] ^= 1
            raw.execute("update gw_payload set blob = ? where id = ?", (bytes(blob), row["id"]))
    code, told = by.said("verify")
    named = {one["id"][0] for one in told["wrong"] if one["kode"] == "NYTTELAST_AAPNES_IKKE"}
    assert code == 6 and named == {row["id"] for row in rows}


def test_a_payload_that_is_gone_and_two_that_changed_places_are_named(by):
    """A payload is bound to its id."""
    with by.past("payload.db") as raw:
        one, two, gone = raw.execute("select id, blob from gw_payload limit 3").fetchall()
        raw.execute("update gw_payload set blob = ? where id = ?", (one["blob"], two["id"]))
        raw.execute("update gw_payload set blob = ? where id = ?", (two["blob"], one["id"]))
        raw.execute("delete from gw_payload where id = ?", (gone["id"],))
    code, told = by.said("verify")
    found = {(one["kode"], one["id"][0]) for one in told["wrong"]}
    assert code == 6
    assert found >= {("NYTTELAST_AAPNES_IKKE", one["id"]), ("NYTTELAST_AAPNES_IKKE", two["id"])}
    assert ("NYTTELAST_MANGLER", gone["id"]) in found


# -- the anchor -----------------------------------------------------------------------------------
def later(by):
    """The town goes on for a while."""
    by.place.stafett("reconcile", by.run_id)


def test_an_older_copy_is_said_to_be_older(by, tmp_path):
    """The database put back from yesterday, the anchor where it was: nothing is written to it."""
    later(by)
    by.back(None, "ledger.db")
    code, named = by.codes()
    assert code == 6 and "HOVEDBOK_ELDRE_ENN_ANKERET" in named
    before = (by.data / "anker").read_bytes()
    code, told = by.said("plan", CX, SP)
    assert code == 6 and told["code"] == "HOVEDBOK_ELDRE_ENN_ANKERET"
    assert (by.data / "anker").read_bytes() == before
    assert by.said("reconcile", by.run_id)[0] == 6


def test_an_older_copy_with_its_anchor_is_told_by_a_line_from_a_report(by):
    """Everything put back, the anchor too: only what was printed knows."""
    later(by)
    line = by.anchor()
    by.back()
    assert by.codes() == (0, set())
    code, named = by.codes("--against", f"Rapport … {line} …")
    assert code == 6 and named == {"HOVEDBOK_ELDRE_ENN_ANKERET"}


def test_what_a_person_gave_up_is_told_as_given_up(by):
    """All of it put back, and a line from a report shows it; the advice is followed, with the
    line: then the line is known as given up, and `verify` says since when the anchor counts."""
    later(by)
    line = by.anchor()
    by.back()
    shown = by.place.here("verify", "--against", line)
    assert shown.exit_code == 6 and "--against LINJE --anchor-anew" in shown.stdout
    assert "ikke er satt tilbake alene" not in shown.stdout
    code, told = by.said("verify", "--against", line, "--anchor-anew", "--by", "IT")
    assert code == 1 and not told["wrong"] and told["given_up"][0]["by"] == "IT", told
    again = by.place.here("verify", "--against", line)
    assert again.exit_code == 1 and "ANKERLINJE_GITT_OPP" in again.stdout
    assert "--anchor-anew" not in again.stdout, "it has been followed"
    today = told["given_up"][0]["at"][:10]
    whole = by.place.here("verify")
    assert whole.exit_code == 0 and f"satt på nytt {today} av IT" in whole.stdout
    assert "ikke er satt tilbake alene." not in whole.stdout
    later(by)
    after = by.anchor()
    assert by.said("verify", "--against", after)[0] == 0
    by.keep(by.data.parent / "etter")
    later(by)
    newer = by.anchor()
    by.back(by.data.parent / "etter")
    code, named = by.codes("--against", newer)
    assert (code, named) == (6, {"HOVEDBOK_ELDRE_ENN_ANKERET"}), "nobody has given this up"


def test_another_history_is_told(by, tmp_path):
    """The copy that was put back has gone on, and is as long as the anchor says."""
    later(by)
    by.keep(tmp_path / "one")
    by.back()
    later(by)
    by.back(tmp_path / "one", "anker")
    code, named = by.codes()
    assert code == 6 and "HOVEDBOK_ANNEN_ENN_ANKERET" in named


@pytest.mark.parametrize("text", [None, "", "stafett-anker-1:1", "x" * 200, "\xff"])
def test_an_anchor_that_is_lost_stands_lost_until_somebody_says_so(by, text):
    """Told, and not made anew by the way; then by a person, which is an entry."""
    path = by.data / "anker"
    if text is None:
        path.unlink()
    else:
        path.write_text(text, encoding="latin-1")
    wanted = "ANKER_MANGLER" if text is None else "ANKER_ULESELIG"
    for _ in range(2):
        code, named = by.codes()
        assert code == 6 and named == {wanted}
    assert by.said("reconcile", by.run_id)[0] == 6
    assert by.codes("--anchor-anew", "--by", "arkivar")[0] == 2, "not who answers for it"
    code, named = by.codes("--anchor-anew", "--by", "IT")
    assert (code, named) == (0, set())
    with by.past() as raw:
        body = raw.execute("select body from gw_entry where kind = 'anker'").fetchone()[0]
    assert json.loads(body)["av"] == "IT" and json.loads(body)["hvorfor"] == wanted
    assert by.codes() == (0, set()) and by.said("reconcile", by.run_id)[0] == 0


# -- anything -------------------------------------------------------------------------------------
UNCOVERED = {"gw_claim", "gw_orphan", "gw_pace"}


def changed(value, rng):
    """Another value of its kind, or of another kind, as SQLite lets anybody put in."""
    if rng.random() < 0.15 and isinstance(value, str):
        with contextlib.suppress(ValueError):
            return bytes.fromhex(value)
    if rng.random() < 0.15 and value not in (other := [b"\x00\xff", "tekst", ""]):
        return rng.choice(other)
    if isinstance(value, bytes):
        spot = rng.randrange(len(value)) if value else 0
        return value[:spot] + bytes([value[spot] ^ 1]) + value[spot + 1 :] if value else b"x"
    if isinstance(value, int):
        return value + 1
    return "x" if value is None else f"{value}x" if rng.random() < 0.5 or not value else value[:-1]


def tables(raw):
    """Every table that has rows."""
    names = [row[0] for row in raw.execute("select name from sqlite_master where type = 'table'")]
    return [
        name for name in sorted(names)
        if name not in UNCOVERED and raw.execute(f"select 1 from {name} limit 1").fetchone()
    ]  # fmt: skip


def tamper(by, rng):
    """One random change past the product: the table, what was done, the row before and after."""
    if rng.random() < 0.2:
        with by.past("payload.db") as raw:
            ids = [row[0] for row in raw.execute("select id from gw_payload order by id")]
            own = rng.choice(ids)
            if rng.random() < 0.3:
                raw.execute("delete from gw_payload where id = ?", (own,))
                return "gw_payload", "delete", [{"id": own}]
            blob = raw.execute("select blob from gw_payload where id = ?", (own,)).fetchone()[0]
            raw.execute(
                "update gw_payload set blob = ? where id = ?", (changed(bytes(blob), rng), own)
            )
            return "gw_payload", "update", [{"id": own}]
    with by.past() as raw:
        table = rng.choice(tables(raw))
        count = raw.execute(f"select count(*) from {table}").fetchone()[0]
        row = raw.execute(
            f"select rowid as own, * from {table} limit 1 offset {rng.randrange(count)}"
        ).fetchone()
        before = {name: row[name] for name in row.keys()[1:]}
        how = rng.choice(["update", "update", "delete", "insert"])
        if how == "delete":
            raw.execute(f"delete from {table} where rowid = ?", (row["own"],))
            return table, how, [before]
        if how == "update":
            name = rng.choice(list(before))
            after = before | {name: changed(before[name], rng)}
            raw.execute(
                f'update {table} set "{name}" = ? where rowid = ?', (after[name], row["own"])
            )
            return table, f"update {name}", [before, after]
        keys = {r["name"] for r in raw.execute(f"pragma table_info({table})") if r["pk"]}
        after = before | {
            name: f"{before[name]}ny" if isinstance(before[name], str) else before[name] + 1000
            for name in keys
        }
        listed = ", ".join(f'"{n}"' for n in after)
        marks = ", ".join("?" * len(after))
        raw.execute(f"insert into {table} ({listed}) values ({marks})", [*after.values()])
        return table, how, [after]


def stops(by, table, rows):
    """True when whoever reads these rows, or what is sealed, is stopped."""
    database = Database("", by.data)
    try:
        prepare(database, RING)
        if table == "gw_payload":
            PayloadStore(database, RING, SystemClock()).get(rows[0]["id"])
        shape = shapes().get(table)
        owners = [
            shape.owner_of([row[name] for name in shape.key]) if shape else row.get("owner")
            for row in rows
        ]
        runs = [row["run_id"] for row in rows if table == "gw_entry"]
        return trust.doubt(database, [str(owner) for owner in owners], runs) is not None
    except (LocalFault, ValueError, TypeError):
        return True
    finally:
        database.close()


@pytest.mark.parametrize("seed", range(20) if FULL else range(2))
def test_any_change_is_named_and_stops_its_reader(made, seed):
    """Fifty changes for each seed, each on the ledger as it was: `verify` names every one."""
    rng = random.Random(seed)
    silent = []
    for _ in range(50 if FULL else 30):
        made.back()
        try:
            table, how, rows = tamper(made, rng)
        except sqlite3.IntegrityError:
            continue  # the database itself said no
        exit_code, named = made.codes()
        if exit_code not in (3, 6) or not named or "UVENTET_FEIL" in named:
            silent.append((table, how, exit_code, named))
        elif not stops(made, table, rows):
            silent.append((table, how, "read"))
    made.back()
    assert silent == []


def test_a_change_stops_the_reader_it_concerns(by, tmp_path):
    """Each table the readers of a run read, one row at a time: those who act refuse, those who
    tell say so first; what is not the run's stops nobody."""
    words = {
        "gw_run": "run_id", "gw_effect": "run_id", "gw_plan": "plan_id", "gw_step": "plan_id",
        "gw_approval": "plan_id", "gw_record": "ref", "gw_agreed": "logg", "gw_entry": "body",
    }  # fmt: skip
    for table in words:
        by.back()
        with by.past() as raw:
            where = f"run_id = '{by.run_id}'" if table == "gw_entry" else "1"
            column = {"gw_run": "started", "gw_effect": "kind", "gw_plan": "created",
                      "gw_step": "place", "gw_approval": "role", "gw_record": "sha",
                      "gw_agreed": "one_sha", "gw_entry": "body"}[table]  # fmt: skip
            own = raw.execute(f"select rowid from {table} where {where} limit 1").fetchone()[0]
            raw.execute(f"update {table} set {column} = 'x' where rowid = ?", (own,))
        for acts in (("resume", by.run_id), ("reconcile", by.run_id), ("migrate", by.plan_id)):
            code, told = by.said(*acts)
            assert code == 6, (table, acts, told)
            assert told["code"] in {"RAD_ENDRET", "HOVEDBOK_OMSKREVET"}, (table, told)
        for tells in (("status", by.run_id), ("report", by.run_id, "--out", str(tmp_path))):
            _, told = by.said(*tells)
            # What cannot be read at all for it is refused.
            said = told.get("doubt", {"kode": told.get("code"), "hvor": told.get("place")})
            assert said["kode"] in {"RAD_ENDRET", "HOVEDBOK_OMSKREVET"}, (table, tells, told)
            assert table in said["hvor"]
            assert table in by.place.here(*tells).stdout.splitlines()[0]
    by.back()
    with by.past() as raw:
        raw.execute("update gw_overfoering set kode = 'x'")
    assert by.said("reconcile", by.run_id)[0] == 0
    assert "doubt" not in by.said("status", by.run_id)[1]
    shutil.rmtree(tmp_path)
