"""Runs every measurement, prints the table and saves `bench-<date>.json` in the current folder."""

import argparse
import json
import os
import platform
import signal
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.table import Table

from gateway.engine import collecting
from tests.bench import journal, keys, mapping, proving, pulling, pushing, rerun, snapshot
from tests.bench.measure import Line
from tests.bench.stage import CONEXUS, SAMSPILL, workplace


def measure(place: Path, *, quick: bool) -> list[Line]:
    """All lines. What is measured in CPU runs alone; what is counted runs beside."""
    three = 2 if quick else 3
    lines = [pulling.speed(place / "b1", 200 if quick else 400, three)]
    lines += mapping.speed(200 if quick else 500, 5 if quick else 15)
    to_conexus, pushed, plain = pushing.speed(
        place / "b3c", SAMSPILL, CONEXUS, 60 if quick else 150, three
    )
    to_samspill, _, _ = pushing.speed(
        place / "b3s", CONEXUS, SAMSPILL, 20 if quick else 40, three
    )  # fmt: skip
    lines += to_conexus + to_samspill
    for name, pair in (("b8c", (SAMSPILL, CONEXUS)), ("b8s", (CONEXUS, SAMSPILL))):
        lines.append(proving.share(place / name, *pair, 40 if quick else 100, three))
    for size in ("small", "large"):
        lines += snapshot.speed(size, three + 2)
    lines.append(snapshot.memory((50, 200) if quick else (200, 2000)))
    lines += journal.speed(place / "b3j", 60 if quick else 150, three, pushed, plain)
    lines += keys.speed(place / "b9", 200 if quick else 1000, three)
    memory = pulling.Memory(place / "b1m", (500, 2000) if quick else (2000, 20000))
    try:
        memory.start()
        again = rerun.share(place / "b4", 300 if quick else 2000)
        lines.insert(1, memory.line())
    finally:
        memory.stop()
    return [*lines, again]


def table(lines: list[Line]) -> Table:
    """The lines as a table."""
    made = Table(title="make bench")
    for name in ("what", "ours", "reference", "figure", "bar", ""):
        made.add_column(name)
    for line in lines:
        made.add_row(
            line.name, line.ours, line.reference, line.figure, line.bar,
            line.void or line.verdict,
        )  # fmt: skip
    return made


def main() -> int:
    """Exit code 1 when a line is void or misses its bar."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench")
    parser.add_argument("--quick", action="store_true", help="smaller sets, under a minute")
    chosen = parser.parse_args()
    # Ended politely, it still ends what it started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    started = time.monotonic()
    collecting.settle()
    with workplace() as place:
        lines = measure(place, quick=chosen.quick)
    console = Console(width=130)
    console.print(table(lines))
    for line in lines:
        console.print(f"{line.name}: {line.note}", soft_wrap=True)
    seconds = time.monotonic() - started
    now = datetime.now(UTC)
    data = {
        "at": now.isoformat(timespec="seconds"), "quick": chosen.quick,
        "seconds": round(seconds), "python": platform.python_version(), "cores": os.cpu_count(),
        "lines": [line.data() | {"verdict": line.verdict} for line in lines],
    }  # fmt: skip
    file = Path(f"bench-{now:%Y-%m-%d}.json")
    file.write_text(json.dumps(data, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    console.print(f"{seconds:.0f} seconds; saved as {file}")
    return 1 if any(line.verdict in ("VOID", "MISSED") for line in lines) else 0


if __name__ == "__main__":
    sys.exit(main())
