"""B8: what fetching the files back costs of a whole migration: plan, write, read back, close.

The same migration with and without the fetching, in turn; without it every figure of metadata would
say right all the same, which is why it is there.
"""

from collections.abc import Callable
from pathlib import Path

from gateway.effects import landing, runs
from gateway.exit.file_content import UNTRIED, Fetched
from gateway.ports.connector import Connector, Document
from tests.bench.measure import Line, Spent, fastest, timed, told
from tests.bench.pushing import push, ready
from tests.bench.stage import Served, journey

Fetch = Callable[[Connector, Document, frozenset[str] | None], Fetched]


class Counting:
    """Fetches as the product does, and counts files and bytes that were named."""

    def __init__(self, fetch: Fetch) -> None:
        self._fetch = fetch
        self.files = 0
        self.bytes = 0

    def __call__(
        self, system: Connector, document: Document, promised: frozenset[str] | None
    ) -> Fetched:
        """The same answer."""
        found = self._fetch(system, document, promised)
        self.files += found.right
        self.bytes += sum(file.size for file in document.files)
        return found


def migration(place: Path, source: Served, target: str, fetch: Fetch) -> Spent:
    """One whole migration into an empty target, with `fetch` in the product's place."""
    before = landing.fetched
    landing.fetched = fetch
    try:
        with (
            Served(target, place / "target", ids=11) as there,
            journey(source, there, place / "ledger", chunk=16) as j,
        ):

            def work() -> tuple[int, str]:
                run_id = ready(j)
                push(j, run_id)
                summary = runs.close(j.route, run_id)
                wrong = summary["outcomes"].get("drifted", 0) + summary["unaccounted"]
                return summary["effects"].get("ferdig", 0), "not as promised" if wrong else ""

            return timed(work)
    finally:
        landing.fetched = before


def share(place: Path, source: str, target: str, count: int, repetitions: int) -> Line:
    """The part of a migration's time that goes to fetching files back."""
    real: Fetch = landing.fetched
    counting = Counting(real)
    proved: list[Spent] = []
    believed: list[Spent] = []
    with Served(source, place / "source", fill=count, seed=3) as served:
        for turn in range(repetitions):
            one = Counting(real)
            proved.append(migration(place / f"proved-{turn}", served, target, one))
            believed.append(
                migration(place / f"believed-{turn}", served, target, lambda *_: UNTRIED)
            )
            counting = one
    a, b = min(proved, key=lambda s: s.wall), min(believed, key=lambda s: s.wall)
    cost = 1 - fastest(believed) / fastest(proved)
    wrong = next((one.proof for one in proved + believed if one.proof), "")
    if not wrong and not counting.files:
        wrong = "there were no files to fetch"
    each = counting.bytes / max(counting.files, 1) / 1024
    return Line(
        f"B8 proving the files in {target}", told(a), told(b), f"{cost:.0%} of the time",
        "< 20 %", cost < 0.2,
        note=f"{a.items} logs, {counting.files} files of {each:.1f} KB fetched back and hashed; "
        "the same migration without, in turn",
        void=wrong,
    )  # fmt: skip
