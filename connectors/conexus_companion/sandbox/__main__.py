"""Starts the sandbox alone: `python -m connectors.conexus_companion.sandbox --data DIR`.

It prints where it listens; it listens on loopback only.
"""

import argparse
import threading
from collections.abc import Sequence
from pathlib import Path

from connectors.conexus_companion.sandbox.app import open_sandbox
from connectors.conexus_companion.sandbox.corpus import load, protected
from connectors.sandbox import register
from connectors.sandbox.server import start


def main(arguments: Sequence[str] | None = None) -> None:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(prog="python -m connectors.conexus_companion.sandbox")
    parser.add_argument("--port", type=int, default=8901)
    parser.add_argument("--data", type=Path, required=True, help="folder for the sandbox's data")
    parser.add_argument("--fill", type=int, default=0, help="generate this many logs when empty")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--register", type=Path, help="write a practice register of its persons")
    parser.add_argument("--corpus", action="store_true", help="load the corpus when empty")
    parser.add_argument("--tenant", default="899100107", help="organisation number, nine digits")
    chosen = parser.parse_args(arguments)
    app = open_sandbox(chosen.data, tenant=chosen.tenant)
    empty = next(app.documents(), None) is None
    if chosen.corpus and empty:
        for _case, logg, files in load():
            app.load(logg, files)
    if chosen.fill and empty:
        # Imported here: the generator is only for filling.
        from connectors.conexus_companion.sandbox.generator import generate

        for logg, files in generate(chosen.seed, chosen.fill):
            app.load(logg, files)
    if chosen.register:
        register.write(
            chosen.register, app.documents(), protected() if chosen.corpus else frozenset()
        )
    with start(app, port=chosen.port) as running:
        try:
            print(f"conexus_companion: {running.url}", flush=True)  # noqa: T201 - its one line
            threading.Event().wait()
        except KeyboardInterrupt:
            pass
        finally:
            app.close()


if __name__ == "__main__":
    main()
