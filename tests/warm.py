"""A process of ours that begins as a copy of one which has its imports behind it.

Reading the modules takes a process longer than most commands work, and the stories start hundreds.
So one process reads them once for each test worker, and forks: what comes out is a process like any
other, with its own number, memory, signals and open files, that can be killed, starved and waited
for. What looks at how a process *starts* (its arguments, what it reads while it imports) is started
cold by `subprocess` and not from here.
"""

import atexit
import contextlib
import json
import os
import runpy
import selectors
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any

ROOT = Path(__file__).parents[1]
COLD = ("STAFETT_FAILPOINT",)
"""Read while the modules are read: a process that has one is started cold."""
_PRELOADED = (
    "gateway.cli.main", "gateway.app", "gateway.app_overfoering", "gateway.engine.worker",
    "structlog.dev", "gateway.cli.running", "gateway.cli.archiving", "gateway.cli.filing",
    "gateway.cli.proving", "gateway.cli.transferring", "gateway.cli.serving",
    "connectors.conexus_companion.connector", "connectors.visma_samspill.connector",
    "mappings.conexus_companion.mapping", "mappings.visma_samspill.mapping",
    "connectors.manuelt_arkiv.arkiv", "connectors.noark5.arkiv",
)  # fmt: skip
_BYTES = 1 << 20


class Process:
    """What is used of `subprocess.Popen`, for a fork. Raises as that does."""

    def __init__(
        self, words: Sequence[str], *, env: Mapping[str, str] | None = None,
        cwd: Path | str | None = None, stdout: int | IO[Any] | None = None,
        stderr: int | IO[Any] | None = None, text: bool = False,
    ) -> None:  # fmt: skip
        self.args = list(words)
        self.returncode: int | None = None
        self._line = socket.socket(socket.AF_UNIX)
        self._line.connect(_parent())
        theirs: list[int] = []
        self.stdout, out = _end(stdout, 1, theirs, text)
        self.stderr, err = _end(stderr, 2, theirs, text)
        with Path(os.devnull).open("rb") as nothing:
            asked = {
                "words": self.args[2:], "env": dict(os.environ if env is None else env),
                "cwd": str(cwd or Path.cwd()),
            }  # fmt: skip
            whole = json.dumps(asked).encode() + b"\n"
            socket.send_fds(self._line, [whole[:1]], [nothing.fileno(), out, err])
            self._line.sendall(whole[1:])
        for one in theirs:
            os.close(one)
        self._told = self._line.makefile("r")
        self.pid = int(self._told.readline())

    def poll(self) -> int | None:
        """The exit code, or None while it lives."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.wait(0)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Until it has ended."""
        if self.returncode is None:
            with selectors.DefaultSelector() as waiting:
                waiting.register(self._line, selectors.EVENT_READ)
                if not waiting.select(timeout):
                    raise subprocess.TimeoutExpired(self.args, timeout or 0)
            self.returncode = int(self._told.readline())
            self._told.close()
            self._line.close()
        return self.returncode

    def communicate(self, timeout: float | None = None) -> tuple[Any, Any]:
        """All it says, and its end."""
        said: dict[str, Any] = {}
        ends = {"stdout": self.stdout, "stderr": self.stderr}
        readers = [
            threading.Thread(target=lambda n=name, f=end: said.update({n: f.read()}), daemon=True)
            for name, end in ends.items()
            if end is not None
        ]
        for one in readers:
            one.start()
        until = time.monotonic() + (timeout if timeout is not None else 1e6)
        for one in readers:
            one.join(until - time.monotonic())
            if one.is_alive():
                raise subprocess.TimeoutExpired(self.args, timeout or 0)
        self.wait(None if timeout is None else max(0.0, until - time.monotonic()))
        for end in ends.values():
            if end is not None:
                end.close()
        return said.get("stdout"), said.get("stderr")

    def send_signal(self, number: int) -> None:
        """To the process itself."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """At once."""
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        """Asked to end."""
        self.send_signal(signal.SIGTERM)

    def __enter__(self) -> "Process":
        return self

    def __exit__(self, *_: object) -> None:
        for end in (self.stdout, self.stderr):
            if end is not None:
                end.close()
        self.wait()


def popen(words: Sequence[str], **how: Any) -> Any:
    """`python -m MODULE …`, begun: a fork, or cold when its environment asks for it."""
    env = how.get("env") or os.environ
    if any(name in env for name in COLD):
        return subprocess.Popen(words, **how)
    return Process(words, **how)


def run(
    words: Sequence[str], *, timeout: float | None = None, check: bool = False,
    capture_output: bool = False, **how: Any,
) -> Any:  # fmt: skip
    """`subprocess.run` of `python -m MODULE …`."""
    if capture_output:
        how |= {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    process = popen(words, **how)
    try:
        out, err = process.communicate(timeout=timeout)
    except BaseException:
        process.kill()
        raise
    if check and process.returncode:
        raise subprocess.CalledProcessError(process.returncode, list(words), out, err)
    return subprocess.CompletedProcess(list(words), process.returncode, out, err)


def _end(
    wanted: int | IO[Any] | None, inherited: int, theirs: list[int], text: bool
) -> tuple[Any, int]:
    """Our end of a pipe, when one is wanted, and the number they write to."""
    if wanted == subprocess.PIPE:
        ours, other = os.pipe()
        theirs.append(other)
        return (os.fdopen(ours, "r" if text else "rb"), other)
    if wanted == subprocess.DEVNULL:
        theirs.append(os.open(os.devnull, os.O_WRONLY))
        return None, theirs[-1]
    if wanted is None:
        return None, inherited
    assert not isinstance(wanted, int)
    return None, wanted.fileno()


_began: tuple[subprocess.Popen[bytes], str] | None = None


def _parent() -> str:
    """The address of the process that forks: one for this test worker, ended with it."""
    global _began
    if _began is None or _began[0].poll() is not None:
        address = str(Path(tempfile.mkdtemp(prefix="warm-")) / "forks")
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.warm", address], cwd=ROOT,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip
        assert process.stdout is not None and process.stdout.readline() == b"ready\n"
        _began = (process, address)
        atexit.register(_ended, process)
    return _began[1]


def _ended(process: subprocess.Popen[bytes]) -> None:
    process.communicate()  # nobody is left to ask, so it ends


# -- the other side: the process that forks -----------------------------------------------------


def _fork_for_all(address: str) -> list[str] | None:
    """Fork for each who asks, until nobody is left to ask. In a fork: its words."""
    for one in _PRELOADED:
        __import__(one)
    set_by_imports = {k: v for k, v in os.environ.items() if k not in _AT_START}
    assert len(os.listdir("/proc/self/task")) == 1, "a fork takes one thread with it"
    door = socket.socket(socket.AF_UNIX)
    door.bind(address)
    door.listen(64)
    wake, woken = socket.socketpair()
    for end in (wake, woken):
        end.setblocking(False)
    signal.set_wakeup_fd(woken.fileno())
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the test run's to answer
    asking: dict[int, socket.socket] = {}
    os.write(1, b"ready\n")
    waiting = selectors.DefaultSelector()
    for source in (door, wake, sys.stdin):
        waiting.register(source, selectors.EVENT_READ)
    while True:
        for key, _ in waiting.select():
            if key.fileobj is sys.stdin:
                return None  # our test worker is gone
            if key.fileobj is wake:
                with contextlib.suppress(BlockingIOError):
                    wake.recv(_BYTES)
                _buried(asking)
                continue
            line, _ = door.accept()
            asked, ends = _read(line)
            pid = os.fork()
            if pid == 0:
                signal.set_wakeup_fd(-1)
                for ours in (waiting, door, wake, woken, line, *asking.values()):
                    ours.close()
                return _become(asked, ends, set_by_imports)
            for end in ends:
                os.close(end)
            asking[pid] = line
            line.sendall(f"{pid}\n".encode())


def _read(line: socket.socket) -> tuple[dict[str, Any], list[int]]:
    first, ends, _, _ = socket.recv_fds(line, 1, 3)
    whole = first
    while not whole.endswith(b"\n"):
        whole += line.recv(_BYTES)
    return json.loads(whole), list(ends)


def _buried(asking: dict[int, socket.socket]) -> None:
    """Whoever asked for a process that has ended is told its exit code."""
    while asking:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if not pid:
            return
        with asking.pop(pid) as line, contextlib.suppress(OSError):
            line.sendall(f"{os.waitstatus_to_exitcode(status)}\n".encode())


def _become(asked: dict[str, Any], ends: list[int], set_by_imports: dict[str, str]) -> list[str]:
    for number, end in enumerate(ends):
        os.dup2(end, number)
        os.close(end)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.environ.clear()
    os.environ.update(set_by_imports | asked["env"])
    time.tzset()
    os.chdir(asked["cwd"])
    lines = 1 if "PYTHONUNBUFFERED" in os.environ else -1
    sys.stdin = os.fdopen(0, closefd=False)
    sys.stdout = os.fdopen(1, "w", closefd=False, buffering=lines)
    sys.stderr = os.fdopen(2, "w", closefd=False, errors="backslashreplace", buffering=1)
    return list(asked["words"])


if __name__ == "__main__":
    _AT_START = dict(os.environ)
    sys.path[0] = str(ROOT)
    _words = _fork_for_all(sys.argv[1])
    if _words is not None:
        sys.argv = [_words[0], *_words[1:]]
        runpy.run_module(_words[0], run_name="__main__", alter_sys=True)
