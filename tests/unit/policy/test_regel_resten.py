"""The small rules: identity, holder, type of plan, minimisation; and the order of them all."""

import pytest

from gateway.policy.context import Minimering
from gateway.policy.holder import holder
from gateway.policy.identifikator import identifikator
from gateway.policy.minimering import minimering
from gateway.policy.plantype import plantype
from gateway.policy.redact import redact
from gateway.policy.rules import RULES, judge
from schemas.stafettlogg.kodeverk import Deltakerstatus, Loggstatus, Rolle
from tests.unit.conftest import deltakelse


def test_synthetic_numbers_never_reach_production(logg, ramme):
    """C-6: production refuses a synthetic number, a test environment accepts it."""
    assert identifikator(logg(), ramme()) == ()
    assert [f.code for f in identifikator(logg(), ramme(production=True))] == ["P-60"]


@pytest.mark.parametrize("status", [Loggstatus.VENTER_SAMTYKKE, Loggstatus.FORKASTET])
def test_a_log_that_never_began_stays(logg, ramme, status):
    """R-003: only AKTIV and PASSIV logs move."""
    assert [f.code for f in plantype(logg(status=status), ramme())] == ["P-71"]


def test_another_kind_of_plan_stays(logg, ramme):
    """D-1: an individuell plan is not a stafettlogg."""
    assert [f.code for f in plantype(logg(plantype="individuellPlan"), ramme())] == ["P-70"]


def test_no_holder_and_two_holders_are_both_held(logg, ramme):
    """R-010: exactly one, or it stays where it is."""
    base = logg()
    none = logg(deltakelser=base.deltakelser[1:])
    two = logg(deltakelser=(*base.deltakelser, deltakelse("pp", Rolle.STAFETTHOLDER)))
    assert [f.code for f in holder(none, ramme())] == ["P-80"]
    assert [f.code for f in holder(two, ramme())] == ["P-80"]
    assert holder(base, ramme()) == ()


def test_a_former_holder_does_not_count(logg, ramme):
    """An ended participation holds nothing."""
    former = deltakelse("pp", Rolle.STAFETTHOLDER).model_copy(
        update={"status": Deltakerstatus.AVSLUTTET}
    )
    assert holder(logg(deltakelser=(*logg().deltakelser, former)), ramme()) == ()


def test_a_passive_log_needs_no_holder(logg, ramme):
    """R-010 speaks of active logs."""
    assert holder(logg(status=Loggstatus.PASSIV, deltakelser=()), ramme()) == ()


def test_the_photo_stays_unless_the_municipality_says_otherwise(logg, ramme):
    """B-28: off by default; what stays behind is listed."""
    one = logg(bilde="bilde-1")
    verdict = judge(one, ramme())
    sent, withheld = redact(one, verdict)
    assert not verdict.held
    assert (sent.bilde, sent.dokumenter) == (None, ())
    assert withheld == {("bilde-1", ""): "P-50", ("logg-1", "bilde"): "P-50"}
    assert minimering(one, ramme(minimering=Minimering(med_bilde=True))) == ()


def test_nothing_is_minimised_on_the_way_home(logg, ramme):
    """A reversal returns what came from there."""
    assert minimering(logg(bilde="bilde-1"), ramme(going_home=True)) == ()


def test_protection_is_asked_first(logg, ramme):
    """The code that shows is the one that says least."""
    verdict = judge(logg(samtykker=(), plantype="annen"), ramme(protection={}))
    assert verdict.code == "P-20"
    assert RULES[0].__name__ == "adressebeskyttelse"


def test_a_good_log_goes_untouched(logg, ramme):
    """No finding, no change: the very same value is sent."""
    one = logg()
    assert judge(one, ramme()).findings == ()
    assert redact(one, judge(one, ramme()))[0] is one
