"""Work until it is done, or until Ctrl-C: one line that says how to go on, and out at once.

Everything is durable and a kill is safe at any moment, so nobody is made to wait for what is on its
way: the process ends as if it were killed, and what was sent and not answered is settled by reading
back when the run goes on.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from gateway.app import House
from gateway.cli.console import Speaker
from gateway.engine import leases
from gateway.engine.worker import Worker

INTERRUPTED = 130
"""The exit code of a command that a person stopped, as shells count it."""


@contextmanager
def working(
    house: House, slot: str, told: Speaker, command: str, run_id: str = ""
) -> Iterator[Worker]:
    """A worker that is stopped at the end. Ctrl-C says that `command` goes on later, and ends the
    process."""
    worker = Worker(house, slot)
    try:
        worker.start()
        try:
            yield worker
        except KeyboardInterrupt:
            raise
        except BaseException:
            worker.stop()
            raise
        worker.stop()
    except KeyboardInterrupt:
        told.give(run=run_id, interrupted=True, go_on=command)
        told.say(f"\nStoppet. Ingenting er tapt; fortsett når du vil: {command}")
        leases.forget(house, slot)
        try:
            told.end(INTERRUPTED)
        except SystemExit:
            _leave()


def _leave() -> None:
    """Out without waiting for the engine's threads, which would first finish what they hold."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(INTERRUPTED)
