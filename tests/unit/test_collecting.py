"""What a working process does with the garbage collector, seen from the collector itself."""

import gc
import weakref
from collections.abc import Iterator

import pytest

from gateway.engine import collecting


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    """The collector as it was, for the other tests."""
    before = gc.get_threshold()
    yield
    gc.unfreeze()
    gc.set_threshold(*before)


class Circle:
    """Something that holds itself."""

    def __init__(self) -> None:
        self.me = self


def test_what_was_there_at_start_is_not_walked_again() -> None:
    """Frozen, and the young may be many before they are looked at."""
    collecting.settle()
    assert gc.get_freeze_count() > 10_000
    assert gc.get_threshold()[0] == collecting.YOUNG
    assert gc.isenabled()


def test_a_circle_made_afterwards_is_still_found() -> None:
    """The collector is slowed down, not turned off."""
    collecting.settle()
    gone = weakref.ref(Circle())
    kept = [[] for _ in range(2 * collecting.YOUNG)]
    assert kept
    assert gone() is None
