"""The worker process: attachments in on stdin, outcomes out on stdout, each within hard limits.

Started by `opplasting.py`, never imported by it. The kernel ends the process when a file takes too
long or too much memory: no code of ours need get a turn for that. Frames are a length in eight
bytes and the bytes; an outcome is three frames: code, format, body.
"""

import resource
import signal
import struct
import sys
from typing import BinaryIO


def limit(memory: int, cpu: int) -> None:
    """At most `memory` bytes of address space and `cpu` seconds in all."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def read(stream: BinaryIO) -> bytes | None:
    """The next whole frame; None at the end, also when the last one was cut."""
    head = stream.read(8)
    if len(head) < 8:
        return None
    size = struct.unpack(">Q", head)[0]
    body = stream.read(size)
    return body if len(body) == size else None


def write(stream: BinaryIO, body: bytes) -> None:
    """One frame."""
    stream.write(struct.pack(">Q", len(body)))
    stream.write(body)


def main(arguments: list[str]) -> int:
    """`memory cpu seconds language`: limits in bytes and seconds, the last two per file."""
    memory, cpu, seconds = (int(one) for one in arguments[:3])
    limit(memory, cpu)
    from gateway.snapshot.omgjoering import convert

    given, out = sys.stdin.buffer, sys.stdout.buffer
    while (body := read(given)) is not None:
        # No handler: the default action ends the process, also inside a library that loops.
        signal.setitimer(signal.ITIMER_REAL, seconds)
        outcome = convert(body, arguments[3])
        signal.setitimer(signal.ITIMER_REAL, 0)
        for part in (outcome.code.encode(), outcome.format.encode(), outcome.body):
            write(out, part)
        out.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
