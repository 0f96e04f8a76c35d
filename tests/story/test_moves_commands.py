"""`stafett moves`: read, list, decide; exit codes, words, and a kill at every boundary (E-3)."""

import json
import os

import pytest

from connectors.conexus_companion.sandbox.generator import generate
from gateway.effects import failpoint
from tests.story.flyttebyen import CALLED, THEIRS, flytteby
from tests.story.town import ORGNR, entries

FULL = os.environ.get("STAFETT_FULL") == "1"


@pytest.fixture
def by(tmp_path):
    """A town that watches, after its first round."""
    with flytteby(tmp_path, generate(31, 12, tenant=ORGNR)) as made:
        assert len(made.children) >= 4
        made.place.stafett("moves", "read")
        for row in made.place.stafett("moves", "list", "--by", "leder")["moves"]:
            words = ("--as", "behold", "--by", "leder")
            made.place.stafett("moves", "decide", row["id"], *words)
        yield made


def said(by, *words, language=""):
    """Exit code and what a person reads."""
    told = by.place.here(*words)
    return told.exit_code, told.output


def test_read_list_decide(by):
    """A proposal with its municipality; a decision that starts nothing; exit codes of all three."""
    logg = min(by.children)
    assert said(by, "moves", "read")[0] == 0
    by.move(logg)
    code, text = said(by, "moves", "read")
    assert code == 1 and "1 nye forslag" in text
    assert THEIRS not in text and CALLED not in text
    code, text = said(by, "moves", "list", "--by", "leder")
    assert code == 1 and f"{THEIRS} {CALLED}" in text and logg in text
    (row,) = by.place.stafett("moves", "list", "--by", "leder")["moves"]
    # Where the child may have moved is for somebody who says who they are, and that is written.
    assert {body["hva"] for _, body in entries(by.place, "innsyn")} == {"forslag"}
    before = len(entries(by.place, "innsyn"))
    for who in ("", "IT"):
        _code, text = said(by, "moves", "list", "--by", who)
        assert THEIRS not in text and CALLED not in text and logg in text and "--by HVEM" in text
    assert len(entries(by.place, "innsyn")) == before
    assert row["kode"] == "FLYTTING_SANNSYNLIG" and row["flyttedato"] == "2026-11-20"
    code, text = said(by, "moves", "decide", row["id"], "--as", "flytt", "--by", "leder")
    assert code == 2 and "overfoer" in text
    code, text = said(by, "moves", "decide", row["id"], "--as", "overfoer", "--by", "leder")
    assert code == 0 and "Ingenting er startet" in text
    assert THEIRS not in text and CALLED not in text
    assert said(by, "moves", "list", "--by", "leder")[0] == 0
    code, text = said(by, "moves", "decide", row["id"], "--as", "feil", "--by", "leder")
    assert code == 2 and "FORSLAG_AVSLUTTET" in text
    code, text = said(by, "moves", "decide", "hint-finnes-ikke", "--as", "feil", "--by", "leder")
    assert code == 2 and "UKJENT_FORSLAG" in text
    told = by.place.stafett("moves", "list", "--by", "leder", "--all")["moves"]
    assert {one["id"] for one in told} >= {row["id"]}
    assert all(one["kommune"] == "" for one in told)
    assert by.place.stafett("verify")["broken_at"] is None


def test_a_protected_family_is_only_for_a_person(by):
    """C-4: the child, or a guardian: the code for manual handling, the log's id, and a date."""
    one, two = sorted(by.children)[:2]
    by.protect(by.children[one])
    by.protect(by.guardians[two], event=False)
    by.move(two)
    _code, told = said(by, "moves", "read")
    _code, text = said(by, "moves", "list", "--by", "leder")
    raw = json.dumps(by.place.stafett("moves", "list", "--by", "leder"))
    rows = by.place.stafett("moves", "list", "--by", "leder")["moves"]
    assert {(row["logg"], row["kode"]) for row in rows} == {(one, "P-20"), (two, "P-20")}
    assert all(not row["kommune"] + row["flyttedato"] + row["utløper"] for row in rows)
    for hint in (THEIRS, CALLED, "2026-11-20", "adresse", "fortrolig", "beskytt", "register"):
        assert hint not in (told + text + raw).lower()
    assert "krever manuell behandling" in text


def test_off_and_half_set_up_say_what_is_missing(by):
    """Nothing is asked before the municipality has switched it on."""
    kommune = by.place.config / "kommuner" / "9901.toml"
    gateway = by.place.config / "gateway.toml"
    feeds = by.running.journal()["feed"]
    whole, own = gateway.read_text(), kommune.read_text()
    liste = by.place.config / "kommuneinndeling.json"

    kommune.write_text(own.partition("[flyttehint]")[0])
    assert "FLYTTING_IKKE_SATT_OPP" in said(by, "moves", "read")[1]
    kommune.write_text(own)
    gateway.write_text(whole.partition("[folkeregister]")[0])
    code, text = said(by, "moves", "read")
    assert code == 3 and "FOLKEREGISTER_IKKE_SATT_OPP" in text
    gateway.write_text(whole)
    held = liste.read_text()
    liste.write_text(held.replace('"9901"', '"9999"'))
    assert "KOMMUNE_IKKE_I_LISTEN" in said(by, "moves", "read")[1]
    liste.unlink()
    assert "KOMMUNELISTE_MANGLER" in said(by, "moves", "list", "--by", "leder")[1]
    assert by.running.journal()["feed"] == feeds


def test_systems_tell_of_the_register_too(by):
    """Its operations with their provenance, like any other's."""
    told = by.place.stafett("systems")["operations"]
    mine = [row for row in told if row["system"] == "folkeregister"]
    assert len(mine) == 5 and {row["kilde"] for row in mine} == {"documented"}


@pytest.mark.parametrize("name", failpoint.MOVES if FULL else failpoint.MOVES[:1])
@pytest.mark.parametrize("database", ["sqlite", "postgresql"] if FULL else ["sqlite"])
def test_killed_anywhere_and_read_again(tmp_path, name, database, request):
    """Kill -9 before and after the commit of a page, and between looks at everybody: each move is
    one proposal, and the round after a kill looks everybody up."""
    address = request.getfixturevalue("postgres") if database == "postgresql" else ""
    with flytteby(tmp_path, generate(31, 12, tenant=ORGNR), address) as by:
        by.place.stafett("moves", "read")
        known = {row["logg"] for row in by.place.stafett("moves", "list", "--by", "leder")["moves"]}
        three = [logg for logg in sorted(by.children) if logg not in known][:3]
        for logg in three:
            by.move(logg)
        how = ("--everybody",) if name == "moves.reconciled" else ()
        process = by.place.spawn("moves", "read", *how, STAFETT_FAILPOINT=name)
        assert process.wait(120) == 137
        told = by.place.stafett("moves", "read")
        assert told["avstemt_fordi"] == ("oensket" if how else "omstart")
        assert told["avstemt"] == told["fulgt"]
        assert by.place.stafett("moves", "read")["avstemt_fordi"] == ""
        rows = by.place.stafett("moves", "list", "--by", "leder")["moves"]
        found = [row["logg"] for row in rows if row["kode"] != "P-20"]
        assert sorted(found) == sorted(three)
        assert by.place.stafett("verify")["broken_at"] is None
