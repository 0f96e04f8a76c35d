"""What a person is shown of a run, by command: its own words, what to type, and none of our codes.

A program gets the codes as they are, with `--json`.
"""

import json
import re

import pytest

from connectors.conexus_companion.sandbox.generator import generate
from tests.story.test_there_and_home import edit
from tests.story.town import CX, ROOT, SP, town


def moved(folder):
    """A town with logs in Conexus, moved once."""
    with town(folder, chunk=5) as made:
        made.fill(CX, generate(21, 9))
        made.first = made.stafett("migrate", made.plan())["run"]
        yield made


@pytest.fixture
def place(tmp_path):
    """A town of the test's own."""
    yield from moved(tmp_path)


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    """One for the tests that change nothing in either system."""
    yield from moved(tmp_path_factory.mktemp("town"))


def edited(place, goals=1):
    """Somebody edits goals of one log in the target: its ref there."""
    bundle = next(b for b in place.apps[SP].bundles() if len(b["goals"]) >= goals)
    for goal in bundle["goals"][:goals]:
        edit(place, bundle["plan"]["planId"], goal)
    return bundle["plan"]["planId"]


def unchanged(text):
    """A text without what its columns are broken into."""
    return re.sub(r"\s+", " ", text)


def test_a_run_is_shown_by_what_it_did(shared):
    """The hash that was signed, and every log's outcome; not the plan's promise."""
    plan_id = shared.stafett("show", shared.first)["plan"]
    plan = shared.stafett("show", plan_id)
    shown = shared.stafett("show", shared.first)
    assert (shown["run"], shown["state"]) == (shared.first, shared.stafett("status")["state"])
    assert shown["hash"] == plan["hash"]
    assert {row["tilstand"] for row in shown["steps"] if row["hva"] == "put"} == {"ferdig"}
    said = shared.here("show", shared.first).stdout
    assert said.startswith(f"{shared.first}: {CX} -> {SP}, ")
    assert f"Signert hash {plan['hash']}" in said
    assert "Ingenting er sendt" not in said


def test_the_signed_hash_is_the_runs_own(place):
    """With a place named, what was signed is more than the plan."""
    edited(place)
    repair = place.stafett("plan", CX, SP, "--repair", place.first)["plan"]
    (name,) = place.stafett("show", repair)["overwrites"]
    signed = place.stafett("sign", repair, "--by", "IT", "--overwrite", name)["hash"]
    run = place.stafett("migrate", repair)
    assert (run["done"], run["total"]) == (1, 1)
    assert place.stafett("show", run["run"])["hash"] == signed
    assert place.stafett("show", repair)["hash"] != signed
    assert "1 av 1 logger" in place.here("status", run["run"]).stdout


def test_half_a_signature_says_what_stays_behind(place):
    """The log does not go, and each name that is missing is told; exit code 1."""
    edited(place, goals=2)
    repair = place.stafett("plan", CX, SP, "--repair", place.first)["plan"]
    names = place.stafett("show", repair)["overwrites"]
    assert len(names) == 2
    told = place.here("sign", repair, "--by", "IT", "--overwrite", names[0])
    assert told.exit_code == 1
    assert "blir IKKE med: 1 av 2 steder er nevnt" in told.stdout
    assert f"Ikke nevnt: --overwrite {names[1]}" in told.stdout
    none = place.here("sign", repair, "--by", "IT")
    assert none.exit_code == 0
    assert none.stdout.count("Ikke nevnt: --overwrite") == 2
    assert place.stafett("sign", repair, "--by", "IT", "--overwrite", names[0],
                         "--overwrite", names[1], ok=(0,))["missing"] == []  # fmt: skip


def test_a_clash_is_shown_with_its_places(place):
    """What somebody changed, by place, with the command; also when the target cannot be asked."""
    ref = edited(place)
    plan_id = place.stafett("plan", CX, SP)["plan"]
    (row,) = [r for r in place.stafett("show", plan_id)["steps"] if r["hva"] == "clash"]
    shown = place.stafett("show", row["logg"], "--why")
    assert shown["code"] == "MAAL_ENDRET"
    assert shown["places"]
    assert all("." in one for one in shown["places"])
    assert shown["commands"] == [f"stafett plan {SP} {CX}"]
    said = place.here("show", row["logg"], "--why").stdout
    assert all(one in said for one in shown["places"])
    assert ref in said
    assert "Alle regler sier ja" not in said
    assert "Redigert" not in said
    waiting = place.stafett("tasks", ok=(1,))
    assert [r["kode"] for r in waiting["tasks"]] == ["MAAL_ENDRET"]
    assert list(waiting["commands"].values()) == [[f"stafett plan {SP} {CX}"]]
    place.running[SP].stop()
    assert place.stafett("show", row["logg"], "--why")["places_unread"]


def test_reconciliation_speaks_norwegian(place):
    """No code of ours where a person reads; the codes where a program does."""
    edited(place)
    told = place.here("reconcile", place.first)
    assert "Avviker" in told.stdout
    assert "endret (1)" in unchanged(told.stdout)
    assert not re.search(r"\b(drifted|changed|settled|missing|extra)\b", told.stdout)
    (found,) = place.stafett("reconcile", place.first)["findings"]
    assert found["tilstand"] == "drifted"
    repair = place.stafett("plan", CX, SP, "--repair", place.first)["plan"]
    shown = place.here("show", repair).stdout
    assert not re.search(
        r"\b(put|skip|hold|clash|overwrite)\b(?! )", shown.replace("--overwrite", "")
    )


def test_the_report_has_no_code_for_a_word(shared):
    """A drift that was seen while writing, and what was said of the sample."""
    shared.stafett("sample", shared.first, "--size", "1")
    drawn = shared.stafett("sample", shared.first)["sample"][0]["logg"]
    shared.stafett("sample", shared.first, "--looked", drawn, "--by", "IT", "--says", "feil")
    shared.stafett("sample", shared.first, "--looked", drawn, "--by", "Rektor", "--says", "rettet")
    for language, said in (("nb", "feil; rettet"), ("en", "wrong; put right")):
        told = shared.stafett("report", shared.first, "--language", language)
        html = (ROOT / told["html"]).read_text("utf-8")
        assert said in html
        assert "mest_baaret" not in html


def test_a_note_is_read_again_by_whoever_says_who_they_are(shared):
    """Never in the list; with a flag, and it is kept that it was read."""
    drawn = shared.stafett("sample", shared.first, "--size", "1")["sample"][0]["logg"]
    file = shared.folder / "ord.txt"
    file.write_text("Evalueringen fant jeg ikke igjen", "utf-16")
    words = ("--looked", drawn, "--by", "IT", "--says", "feil", "--note", str(file))
    assert "Evaluering" not in json.dumps(shared.stafett("sample", shared.first, *words))
    assert "Evaluering" not in shared.here("sample", shared.first).stdout
    assert shared.here("sample", shared.first, "--notes", "--by", "").exit_code == 2
    (note,) = shared.stafett("sample", shared.first, "--notes", "--by", "Rektor")["notes"]
    assert (note["ord"], note["av"]) == ("Evalueringen fant jeg ikke igjen", "IT")


def test_an_old_run_shows_what_was_solved_since(place):
    """Marked with the run that did it; nothing is left to do, and nothing is planned again."""
    edited(place)
    old = place.stafett("migrate", place.plan())["run"]
    (row,) = [r for r in place.stafett("parked", old)["parked"] if r["kode"] == "MAAL_ENDRET"]
    assert row["løst av"] == ""
    home = place.stafett("migrate", place.plan(SP, CX))["run"]
    told = place.stafett("parked", old)
    (row,) = [r for r in told["parked"] if r["kode"] == "MAAL_ENDRET"]
    assert row["løst av"] == home
    assert row["ref"] not in told["remedies"]


def test_an_unsigned_plan_is_a_wish_with_its_command(shared):
    """Nobody's fault: the command that signs it, with its own id."""
    plan_id = shared.stafett("plan", CX, SP)["plan"]
    told = shared.here("migrate", plan_id)
    assert told.exit_code == 2
    assert f"stafett sign {plan_id} --by" in told.stderr
