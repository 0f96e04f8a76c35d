"""Starts the SvarUt sandbox alone: `python -m connectors.svarut.sandbox --data DIR`."""

import argparse
import threading
from pathlib import Path

from connectors.sandbox.server import start
from connectors.svarut.sandbox.app import open_sandbox
from connectors.svarut.sandbox.plattform import open_platform


def main() -> None:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(prog="python -m connectors.svarut.sandbox")
    parser.add_argument("--port", type=int, default=8913)
    parser.add_argument("--data", type=Path, required=True, help="folder for the sandbox's data")
    parser.add_argument(
        "--plattform",
        action="store_true",
        help="two municipalities, SvarUt and SvarInn (the channel), instead of one archive",
    )
    chosen = parser.parse_args()
    app = open_platform(chosen.data) if chosen.plattform else open_sandbox(chosen.data)
    running = start(app, port=chosen.port)
    try:
        print(f"SvarUt sandbox: {running.url}", flush=True)  # noqa: T201
        threading.Event().wait()
    except KeyboardInterrupt:
        running.stop()
        app.close()


if __name__ == "__main__":
    main()
