"""Nobody acts who is not a member of staff with the role; what was approved stays told (R-036).

The words of the command line, on a town of real sandboxes: signing, looking, confirming, asking.
"""

import json
from datetime import date

import pytest
import sqlalchemy as sa

from connectors.conexus_companion.sandbox.generator import generate
from connectors.sandbox import synthetic
from gateway import app
from gateway.ledger import tables as t
from gateway.settings.load import load
from tests.people import FOLK, line, staff_file
from tests.story.town import CX, entries, town

NUMBER = synthetic.national_id(date(1980, 2, 3), synthetic.seeded("den som signerer"))


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A town with logs in Conexus and a plan."""
    with town(tmp_path_factory.mktemp("by"), chunk=5) as made:
        made.fill(CX, generate(21, 8))
        yield made


@pytest.fixture(scope="module")
def plan(place):
    """A plan nobody has signed."""
    return str(place.stafett("plan", CX, "visma_samspill")["plan"])


@pytest.fixture(scope="module")
def run(place):
    """A run that is done."""
    return str(place.stafett("migrate", place.plan())["run"])


def refused(place, *words):
    """The error of a command that was refused, and its exit code."""
    told = place.here(*words, "--json")
    return json.loads(told.stdout)["error"], told.exit_code


@pytest.mark.parametrize(
    ("who", "code"),
    [("", "MANGLER_HVEM"), ("Kari Nordmann", "UKJENT_ANSATT"), (NUMBER, "UKJENT_ANSATT"),
     ("arkivar", "FEIL_ROLLE"), ("leser", "FEIL_ROLLE")],
)  # fmt: skip
def test_nobody_signs_who_may_not(place, plan, who, code):
    """The answer names roles, never what was typed; nothing stands in the ledger."""
    before = entries(place, "sign")
    error, exit_code = refused(place, "sign", plan, "--by", who)
    assert (error["code"], exit_code) == (code, 2)
    assert not who or who not in json.dumps(error)
    assert entries(place, "sign") == before


def test_without_a_staff_file_nobody_signs_and_it_says_how(place, plan):
    """The act is refused; the file back, it goes."""
    path = place.folder / "data" / "ansatte.json"
    path.unlink()
    error, exit_code = refused(place, "sign", plan, "--by", "IT")
    assert (error["code"], exit_code) == ("ANSATTFIL_MANGLER", 3)
    assert "[ansatte] fil" in error["do"]
    staff_file(path)
    told = place.stafett("sign", plan, "--by", "leder")
    assert (told["by"], told["role"]) == ("leder", "leder")
    _, body = entries(place, "sign")[-1]
    assert (body["by"], body["role"]) == ("leder", "leder")


def test_the_staff_is_shown_without_a_name_or_a_number(place):
    """References, roles, units and days; a broken line by its number, and roles nobody has."""
    path = place.folder / "data" / "ansatte.json"
    lines = [line(ref, roles, numre=[NUMBER]) for ref, roles in FOLK.items() if ref != "ombud"]
    staff_file(path, [*lines, line("x", ["rektor"])])
    told = place.here("staff")
    assert told.exit_code == 1
    assert NUMBER not in told.stdout and "Oppdiktet" not in told.stdout
    assert "ANSATT_ROLLE" in told.stdout
    found = place.stafett("staff")
    assert [one["ref"] for one in found["staff"]] == [r for r in FOLK if r != "ombud"]
    assert found["broken"] == [{"linje": len(lines) + 1, "kode": "ANSATT_ROLLE"}]
    assert found["nobody"] == ["personvernombud"]
    staff_file(path)


def test_whoever_looks_at_a_log_is_written(place, plan):
    """`show` of one log: who, in which role, what, on what ground; and not without. Where nothing
    is shown, nothing is written: of no log there is, and of nothing that was kept."""
    house = app.open_house(load(place.config))
    with house.database.look() as connection:
        logg = connection.execute(
            sa.select(t.step.c.logg).where(t.step.c.plan_id == plan, t.step.c.logg != "").limit(1)
        ).scalar()
    house.close()
    before = len(entries(place, "innsyn"))
    for words in (("show", logg), ("versions", logg)):
        error, exit_code = refused(place, *words, "--by", "")
        assert (error["code"], exit_code) == ("MANGLER_HVEM", 2)
    assert len(entries(place, "innsyn")) == before
    place.stafett("show", logg, "--why", "--by", "ombud")
    assert place.stafett("versions", logg, "--by", "fag")["versions"] == []
    error, exit_code = refused(place, "versions", NUMBER, "--by", "fag")
    assert (error["code"], error["place"], exit_code) == ("UKJENT_LOGG", "", 2)
    for words in (("archive", "files", CX, NUMBER, "--out", "ut"), ("show", NUMBER)):
        refused(place, *words, "--by", "arkivar")
    (found,) = entries(place, "innsyn")[before:]
    assert found == (
        logg,
        {"av": "ombud", "rolle": "personvernombud", "hva": "logg", "id": logg,
         "grunnlag": "migrering"},
    )  # fmt: skip


@pytest.mark.parametrize(
    "words",
    [("sample", "KJOERING", "--seed", f"prøve {NUMBER}"),
     ("created", CX, "logg-1", "--by", "IT", "--at", NUMBER),
     ("created", CX, "logg-1", "--by", "IT", "--at", f"{NUMBER[:6]} {NUMBER[6:]}")],
)  # fmt: skip
def test_a_number_somebody_types_is_refused(place, run, words):
    """What is kept in clear may hold nobody's number, and the answer does not repeat it."""
    words = [run if word == "KJOERING" else word for word in words]
    error, exit_code = refused(place, *words)
    assert (error["code"], exit_code) == ("PERSONNUMMER_I_TEKST", 2)
    assert NUMBER not in json.dumps(error)


def test_the_words_of_a_sample_are_read_by_those_who_may(place, run):
    """An archivist is refused; whoever reads them is written before they are shown."""
    drawn = place.stafett("sample", run, "--size", "1")["sample"][0]["logg"]
    note = place.folder / "ord.txt"
    note.write_text("Ett mål manglet", "utf-8")
    said = ("--looked", drawn, "--says", "feil", "--note", str(note))
    assert refused(place, "sample", run, *said, "--by", "arkivar")[0]["code"] == "FEIL_ROLLE"
    place.stafett("sample", run, *said, "--by", "fag")
    error, _ = refused(place, "sample", run, "--notes", "--by", "arkivar")
    assert error["code"] == "FEIL_ROLLE"
    (one,) = place.stafett("sample", run, "--notes", "--by", "ombud")["notes"]
    assert (one["av"], one["ord"]) == ("fag", "Ett mål manglet")
    assert entries(place, "innsyn")[-1][1] == {
        "av": "ombud", "rolle": "personvernombud", "hva": "proeve", "id": run,
        "grunnlag": "migrering",
    }  # fmt: skip


def test_the_one_list_says_what_waits_for_a_role(place, plan):
    """What waits for the archivist is not the professional's; an unknown role is told."""
    whole = place.stafett("waiting")["waiting"]
    assert whole
    for one in whole:
        assert one["kommando"].startswith("stafett ")
        assert one in place.stafett("waiting", "--role", one["rolle"])["waiting"]
    assert place.stafett("waiting", "--role", "lesetilgang")["waiting"] == []
    assert refused(place, "waiting", "--role", "rektor")[0]["code"] == "UKJENT_ROLLE"
    # As the list writes it, and as the staff file does.
    assert place.stafett("waiting", "--role", "IT-leder") == place.stafett(
        "waiting", "--role", "it_leder"
    )
    assert place.here("waiting").exit_code == 1
    assert "Gjør dette" in place.here("waiting").stdout
