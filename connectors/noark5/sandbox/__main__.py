"""Starts the Noark 5 sandbox alone: `python -m connectors.noark5.sandbox --data DIR`."""

import argparse
import threading
from pathlib import Path

from connectors.noark5.sandbox.app import open_sandbox
from connectors.sandbox.server import start


def main() -> None:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(prog="python -m connectors.noark5.sandbox")
    parser.add_argument("--port", type=int, default=8911)
    parser.add_argument("--data", type=Path, required=True, help="folder for the sandbox's data")
    chosen = parser.parse_args()
    app = open_sandbox(chosen.data)
    running = start(app, port=chosen.port)
    try:
        print(f"Noark 5 sandbox: {running.url}/n5/", flush=True)  # noqa: T201
        threading.Event().wait()
    except KeyboardInterrupt:
        running.stop()
        app.close()


if __name__ == "__main__":
    main()
