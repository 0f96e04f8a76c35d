"""Where workers are and are not: a thread each, none after the interpreter, none in a fork."""

import contextlib
import gc
import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from gateway.snapshot import arbeider, arbeidere
from gateway.snapshot.opplasting import treat
from tests.pdf.planted_workers import GOOD, MADE, shas

pytestmark = pytest.mark.usefixtures("none_before")


def test_two_threads_have_a_worker_each_and_leave_none(
    plant: Any, uploads: Any, alone: Any
) -> None:
    """At once, never mixed; and threads that end do not leave workers behind."""
    pids = plant(real=True)
    wrong: list[int] = []

    def lane(order: int) -> None:
        for nr in [0, 1, 2, 3, 5][::order]:
            if shas(treat([uploads[nr]], "nb")) != [alone[nr]]:
                wrong.append(nr)

    for _ in range(2):
        lanes = [threading.Thread(target=lane, args=(order,)) for order in (1, -1)]
        for one in lanes:
            one.start()
        for one in lanes:
            one.join()
    assert wrong == []
    assert 1 <= len(set(pids())) <= 2
    assert arbeidere.count() == len(set(pids()))


def test_an_interrupted_file_leaves_no_worker_in_the_middle(plant: Any, monkeypatch: Any) -> None:
    """Planted: Ctrl-C while an answer is awaited; that worker is not used again."""
    plant()
    treat([GOOD], "nb")

    def interrupted(*_: Any) -> Any:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(arbeider.Arbeider, "_answer", interrupted)
        with pytest.raises(KeyboardInterrupt):
            treat([GOOD], "nb")
    assert arbeidere.count() == 0
    assert treat([GOOD], "nb") == [MADE]


_WHOLE = """
import os, sys, threading
from pathlib import Path
from gateway.snapshot import arbeidere
from gateway.snapshot.opplasting import treat
body = Path(sys.argv[1]).read_bytes()
first = treat([body], "nb")
(worker,) = arbeidere._all
print(worker.process.pid)
if "fork" in sys.argv:
    child = os.fork()
    if not child:
        alone = not arbeidere._all and not arbeidere._idle and arbeidere.count() == 0
        try:
            os.fstat(worker._into)
        except OSError:
            os._exit(0 if alone else 1)
        os._exit(2)
    assert os.waitpid(child, 0)[1] == 0
    assert treat([body], "nb") == first and worker in arbeidere._all
if "leave" in sys.argv:
    child = os.fork()
    if not child:
        sys.exit(0)
    assert os.waitpid(child, 0)[1] == 0
    assert treat([body], "nb") == first and worker in arbeidere._all
"""


@pytest.mark.parametrize("way", ["plain", "fork", "leave"])
def test_the_workers_end_with_the_interpreter(uploads: Any, tmp_path: Path, way: str) -> None:
    """Without a warning or a process left; and a fork has none of its parent's."""
    file = tmp_path / "opplastet"
    file.write_bytes(uploads[0])
    done = subprocess.run(
        [sys.executable, "-W", "error", "-X", "dev", "-c", _WHOLE, str(file), way],
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    pid = done.stdout.strip()
    with contextlib.suppress(ProcessLookupError):
        os.kill(int(pid), 0)
        pytest.fail("the worker lives on")


def test_a_worker_without_its_owner_ends(uploads: Any, tmp_path: Path) -> None:
    """Planted: the gateway is killed outright; the pipe closes and the worker goes."""
    file = tmp_path / "opplastet"
    file.write_bytes(uploads[0])
    code = _WHOLE + "\nsys.stdout.flush(); os.kill(os.getpid(), 9)"
    done = subprocess.run(
        [sys.executable, "-c", code, str(file)], capture_output=True, text=True, timeout=120,
        check=False,
    )  # fmt: skip
    pid = int(done.stdout.split()[0])
    for _ in range(400):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return
        if Path(f"/proc/{pid}/stat").read_text().split()[2] == "Z":
            return
        time.sleep(0.05)
    pytest.fail("the worker lives on")


def test_closed_is_closed(plant: Any) -> None:
    """No pipe is left to the collector, which would warn; and closing does not end freezing."""
    plant()
    treat([GOOD], "nb")
    arbeidere.close()
    gc.collect()
    assert arbeidere.count() == 0
    assert treat([GOOD], "nb") == [MADE]
