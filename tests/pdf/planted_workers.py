"""Workers with other ways than ours, planted: what they do with a file, and what they say."""

import hashlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from gateway.snapshot import arbeider, arbeidere
from gateway.snapshot.opplasting import Behandlet, treat
from tests.pdf.test_uploads import locked, pdf, picture

# A worker with other ways: `{planted}` is what it does with a file before it is converted.
CODE = """
import os, signal, sys, threading, time
from pathlib import Path
from gateway.snapshot import vedleggsprosess
{reader}
real, box, worked = omgjoering.convert, [], Path({folder!r})
def convert(body, language):
{told}
{planted}
    return real(body, language)
omgjoering.convert = convert
{more}
sys.exit(vedleggsprosess.main(sys.argv[1:]))
"""
# The real one can write nothing; a planted one is to say which process did which file.
TOLD = '    with open(worked / "pids", "a") as file: file.write(f"{os.getpid()}\\n")'
OPEN = "vedleggsprosess.write_nothing = lambda: None"
REAL = "from gateway.snapshot import omgjoering"
# Where it is the pipe that is tried, a reader that loads no library: a worker starts in no time.
LIGHT = """
import collections, types
omgjoering = sys.modules["gateway.snapshot.omgjoering"] = types.ModuleType("omgjoering")
omgjoering.Utfall = collections.namedtuple("Utfall", "code format body", defaults=("", "", b""))
omgjoering.convert = lambda body, language: omgjoering.Utfall(body=b"laget av " + body)
"""
GOOD, POISON = b"%PDF-1.7 god", b"%PDF-1.6 gift"
MADE = Behandlet(body=b"laget av " + GOOD)


@pytest.fixture
def none_before() -> Iterator[None]:
    """No worker from another test, and none left."""
    arbeidere.close()
    yield
    arbeidere.close()


@pytest.fixture
def plant(monkeypatch: Any, tmp_path: Path) -> Callable[..., Callable[[], list[str]]]:
    """Plant other ways in the worker; gives a reader of the processes that did each file."""

    def with_(
        planted: str = "", more: str = "", *, real: bool = False, writes: bool = True
    ) -> Callable[[], list[str]]:
        lines = "\n".join("    " + line for line in planted.splitlines())
        reader = REAL if real else LIGHT
        code = CODE.format(
            planted=lines, more=more + ("\n" + OPEN if writes else ""), reader=reader,
            folder=str(tmp_path), told=TOLD if writes else "",
        )  # fmt: skip
        monkeypatch.setattr(arbeider, "COMMAND", (sys.executable, "-c", code))
        return lambda: (tmp_path / "pids").read_text().split()

    return with_


@pytest.fixture(scope="session")
def uploads(lab: Any) -> list[bytes]:
    """Uploads of the corpora and of other kinds: what differs most in what it leaves behind."""
    found = sorted({body for _n, _log, files in lab.corpus() for body in files.values()})[:1]
    other = pdf(b"BT /F1 12 Tf 90 500 Td (Annet) Tj ET")
    return [
        *found,
        pdf(),
        other,
        picture("PNG", "RGBA"),
        locked(),
        picture("JPEG", "CMYK", (90, 30)),
    ]


@pytest.fixture(scope="session")
def alone(uploads: list[bytes]) -> list[str]:
    """The checksum of what a process of its own makes of each."""
    return [fresh(body) for body in uploads]


def fresh(body: bytes) -> str:
    """The checksum of what a process of its own makes of a file."""
    arbeidere.close()
    return shas(treat([body], "nb"))[0]


def shas(outcomes: list[Behandlet]) -> list[str]:
    """The outcomes by checksum."""
    return [
        hashlib.sha256(f"{one.code}|{one.format}|".encode() + one.body).hexdigest()
        for one in outcomes
    ]
