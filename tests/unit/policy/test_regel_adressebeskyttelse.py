"""C-4: address protection holds, and not knowing is the same as knowing."""

import pytest

from gateway.policy.adressebeskyttelse import adressebeskyttelse as rule
from gateway.policy.rules import judge
from schemas.stafettlogg.kodeverk import Adressebeskyttelse

OPEN = dict.fromkeys(("barn", "mor", "far"), Adressebeskyttelse.INGEN)


@pytest.mark.parametrize("who", ["barn", "mor", "far"])
@pytest.mark.parametrize(
    "grade", [g for g in Adressebeskyttelse if g is not Adressebeskyttelse.INGEN]
)
def test_any_grade_on_any_of_the_family_holds(logg, ramme, who, grade):
    """Child or guardian, whatever the grade, unknown included: held."""
    assert [f.code for f in rule(logg(), ramme(protection=OPEN | {who: grade}))] == ["P-20"]


def test_silence_from_the_register_holds(logg, ramme):
    """No answer means no."""
    assert [f.code for f in rule(logg(), ramme(protection={}))] == ["P-20"]


def test_everybody_open_passes(logg, ramme):
    """A clean answer for everyone lets the log go on to the next rule."""
    assert rule(logg(), ramme(protection=OPEN)) == ()


def test_the_public_code_is_the_same_whoever_and_whatever(logg, ramme):
    """The finding tells neither who nor which grade; the marking is confidential."""
    found = {
        judge(logg(), ramme(protection=OPEN | {who: grade})).holds[0]
        for who in OPEN
        for grade in (Adressebeskyttelse.FORTROLIG, Adressebeskyttelse.STRENGT_FORTROLIG)
    }
    assert len(found) == 1
    assert next(iter(found)).entity == ""
