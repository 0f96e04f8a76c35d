"""Starts the Samspill sandbox alone: `python -m connectors.visma_samspill.sandbox --data DIR`."""

import argparse
import threading
from pathlib import Path

from connectors.sandbox import register
from connectors.sandbox.server import start
from connectors.visma_samspill.sandbox.app import open_sandbox
from connectors.visma_samspill.sandbox.corpus import load, protected
from connectors.visma_samspill.sandbox.generator import TENANT, generate


def main() -> None:
    """Serve until interrupted; `--fill` and `--corpus` put plans into an empty folder."""
    parser = argparse.ArgumentParser(prog="python -m connectors.visma_samspill.sandbox")
    parser.add_argument("--port", type=int, default=8902)
    parser.add_argument("--data", type=Path, required=True, help="folder for the sandbox's data")
    parser.add_argument("--fill", type=int, default=0, help="how many generated plans to put in")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--corpus", action="store_true", help="put the corpus in when empty")
    parser.add_argument("--tenant", default=TENANT, help="organisation number")
    parser.add_argument("--register", type=Path, help="write a practice register of its persons")
    parser.add_argument("--client-id", default="stafett")
    parser.add_argument("--client-secret", default="hemmelig")
    chosen = parser.parse_args()
    app = open_sandbox(chosen.data, tenant=chosen.tenant)
    empty = not app.count()
    if chosen.corpus and empty:
        app.fill((bundle, files) for _case, bundle, files in load(chosen.tenant))
    if chosen.fill and empty:
        app.fill(generate(chosen.seed, chosen.fill, tenant=chosen.tenant))
    if chosen.register:
        register.write(
            chosen.register, app.bundles(), protected() if chosen.corpus else frozenset()
        )
    running = start(
        app, port=chosen.port, client_id=chosen.client_id, client_secret=chosen.client_secret
    )
    try:
        print(f"Samspill sandbox: {running.url} ({app.count()} plans)", flush=True)  # noqa: T201
        threading.Event().wait()
    except KeyboardInterrupt:
        running.stop()
        app.close()


if __name__ == "__main__":
    main()
