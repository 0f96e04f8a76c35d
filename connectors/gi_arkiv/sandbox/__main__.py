"""Starts the GI Arkiv sandbox alone: `python -m connectors.gi_arkiv.sandbox --data DIR`."""

import argparse
import threading
from pathlib import Path

from connectors.gi_arkiv.sandbox.app import open_sandbox
from connectors.sandbox.server import start


def main() -> None:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(prog="python -m connectors.gi_arkiv.sandbox")
    parser.add_argument("--port", type=int, default=8912)
    parser.add_argument("--data", type=Path, required=True, help="folder for the sandbox's data")
    chosen = parser.parse_args()
    app = open_sandbox(chosen.data)
    running = start(app, port=chosen.port)
    try:
        print(f"GI Arkiv sandbox: {running.url}", flush=True)  # noqa: T201
        threading.Event().wait()
    except KeyboardInterrupt:
        running.stop()
        app.close()


if __name__ == "__main__":
    main()
