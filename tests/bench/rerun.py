"""B4: a second plan and run over a source where nothing has changed, counted by the sandboxes."""

from pathlib import Path

from gateway.effects import runs
from tests.bench.measure import Line
from tests.bench.pushing import push, ready
from tests.bench.stage import CONEXUS, SAMSPILL, Served, journey


def share(place: Path, count: int) -> Line:
    """Requests of the second as a share of the first's."""
    with (
        Served(SAMSPILL, place / "source", fill=count, seed=9) as source,
        Served(CONEXUS, place / "target") as target,
        journey(source, target, place / "ledger") as j,
    ):
        counts: list[int] = []
        kinds: list[dict[str, int]] = []
        for _ in range(2):
            before = source.requests() + target.requests()
            run_id = ready(j)
            push(j, run_id)
            summary = runs.close(j.route, run_id)
            counts.append(source.requests() + target.requests() - before)
            kinds.append(summary["kinds"])
        moved = summary["effects"].get("ferdig", 0)
    first, second = counts
    skipped = kinds[1].get("skip", 0)
    whole = not moved and skipped and skipped + kinds[1].get("hold", 0) >= count * 0.9
    return Line(
        "B4 second run", f"{second} requests", f"{first} requests", f"{second / first:.2%}",
        "<= 1 %", second / first <= 0.01,
        note=f"{count} logs, none changed ({skipped} skipped, the rest held before and now)",
        void="" if whole else "the second run was not a run over an unchanged set",
    )  # fmt: skip
