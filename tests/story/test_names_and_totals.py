"""What a person types to mean a log, and what the numbers they are told are made up of."""

import shutil

import pytest

from connectors.conexus_companion.sandbox.generator import generate
from gateway.errors import Rejected
from gateway.ledger.anchor import NONE
from gateway.ledger.database import Database
from gateway.ledger.naming import named
from gateway.ledger.schema import prepare
from tests import warm
from tests.story.conftest import RING
from tests.story.town import CX, ORGNR, ROOT, SP, town

ARCHIVE = '[archives.vsa]\nkobling = "manuelt_arkiv"\n[archives.vsa.options]\nmappe = "data/vsa"\n'


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A town whose logs have been planned and looked at for an archive nobody can read."""
    with town(tmp_path_factory.mktemp("navn"), chunk=5) as made:
        made.fill(CX, generate(21, 9))
        made.plan_id = made.stafett("plan", CX, SP)["plan"]
        made.seen = made.stafett("archive", "due", CX)["seen"]
        yield made


def ids(place):
    """Our id -> the vendor's."""
    rows = place.stafett("archive", "logs", CX)["logs"]
    return {row["logg"]: row["ref"] for row in rows}


@pytest.mark.parametrize("words", [
    ("archive", "show", "LOGG"),
    ("show", "LOGG", "--by", "leder"),
    ("archive", "ip-package", CX, "LOGG", "--out", "UT", "--by", "fagansvarlig"),
    ("delete", CX, "LOGG", "--by", "fagansvarlig", "--reason", "avsluttet"),
], ids=" ".join)  # fmt: skip
def test_a_beginning_or_the_vendors_id_means_the_log(place, words, tmp_path):
    """Eight characters as the lists print them, or the id in its own system: the same answer as
    with the whole id."""
    logg, ref = next(iter(ids(place).items()))

    def told(name):
        own = {"LOGG": name, "UT": str(tmp_path / name)}
        said = place.here(*(own.get(word, word) for word in words))
        return said.exit_code, said.output.replace(name, "LOGG").replace(str(tmp_path), "")

    whole = told(logg)
    assert "UKJENT_LOGG" not in whole[1]
    for name in (logg[:8], ref):
        code, said = told(name)
        assert code == whole[0] and "UKJENT_LOGG" not in said, said
    for name in (logg[:7], "finnes-ikke"):
        code, said = told(name)
        assert code == 2 and "UKJENT_LOGG" in said and "archive logs" in said, said


def test_a_beginning_of_two_logs_is_neither(tmp_path):
    """Nothing is done to one of two; the whole id of either means it."""
    database = Database("", tmp_path)
    try:
        prepare(database, RING)
        with database.begin() as connection:
            for end in ("a", "b"):
                connection.exec_driver_sql(
                    "insert into gw_version values (?,?,?,?,?,?,?,?,?,?)",
                    (f"v-{end}", ORGNR, CX, f"12345678-{end}", f"r{end}", "1", "p", "x", "[]", "n"),
                )
        with pytest.raises(Rejected, match="FLERE_LOGGER"):
            named(database, ORGNR, "12345678")
        assert named(database, ORGNR, "12345678-a") == "12345678-a"
        assert named(database, ORGNR, "rb", CX) == "12345678-b"
        for given, system in (("rb", SP), ("1234567", ""), ("", "")):
            with pytest.raises(Rejected, match="UKJENT_LOGG"):
                named(database, ORGNR, given, system)
        with pytest.raises(Rejected, match="UKJENT_LOGG"):
            named(database, "999999999", "12345678-a")
    finally:
        database.close()


def test_the_plans_table_says_what_holds_and_what_is_only_noted(place):
    """Each line; and the lines of what holds add up to what is held."""
    told = place.stafett("show", place.plan_id)
    rows = told["codes"]
    held = sum(row["antall"] for row in rows if row["hva"] == "hold")
    assert held == told["summary"]["kinds"].get("hold", 0) > 0
    assert any(row["hva"] == "note" for row in rows)
    assert "bare notert" in place.here("show", place.plan_id).stdout


def test_the_totals_of_a_look_add_up(place):
    """As many logs as were seen, each in one group; and the list says the same of each."""
    told = place.stafett("archive", "due", CX)
    assert sum(told["statuses"].values()) == told["listed"] - told["unread"] == told["seen"]
    rows = place.stafett("archive", "logs", CX)["logs"]
    assert sum(row["arkivstatus"] == "mangler" for row in rows) == told["statuses"]["mangler"]


def test_a_log_that_is_gone_from_its_system_is_told_so(tmp_path):
    """It is in no list of the newest look: what the archive has is of what was seen last."""
    with town(tmp_path) as made:
        made.fill(CX, generate(21, 4))
        made.stafett("archive", "due", CX)
        gone = next(iter(ids(made).values()))
        made.replace(CX, "b")
        wires = [(w, f) for w, f in generate(21, 4) if w["loggId"] != gone]
        made.fill(CX, wires)
        told = made.stafett("archive", "due", CX)
        assert told["seen"] == 4
        rows = {r["ref"]: r for r in made.stafett("archive", "logs", CX)["logs"]}
        assert [ref for ref, row in rows.items() if row["borte fra systemet"]] == [gone]
        said = " ".join(made.here("archive", "logs", CX).stdout.split())
        assert f"borte fra systemet, sist sett {rows[gone]['tilstand']}" in said
        assert "borte fra systemet; arkivet har ingenting" in said


def test_what_waits_says_what_it_is_made_up_of(tmp_path):
    """An archive nobody can read: the total of the round is the total of its list."""
    with town(tmp_path) as made:
        made.fill(CX, generate(21, 3))
        with (made.config / "gateway.toml").open("a") as file:
            file.write("\n" + ARCHIVE)
        with (made.config / "kommuner" / "9901.toml").open("a") as file:
            file.write('[arkiv]\nmaal = ["vsa"]\n')
        said = warm.run(made.command("archive", "run", CX), env=made.env(), cwd=ROOT,
                        capture_output=True, text=True, timeout=120).stdout  # fmt: skip
        rows = made.stafett("archive", "show", "--waiting", ok=(1,))["waiting"]
        sent = sum(bool(row["arkiv"]) for row in rows)
        files = sum(not row["arkiv"] and bool(row["uttak"]) for row in rows)
        assert sent + files == len(rows) and sent
        assert f"{len(rows)} venter på et menneske (leveringer: {sent}" in said
        assert not files or f"vedlegg: {files})" in said


@pytest.mark.parametrize(
    ("text", "code"),
    [("stafett-anker-1:12:3:abc", "INGEN_ANKERLINJE"), (NONE, "INGEN_ANKERLINJE"),
     ("/finnes/ikke", "INGEN_ANKERLINJE"), ("x" * 5000, "INGEN_ANKERLINJE"),
     (".", "FIL_KAN_IKKE_LESES")],
)  # fmt: skip
def test_a_mistyped_anchor_line_is_told_what_one_is(place, text, code):
    """Half a line is no file that cannot be read."""
    said = place.here("verify", "--against", text)
    assert said.exit_code == 2 and code in said.stderr
    assert ("stafett-anker-1:" in said.stderr) is (code == "INGEN_ANKERLINJE")


def test_a_ledger_of_one_entry_is_told_in_the_singular(tmp_path):
    """And an empty key file is told to be empty, with what to do."""
    with town(tmp_path) as made:
        made.stafett("status")
        assert "0 poster" in made.here("verify").stdout
        shutil.move(made.folder / "data" / "anker", made.folder / "borte")
        assert "1 post." in made.here("verify", "--anchor-anew", "--by", "IT").stdout
        (made.folder / "data" / "keys.txt").write_text("\n")
        said = made.here("status")
        assert said.exit_code == 3 and "NOEKKEL_TOM" in said.stderr
        assert "Legg kopien av nøkkelfilen tilbake" in said.stderr


def test_a_mistyped_number_of_a_unit_is_told_its_check_digit(place):
    """Nine digits: the last is wrong. Eight: that is said."""
    assert "ORGNR_KONTROLLSIFFER" in place.here("waiting", "--unit", "899101205").stderr
    assert "ENHET_UKJENT" in place.here("waiting", "--unit", "89910120").stderr
