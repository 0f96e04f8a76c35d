"""Laws of bringing places back: they are as they were, and nothing else has moved.

`differs` counts where two logs differ by other code than the product's.
"""

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from gateway.run.rules import picking
from gateway.run.rules.edits import Place, edits
from gateway.run.rules.picking import put_back
from tests.unit.run.drawn import EDITED, LOGS, changed, differs, entities, fields


def names(places: set[tuple[str, str, str]]) -> frozenset[str]:
    """As a person names them."""
    return frozenset(Place(*place).name for place in places)


@given(LOGS, EDITED)
def test_all_that_differs_brought_back_is_what_was_kept(now, rng):
    """Every place named: the version itself, in the order it had."""
    kept = changed(now, rng)
    named = frozenset(place.name for place in edits(kept, now))
    assert differs(kept, put_back(now, kept, named)) == set()


@given(LOGS, EDITED)
def test_nothing_named_nothing_moves(now, rng):
    """And it is the very same log."""
    assert put_back(now, changed(now, rng), ()) is now


@given(LOGS, EDITED, st.integers(0, 1000))
def test_only_what_is_named_moves(now, rng, seed):
    """Some places named: what has moved is among them, and what they hold."""
    kept = changed(now, rng, times=4)
    every = sorted(edits(kept, now))
    some = {place for place in every if Random(f"{seed}-{place}").random() < 0.5}
    moved = differs(now, put_back(now, kept, [place.name for place in some]))
    assert {place for place in moved if not place[2]} <= differs(kept, now)
    both = entities(now).keys() & entities(kept).keys()
    own = {(*key, name) for key in both for name in fields(entities(now)[key])}
    assert names(moved & own) <= {place.name for place in some}


@given(LOGS, EDITED)
def test_twice_is_once(now, rng):
    """What stands as it was kept is not touched again."""
    kept = changed(now, rng)
    named = frozenset(place.name for place in edits(kept, now))
    once = put_back(now, kept, named)
    assert put_back(once, kept, named) == once


def test_planted_a_version_that_comes_back_whole(monkeypatch):
    """Planted breach: everything that differs comes along."""
    monkeypatch.setattr(picking._PutBack, "_named", lambda *_: True)
    from tests.unit.run.drawn import generated

    now = generated("visma_samspill")[0]
    kept = changed(now, Random(3))
    assert put_back(now, kept, ()) is not now
