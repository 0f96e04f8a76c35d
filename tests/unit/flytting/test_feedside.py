"""C-5, peers 5.2: a page of the feed is put in order, and what is missing is noticed."""

import random

from hypothesis import given
from hypothesis import strategies as st

from gateway.flytting.side import in_order
from gateway.ports.folkeregister import Hendelse, Hendelseslag


def event(seq, number="1", slag=Hendelseslag.BOSTED):
    """One event."""
    return Hendelse(seq, slag, number, f"d{seq}")


def test_a_whole_page():
    """The pointer moves behind the last."""
    side = in_order(5, [event(5), event(6), event(7)])
    assert [one.seq for one in side.nye] == [5, 6, 7]
    assert (side.neste, side.hull) == (8, False)


def test_twice_backwards_and_old():
    """The same events, each once, by number, and none that were read before."""
    side = in_order(5, [event(7), event(6), event(5), event(4), event(6), event(3)])
    assert [one.seq for one in side.nye] == [5, 6, 7]
    assert (side.neste, side.hull) == (8, False)


def test_holes_are_noticed():
    """At the front, in the middle; and an end that is short is read on from."""
    assert in_order(5, [event(6)]).hull
    assert in_order(5, [event(5), event(7)]).hull
    assert in_order(5, [event(5), event(7)]).neste == 8
    assert not in_order(5, [event(5)]).hull


def test_an_event_about_nobody_is_a_hole():
    """It cannot be read, so nobody knows whom it was about."""
    assert in_order(5, [event(5, number="", slag=Hendelseslag.UKJENT), event(6)]).hull


def test_two_events_under_one_number_are_a_hole():
    """One of them would be lost."""
    assert in_order(5, [event(5), event(5, number="2")]).hull


def test_only_old_events_lead_nowhere():
    """The pointer stands, and nothing is a hole."""
    side = in_order(9, [event(7), event(8)])
    assert (side.nye, side.neste, side.hull) == ((), 9, False)


@given(st.integers(0, 50), st.sets(st.integers(0, 80)), st.randoms(use_true_random=False))
def test_order_never_matters_and_nothing_is_skipped(pointer, numbers, rng: random.Random):
    """For any page: the pointer never passes a number that was not there without saying so."""
    events = [event(seq) for seq in sorted(numbers)]
    shuffled = [*events, *events]
    rng.shuffle(shuffled)
    side = in_order(pointer, shuffled)
    assert side == in_order(pointer, events)
    passed = set(range(pointer, side.neste))
    assert side.hull == bool(passed - numbers)
    assert {one.seq for one in side.nye} == {n for n in numbers if n >= pointer}
