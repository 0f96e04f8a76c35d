"""`python -m tests.samsvar --port mine.py`: is a gateway conformant? See README.md here.

Ends with 0 when every case holds, 1 when one does not, 2 when nothing could be played.
"""

import argparse
import importlib.util
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.samsvar import fjern, tekst
from tests.samsvar.kjoering import Kjoering
from tests.samsvar.port import Port
from tests.samsvar.proever import chosen
from tests.samsvar.rapport import Rapport, Utfall

SIDES = ("avgiver", "mottaker")


def _arguments(words: list[str] | None) -> argparse.Namespace:
    asked = argparse.ArgumentParser(prog="python -m tests.samsvar", description=__doc__)
    what = asked.add_mutually_exclusive_group()
    what.add_argument("--port", help="a Python file with open_port(), or http(s)://… of a port")
    what.add_argument("--command", help="a port that is a program: requests on its input")
    asked.add_argument("--list", action="store_true", help="name the cases, and play nothing")
    asked.add_argument("--side", choices=SIDES, help="only the gateway as this side")
    asked.add_argument("--only", action="append", default=[], metavar="PATTERN",
                       help="only cases of this name; * stands for anything")  # fmt: skip
    asked.add_argument("--json", type=Path, metavar="FILE", help="write the report here too")
    asked.add_argument("--language", choices=tekst.LANGUAGES, default="en")
    asked.add_argument("--at-once", type=int, default=6, metavar="N", help="cases at once (6)")
    asked.add_argument("--within", type=float, default=60.0, metavar="SECONDS",
                       help="how long a message is waited for (60)")  # fmt: skip
    asked.add_argument("--quiet", action="store_true", help="the report only")
    found = asked.parse_args(words)
    if not (found.list or found.port or found.command):
        asked.error("one of --port, --command and --list is needed")
    return found


def opener(port: str | None, command: str | None) -> Callable[[], Port]:
    """How a port is opened, once for each side."""
    if command:
        return lambda: fjern.in_program(command)
    assert port is not None
    if port.startswith(("http://", "https://")):
        return lambda: fjern.at_address(port)
    path = Path(port).resolve()
    spec = importlib.util.spec_from_file_location(f"samsvar_port_{path.stem}", path)
    if spec is None or spec.loader is None or not path.exists():
        raise SystemExit(f"{port}: no such Python file")
    module: Any = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    if not hasattr(module, "open_port"):
        raise SystemExit(f"{port}: has no function open_port()")
    made: Callable[[], Port] = module.open_port
    return made


def main(words: list[str] | None = None) -> int:
    """Play, report, and say how it went."""
    asked = _arguments(words)
    sides = [asked.side] if asked.side else list(SIDES)
    cases = {side: chosen(side, asked.only) for side in sides}
    if asked.list:
        for side in sides:
            for one in cases[side]:
                print(f"{one['navn']:44} {one['kapittel']:6} {one['viser'][asked.language]}")
        return 0
    open_port = opener(asked.port, asked.command)
    turn = threading.Lock()

    def tell(one: Utfall) -> None:
        if not asked.quiet:
            with turn:
                word = "ok" if one.feil is None else tekst.word(one.resultat, asked.language)
                print(f"{word:12} {one.sekunder:6.1f} s  {one.proeve['navn']}", flush=True)

    begun, outcomes, unread = time.monotonic(), [], []
    with tempfile.TemporaryDirectory(prefix="samsvar-") as folder:
        for side in sides:
            if not cases[side]:
                continue
            run = Kjoering(
                open_port(), side, Path(folder) / side, cases[side],
                at_once=asked.at_once, within=asked.within, tell=tell,
            )  # fmt: skip
            try:
                outcomes += run.outcomes()
            finally:
                run.stop()
            unread += run.bord.spill.uleste
    report = Rapport(outcomes, unread, time.monotonic() - begun, asked.language)
    print(("" if asked.quiet else "\n") + report.text(), end="")
    if asked.json:
        asked.json.write_text(report.json(), encoding="utf-8")
    if not outcomes:
        return 2
    return 0 if report.holds else 1


if __name__ == "__main__":
    sys.exit(main())
