"""The wire loses, doubles and reorders, and so do the people at its ends (rules.md F, E-2)."""

import pytest

from gateway.effects.transferring import avgi
from gateway.overfoering.grunnlag import Aktoer
from gateway.overfoering.tilstand import OVERTATT, Side
from tests.story.paa_ledningen import destroyed, finished, received


def test_the_reply_to_the_acceptance_is_lost(flytting):
    """E-2, two generals: the sender has switched and nobody hears; nobody holds twice."""
    f = flytting()
    own = received(f)
    f.wire.hold = {"akseptbekreftelse"}
    f.accept(own)
    f.rounds(4)
    assert f.states(own) == ("AKSEPTERT", "AKSEPT_AVVENTES")
    assert f.m.log(f.logg.id) is None
    f.klokke.turn(days=12)
    f.rounds(2)
    assert f.states(own) == ("AKSEPTERT", "AKSEPT_AVVENTES")
    f.wire.let_go()
    finished(f, own)


def test_the_acceptance_is_lost_for_days(flytting):
    """The sender is responsible and waits; the acceptance is said again until it is answered."""
    f = flytting()
    own = received(f)
    f.wire.hold = {"aksept"}
    f.accept(own)
    f.rounds(3)
    assert f.states(own)[1] == "AKSEPT_AVVENTES"
    assert f.a.row(own).tilstand not in OVERTATT
    f.klokke.turn(days=3)
    f.wire.hold = set()
    f.rounds(3)
    finished(f, own)


def test_the_sender_gives_up_while_the_acceptance_is_under_way(flytting):
    """A race the sender wins: the late acceptance is refused, and the receiver is told."""
    f = flytting()
    own = received(f)
    f.wire.hold = {"aksept"}
    f.accept(own)
    f.rounds(1)
    avgi.withdraw(f.a.verk, f.a.row(own), Aktoer(f.a.ansatte[0].ref, "leder"))
    f.wire.let_go()
    f.rounds(4)
    assert f.states(own) == ("TRUKKET", "TRUKKET")
    destroyed(f, own)


def test_everything_twice_and_a_month_later(flytting):
    """the same messages again at once and after thirty days change nothing."""
    f = flytting()
    own = received(f)
    f.wire.again()
    f.accept(own)
    finished(f, own)
    before = (f.a.row(own).verdi["hode_ut"], f.m.row(own, Side.MOTTAKER).verdi["hode_ut"])
    f.klokke.turn(days=30)
    f.wire.again()
    f.rounds(3)
    assert f.states(own) == ("FULLFOERT", "FULLFOERT")
    assert before == (f.a.row(own).verdi["hode_ut"], f.m.row(own, Side.MOTTAKER).verdi["hode_ut"])
    finished(f, own)


@pytest.mark.parametrize("backwards", [False, True], ids=["in order", "backwards"])
def test_the_package_comes_before_the_offer(flytting, backwards):
    """an early message is kept, and the two meet."""
    f = flytting()
    f.wire.hold = {"*"}
    own = f.start(f.logg)
    f.send(own)
    f.a.round()
    f.wire.let_go(backwards=backwards)
    f.rounds(2)
    assert f.states(own) == ("MOTTATT", "MOTTATT")
    f.accept(own)
    finished(f, own)


def test_the_withdrawal_comes_before_the_offer(flytting):
    """the end came first; the late offer opens nothing."""
    f = flytting()
    f.wire.hold = {"tilbud", "pakke"}
    own = f.start(f.logg)
    f.send(own)
    f.a.round()
    avgi.withdraw(f.a.verk, f.a.row(own), f.leder)
    f.rounds(1)
    f.wire.let_go()
    f.rounds(3)
    assert f.states(own) == ("TRUKKET", "TRUKKET")
    destroyed(f, own)


def test_nobody_answers(flytting):
    """E-2: a receiver that is away for days costs time only; the deadline gives the log back."""
    f = flytting()
    f.wire.hold = {"*"}
    own = f.start(f.logg)
    f.send(own)
    f.rounds(2)
    assert f.states(own) == ("SENDT", "INGEN")
    f.klokke.turn(hours=73)
    f.rounds(2)
    assert f.states(own)[0] == "UTLOEPT"
    f.wire.let_go()
    f.rounds(4)
    assert f.states(own) == ("UTLOEPT", "UTLOEPT")
    destroyed(f, own)
    again = avgi.again(f.a.verk, f.a.row(own), f.leder)
    assert (again.id, again.forsoek) == (own, 2)
    f.send(own)
    f.rounds(2)
    f.accept(own)
    finished(f, own)


def test_nobody_accepts(flytting):
    """E-2: reminders at 3 and 7 days, and after 14 the log is where it was."""
    f = flytting()
    own = received(f)
    for day in (4, 4):
        f.klokke.turn(days=day)
        f.rounds(1)
    reminded = [one["nr"] for one in f.a.timeline(own) if one["hendelse"] == "paaminnelse"]
    assert len(reminded) == 2
    f.klokke.turn(days=7)
    f.rounds(4)
    assert f.states(own) == ("UTLOEPT", "UTLOEPT")
    destroyed(f, own)
