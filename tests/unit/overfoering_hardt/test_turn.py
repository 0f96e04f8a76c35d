"""Rubbish in the box stands in front of nobody, however much of it there is."""

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.stafett_https import turn
from connectors.stafett_https.innboks import Innboks, whose
from gateway.errors import Transient

MUCH = 10_000 if os.environ.get("STAFETT_FULL") else 400
ROUND = 50


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 9999)), unique_by=lambda w: w[1]))
def test_everybody_has_a_turn_and_everything_is_taken(waiting):
    """Each name once; among the first of as many as there are senders, one of each."""
    named = [(who, f"{number:04d}") for who, number in waiting]
    taken = turn.order(named)
    assert sorted(taken) == sorted(name for _, name in named)
    of = {name: who for who, name in named}
    senders = {who for who, _ in named}
    assert {of[name] for name in taken[: len(senders)]} == senders


def test_a_true_one_is_taken_in_the_first_round(tmp_path):
    """Behind as much as four counterparts may leave, and behind its own sender's rubbish."""
    box = Innboks(tmp_path, MUCH * 2, key=b"k")
    for number in range(MUCH):
        box.keep(b"rubbish", f"one of four {number % 4}")
    box.keep(b"true", "another")
    box.keep(b"true", "one of four 0")
    first = [box.read(ref) for ref in box.refs(ROUND)]
    assert first.count(b"true") == 2


def test_who_fouls_has_a_small_share_after_a_restart_too(tmp_path):
    """Remembered by what was put aside; others have theirs; a day later it is forgotten."""
    box = Innboks(tmp_path, 1600, key=b"k")
    for _ in range(turn.FOULED):
        box.keep(b"rubbish", "one")
        box.refuse(box.refs(1)[0])
    again = Innboks(tmp_path, 1600, key=b"k")
    small, _ = turn.share(1600, 1 << 62, turn.FOULED)
    for _ in range(small):
        again.keep(b"rubbish", "one")
    with pytest.raises(Transient):
        again.keep(b"rubbish", "one")
    for _ in range(small + 1):
        again.keep(b"package", "another")
    for path in (tmp_path / "avvist").iterdir():
        earlier = f"{int(path.name[:20]) - int(1e9 * 90_000):020d}{path.name[20:]}"
        path.rename(path.with_name(earlier))
    again.keep(b"rubbish", "one")


def test_a_name_tells_nobody_whose_it_is(tmp_path):
    """Under another key the same sender has another name; an older name has none."""
    names = set()
    for key in (b"k", b"m"):
        box = Innboks(tmp_path / key.decode(), 100, key=key)
        box.keep(b"package", "one")
        names |= {whose(ref) for ref in box.refs(10)}
    assert len(names) == 2
    assert whose("0" * 20 + "-" + "a" * 32 + ".p7m") == ""
