"""The change feed as vendors give it: it begins now or at the beginning, and ends with nothing."""

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest

from gateway.effects.freshness import Freshness, now
from gateway.errors import RemoteFault
from gateway.ports.connector import Entry, Page


@dataclass
class Feed:
    """A source that has told of `changes` so far, two to a page. `ends` is how an end looks."""

    changes_so_far: list[str] = field(default_factory=list)
    begins_now: bool = True
    fresh: bool = False
    asked: int = 0

    def changes(self, cursor: str | None) -> Page:
        """A page."""
        self.asked += 1
        told = len(self.changes_so_far)
        start = (told if self.begins_now else 0) if cursor is None else int(cursor.split(".")[0])
        rows = self.changes_so_far[start : start + 2]
        after = f"{start + len(rows)}" + (f".{self.asked}" if self.fresh else "")
        return Page(tuple(Entry(ref, "1") for ref in rows), after, len(rows))


@pytest.mark.parametrize("fresh", [False, True])
@pytest.mark.parametrize("begins_now", [False, True])
def test_what_is_old_is_passed_over_and_what_is_new_is_seen(begins_now: bool, fresh: bool) -> None:
    """A feed with five old changes: none of them counts as touched, and the sixth does."""
    feed = Feed([f"gammel-{n}" for n in range(5)], begins_now, fresh)
    cursor = now(feed)  # type: ignore[arg-type]
    route: Any = SimpleNamespace(source=feed)
    watching = Freshness(route, cursor)
    watching.look()
    assert not any(watching.moved(ref) for ref in feed.changes_so_far)
    feed.changes_so_far += ["ny-1", "ny-2", "ny-3"]
    watching.look()
    assert all(watching.moved(ref) for ref in ("ny-1", "ny-2", "ny-3"))
    before = feed.asked
    watching.look()
    assert feed.asked == before + 1


def test_a_feed_without_an_end_is_a_fault() -> None:
    """Always more, and always another cursor: that is no feed, and not a loop either."""
    route: Any = SimpleNamespace(
        source=SimpleNamespace(
            changes=lambda cursor: Page((Entry("logg", "1"),), f"{int(cursor or 0) + 1}", 1)
        )
    )
    with pytest.raises(RemoteFault, match="GJENTATT_MARKOER"):
        Freshness(route, "0").look()
