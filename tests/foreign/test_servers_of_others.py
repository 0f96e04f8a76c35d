"""A migration each way with servers that were written from the OpenAPI files alone.

Whoever wrote them had the two files and nothing else of ours, so what a client needs and the files
do not say is seen here. They run in processes of their own, make their own choices where the files
leave them free (long tags, base64 cursors, ids with dashes, pages of 25 at most, no `expires_in`,
no hash in answers, no word of how far searches are behind), and count from their own store.
"""

import base64
import hashlib
import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.story.test_there_and_home import history
from tests.story.town import CX, ORGNR, SP, Town, town

SERVERS = {CX: "conexus_server.py", SP: "samspill_server.py"}
LOGS = 30


class Foreign:
    """A server of somebody else's, in its own process."""

    def __init__(self, system: str) -> None:
        script = Path(__file__).with_name(SERVERS[system])
        self._process = subprocess.Popen(
            [sys.executable, str(script), "--port", "0", "--tenant", ORGNR,
             "--client-id", "stafett", "--client-secret", "hemmelig"],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )  # fmt: skip
        assert self._process.stdout is not None
        self.url = self._process.stdout.readline().split()[-1]

    def asked(self, path: str) -> Any:
        """What the server counts itself."""
        with urllib.request.urlopen(self.url + path, timeout=10) as answer:
            return json.load(answer)

    def stop(self) -> None:
        """End the process."""
        self._process.terminate()
        self._process.communicate(timeout=10)


@contextmanager
def foreign(place: Town, *systems: str) -> Iterator[dict[str, Foreign]]:
    """Servers of others in the place of our sandboxes; the municipality has confirmed them."""
    started = {system: Foreign(system) for system in systems}
    try:
        path = place.config / "gateway.toml"
        text = path.read_text()
        for system, server in started.items():
            text = text.replace(place.running[system].url, server.url)
            text += f'[systems.{system}.confirmed]\n"*" = {{av = "IT", dato = 2026-11-30}}\n'
        path.write_text(text)
        yield started
    finally:
        for server in started.values():
            server.stop()


def moved(place: Town, source: str, target: str) -> dict[str, Any]:
    """Plan, sign and migrate; what the run says, reconciled."""
    told = place.stafett("migrate", place.plan(source, target))
    found = place.stafett("reconcile", told["run"])
    assert found["states"] == {"settled": told["done"]}
    assert found["files"]["wrong"] == 0
    return told | {"files": found["files"]["right"]}


def held(server: Foreign) -> tuple[int, int]:
    """Files with content by the server's own store, and those whose hash is a named one."""
    dump = server.asked("/_dump")
    (logs,) = (dump[name] for name in ("logs", "plans") if name in dump)
    contents = [base64.b64decode(text) for log in logs for text in log["files"].values()]
    named = _named(dump)
    return len(contents), sum(hashlib.sha256(data).hexdigest() in named for data in contents)


def _named(value: Any) -> set[str]:
    if isinstance(value, dict):
        own = {value["sha256"]} if isinstance(value.get("sha256"), str) else set()
        return own.union(*(_named(one) for one in value.values()))
    if isinstance(value, list):
        return set().union(*(_named(one) for one in value))
    return set()


@pytest.mark.parametrize(("source", "target"), [(CX, SP), (SP, CX)], ids=("there", "home"))
def test_a_migration_to_a_server_of_somebody_elses(
    tmp_path: Path, source: str, target: str
) -> None:
    """From our sandbox: every log that may go is there once, with every byte; and a second run has
    nothing to do."""
    with town(tmp_path) as place:
        place.fill(source, list(history("generert", source))[:LOGS])
        with foreign(place, target) as servers:
            told = moved(place, source, target)
            counted = servers[target].asked("/_count")
            assert counted["logs"] == counted["made"] == told["done"] > LOGS // 2
            assert told["parked"] == 0
            assert counted["mails"] == 0
            assert counted["files"] == counted["files_named"] == told["files"] > 3
            assert held(servers[target]) == (told["files"], told["files"])
            again = place.stafett("migrate", place.plan(source, target))
            assert again["done"] == 0
            assert servers[target].asked("/_count") == counted


def test_there_and_home_between_two_servers_of_somebody_elses(tmp_path: Path) -> None:
    """Filled from our sandbox, then from theirs to theirs, and home again, both servers others'."""
    with town(tmp_path) as place:
        place.fill(CX, list(history("generert", CX))[:LOGS])
        with foreign(place, SP) as first:
            there = moved(place, CX, SP)
            before = first[SP].asked("/_count")
            # The way home, to a Conexus that nobody of us wrote, and empty.
            with foreign(place, CX) as second:
                plan_id = place.stafett("migrate", "--back", there["run"])["plan"]
                place.stafett("sign", plan_id, "--by", "IT")
                home = place.stafett("migrate", plan_id)
                assert home["done"] == there["done"]
                found = place.stafett("reconcile", home["run"])
                assert set(found["states"]) <= {"settled", "partial"}
                assert found["files"]["wrong"] == 0
                counted = second[CX].asked("/_count")
                assert counted["logs"] == counted["made"] == there["done"]
                assert counted["files"] == counted["files_named"]
            assert first[SP].asked("/_count") == before
