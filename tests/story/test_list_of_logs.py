"""A list of logs, by command: what nobody answers to is told by its line, and nothing is kept.

A slip of the pen on a list would be a child's log that stays behind without a word.
"""

import json

import pytest

from connectors.conexus_companion.sandbox.generator import generate
from tests.story.town import CX, SP, town

NUMBER = "41814061033"


@pytest.fixture
def place(tmp_path):
    """A town with a few logs."""
    with town(tmp_path) as made:
        made.fill(CX, generate(3, 6))
        yield made


def planned(place, *words):
    """Plan in this process: (exit code, the document or the error)."""
    told = place.here("plan", CX, SP, *words, "--json")
    document = json.loads(told.stdout)
    return told.exit_code, document.get("error", document)


def listed(place, *lines, encoding="utf-8"):
    """A list with these lines."""
    file = place.folder / "logger.txt"
    file.write_bytes("\n".join(lines).encode(encoding))
    return "--logs", str(file)


def test_an_id_nobody_answers_to_is_told_by_its_line(place):
    """Unknown, too short, and one of ours that is right; comments and blank lines count as lines
    of the file and as no ids."""
    ids = [d["loggId"] for d in place.apps[CX].documents()]
    code, told = planned(place, *listed(place, "# Bølge 1", "", ids[0], "finnes-ikke", ids[1][:7]))
    assert code == 1
    assert told["unanswered"] == [4, 5]
    assert told["summary"]["steps"] == 1
    assert told["state"] == "klar"
    said = place.here("show", told["plan"]).stdout
    assert "LISTE_UTEN_SVAR" in said
    assert "nr. på lista 2, 3" in said
    assert planned(place, *listed(place, ids[0], ids[1]))[0] == 0


def test_our_own_id_is_an_answer(place):
    """A list may hold what `show` shows; also of a log that the plan's level leaves out."""
    whole = planned(place)[1]["plan"]
    with_ids = place.stafett("show", whole)
    assert with_ids["steps"]
    ours = json.loads(place.here("show", with_ids["steps"][0]["logg"], "--json").stdout)["logg"]
    code, told = planned(place, *listed(place, ours))
    assert (code, told["summary"]["steps"]) == (0, 1)
    levels = [planned(place, *listed(place, ours), "--level", str(n))[1] for n in (1, 2, 3)]
    assert not [told for told in levels if "unanswered" in told]


def test_a_persons_number_reaches_no_ledger(place):
    """Refused by its line before anything is read, and it stands nowhere on disk."""
    ids = [d["loggId"] for d in place.apps[CX].documents()]
    words = listed(place, ids[0], f"{NUMBER} Kari")
    asked = place.here("plan", CX, SP, *words)
    assert asked.exit_code == 2
    assert "PERSONNUMMER_I_UTVALGET [--logs linje 2]" in asked.stderr
    assert NUMBER not in asked.output
    assert not [path.name for path, data in place.on_disk() if NUMBER.encode() in data]


@pytest.mark.parametrize(
    "words",
    [
        ("plan", CX, SP, "--logs", "{folder}/ingen.txt"),
        (
            "sample",
            "{run}",
            "--looked",
            "x",
            "--by",
            "IT",
            "--says",
            "feil",
            "--note",
            "{folder}/x",
        ),
    ],
)
def test_a_file_that_is_not_there(place, words):
    """A sentence about the file, never an unexpected fault."""
    run = place.stafett("migrate", place.plan())["run"] if "{run}" in words else ""
    told = place.here(*(word.format(folder=place.folder, run=run) for word in words))
    assert told.exit_code == 2
    assert "FIL_FINNES_IKKE" in told.stderr


def test_a_plan_cannot_be_saved_where_nothing_is(place):
    """Writing has a sentence too."""
    plan_id = place.stafett("plan", CX, SP)["plan"]
    told = place.here("show", plan_id, "--save", str(place.folder / "ingen" / "plan.jsonl"))
    assert told.exit_code == 2
    assert "FIL_KAN_IKKE_SKRIVES [--save]" in told.stderr


def test_a_list_in_the_encoding_of_a_spreadsheet(place):
    """UTF-16 with its mark is read; what cannot be told is refused, not guessed at."""
    ids = [d["loggId"] for d in place.apps[CX].documents()]
    assert planned(place, *listed(place, ids[0], encoding="utf-16"))[1]["summary"]["steps"] == 1
    code, told = planned(place, *listed(place, "# Bjørnefaret", ids[0], encoding="latin-1"))
    assert (code, told["code"]) == (2, "FIL_UKJENT_TEGNSETT")


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--status", "NOE"), "UKJENT_LOGGSTATUS"),
        (("--level", "9"), "UKJENT_NIVAA"),
        (("--unit", NUMBER), "PERSONNUMMER_I_UTVALGET"),
    ],
)
def test_what_nobody_can_have_is_refused(place, words, code):
    """At the command line, with what there is to choose among."""
    assert planned(place, *words)[1]["code"] == code


@pytest.mark.parametrize("words", [("--unit", "Finnes ikke skole"), ("--status", "SLETTET")])
def test_a_plan_of_nobody_is_not_ready(place, words):
    """It says so plainly, and cannot be signed."""
    code, told = planned(place, *words)
    assert (code, told["state"], told["code"]) == (1, "tom", "INGEN_VALGT")
    assert told.get("unknown_units", []) == [words[1]] * (words[0] == "--unit")
    said = place.here("plan", CX, SP, *words).stdout
    assert ", klar" not in said
    assert "INGEN_VALGT" in said
    signed = place.here("sign", told["plan"], "--by", "IT", "--json")
    assert signed.exit_code == 2
    assert json.loads(signed.stdout)["error"]["code"] == "INGEN_VALGT"


def test_one_of_two_units_is_misspelled(place):
    """The other is planned, and the one nobody has is told."""
    document = next(iter(place.apps[CX].documents()))
    unit = next(
        v["navn"] for v in document["virksomheter"]
        if v["virksomhetId"] == document["virksomhetId"]
    )  # fmt: skip
    code, told = planned(place, "--unit", unit, "--unit", unit + "x")
    assert (code, told["unknown_units"], told["state"]) == (1, [unit + "x"], "klar")
