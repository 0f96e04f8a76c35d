"""C-4 for a version that is brought back where it stood: protection holds it, and so does silence
about anybody the register can be asked about."""

import pytest

from gateway.policy.adressebeskyttelse import known_protection as rule
from gateway.policy.rules import BACK_RULES
from schemas.stafettlogg.kodeverk import Adressebeskyttelse, Identtype
from schemas.stafettlogg.person import Identifikator

NONE, UNKNOWN = Adressebeskyttelse.INGEN, Adressebeskyttelse.UKJENT
OPEN = dict.fromkeys(("barn", "mor", "far"), NONE)
MARKED = [g for g in Adressebeskyttelse if g not in (NONE, UNKNOWN)]


def numbered(logg, *who):
    """The log with numbers for some."""
    number = (Identifikator(type=Identtype.SYNTETISK, verdi="00000000000"),)
    made = logg()
    persons = tuple(
        p.model_copy(update={"identifikatorer": number if p.id in who else ()})
        for p in made.personer
    )
    return made.model_copy(update={"personer": persons})


def test_it_is_the_rule_of_what_comes_back():
    """Or the rest here proves nothing."""
    assert rule in BACK_RULES


@pytest.mark.parametrize("with_number", [False, True])
@pytest.mark.parametrize("grade", MARKED)
def test_a_marked_family_holds(logg, ramme, grade, with_number):
    """Whoever is marked, with a number or without."""
    made = numbered(logg, *(("mor",) if with_number else ()))
    assert [f.code for f in rule(made, ramme(protection=OPEN | {"mor": grade}))] == ["P-20"]


@pytest.mark.parametrize("said", [{}, OPEN | {"mor": UNKNOWN}])
def test_silence_about_one_who_has_a_number_holds(logg, ramme, said):
    """Not knowing is the same as knowing."""
    assert [f.code for f in rule(numbered(logg, *OPEN), ramme(protection=said))] == ["P-20"]


def test_one_nobody_can_ask_about_does_not_hold(logg, ramme):
    """A mother without a number, added in the product and written over, comes back there."""
    made = numbered(logg, "barn", "far")
    said = {"barn": NONE, "far": NONE}
    assert rule(made, ramme(protection=said)) == ()
