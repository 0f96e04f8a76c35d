"""Doubts in a hand-over: the rules of a move asked here too, and a silent register ends nothing."""

from dataclasses import replace
from datetime import date

import pytest

from gateway.overfoering import vakter
from gateway.overfoering.grunnlag import Aktoer, Enhet, Grunnlag
from gateway.overfoering.vakter import Krav
from gateway.policy.context import Samtykkeregler
from gateway.policy.habilitet import habilitet
from gateway.policy.rules import judge
from schemas.overfoering.koder import Begrunnelse, Maaltype, Rettet
from schemas.stafettlogg.kodeverk import Deltakerstatus, Rolle
from tests.unit.conftest import deltakelse, samtykke

KRAV = Krav((Samtykkeregler(), Samtykkeregler()))
VALGT = Grunnlag(
    maaltype=Maaltype.ANNEN_KOMMUNE, begrunnelse=Begrunnelse.FLYTTING, mottaker="899200209",
    enhet=Enhet("899201209", "Skolen ved fjorden"), rettet=Rettet.LEDER, utvalg=("o1",),
    samtykke="s1", lest_av="leder",
)  # fmt: skip
HOLDER = Aktoer("a", "stafettholder")
MAY = frozenset({"stafettholder"})


def test_another_birth_date_is_no_consent(logg, ramme):
    """C-6, B-01: nobody knows who must have signed, in either municipality."""
    assert vakter.samtykke(logg(), VALGT, ramme(born={"barn": date(2018, 5, 4)}), KRAV) == ""
    frame = ramme(born={"barn": date(2012, 5, 4)})
    assert vakter.samtykke(logg(), VALGT, frame, KRAV) == "P-15"


def test_within_the_unit_nobody_is_asked(logg, ramme):
    """R-119: told is enough there, so no age is asked about."""
    inside = replace(
        VALGT, maaltype=Maaltype.SAMME_VIRKSOMHET, informert="2026-11-20T12:00:00+00:00"
    )
    frame = ramme(born={"barn": date(2012, 5, 4)})
    assert vakter.samtykke(logg(), inside, frame, KRAV) == ""


def test_birth_dates_nobody_could_say_stop_and_end_nothing(logg, ramme):
    """Not knowing means no; but a register that is down is the guard of protection's to tell, for
    a consent that is gone ends the hand-over and destroys the package."""
    frame = ramme(born=None)
    assert vakter.vern(logg(), frame) == "MANUELL"
    assert vakter.samtykke(logg(), VALGT, frame, KRAV) == "P-21"


def test_a_consent_in_doubt_is_no_consent(logg, ramme):
    """R-116: withdrawn by somebody, nobody knows when."""
    one = logg(samtykker=(samtykke("mor", "far", trukket_av="mor"),))
    assert vakter.samtykke(one, VALGT, ramme(), KRAV) == "SAMTYKKE_GJELDER_IKKE"


@pytest.mark.parametrize(
    ("parts", "may", "told"),
    [
        ((), "", False),
        ((deltakelse("holder", Rolle.FORESATT).model_copy(update={"id": "x"}),), "HABILITET", True),
        (
            (
                deltakelse("holder", Rolle.FORESATT).model_copy(
                    update={"id": "x", "status": Deltakerstatus.AVSLUTTET}
                ),
            ),
            "",
            False,
        ),
    ],
)
def test_the_hand_over_refuses_what_a_move_tells(logg, ramme, parts, may, told):
    """R-012: one answer to whether the holder is the guardian, with two uses."""
    one = logg(deltakelser=(*logg().deltakelser, *parts))
    assert vakter.fullmakt(one, HOLDER, MAY) == may
    assert bool(habilitet(one, ramme())) is told


def test_a_holder_nobody_knows_may_not_and_is_not_told_of(logg, ramme):
    """No holder, or one who takes no part: not the one to hand over, and `holder` holds a move."""
    for nobody in (None, "d-ukjent"):
        one = logg(stafettholder=nobody)
        assert vakter.fullmakt(one, HOLDER, MAY) == "HABILITET"
        assert habilitet(one, ramme()) == ()
        assert judge(one, ramme()).code == "P-80"
