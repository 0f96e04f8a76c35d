"""A canary number, name and sentence in every log of the corpus: found nowhere outside the store.

Swept after a whole migration with faults, a park and a way home: terminal output, logs, reports,
the engine's tables, every file on disk as raw bytes, addresses of calls, and process arguments.
"""

import importlib
import json
import os
import subprocess
from pathlib import Path

import pytest

from connectors.sandbox.app import Request
from tests.story.test_there_and_home import ours
from tests.story.town import CX, ROOT, SP, Town, town

FULL = os.environ.get("STAFETT_FULL") == "1"

FAULTS = [
    {"kind": "busy503", "match": "", "times": 0, "probability": 0.02},
    {"kind": "cut_json", "match": "^GET", "times": 0, "probability": 0.02},
    {"kind": "html200", "match": "^GET", "times": 0, "probability": 0.01},
    {"kind": "cut_after", "match": "^(POST|PATCH) /(external|content|api)", "times": 0,
     "probability": 0.01},
]  # fmt: skip


def corpus(system: str):
    """The corpus of one system."""
    return importlib.import_module(f"connectors.{system}.sandbox.corpus")


class Eavesdropper:
    """Everything that can be heard or seen outside the sealed store."""

    def __init__(self, place: Town) -> None:
        self.place = place
        self.heard: list[tuple[str, bytes]] = []
        for name in (CX, SP):
            self.listen(name)

    def listen(self, name: str) -> None:
        """Keep the address and headers of every call a sandbox gets."""
        handle = self.place.apps[name].handle

        def noted(request: Request):
            seen = [request.method, request.path, *request.query.values(), *request.query]
            seen += [value for key, value in request.headers.items() if key != "authorization"]
            self.heard.append((f"call to {name}", " ".join(seen).encode()))
            return handle(request)

        self.place.apps[name].handle = noted

    def run(self, *words: str) -> dict:
        """A command; its words, its output and its arguments as the machine shows them."""
        process = subprocess.Popen(
            [*self.place.command(*words), "--json"], env=self.place.env(STAFETT_LOG="DEBUG"),
            cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        arguments = Path(f"/proc/{process.pid}/cmdline")
        if arguments.exists():
            self.heard.append(("arguments", arguments.read_bytes()))
        out, err = process.communicate(timeout=120)
        self.heard += [(f"stdout of {words[0]}", out), (f"stderr of {words[0]}", err)]
        return dict(json.loads(out)) if out.strip() else {}


@pytest.mark.parametrize(("source", "target"), [(CX, SP), (SP, CX)] if FULL else [(SP, CX)])
def test_nothing_of_a_person_is_outside_the_store(tmp_path, source, target):
    """0 occurrences of any canary, in any of the places."""
    with town(tmp_path) as place:
        cases = corpus(source)
        place.fill(source, ((ours(d), files) for _case, d, files in cases.load()))
        ear = Eavesdropper(place)
        for name in (CX, SP):
            place.running[name].faults(FAULTS, seed=5)
        plan_id = ear.run("plan", source, target)["plan"]
        ear.run("show", plan_id)
        ear.run("sign", plan_id, "--by", "IT")
        run_id = ear.run("migrate", plan_id)["run"]
        for words in (("status", run_id), ("parked", run_id), ("reconcile", run_id),
                      ("report", run_id), ("report", run_id, "--language", "en"), ("verify",),
                      ("show", "finnes-ikke", "--why"), ("migrate", "--back", run_id)):  # fmt: skip
            ear.run(*words)
        for step in ear.run("show", plan_id)["steps"][:5]:
            ear.run("show", step["logg"], "--why")
        canaries = [canary.encode() for canary in cases.canaries()]
        assert len(canaries) > 30
        for path, data in place.on_disk():
            ear.heard.append((path.name, data))
        found = sorted({where for where, data in ear.heard for c in canaries if c in data})
        assert found == []
        swept = " ".join(where for where, _ in ear.heard)
        for place_name in ("stdout of migrate", "call to", "engine.db", "ledger.db", ".html"):
            assert place_name in swept


def test_the_sweep_would_find_a_leak(tmp_path):
    """Planted: one canary in one file of the data folder is found."""
    with town(tmp_path) as place:
        canary = corpus(CX).canaries()[0].encode()
        (place.folder / "data" / "leak.log").write_bytes(b"x" + canary)
        assert [path.name for path, data in place.on_disk() if canary in data] == ["leak.log"]
