"""The frame of a verdict: asked once, of everybody, and what is not answered is not known."""

import json

import pytest

from gateway.frame import asked
from gateway.overfoering.vakter import household
from gateway.policy.adressebeskyttelse import family
from gateway.policy.rules import ARCHIVE_RULES, PERSON_RULES, judge
from gateway.staff.staff import Staff
from schemas.stafettlogg.kodeverk import Rolle
from tests.unit.conftest import NOW, NUMBERS, deltakelse
from tests.unit.registers import BORN, Clock, Register


def test_whom_it_asks_about(logg, ramme):
    """Those the caller wants, in the log's order; nobody else's number reaches the register."""
    grandmother = deltakelse("pp", Rolle.LESETILGANG)
    one = logg(deltakelser=(*logg().deltakelser, grandmother))
    assert household(one) - family(one) == {"pp"}
    for wanted in (family, household):
        register = Register()
        made = asked(ramme(), register, wanted, one, NOW)
        ids = tuple(p.id for p in one.personer if p.id in wanted(one))
        assert register.seen == [("check", ids), ("born", ids)]
        assert (set(made.protection), made.born) == (wanted(one), BORN)


def test_birth_dates_that_cannot_be_answered(logg, ramme):
    """Protection is known all the same: the archive goes, and what asks for consent does not."""
    base = ramme(protection={}, born=BORN)
    made = asked(base, Register(silent=("born",)), family, logg(), NOW)
    assert made.born is None
    assert not judge(logg(), made, ARCHIVE_RULES).held
    assert judge(logg(), made, PERSON_RULES).code == "P-21"


def test_protection_that_cannot_be_answered(logg, ramme):
    """The birth dates are known all the same, and nobody may be sent anywhere."""
    made = asked(ramme(born=None), Register(silent=("check",)), family, logg(), NOW)
    assert (made.protection, made.born) == ({}, BORN)
    assert judge(logg(), made, ARCHIVE_RULES).code == "P-20"


def test_the_moment_and_the_way_are_the_callers(logg, ramme):
    """The rest of the frame is the municipality's, untouched."""
    base = ramme(redigering_timer=3, production=True, kommunenummer="4601", now=None)
    made = asked(base, Register(), family, logg(), NOW, going_home=True)
    assert (made.now, made.going_home) == (NOW, True)
    assert (made.redigering_timer, made.production, made.kommunenummer) == (3, True, "4601")
    assert asked(made, Register(), family, logg(), NOW).going_home is False


def staff_file(folder, *members):
    """A staff file with these (reference, number)."""
    path = folder / "ansatte.json"
    lines = [
        {"ref": ref, "virksomhet": "889640782", "virksomhetNavn": "Fjordby skole",
         "roller": ["stafettholder"], "navn": ref, "numre": [number]}
        for ref, number in members
    ]  # fmt: skip
    path.write_text(json.dumps({"ansatte": lines}), encoding="utf-8")
    return Staff(path, Clock())


def test_the_staff_of_the_log_are_looked_up(logg, ramme, tmp_path):
    """R-036: those who take part as staff, by their number; the family is not asked about."""
    staff = staff_file(tmp_path, ("h", NUMBERS["holder"]), ("m", NUMBERS["mor"]))
    made = asked(ramme(), Register(), family, logg(), NOW, staff=staff)
    assert (made.registered, made.staff_read) == (frozenset({"holder"}), True)


def test_without_a_staff_file_nobody_is_asked_about(logg, ramme):
    """None, and not nobody: no log is noted for a file the municipality does not have."""
    for staff in (None, Staff(None, Clock())):
        made = asked(ramme(registered=frozenset()), Register(), family, logg(), NOW, staff=staff)
        assert (made.registered, made.staff_read) == (None, True)


def test_a_staff_file_that_cannot_be_read_is_no_fault_of_the_log(logg, ramme, tmp_path):
    """Nobody is known, one code says why, and the log is judged by all the other rules."""
    for text in (None, "{", '{"ansatte": 4}'):
        path = tmp_path / "ansatte.json"
        if text is not None:
            path.write_text(text, encoding="utf-8")
        made = asked(ramme(), Register(), family, logg(), NOW, staff=Staff(path, Clock()))
        assert (made.registered, made.staff_read) == (frozenset(), False)
        assert [f.code for f in judge(logg(), made).findings] == ["P-45"]


def test_what_is_no_answer_of_ours_is_not_swallowed(logg, ramme):
    """A fault of the program is not a register that is silent."""

    class Broken(Register):
        def check(self, persons):
            raise TypeError

    with pytest.raises(TypeError):
        asked(ramme(), Broken(), family, logg(), NOW)


def test_the_frame_is_told_of_nobody(logg, ramme, tmp_path):
    """C-4: neither grades, nor dates, nor who is registered stand in its text."""
    made = asked(ramme(), Register(), family, logg(), NOW, staff=staff_file(tmp_path))
    for word in ("protection", "born", "registered", "2018", "mor"):
        assert word not in repr(made)
