"""Work until it is done, or until Ctrl-C: one line that says how to go on, and out at once.

Everything is durable and a kill is safe at any moment, so nobody is made to wait for what is on its
way: the process ends as if it were killed, and what was sent and not answered is settled by reading
back when the run goes on.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

from gateway.app import House
from gateway.cli.console import Speaker, tell
from gateway.cli.exits import exit_code
from gateway.engine import leases
from gateway.engine.worker import Worker
from gateway.errors import LocalFault

INTERRUPTED = 130
"""The exit code of a command that a person stopped, as shells count it."""


@contextmanager
def working(
    house: House, slot: str, told: Speaker, command: str, run_id: str = ""
) -> Iterator[Worker]:
    """A worker that is stopped at the end. Ctrl-C says that `command` goes on later, and ends the
    process; so does a fault of ours that cannot be written down, by its code."""
    try:
        worker = Worker(house, slot)
        worker.start()
        try:
            yield worker
        except (KeyboardInterrupt, LocalFault):
            raise
        except BaseException:
            worker.stop()
            raise
        worker.stop()
    except LocalFault as fault:
        # No room, or a ledger that is gone: the engine cannot note the end of what it holds, and
        # would try for as long as it is waited for.
        tell(fault, as_json=told.as_json)
        _leave(exit_code(fault))
    except KeyboardInterrupt:
        told.give(run=run_id, interrupted=True, go_on=command)
        told.say(f"\nStoppet. Ingenting er tapt; fortsett når du vil: {command}")
        leases.forget(house, slot)
        try:
            told.end(INTERRUPTED)
        except SystemExit:
            _leave(INTERRUPTED)


def _leave(code: int) -> NoReturn:
    """Out without waiting for the engine's threads, which would first finish what they hold."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
