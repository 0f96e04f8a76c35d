"""The desk where people at the gateway give commands: `stafett`, one command a line, until closed.

A process that has loaded the program once answers in a tenth of the time. Words come as a JSON
list on stdin; the exit code and what the command printed go back as one line of JSON.
`python -m tests.contract.overfoering.skranke`
"""

import contextlib
import io
import json
import sys

from gateway.cli.main import stafett


def carried_out(words: list[str]) -> tuple[int, str]:
    """The exit code and the standard output of a command."""
    out = io.StringIO()
    code = 0
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(io.StringIO()):
        try:
            stafett(prog_name="stafett", standalone_mode=True, args=words)
        except SystemExit as ended:
            code = ended.code if isinstance(ended.code, int) else 1
    return code, out.getvalue()


if __name__ == "__main__":
    for line in sys.stdin:
        answer = carried_out(json.loads(line))
        print(json.dumps(answer), flush=True)
