"""Starts the register's sandbox alone: `python -m connectors.folkeregister.sandbox --data DIR`."""

import argparse
import json
import threading
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

from connectors.folkeregister.sandbox import feller
from connectors.folkeregister.sandbox.app import Registersandkasse, open_sandbox
from connectors.folkeregister.sandbox.personer import Innbygger
from connectors.folkeregister.sandbox.sample import configuration
from connectors.sandbox import synthetic
from connectors.sandbox.server import start
from schemas.folkeregister.hendelse import Entitetsendring

_TRAPS = 14


def populate(app: Registersandkasse, register: Path | None, kommune: str) -> list[Innbygger]:
    """Everybody of a practice address register, living in one municipality; else some of our own.

    Who is there already stays as they are.
    """
    if register is not None:
        answers = json.loads(register.read_text(encoding="utf-8"))["personer"]
        grades = {number: answer["grad"] for number, answer in answers.items()}
    else:
        rng = synthetic.seeded("folkeregister", 1)
        born = date(2016, 4, 9)
        grades = {synthetic.national_id(born, rng): "ingen" for _ in range(_TRAPS)}
    made = []
    for number, grade in sorted(grades.items()):
        protected = "" if grade == "ingen" else grade
        person = Innbygger(number, kommune, beskyttelse=protected)
        if app.lager.person(number) is None:
            made.append(feller.settle(app, person))
    return made


def play(app: Registersandkasse, persons: list[Innbygger], to: str) -> None:
    """One of each trap, as far as there are persons for them."""
    today = datetime.now(UTC).date()
    traps: tuple[Callable[[Innbygger], object], ...] = (
        lambda one: feller.move(app, one, to, today),
        lambda one: feller.without_moving(app, one, to),
        lambda one: feller.shared(app, one),
        lambda one: feller.silent(app, one),
        lambda one: feller.strange(app, one),
        lambda one: feller.protect(app, one, "fortrolig", to),
        lambda one: feller.correct(app, one, one.kommune, today, Entitetsendring.ANNULLERE),
        lambda one: feller.move(app, one, one.kommune, today),
    )
    for trap, person in zip(traps, persons, strict=False):
        trap(person)


def main() -> None:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(prog="python -m connectors.folkeregister.sandbox")
    parser.add_argument("--port", type=int, default=8915)
    parser.add_argument("--data", type=Path, required=True, help="folder for the sandbox's data")
    parser.add_argument("--register", type=Path, help="a practice address register to take from")
    parser.add_argument("--kommune", default="9901", help="where everybody lives at first")
    parser.add_argument("--traps", metavar="KOMMUNE", help="play each trap; movers go there")
    chosen = parser.parse_args()
    app = open_sandbox(chosen.data)
    persons = populate(app, chosen.register, chosen.kommune)
    if chosen.traps:
        play(app, persons, chosen.traps)
    running = start(app, port=chosen.port)
    try:
        print(f"Folkeregister sandbox: {running.url}", flush=True)  # noqa: T201
        print(configuration(running.url, chosen.data.resolve()), flush=True)  # noqa: T201
        threading.Event().wait()
    except KeyboardInterrupt:
        running.stop()
        app.close()


if __name__ == "__main__":
    main()
