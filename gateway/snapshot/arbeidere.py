"""The workers of this process: as many as there are threads that freeze at once, kept between logs.

A worker belongs to no thread, so a thread that ends leaves none behind. All are ended with the
interpreter, and a fork of ours has none.
"""

import atexit
import os
import threading

from gateway.snapshot.arbeider import Arbeider

_IDLE = os.cpu_count() or 2
_lock = threading.Lock()
_all: set[Arbeider] = set()
_idle: list[Arbeider] = []


def take(memory: int, *, fresh: bool = False) -> Arbeider:
    """A worker that nobody else has until it is given back; one without a past when `fresh`.

    Raises LocalFault("VEDLEGGSPROSESS_FEIL") when none can be started.
    """
    while not fresh and (found := _resting(memory)) is not None:
        if found.fit:
            return found
        _end(found)
    started = Arbeider(memory)
    with _lock:
        _all.add(started)
    return started


def give(worker: Arbeider) -> None:
    """Back from a job; kept when it is fit for another and there are not enough already."""
    if worker.fit:
        with _lock:
            if len(_idle) < _IDLE:
                _idle.append(worker)
                return
    _end(worker)


def count() -> int:
    """How many there are, at work or at rest."""
    with _lock:
        return len(_all)


def close() -> None:
    """End them all. What is frozen after this starts new ones."""
    with _lock:
        ending = list(_all)
        _all.clear()
        _idle.clear()
    for worker in ending:
        worker.close()


def _resting(memory: int) -> Arbeider | None:
    with _lock:
        for nr, worker in enumerate(_idle):
            if worker.memory == memory:
                return _idle.pop(nr)
    return None


def _end(worker: Arbeider) -> None:
    with _lock:
        _all.discard(worker)
    worker.close()


def _forget() -> None:
    global _lock
    _lock = threading.Lock()
    for worker in _all:
        worker.forget()
    _all.clear()
    _idle.clear()


atexit.register(close)
os.register_at_fork(after_in_child=_forget)
