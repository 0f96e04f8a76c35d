"""Whoever tells from the ledger says when it is not as it was proved, and ends with 6.

Each reader is tried untouched, where it says nothing, and with a row changed past the product of
what it reads.
"""

import pytest

from tests.story.bevisbyen import bevisby
from tests.story.conftest import SAMSPILL
from tests.story.town import CX, SP


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The ledger, made once, with something that waits."""
    with bevisby(tmp_path_factory.mktemp("lesere")) as by:
        yield by


@pytest.fixture
def by(made):
    """The ledger as it was."""
    made.back()
    yield made
    made.back()


def one(by, column, table):
    """A value of the first row."""
    with by.past() as raw:
        row = raw.execute(f"select {column} from {table} limit 1").fetchone()
    return row[0]


def newest(raw):
    """The newest entry says something else; its hash is as it was."""
    raw.execute("update gw_entry set body = '{}' where seq = (select max(seq) from gw_entry)")


READERS = {
    "waiting": (lambda by: ("waiting",), "update gw_waiting set since = '2020'"),
    "waiting emptied": (lambda by: ("waiting",), "delete from gw_waiting"),
    "tasks": (
        lambda by: ("tasks",),
        "insert into gw_task values ('899100107', 'FEIL_VEI', 's', 'r', 'l', 'k', 'n', 'n', null)",
    ),
    "tasks, reconciled": (
        lambda by: ("tasks",),
        "update gw_entry set body = '{}' where kind = 'reconcile'",
    ),
    "show PLAN": (lambda by: ("show", by.plan_id), "update gw_step set code = 'FEIL_VEI'"),
    "show RUN": (lambda by: ("show", by.run_id), "update gw_effect set state = 'parkert'"),
    "show LOG": (
        lambda by: ("show", one(by, "logg", "gw_step"), "--by", "leder"),
        "update gw_step set code = 'FEIL_VEI'",
    ),
    "sample": (lambda by: ("sample", by.run_id), "update gw_effect set target_ref = 'x'"),
    "parked": (lambda by: ("parked", by.run_id), "update gw_effect set code = 'FEIL_VEI'"),
    "status": (lambda by: ("status", by.run_id), "update gw_run set started = started || '0'"),
    "status, newest entry": (lambda by: ("status", by.run_id), newest),
    "waiting, newest entry": (lambda by: ("waiting",), newest),
    "archive show UTTAK": (
        lambda by: ("archive", "show", one(by, "snapshot_id", "gw_snapshot")),
        "update gw_delivery set nummer = 'x'",
    ),
    "archive show": (lambda by: ("archive", "show"), "update gw_delivery set state = 'feilet'"),
    "archive show LOG": (
        lambda by: ("archive", "show", one(by, "logg", "gw_snapshot")),
        "update gw_entry set at = 'x' where kind = 'uttak'",
    ),
    "archive logs": (
        lambda by: ("archive", "logs", SAMSPILL),
        "update gw_seen set status = 'PASSIV'",
    ),
    "archive report": (
        lambda by: ("archive", "report", SAMSPILL, "--out", str(by.data / "ut")),
        "update gw_archive_job set state = 'feilet'",
    ),
    "versions": (
        lambda by: ("versions", one(by, "logg", "gw_step"), "--by", "leder"),
        "insert into gw_version values ('v', '899100107', 's', 'l', 'r', '1', 'p', 'x', '[]', 'n')",
    ),
}


@pytest.mark.parametrize("name", READERS)
def test_a_reader_says_what_does_not_hold(by, name):
    """In its first line and to a program, and ends with 6; untouched it says nothing of the kind.
    One that cannot be told from it any more is never told in silence."""
    words, act = READERS[name]
    asked = words(by)
    code, told = by.said(*asked)
    assert code in (0, 1) and "doubt" not in told, told
    by.back()
    with by.past() as raw:
        before = raw.total_changes
        act(raw) if callable(act) else raw.execute(act)
        assert raw.total_changes > before, "nothing of this stands in the town's ledger"
    code, told = by.said(*asked)
    assert code == 6 and told["doubt"]["kode"] in {
        "RAD_ENDRET", "RAD_MANGLER", "RAD_FREMMED", "HOVEDBOK_OMSKREVET"
    }, told  # fmt: skip
    shown = by.place.here(*asked)
    assert shown.exit_code == 6 and shown.stdout.startswith("STEMMER IKKE"), shown.stdout


@pytest.mark.parametrize("words", [("migrate", "PLAN"), ("plan", CX, SP), ("resume", "RUN")])
def test_who_acts_sees_the_newest_entry_too(by, words):
    """A change of it stops who would go on from it."""
    with by.past() as raw:
        newest(raw)
    own = {"PLAN": by.plan_id, "RUN": by.run_id}
    code, told = by.said(*(own.get(word, word) for word in words))
    assert (code, told["code"]) == (6, "HOVEDBOK_OMSKREVET")


def test_a_trigger_is_named_and_stops_who_acts(by):
    """`verify` names it with 6, a reader says so, and a plan is not made."""
    with by.past() as raw:
        raw.execute("create trigger noe after insert on gw_claim begin delete from gw_run; end")
    exit_code, named = by.codes()
    assert (exit_code, named) == (6, {"HOVEDBOK_FORM_ENDRET"})
    assert by.said("waiting")[0] == 6
    code, told = by.said("plan", CX, SP)
    assert (code, told["code"]) == (6, "HOVEDBOK_FORM_ENDRET")
    assert by.codes("--anchor-anew", "--by", "IT")[0] == 6


@pytest.mark.parametrize("text", ["", "  "])
def test_an_empty_variable_is_no_anchor(by, text):
    """Told, and nothing is taken as proved."""
    code, named = by.codes("--against", text)
    assert code == 2 and named <= {"INGEN_ANKERLINJE", "TOMT_VALG"} and named


@pytest.mark.parametrize(
    "words", [("plan", CX, SP, "--after-sample", ""), ("plan", CX, SP, "--repair", ""),
              ("waiting", "--role", ""), ("show", "x", "--against", "")],
)  # fmt: skip
def test_no_option_is_given_with_nothing_in_it(by, words):
    """What an empty variable would take away in silence."""
    code, told = by.said(*words)
    assert (code, told["code"], told["place"]) == (2, "TOMT_VALG", words[-2])


def test_what_the_anchor_cannot_prove_is_said(by):
    """By `verify`, in one line, where no line from a report was given."""
    shown = by.place.here("verify").stdout
    assert "--against LINJE" in shown
    assert "--against LINJE" not in by.place.here("verify", "--against", by.anchor()).stdout


@pytest.mark.parametrize(
    "words",
    [
        ("status",), ("parked",), ("parked", "RUN"), ("report", "RUN"), ("show", "RUN"),
        ("show", "PLAN"), ("sample", "RUN"), ("show", "00000000", "--by", "leder"),
        ("versions", "00000000", "--by", "leder"), ("waiting",), ("tasks",),
        ("archive", "logs", CX), ("archive", "show"), ("archive", "show", "ukjent"),
        ("archive", "report", CX),
    ],
    ids=" ".join,
)  # fmt: skip
def test_nothing_here_is_doubted_first(by, words):
    """The ledger is put back from before its first run: what is not in it may well have been, and
    no reader answers "nothing", or "unknown", as if all were well."""
    by.back(by.empty, "ledger.db")
    own = {"PLAN": by.plan_id, "RUN": by.run_id}
    asked = [own.get(word, word) for word in words]
    code, told = by.said(*asked)
    named = told.get("doubt", {"kode": told.get("code")})["kode"]
    assert (code, named) == (6, "HOVEDBOK_ELDRE_ENN_ANKERET"), told
    shown = by.place.here(*asked)
    assert shown.exit_code == 6 and shown.output.lstrip().startswith(
        ("STEMMER IKKE", "HOVEDBOK_ELDRE")
    ), shown.output  # fmt: skip
    assert shown.output.count("HOVEDBOK_ELDRE_ENN_ANKERET") == 1
