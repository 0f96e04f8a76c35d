"""Uploaded files on their way into a snapshot: parsed in a separate process, or not at all.

The original is always kept. This module looks at no more of a file than what kind it is of
(`filtyper.py`); all reading is done by `vedleggsprosess.py` under limits of memory and time.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from gateway.errors import Transient
from gateway.snapshot import arbeidere, filtyper
from gateway.snapshot.arbeider import Ended


@dataclass(frozen=True, slots=True)
class Grenser:
    """Limits: bytes per file, bytes of memory, and seconds per file: of CPU, and in all.

    What a file needs is counted in CPU time, so that the same bytes come to the same on a machine
    with much else to do. The clock is against a process that stands still, and no file's fault.
    """

    size: int = 100_000_000
    memory: int = 2_000_000_000
    seconds: float = 300
    wall: float = 1800


@dataclass(frozen=True, slots=True)
class Behandlet:
    """What became of a file: `format` when it stays as it is, `body` when made anew, or a code."""

    code: str = ""
    format: str = ""
    body: bytes = b""


def treat(bodies: Sequence[bytes], language: str, limits: Grenser | None = None) -> list[Behandlet]:
    """The outcome of each file, in order. A file that ends the worker gets a code of its own.

    Raises nothing for a bad file; LocalFault("VEDLEGGSPROSESS_FEIL") when no worker starts;
    Transient("VEDLEGG_STO_STILLE") when one stood still, for then nothing is known of the file.
    `language` is nb or nn, for the page images' title.
    """
    limits = limits or Grenser()
    return [_treated(body, language, limits) for body in bodies]


def _treated(body: bytes, language: str, limits: Grenser) -> Behandlet:
    if len(body) > limits.size:
        return Behandlet(code="VEDLEGG_FOR_STORT")
    if not body:
        return Behandlet(code="VEDLEGG_OEDELAGT")
    if filtyper.filetype(body).kind == "ukjent":
        return Behandlet(code="VEDLEGG_UKJENT_TYPE")
    outcome, believed = _worked(body, language, limits, fresh=False)
    if not believed:
        outcome, _ = _worked(body, language, limits, fresh=True)
    return outcome


def _worked(body: bytes, language: str, limits: Grenser, *, fresh: bool) -> tuple[Behandlet, bool]:
    """The outcome, and whether a worker without a past would have come to the same.

    What an earlier file left in a worker (memory above all) must never be another file's fault: a
    refusal and a death are believed only of a fresh one. Time is counted for each file alone.
    """
    worker = arbeidere.take(limits.memory, fresh=fresh)
    alone = worker.fresh
    try:
        code, format_, made = worker.work(body, language, limits.seconds, limits.wall)
    except Ended as ended:
        if ended.hung:
            raise Transient("VEDLEGG_STO_STILLE", place=f"{len(body)} byte") from None
        code = "VEDLEGG_TID" if ended.late else "VEDLEGG_OEDELAGT"
        return Behandlet(code=code), alone or ended.late
    finally:
        arbeidere.give(worker)
    return Behandlet(code, format_, made), alone or not code
