"""Starts the Fiks IO sandbox alone: `python -m connectors.fiks_io.sandbox --data DIR`."""

import argparse
import threading
from pathlib import Path

from connectors.fiks.sandbox.megler import NoBroker
from connectors.fiks_io.sandbox.app import AMQP, open_sandbox
from connectors.sandbox.server import start


def main() -> None:
    """Serve until interrupted. Needs a RabbitMQ with its management interface on this machine."""
    parser = argparse.ArgumentParser(prog="python -m connectors.fiks_io.sandbox")
    parser.add_argument("--port", type=int, default=8920)
    parser.add_argument("--data", type=Path, required=True, help="folder for the sandbox's data")
    parser.add_argument("--amqp", default="", help=f"the broker; $STAFETT_AMQP or {AMQP}")
    chosen = parser.parse_args()
    try:
        app = open_sandbox(chosen.data, amqp=chosen.amqp)
    except NoBroker:
        parser.exit(1, "no broker answers; start one with .ci/rabbitmq start\n")
    running = start(app, port=chosen.port)
    try:
        print(f"Fiks IO sandbox: {running.url}", flush=True)  # noqa: T201
        threading.Event().wait()
    except KeyboardInterrupt:
        running.stop()
        app.close()


if __name__ == "__main__":
    main()
