"""A sealed copy that is gone is fetched again where it still stands, and told of where it does not;
one that is damaged is never called a wrong key."""

import pytest

from connectors.conexus_companion.sandbox.generator import generate
from tests.story.bevisbyen import bevisby
from tests.story.conftest import SAMSPILL
from tests.story.town import CX, SP

DAMAGED = "NYTTELAST_AAPNES_IKKE"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The ledger, made once."""
    with bevisby(tmp_path_factory.mktemp("kopier")) as by:
        yield by


@pytest.fixture
def by(made):
    """The ledger as it was."""
    made.back()
    yield made
    made.back()


def pointed(by, column, table, where="1"):
    """The payloads some rows point at."""
    with by.past() as raw:
        query = f"select {column} from {table} where {column} is not null and {where}"
        return [row[0] for row in raw.execute(query)]


def lose(by, payloads):
    """They are gone from payload.db."""
    with by.past("payload.db") as raw:
        raw.executemany("delete from gw_payload where id = ?", [(one,) for one in payloads])


def test_what_still_stands_is_fetched_again(by):
    """Advised by `verify`, done by `plan`: the source's logs and files, and what the two agreed
    on, under the ids they had. Then `verify` has nothing to say of them."""
    mine = f"run_id = '{by.run_id}'"
    agreed = [p for name in ("one_doc", "other_doc") for p in pointed(by, name, "gw_agreed", mine)]
    refs = f"system = '{CX}' and ref in (select one_ref from gw_agreed where {mine})"
    taken = [p for table in ("gw_record", "gw_file") for p in pointed(by, "payload", table, refs)]
    assert agreed and taken
    lose(by, {*agreed, *taken})
    assert by.codes() == (6, {"NYTTELAST_MANGLER"})
    code, told = by.said("plan", CX, SP)
    assert code in (0, 1) and "NYTTELAST_MANGLER" not in told["summary"]["codes"], told
    assert by.codes() == (0, set())


def test_a_log_whose_copy_cannot_be_fetched_is_parked_and_the_others_go(by):
    """It has changed at its vendor, and what was agreed on is lost: that one waits, with what to
    do; the others are planned as ever."""
    lose(by, [changed(by)])
    code, told = by.said("plan", CX, SP)
    assert code in (0, 1) and told["summary"]["codes"]["NYTTELAST_MANGLER"] == 1, told
    shown = by.said("show", told["plan"])[1]["steps"]
    assert sum(step["kode"] == "NYTTELAST_MANGLER" for step in shown) == 1
    assert any(step["kode"] == "UENDRET" for step in shown)


def changed(by):
    """One log that was moved is changed at its vendor: the payload of what was agreed on of it
    there."""
    with by.past() as raw:
        rows = raw.execute(
            f"select one_ref, one_doc from gw_agreed where run_id = '{by.run_id}'"
        ).fetchall()
    known = {row["one_ref"]: row["one_doc"] for row in rows}
    for wire, files in generate(3, 5):
        if wire["loggId"] in known and wire["oppmerksomheter"]:
            wire["oppmerksomheter"][0]["tekst"] = "Endret"
            by.place.apps[CX].load(wire, files)
            return known[wire["loggId"]]
    raise AssertionError("nothing to change")


@pytest.mark.parametrize(
    "words",
    [("reconcile", "RUN"), ("plan", CX, SP), ("archive", "due", CX), ("verify",)],
    ids=" ".join,
)
def test_a_damaged_copy_is_not_a_wrong_key(by, words):
    """All of them are damaged, and the ring opens the ledger: whoever reads them says so."""
    with by.past("payload.db") as raw:
        raw.execute("update gw_payload set blob = zeroblob(100)")
    own = {"RUN": by.run_id}
    said = by.place.here(*(own.get(word, word) for word in words))
    assert DAMAGED in said.output and "NOEKKEL_FEIL" not in said.output, said.output
    assert said.exit_code in (1, 6), said.exit_code


def test_files_of_a_damaged_snapshot(by):
    """Laid out for nobody, and told as what it is."""
    snapshot = pointed(by, "snapshot_id", "gw_snapshot")[0]
    with by.past("payload.db") as raw:
        raw.execute("update gw_payload set blob = zeroblob(100)")
    code, told = by.said("archive", "files", SAMSPILL, snapshot, "--out",
                         str(by.data / "ut"), "--by", "arkivar")  # fmt: skip
    assert (code, told["code"]) == (6, DAMAGED), told
