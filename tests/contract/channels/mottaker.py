"""Fetches and never acknowledges: the process the test kills. Settings come on stdin.

`python mottaker.py CHANNEL COUNT`. Prints how many it holds when it has COUNT of them.
"""

import importlib
import sys
import threading
import time

from tests.contract.channels.stand import from_json


def main() -> None:
    """Hold messages until killed."""
    name, count = sys.argv[1], int(sys.argv[2])
    kanal = importlib.import_module(f"connectors.{name}.kanal").open_kanal(
        from_json(sys.stdin.read())
    )
    while len(found := kanal.hent(50)) < count:
        time.sleep(0.05)
    print(len(found), flush=True)
    threading.Event().wait()


if __name__ == "__main__":
    main()
