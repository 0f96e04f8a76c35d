"""Interleaved repetitions, best of each, as ratios of CPU seconds; one line per comparison.

A line is void unless its correctness check held: a fast wrong answer is not an answer.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from tests.bench.stage import cpu


@dataclass(frozen=True)
class Spent:
    """What one repetition cost: CPU and wall seconds, how many items, and proof of the work."""

    cpu: float
    wall: float
    items: int
    proof: str = ""


@dataclass(frozen=True)
class Line:
    """One line of the table. `good` is None where there is no bar; `void` tells what was wrong."""

    name: str
    ours: str
    reference: str
    figure: str
    bar: str
    good: bool | None
    note: str = ""
    void: str = ""

    def data(self) -> dict[str, Any]:
        """For the JSON file."""
        return asdict(self)

    @property
    def verdict(self) -> str:
        """`ok`, `MISSED`, `VOID` or a dash."""
        if self.void:
            return "VOID"
        return {True: "ok", False: "MISSED", None: "-"}[self.good]


def timed(work: Callable[[], tuple[int, str]]) -> Spent:
    """Run `work`, which gives the number of items and a proof."""
    wall, used = time.perf_counter(), cpu()
    items, proof = work()
    return Spent(cpu() - used, time.perf_counter() - wall, items, proof)


def best(spent: Sequence[Spent]) -> Spent:
    """The repetition that used least CPU."""
    return min(spent, key=lambda one: one.cpu)


def fastest(spent: Sequence[Spent]) -> float:
    """The shortest wall time."""
    return min(one.wall for one in spent)


def told(one: Spent) -> str:
    """CPU and rate, for the table."""
    return f"{one.cpu:.2f} CPU-s, {one.items / one.cpu:.0f}/CPU-s"
