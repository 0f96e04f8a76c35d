"""The worker that reads uploads: kept between files, believed in little, replaced when in doubt."""

import os
import select
import sys
from pathlib import Path
from typing import Any

import pytest

from gateway.errors import LocalFault, Transient
from gateway.snapshot import arbeider, arbeidere
from gateway.snapshot.opplasting import Behandlet, Grenser, treat
from tests.pdf.planted_workers import GOOD, MADE, POISON, shas
from tests.pdf.test_uploads import locked

pytestmark = pytest.mark.usefixtures("none_before")
TOLD = "[vedleggsprosess.ANSWER.pack(NR, 0), b'VEDLEGG_PASSORD', b'', b'']"


def test_one_worker_does_file_after_file_as_a_new_one_would(
    plant: Any, uploads: Any, alone: Any
) -> None:
    """Same process for all, in either order, and the bytes of a process that did nothing else."""
    pids = plant(real=True)
    assert len(set(alone)) == len(uploads)
    assert shas(treat(uploads, "nb")) == alone
    assert shas(treat(uploads[::-1], "nb")) == alone[::-1]
    good = [sha for body, sha in zip(uploads, alone, strict=True) if body != locked()]
    arbeidere.close()
    before = len(pids())
    assert shas(treat([body for body in uploads if body != locked()], "nb")) == good
    assert len(set(pids()[before:])) == 1
    assert arbeidere.count() == 1


BREACHES = {
    "loops": ("    while True: pass", "VEDLEGG_TID"),
    "eats memory": ("    bytearray(10**12)", "VEDLEGG_OEDELAGT"),
    "eats memory bit by bit": (
        "    while True: box.append(bytearray(10**8))", "VEDLEGG_OEDELAGT"),
    "exits": ("    os._exit(0)", "VEDLEGG_OEDELAGT"),
    "dies": ("    os.kill(os.getpid(), signal.SIGSEGV)", "VEDLEGG_OEDELAGT"),
    "closes its pipes": ("    os.closerange(3, 99)", "VEDLEGG_OEDELAGT"),
}  # fmt: skip


@pytest.mark.parametrize("breach", BREACHES)
def test_a_file_that_ends_its_worker_is_flagged_alone(
    plant: Any, monkeypatch: Any, breach: str
) -> None:
    """Planted; what stands before and after it is done, and by another worker."""
    monkeypatch.setattr(arbeider, "GRACE", 1.0)
    planted, code = BREACHES[breach]
    pids = plant(f"if body == {POISON!r}:\n{planted}")
    few = Grenser(memory=400_000_000, seconds=0.5 if breach == "loops" else 30, wall=60)
    assert treat([GOOD, POISON, GOOD], "nb", few) == [MADE, Behandlet(code=code), MADE]
    assert pids()[0] != pids()[-1]
    assert arbeidere.count() == 1


STANDS_STILL = {
    "sleeps": "    time.sleep(1000)",
    "will not be woken": "    signal.signal(signal.SIGALRM, signal.SIG_IGN); time.sleep(1000)",
    "is ended by the machine": "    os.kill(os.getpid(), signal.SIGKILL)",
}


@pytest.mark.parametrize("breach", STANDS_STILL)
def test_what_the_clock_ends_is_no_outcome_of_a_file(
    plant: Any, monkeypatch: Any, breach: str
) -> None:
    """Planted: nothing is known of the file, so nothing is said of it; the next is done."""
    monkeypatch.setattr(arbeider, "GRACE", 1.0)
    plant(f"if body == {POISON!r}:\n{STANDS_STILL[breach]}")
    with pytest.raises(Transient, match="VEDLEGG_STO_STILLE"):
        treat([GOOD, POISON], "nb", Grenser(memory=400_000_000, seconds=30, wall=1))
    assert treat([GOOD], "nb") == [MADE]


def test_a_file_that_waits_for_its_turn_is_not_slow(plant: Any) -> None:
    """Seconds of the clock that were not its own are not counted against it."""
    plant("if body == b'%PDF-1.6 gift': time.sleep(1.2)")
    got = treat([POISON], "nb", Grenser(memory=400_000_000, seconds=1, wall=60))
    assert [one.code for one in got] == [""]


@pytest.mark.parametrize("breach", ["exits", "eats memory"])
def test_after_poison_the_bytes_are_those_of_a_fresh_process(
    plant: Any, uploads: Any, alone: Any, breach: str
) -> None:
    """Planted between real files of every kind: each has the checksum it has alone."""
    plant(f"if body == {POISON!r}:\n{BREACHES[breach][0]}", real=True)
    got = shas(treat([uploads[0], POISON, *uploads[1:4]], "nb"))
    assert [got[0], *got[2:]] == alone[:4]


GARBAGE = {
    "noise": "[b'x' * 100]",
    "another file's number": TOLD.replace("NR", "77"),
    "a code of its own": TOLD.replace("NR", "number").replace("PASSORD", "hemmelig"),
    "a format of its own": "[vedleggsprosess.ANSWER.pack(number, 0), b'', b'fmt/1', b'']",
    "two answers in one": "[vedleggsprosess.ANSWER.pack(number, 0), b'', b'fmt/476', b'x']",
    "nothing": "[vedleggsprosess.ANSWER.pack(number, 0), b'', b'', b'']",
    "a cut head": "[b'1234']",
}


@pytest.mark.parametrize("garbage", GARBAGE)
def test_garbage_on_the_pipe_is_no_answer(plant: Any, garbage: str) -> None:
    """Planted: the worker says something else for one file; it is flagged and the next is done."""
    more = (
        "write, state = vedleggsprosess.write, {}\n"
        "def convert(body, language, convert=omgjoering.convert):\n"
        f"    state['bad'] = body == {POISON!r}\n"
        "    return convert(body, language)\n"
        "def said(out, parts):\n"
        "    if state.get('bad'):\n"
        "        number = vedleggsprosess.ANSWER.unpack(parts[0])[0]\n"
        f"        parts = {GARBAGE[garbage]}\n"
        "    write(out, parts)\n"
        "    if state.pop('bad', False): os._exit(0)\n"
        "omgjoering.convert, vedleggsprosess.write = convert, said\n"
    )
    plant(more=more)
    assert treat([GOOD, POISON, GOOD], "nb") == [MADE, Behandlet("VEDLEGG_OEDELAGT"), MADE]


def test_a_frame_that_claims_too_much_is_not_waited_for(plant: Any) -> None:
    """Planted: a length beyond what the worker may hold ends it; nobody makes room for it."""
    more = (
        "write = vedleggsprosess.write\n"
        "def said(out, parts):\n"
        "    if len(parts) < 4: return write(out, parts)\n"
        "    write(out, parts[:3]); out.write(b'\\xff' * 8); out.flush(); time.sleep(1000)\n"
        "vedleggsprosess.write = said\n"
    )
    plant(more=more)
    assert treat([GOOD], "nb") == [Behandlet("VEDLEGG_OEDELAGT")]


def test_what_is_said_after_an_answer_is_nobodys_answer(plant: Any) -> None:
    """Planted: an upload leaves a second answer behind; the next file gets a fresh worker."""
    planted = (
        "if not box:\n"
        "    box.append(1)\n"
        "    late = lambda: (time.sleep(0.3), [os.write(fd, b'x' * 8) for fd in PIPES])\n"
        "    threading.Thread(target=late, daemon=True).start()\n"
    )
    more = (
        "private = vedleggsprosess.private\n"
        "def kept():\n"
        "    pair = private(); PIPES.append(pair[1].fileno()); return pair\n"
        "PIPES, vedleggsprosess.private = [], kept\n"
    )
    pids = plant(planted, more)
    assert treat([GOOD], "nb") == [MADE]
    (resting,) = list(arbeidere._all)
    assert resting._ready(resting._out, select.POLLIN, 10)
    assert treat([GOOD], "nb") == [MADE]
    assert len(set(pids())) == 2


def test_a_print_in_a_library_disturbs_nothing(plant: Any) -> None:
    """Planted: what is read prints and reads; neither reaches the pipes."""
    plant("print('x' * 10000, flush=True); os.write(1, b'y'); assert os.read(0, 9) == b''")
    assert treat([GOOD], "nb") == [MADE]


@pytest.mark.parametrize("code", ["VEDLEGG_FOR_STORT", "VEDLEGG_OEDELAGT"])
def test_a_used_worker_is_not_believed_when_it_refuses(plant: Any, code: str) -> None:
    """Planted: what one file left behind spoils the next; the next has what a fresh one gives."""
    pids = plant(f"if box: return omgjoering.Utfall(code={code!r})\nbox.append(1)")
    assert treat([GOOD] * 3, "nb") == [MADE] * 3
    assert len(set(pids())) == 3


def test_a_worker_is_replaced_after_its_share(plant: Any, monkeypatch: Any) -> None:
    """By number of files, and by what it still holds."""
    monkeypatch.setattr(arbeider, "JOBS", 2)
    pids = plant()
    treat([GOOD] * 5, "nb")
    assert [pids().count(one) for one in dict.fromkeys(pids())] == [2, 2, 1]
    arbeidere.close()
    monkeypatch.setattr(arbeider, "JOBS", 200)
    monkeypatch.setattr(arbeider, "HELD", 1)
    treat([GOOD] * 2, "nb")
    assert len(set(pids()[5:])) == 2


def test_a_worker_that_left_is_no_files_fault(plant: Any) -> None:
    """After some time without work it leaves by itself; the next file gets another."""
    pids = plant(more="vedleggsprosess.IDLE = 1.0")
    assert treat([GOOD], "nb") == [MADE]
    (resting,) = list(arbeidere._all)
    assert resting.process.wait(20) == 0
    assert treat([GOOD], "nb") == [MADE]
    assert len(set(pids())) == 2


def test_a_worker_that_cannot_start_blames_no_file(monkeypatch: Any) -> None:
    """A broken installation stops the run; else a whole night would be flagged for a human."""
    for command in ((sys.executable, "-c", "print('hei')"), ("/finnes/ikke",)):
        monkeypatch.setattr(arbeider, "COMMAND", command)
        with pytest.raises(LocalFault, match="VEDLEGGSPROSESS_FEIL"):
            treat([GOOD], "nb")
        assert arbeidere.count() == 0


def test_cpu_is_counted_for_each_file_alone(plant: Any) -> None:
    """Files that together use far more than one may are all done by one worker."""
    spend = (
        "until = time.process_time() + 0.4\n"
        "while time.process_time() < until: pass\n"
        "return omgjoering.Utfall(format='fmt/476')"
    )
    pids = plant(spend)
    got = treat([GOOD] * 3, "nb", Grenser(seconds=0.45, wall=60))
    assert [one.format for one in got] == ["fmt/476"] * 3
    assert len(set(pids())) == 1


def test_the_worker_sees_no_secret_of_ours(plant: Any, monkeypatch: Any, tmp_path: Path) -> None:
    """Neither in its environment nor as a file we have open, and no core file is left of it."""
    monkeypatch.setenv("STAFETT_KEYS", "hemmelig")
    plant(
        "import resource\n"
        "(worked / 'seen').write_text(repr(dict(os.environ)))\n"
        "held = [f'/proc/self/fd/{fd}' for fd in os.listdir('/proc/self/fd')]\n"
        "held = [os.readlink(fd) for fd in held if os.path.lexists(fd)]\n"
        "(worked / 'open').write_text(repr(held))\n"
        "(worked / 'core').write_text(str(resource.getrlimit(resource.RLIMIT_CORE)))"
    )
    with open(tmp_path / "vault", "wb") as vault:
        os.set_inheritable(vault.fileno(), True)
        treat([GOOD], "nb")
    held = (tmp_path / "open").read_text()
    assert held.count("pipe:") == 2
    assert "vault" not in held
    assert "hemmelig" not in (tmp_path / "seen").read_text()
    assert (tmp_path / "core").read_text() == "(0, 0)"
