"""Output that nobody reads any more ends a command quietly, with the code a shell expects.

`stafett show RUN | head` is everyday use, and no fault of anybody's.
"""

import os
import subprocess
import sys

import pytest

from gateway.cli.console import Speaker, guarded
from tests.story.town import ROOT

LONG = """
import sys
from gateway.cli import main
from gateway.cli.console import Speaker, guarded

@main.stafett.command()
@guarded
def mye() -> None:
    told = Speaker(as_json=False)
    for n in range({lines}):
        told.say(f"linje {{n}}")
    told.table(("a",), [("x" * 50,)] * {rows}, "a")
    told.end(0)

sys.argv = ["stafett", "mye"]
main.main()
"""


@pytest.mark.parametrize(("lines", "rows"), [(20_000, 0), (0, 5_000), (3, 3)])
def test_a_reader_that_left(lines, rows):
    """In the middle of what is said, of a table, and before the little that was buffered."""
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [sys.executable, "-c", LONG.format(lines=lines, rows=rows)],
        cwd=ROOT, stdout=writer, stderr=subprocess.PIPE, text=True, check=False, timeout=60,
    )  # fmt: skip
    os.close(writer)
    assert (done.returncode, done.stderr) == (141, "")


def test_a_command_that_is_read_ends_as_it_says():
    """The flush at the end changes no exit code."""
    done = subprocess.run(
        [sys.executable, "-c", LONG.format(lines=2, rows=0)],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("linje 0\nlinje 1\n")


def test_an_unwritable_line_is_no_unexpected_fault(monkeypatch):
    """A command that meets a closed pipe leaves with the shell's code."""

    def gone(*_args, **_kwargs):
        raise BrokenPipeError

    monkeypatch.setattr("builtins.print", gone)
    with pytest.raises(SystemExit) as left:
        guarded(lambda: Speaker(as_json=False).say("noe"))()
    assert left.value.code == 141
