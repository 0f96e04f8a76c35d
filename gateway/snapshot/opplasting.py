"""Uploaded files on their way into a snapshot: parsed in a separate process, or not at all.

The original is always kept. This module looks at no byte of a file beyond what it is by its first
ones; all reading is done by `vedleggsprosess.py` under limits of memory and time.
"""

import io
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from gateway.snapshot import filtyper
from gateway.snapshot.vedleggsprosess import read, write

# No key and no secret of ours is in the environment of a process that reads what others wrote.
_PASSED_ON = ("PATH", "PYTHONPATH", "TMPDIR", "LD_LIBRARY_PATH")
_TIMED = frozenset({-signal.SIGALRM, -signal.SIGXCPU, -signal.SIGKILL})


@dataclass(frozen=True, slots=True)
class Grenser:
    """Limits: bytes per file, bytes of memory, and seconds per file."""

    size: int = 100_000_000
    memory: int = 2_000_000_000
    seconds: int = 60


@dataclass(frozen=True, slots=True)
class Behandlet:
    """What became of a file: `format` when it stays as it is, `body` when made anew, or a code."""

    code: str = ""
    format: str = ""
    body: bytes = b""


def treat(bodies: Sequence[bytes], language: str, limits: Grenser | None = None) -> list[Behandlet]:
    """The outcome of each file, in order. A file that ends the worker gets a code of its own.

    Raises nothing for a bad file. `language` is nb or nn, for the page images' title.
    """
    limits = limits or Grenser()
    found: dict[int, Behandlet] = {}
    waiting = []
    for nr, body in enumerate(bodies):
        if len(body) > limits.size:
            found[nr] = Behandlet(code="VEDLEGG_FOR_STORT")
        elif not body:
            found[nr] = Behandlet(code="VEDLEGG_OEDELAGT")
        elif filtyper.filetype(body).kind == "ukjent":
            found[nr] = Behandlet(code="VEDLEGG_UKJENT_TYPE")
        else:
            waiting.append(nr)
    while waiting:
        done, ended = _worked([bodies[nr] for nr in waiting], language, limits)
        found.update(zip(waiting, done, strict=False))
        waiting = waiting[len(done) :]
        if waiting:
            late = ended in _TIMED
            found[waiting.pop(0)] = Behandlet(code="VEDLEGG_TID" if late else "VEDLEGG_OEDELAGT")
    return [found[nr] for nr in range(len(bodies))]


def _worked(bodies: Sequence[bytes], language: str, limits: Grenser) -> tuple[list[Behandlet], int]:
    """The outcomes one worker came to, and how it ended."""
    given = io.BytesIO()
    for body in bodies:
        write(given, body)
    seconds = limits.seconds * len(bodies)
    command = [
        sys.executable, "-m", "gateway.snapshot.vedleggsprosess",
        str(limits.memory), str(seconds + 5), str(limits.seconds), language,
    ]  # fmt: skip
    try:
        done = subprocess.run(  # noqa: S603 - our own interpreter, with our own words
            command,
            input=given.getvalue(),
            capture_output=True,
            timeout=seconds + 30,
            check=False,
            env={k: os.environ[k] for k in _PASSED_ON if k in os.environ},
        )
        out, ended = done.stdout, done.returncode
    except subprocess.TimeoutExpired as late:
        out, ended = late.stdout or b"", -signal.SIGKILL
    return _outcomes(out), ended


def _outcomes(out: bytes) -> list[Behandlet]:
    """The whole outcomes in what the worker wrote; one that was cut is not there."""
    stream = io.BytesIO(out)
    found: list[Behandlet] = []
    while True:
        parts = [read(stream) for _ in range(3)]
        code, format_, body = parts
        if code is None or format_ is None or body is None:
            return found
        found.append(Behandlet(code.decode(), format_.decode(), body))
