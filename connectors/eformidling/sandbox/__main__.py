"""Starts both integrasjonspunkt: `python -m connectors.eformidling.sandbox --data DIR`."""

import argparse
import threading
from pathlib import Path

from connectors.eformidling.sandbox.app import open_sandbox
from connectors.sandbox.server import start


def main() -> None:
    """Serve until interrupted: `a` at the port given, `b` at the next."""
    parser = argparse.ArgumentParser(prog="python -m connectors.eformidling.sandbox")
    parser.add_argument("--port", type=int, default=8921)
    parser.add_argument("--data", type=Path, required=True, help="folder for the sandbox's data")
    chosen = parser.parse_args()
    apps = open_sandbox(chosen.data)
    # Port 0 takes free ones.
    ports = [chosen.port and chosen.port + place for place in range(len(apps))]
    running = [start(app, port=port) for app, port in zip(apps.values(), ports, strict=True)]
    try:
        for name, one in zip(apps, running, strict=True):
            print(f"eFormidling sandbox {name}: {one.url}", flush=True)  # noqa: T201
        threading.Event().wait()
    except KeyboardInterrupt:
        for one in running:
            one.stop()
        for app in apps.values():
            app.close()


if __name__ == "__main__":
    main()
