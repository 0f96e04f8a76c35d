"""The worker process: one attachment after another in, an outcome of each out, within hard limits.

Started by `arbeider.py`, never imported for its work. The kernel ends the process when a file takes
too long or too much memory: no code of ours need get a turn for that. Frames are a length in eight
bytes and the bytes. A job is three frames: number and seconds, language, body; an answer is four:
number and what memory is still held, code, format, body.
"""

import gc
import math
import os
import resource
import select
import signal
import struct
import sys
import time
from collections.abc import Sequence
from typing import BinaryIO

JOB = struct.Struct(">Qdd")
ANSWER = struct.Struct(">QQ")
SIZE = struct.Struct(">Q")
READY = b"klar"
IDLE = 120.0
"""Seconds without a job before the process leaves; whoever started it starts another."""


def limit(memory: int) -> None:
    """At most `memory` bytes of address space, and no core file with somebody's page in it."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def write_nothing() -> None:
    """The kernel lets this process write no byte to any file, from here on and for good.

    Whatever a library would lay aside (a temporary file, a cache, a core) would outlive a power cut
    in clear. A pipe is no file: the answers go out as before.
    """
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def budget(cpu: float, wall: float) -> None:
    """This job's seconds. No handler: the default action ends the process, also inside a library.

    The kernel's CPU limit counts from the start of the process, so what is used is added.
    """
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    soft = math.ceil(time.process_time() + cpu)
    if hard != resource.RLIM_INFINITY:
        soft = min(soft, hard)
    resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))
    signal.setitimer(signal.ITIMER_REAL, wall)


def held() -> int:
    """Bytes of memory the process holds now; 0 where the system does not tell."""
    try:
        with open("/proc/self/statm", "rb") as file:
            return int(file.read().split()[1]) * resource.getpagesize()
    except OSError:
        return 0


def read(stream: BinaryIO) -> bytes | None:
    """The next whole frame; None at the end, also when the last one was cut."""
    head = stream.read(SIZE.size)
    if len(head) < SIZE.size:
        return None
    size = SIZE.unpack(head)[0]
    body = stream.read(size)
    return body if len(body) == size else None


def framed(parts: Sequence[bytes]) -> list[bytes]:
    """The parts with their lengths before them, in pieces, so that a large body is not copied."""
    return [piece for part in parts for piece in (SIZE.pack(len(part)), part)]


def write(stream: BinaryIO, parts: Sequence[bytes]) -> None:
    """The parts as frames, sent at once."""
    for piece in framed(parts):
        stream.write(piece)
    stream.flush()


def private() -> tuple[BinaryIO, BinaryIO]:
    """The two pipes, moved away from where a library might print."""
    given, out = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1):
        os.dup2(nothing, standard)
    os.close(nothing)
    return given, out


def main(arguments: Sequence[str]) -> int:
    """`arguments`: bytes of memory. Ends when the pipe does, or when nothing comes."""
    given, out = private()
    limit(int(arguments[0]))
    from gateway.snapshot.omgjoering import convert

    write_nothing()
    gc.collect()
    gc.freeze()
    write(out, [READY])
    while select.select([given], [], [], IDLE)[0]:
        job = [read(given) for _ in range(3)]
        head, language, body = job
        if head is None or language is None or body is None:
            break
        number, cpu, wall = JOB.unpack(head)
        budget(cpu, wall)
        outcome = convert(body, language.decode())
        signal.setitimer(signal.ITIMER_REAL, 0)
        made = [outcome.code.encode(), outcome.format.encode(), outcome.body]
        del job, body, outcome
        gc.collect()
        write(out, [ANSWER.pack(number, held()), *made])
        del made
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
