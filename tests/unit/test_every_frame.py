"""Every room that judges a log asks the one frame: migration, archive and hand-over."""

from types import SimpleNamespace

import pytest

from gateway.effects.archiving.verk import Verk
from gateway.effects.route import Route
from gateway.effects.transferring.verk import Overfoeringsverk
from gateway.overfoering.vakter import household
from gateway.policy.adressebeskyttelse import family
from gateway.policy.rules import ARCHIVE_RULES, PERSON_RULES, judge
from schemas.stafettlogg.kodeverk import Rolle
from tests.unit.conftest import NOW, NUMBERS, deltakelse, person
from tests.unit.registers import BORN, OPEN, Clock, Register


def works(register, frame):
    """Each way of asking as the product has it: the method of the works, on what it reads."""
    arkiv = SimpleNamespace(frame=frame, register=register, clock=Clock())
    route = SimpleNamespace(frame=frame, register=register, clock=Clock(), staff=None)
    transfer = SimpleNamespace(arkiv=arkiv, now=Clock().now)
    return {
        "migration": lambda logg: Route.ramme(route, logg, going_home=False),
        "archive": lambda logg: Verk.ramme(arkiv, logg),
        "hand-over": lambda logg: Overfoeringsverk.ramme(transfer, logg),
    }


WAYS = ("migration", "archive", "hand-over")


@pytest.mark.parametrize("way", WAYS)
def test_every_way_asks_for_protection_and_birth_dates(logg, ramme, way):
    """C-4, C-6: a log without a birth date of its own is known by the register, in every room."""
    one = logg(personer=(person("barn"), *logg().personer[1:]))
    frame = works(Register(), ramme(protection={}, born=None))[way](one)
    assert frame.born == BORN
    assert {frame.protection[who] for who in family(one)} == {OPEN}
    assert judge(one, frame, PERSON_RULES).findings == ()


@pytest.mark.parametrize("way", WAYS)
def test_birth_dates_that_cannot_be_answered(logg, ramme, way):
    """Protection is known all the same: the archive goes, and what asks for consent does not."""
    frame = works(Register(silent=("born",)), ramme(protection={}, born=BORN))[way](logg())
    assert frame.born is None
    assert not judge(logg(), frame, ARCHIVE_RULES).held
    assert judge(logg(), frame, PERSON_RULES).code == "P-21"


@pytest.mark.parametrize("way", WAYS)
def test_protection_that_cannot_be_answered(logg, ramme, way):
    """The birth dates are known all the same, and nobody may be sent anywhere."""
    open_ = dict.fromkeys(NUMBERS, OPEN)
    frame = works(Register(silent=("check",)), ramme(protection=open_, born=None))[way](logg())
    assert (frame.protection, frame.born) == ({}, BORN)
    assert judge(logg(), frame, ARCHIVE_RULES).code == "P-20"


def test_whom_each_asks_about(logg, ramme):
    """The family; a hand-over the whole household; nobody else's number reaches the register."""
    grandmother = deltakelse("pp", Rolle.LESETILGANG)
    one = logg(deltakelser=(*logg().deltakelser, grandmother))
    for way, wanted in (("migration", family), ("archive", family), ("hand-over", household)):
        register = Register()
        works(register, ramme())[way](one)
        ids = tuple(p.id for p in one.personer if p.id in wanted(one))
        assert register.seen == [("check", ids), ("born", ids)], way
    assert "pp" in household(one) - family(one)


def test_the_moment_and_the_way_are_the_routes(logg, ramme):
    """A verdict of another moment is asked for by name."""
    base = ramme(now=None)
    route = SimpleNamespace(frame=base, register=Register(), clock=Clock(), staff=None)
    later = NOW.replace(hour=15)
    assert Route.ramme(route, logg(), going_home=True, at=later).now == later
    made = Route.ramme(route, logg(), going_home=True)
    assert (made.now, made.going_home) == (NOW, True)


def test_a_route_asks_its_staff_file(logg, ramme):
    """R-036: the wiring hands the file in; whoever is in it is known."""
    staff = SimpleNamespace(named=True, knows=lambda persons: frozenset(p.id for p in persons))
    route = SimpleNamespace(frame=ramme(), register=Register(), clock=Clock(), staff=staff)
    assert Route.ramme(route, logg(), going_home=False).registered == {"holder", "laerer"}
