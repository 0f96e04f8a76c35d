"""One worker process seen from outside: started, given a job at a time, ended when in doubt.

It believes nothing the worker says beyond an answer to the job it was given, in the words agreed,
within the time. It must never give the worker a key, nor a second job after a first went wrong.
"""

import contextlib
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Sequence

from gateway.errors import LocalFault
from gateway.snapshot.filtyper import PDFA
from gateway.snapshot.vedleggsprosess import ANSWER, JOB, READY, SIZE, framed

COMMAND: Sequence[str] = (sys.executable, "-m", "gateway.snapshot.vedleggsprosess")
JOBS = 200
"""Jobs before a worker is replaced, so that nothing can pile up in it."""
HELD = 400_000_000
"""Bytes a worker may still hold after a job and go on."""
STARTING = 60.0
GRACE = 15.0
"""Seconds beyond the worker's own limit before it is ended from outside."""
# No key and no secret of ours is in the environment of a process that reads what others wrote.
_PASSED_ON = ("PATH", "PYTHONPATH", "LD_LIBRARY_PATH")
_HUNG = frozenset({-signal.SIGALRM, -signal.SIGKILL})
"""Ends that say nothing of the file: it stood still, or the machine had no memory left."""
_CODES = frozenset({
    "", "VEDLEGG_PASSORD", "VEDLEGG_OEDELAGT", "VEDLEGG_FOR_STORT", "VEDLEGG_UKJENT_TYPE",
    "VEDLEGG_EN_FARGE", "VEDLEGG_XFA", "VEDLEGG_FILER_INNI", "VEDLEGG_LAG_AV",
    "VEDLEGG_FLERE_BILDER",
})  # fmt: skip
_FORMATS = frozenset({"", *PDFA.values()})
_WORD = 64


class Ended(Exception):
    """The worker gave no answer to be believed, and is gone; `late` when it had used its CPU time,
    `hung` when it was ended by the clock or by the machine, for which no file is to blame."""

    def __init__(self, *, late: bool = False, hung: bool = False) -> None:
        super().__init__("ENDED")
        self.late = late
        self.hung = hung


class Arbeider:
    """A worker of at most `memory` bytes. One thread at a time may use it.

    Raises LocalFault("VEDLEGGSPROSESS_FEIL") when it does not start: no file is to blame for that.
    """

    def __init__(self, memory: int) -> None:
        self.memory = memory
        self._jobs = 0
        self._tired = False
        environment = {k: os.environ[k] for k in _PASSED_ON if k in os.environ}
        try:
            self.process = subprocess.Popen(  # noqa: S603 - our own interpreter, our own words
                [*COMMAND, str(memory)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                bufsize=0,
                env=environment,
                # Ctrl-C in a terminal is for us; a file being read is not broken because of it.
                process_group=0,
            )
        except OSError:
            raise LocalFault("VEDLEGGSPROSESS_FEIL") from None
        assert self.process.stdin is not None and self.process.stdout is not None
        self._into, self._out = self.process.stdin.fileno(), self.process.stdout.fileno()
        os.set_blocking(self._into, False)
        try:
            if self._frame(_WORD, time.monotonic() + STARTING) != READY:
                raise Ended
        except Ended:
            self.close()
            raise LocalFault("VEDLEGGSPROSESS_FEIL") from None
        except BaseException:
            self.close()
            raise

    @property
    def fresh(self) -> bool:
        """True before its first job."""
        return self._jobs == 0

    @property
    def fit(self) -> bool:
        """True when it may have another job: alive, silent, not too old, and holding little."""
        if self._tired or self._jobs >= JOBS or self.process.poll() is not None:
            return False
        return not self._ready(self._out, select.POLLIN, 0)

    def work(self, body: bytes, language: str, cpu: float, wall: float) -> tuple[str, str, bytes]:
        """(code, format, body) of one file within `cpu` and `wall` seconds. Raises Ended."""
        self._jobs += 1
        # Until there is a whole answer the worker is none to use again, whatever happens here.
        self._tired = True
        deadline = time.monotonic() + wall + GRACE
        try:
            job = (JOB.pack(self._jobs, cpu, wall), language.encode(), body)
            for piece in framed(job):
                self._send(piece, deadline)
            answer = self._answer(deadline)
        except Ended as ended:
            died = self._ending()
            self.close()
            late = died == -signal.SIGXCPU
            raise Ended(late=late, hung=not late and (ended.hung or died in _HUNG)) from None
        return answer

    def _answer(self, deadline: float) -> tuple[str, str, bytes]:
        head = self._frame(_WORD, deadline)
        if len(head) != ANSWER.size:
            raise Ended
        number, held = ANSWER.unpack(head)
        code = self._frame(_WORD, deadline).decode("ascii", "replace")
        format_ = self._frame(_WORD, deadline).decode("ascii", "replace")
        # More than the worker may hold it cannot have made.
        body = self._frame(self.memory, deadline)
        told = sum(map(bool, (code, format_, body)))
        if number != self._jobs or code not in _CODES or format_ not in _FORMATS or told != 1:
            raise Ended
        self._tired = held > HELD
        return code, format_, body

    def _frame(self, most: int, deadline: float) -> bytes:
        size = SIZE.unpack(self._exactly(SIZE.size, deadline))[0]
        if size > most:
            raise Ended
        return self._exactly(size, deadline)

    def _exactly(self, size: int, deadline: float) -> bytes:
        found = bytearray()
        while len(found) < size:
            self._wait(self._out, select.POLLIN, deadline)
            piece = os.read(self._out, min(size - len(found), 1 << 20))
            if not piece:
                raise Ended
            found += piece
        return bytes(found)

    def _send(self, piece: bytes, deadline: float) -> None:
        left = memoryview(piece)
        while left:
            self._wait(self._into, select.POLLOUT, deadline)
            try:
                left = left[os.write(self._into, left) :]
            except BlockingIOError:
                continue
            except BrokenPipeError:
                raise Ended from None

    def _wait(self, pipe: int, event: int, deadline: float) -> None:
        left = deadline - time.monotonic()
        if left <= 0 or not self._ready(pipe, event, left):
            raise Ended(hung=True)

    @staticmethod
    def _ready(pipe: int, event: int, seconds: float) -> bool:
        poll = select.poll()
        poll.register(pipe, event)
        return bool(poll.poll(seconds * 1000))

    def _ending(self) -> int | None:
        """How it ended by itself: the pipe closes a moment before the process is gone."""
        try:
            return self.process.wait(1)
        except subprocess.TimeoutExpired:
            return None

    def close(self) -> None:
        """End it. What it was working on was in its memory alone, and is gone with it."""
        self._tired = True
        self.process.kill()
        self.process.wait()
        self._shut()

    def forget(self) -> None:
        """For a fork of ours: let go of the pipes, and leave the worker to its owner."""
        self._tired = True
        self._shut()
        self.process.returncode = 0

    def _shut(self) -> None:
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
