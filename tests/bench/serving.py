"""Serves one sandbox in a process of its own, so that its CPU is not counted as ours.

`python -m tests.bench.serving SYSTEM --data DIR [--fill N] [--clones N] [--ids SEED]`. With
`--ids` the ids the server deals come from a seed, so that the same writes in the same order get
the same ids and a recorded conversation can be sent again byte for byte. Loopback only.
"""

import argparse
import importlib
import os
import time
from pathlib import Path
from random import Random
from typing import Any

from connectors.sandbox.server import start
from tests.bench.stage import TENANT


def fill(app: Any, system: str, count: int, seed: int) -> None:
    """Put generated logs into an empty sandbox."""
    generate = importlib.import_module(f"connectors.{system}.sandbox.generator").generate
    logs = generate(seed, count, tenant=TENANT)
    if hasattr(app, "fill"):
        app.fill(logs)
        return
    for document, files in logs:
        app.load(document, files)


def clone(app: Any, system: str, count: int) -> None:
    """Many Conexus logs without files, made of a few: for sizes, not for variety."""
    generate = importlib.import_module(f"connectors.{system}.sandbox.generator").generate
    few = [document for document, _ in generate(1, 100, tenant=TENANT)]
    for number in range(count):
        document = few[number % len(few)]
        app.load({**document, "loggId": f"{document['loggId']}-{number}", "filer": []}, {})


def deal_from(system: str, seed: int) -> None:
    """Let the server's ids be dealt from a seed, where the server deals ids at all."""
    if system == "visma_samspill":
        content = importlib.import_module("connectors.visma_samspill.sandbox.content")
        assert hasattr(content, "_RANDOM"), "the server deals ids from something else now"
        vars(content)["_RANDOM"] = Random(seed)


def main() -> None:
    """Print the address and serve until ended."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.serving")
    parser.add_argument("system")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--fill", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--ids", type=int, default=0)
    parser.add_argument("--clones", type=int, default=0)
    chosen = parser.parse_args()
    parent = os.getppid()
    module = importlib.import_module(f"connectors.{chosen.system}.sandbox.app")
    app = module.open_sandbox(chosen.data, tenant=TENANT)
    if chosen.fill:
        fill(app, chosen.system, chosen.fill, chosen.seed)
    if chosen.clones:
        clone(app, chosen.system, chosen.clones)
    if chosen.ids:
        deal_from(chosen.system, chosen.ids)
    with start(app, tenant=TENANT) as running:
        print(running.url, flush=True)
        # Gone when whoever started us is gone, however it went.
        while os.getppid() == parent:
            time.sleep(0.5)


if __name__ == "__main__":
    main()
