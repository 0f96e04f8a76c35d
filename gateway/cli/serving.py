"""`stafett serve`: nights of archiving, rounds of hand-overs, and hints of moves, by itself."""

import signal
import threading
from contextlib import ExitStack
from pathlib import Path

from gateway import app_overfoering
from gateway.app import House
from gateway.cli.opening import house, warn_of_counterparts
from gateway.errors import LocalFault

TRANSFER_SECONDS = 20.0
MOVE_SECONDS = 900.0


def serve(slot: str, config: Path | None, kommune: str) -> None:
    """Work until stopped. What is configured is served; nothing configured is an error."""
    with house(config, kommune) as opened, ExitStack() as stack:
        stop = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stop.set())
        own = opened.settings.kommune
        served = 0
        if own.arkiv.kilder:
            _nights(opened, slot, stack)
            served += 1
        if own.overfoering.system:
            _transfers(opened, stack)
            served += 1
        if opened.settings.gateway.folkeregister is not None and own.flyttehint.kilder:
            _moves(opened, stack)
            served += 1
        if not served:
            raise LocalFault("ARKIV_IKKE_SATT_OPP", place="arkiv.kilder")
        stop.wait()


def _nights(opened: House, slot: str, stack: ExitStack) -> None:
    from gateway.engine.worker import Worker
    from gateway.schedule.nights import Nights

    worker = Worker(opened, slot)
    worker.start()
    stack.callback(worker.stop)
    nights = Nights(opened, worker)
    stack.callback(nights.stop)
    nights.start()


def _transfers(opened: House, stack: ExitStack) -> None:
    from gateway.effects.transferring import avstemming, runde
    from gateway.schedule.rounds import Rounds

    verk = app_overfoering.open_transfers(opened, listening=True)
    stack.callback(app_overfoering.close_transfers, verk)
    warn_of_counterparts(opened, verk)
    rounds = Rounds(
        opened,
        "overfoering",
        lambda: runde.run(verk),
        TRANSFER_SECONDS,
        nightly=lambda: avstemming.reconcile(verk),
    )
    stack.callback(rounds.stop)
    rounds.start()


def _moves(opened: House, stack: ExitStack) -> None:
    from gateway.schedule import moves
    from gateway.schedule.rounds import Rounds

    first = [True]

    def work() -> None:
        # A process that has just started does not know what it missed (E-3).
        moves.run(opened, everybody=first.pop() if first else False)

    rounds = Rounds(opened, "flyttehint", work, MOVE_SECONDS)
    stack.callback(rounds.stop)
    rounds.start()
