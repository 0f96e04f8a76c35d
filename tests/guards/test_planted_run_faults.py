"""Plants what would lose a person's words in a run, and expects the machine of two sides to see it.

One thing at a time is broken, as it could be in truth, and the machine lives some of its histories.
Which histories see a breach is known by their seeds; with STAFETT_FULL=1 they are looked for anew
from the first on, so that a machine that was changed can be asked how soon it sees each.
"""

import os
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from gateway.effects import reconciling
from gateway.migrate import steps
from gateway.plan import draft
from gateway.reconcile.compare import Outcome
from gateway.run import preparing, versions
from gateway.run.reading_back import Compared
from tests.machine import test_two_sides as machine

FULL = 200
"""Histories to look through in the long form."""


def _never_asks(patch: pytest.MonkeyPatch) -> None:
    """A step takes no edit in the target for a place."""
    patch.setattr(steps, "losing", lambda *_: ())


def _written_in_its_place(patch: pytest.MonkeyPatch) -> None:
    """What changed is not laid upon what stands: the whole document goes in its place."""
    patch.setattr(draft, "laid", lambda _restore, _was, now, _there, **_mending: now)


def _creates_unwatched(patch: pytest.MonkeyPatch) -> None:
    """A creation is sent whenever a search shows nothing."""
    patch.setattr(preparing.Creations, "begin", lambda *_words, **_more: None)


def _keeps_no_version(patch: pytest.MonkeyPatch) -> None:
    """What loses is written over without being pointed at."""
    patch.setattr(versions, "note", lambda *_: [])


def _sees_no_drift(patch: pytest.MonkeyPatch) -> None:
    """Reconciling looks for the log, and not at what stands in it."""
    patch.setattr(reconciling, "compared", lambda *_words, **_more: Compared(Outcome("settled")))


@dataclass(frozen=True)
class Plant:
    """What is broken, the histories that see it, and what in the machine does."""

    breach: Callable[[pytest.MonkeyPatch], None]
    seeds: tuple[int, ...]
    seen_by: str


PLANTS = (
    Plant(_never_asks, (0, 4, 11), "always"),
    Plant(_written_in_its_place, (140, 197, 243), "always"),
    Plant(_creates_unwatched, (15, 20, 24), "always"),
    Plant(_keeps_no_version, (4, 18, 25), "_bring_everything_back"),
    Plant(_sees_no_drift, (7, 18, 20), "_recount"),
)


def _lived(folder: Path, seed: int, breach: Callable[[pytest.MonkeyPatch], None] | None) -> str:
    """Live one history, broken or as it is: the part of the machine that failed, or nothing."""
    with pytest.MonkeyPatch.context() as patch:
        if breach is not None:
            breach(patch)
        made = machine.Machine(folder / f"{seed}-{breach is None}", seed, patch)
        try:
            made.live()
        except AssertionError as error:
            frames = traceback.extract_tb(error.__traceback__)
            return [frame.name for frame in frames if frame.filename == machine.__file__][-1]
        finally:
            made.world.close()
    return ""


@pytest.mark.parametrize("plant", PLANTS, ids=lambda plant: plant.breach.__name__.strip("_"))
def test_the_machine_sees_it(tmp_path: Path, plant: Plant) -> None:
    """Planted breach: a history ends red, where it should, and is green as the product is."""
    seeds = range(FULL) if os.environ.get("STAFETT_FULL") else plant.seeds
    for seed in seeds:
        if seen := _lived(tmp_path, seed, plant.breach):
            print(plant.breach.__name__, seed)
            assert seen == plant.seen_by
            assert _lived(tmp_path, seed, None) == ""
            return
    pytest.fail(f"nobody saw it in {len(seeds)} histories: STAFETT_FULL=1 looks for new seeds")
