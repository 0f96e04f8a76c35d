"""Plants what would lose a person's words in a run, and expects the machine of two sides to see it.

One thing at a time is broken, as it could be in truth, and the machine lives some of its histories.
Which histories see a breach is known by their seeds; with STAFETT_FULL=1 they are looked for anew
from the first on, so that a machine that was changed can be asked how soon it sees each.
"""

import os
import traceback
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from gateway.effects import planning, push, receipts, reconciling
from gateway.effects.stored import step_of
from gateway.ledger import tables as t
from gateway.migrate import steps
from gateway.plan import draft
from gateway.ports.connector import Written
from gateway.reconcile.compare import Outcome
from gateway.run import bringing_back, preparing, signing, versions
from gateway.run.reading_back import Compared
from gateway.run.rows import plan_row, run_row
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
    patch.setattr(reconciling, "touched", lambda *_words, **_more: Outcome("settled"))


def _agrees_on_anything(patch: pytest.MonkeyPatch) -> None:
    """Whatever stands when a write is read back is taken for agreed, a person's edit too."""
    real = push.read_back

    def whatever(route: Any, one: Any, ref: str, written: Any = None) -> Any:
        found = real(route, one, ref, replace(written, found=False) if written else None)
        stands = route.target.document(ref)
        agreed = Written(ref, stands.version)
        return replace(found, code="", written=agreed, base=stands.body)

    patch.setattr(push, "read_back", whatever)


def _forgets_the_way_home(patch: pytest.MonkeyPatch) -> None:
    """A way home does not renew what the two agreed on."""

    class Forgetful(receipts.Receipts):
        """Agrees on everything but a way home."""

        def __init__(self, route: Any, run_id: str, plan_id: str, *, agrees: bool) -> None:
            plan = plan_row(route.database, run_row(route.database, run_id)["plan_id"])
            home = plan["kind"] == "tilbake"
            super().__init__(route, run_id, plan_id, agrees=agrees and not home)

    patch.setattr(push, "Receipts", Forgetful)


def _repairs_everything(patch: pytest.MonkeyPatch) -> None:
    """A repair takes every log of its run."""
    states = {"drifted", "missing", "partial", "settled", "superseded", "erased"}
    patch.setattr(planning, "_AT_FAULT", frozenset(states))


def _knows_no_later_run(patch: pytest.MonkeyPatch) -> None:
    """What a later run wrote or agreed on is not seen as later."""
    patch.setattr(reconciling, "_later", lambda *_: {})


def _takes_every_write_for_its_own(patch: pytest.MonkeyPatch) -> None:
    """What a person wrote between two pieces of ours is agreed on as ours."""
    real = push.gate.send
    patch.setattr(push.gate, "send", lambda *words: replace(real(*words), alone=True))


def _brings_the_whole_back(patch: pytest.MonkeyPatch) -> None:
    """A version comes back as it was, with everything that has moved on since."""
    patch.setattr(bringing_back, "put_back", lambda _now, kept, _names: kept)


def _goes_when_any_is_named(patch: pytest.MonkeyPatch) -> None:
    """A step goes although only some of its places were named."""

    def any_of_them(database: Any, plan_id: str, named: Any) -> list[int]:
        with database.look() as connection:
            rows = connection.execute(
                sa.select(t.step).where(t.step.c.plan_id == plan_id, t.step.c.kind == "overwrite")
            ).all()
        some = [step_of(row._mapping) for row in rows]
        return [s.nr for s in some if {n.partition(":")[2] for n in named} & set(s.over)]

    patch.setattr(signing, "_overwritten", any_of_them)


@dataclass(frozen=True)
class Plant:
    """What is broken, and the histories that see it."""

    breach: Callable[[pytest.MonkeyPatch], None]
    seeds: tuple[int, ...]


PLANTS = (
    Plant(_never_asks, (4,)),
    Plant(_written_in_its_place, (101,)),
    Plant(_creates_unwatched, (4,)),
    Plant(_keeps_no_version, (4,)),
    Plant(_sees_no_drift, (0,)),
    Plant(_agrees_on_anything, (6,)),
    Plant(_forgets_the_way_home, (6,)),
    Plant(_repairs_everything, (0,)),
    Plant(_knows_no_later_run, (3,)),
    Plant(_takes_every_write_for_its_own, (6,)),
    Plant(_brings_the_whole_back, (19,)),
    Plant(_goes_when_any_is_named, (129,)),
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
        if _lived(tmp_path, seed, plant.breach):
            print(plant.breach.__name__, seed)
            assert _lived(tmp_path, seed, None) == ""
            return
    pytest.fail(f"nobody saw it in {len(seeds)} histories: STAFETT_FULL=1 looks for new seeds")
