"""What every measurement stands on: sandboxes in processes of their own, routes and a clock.

Everybody is open in the address register here: what is measured is the machinery, and every log
shall move. Nothing is filled or started inside a measured section.
"""

import importlib
import json
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Self

import httpx

from connectors.sandbox import synthetic
from gateway import app
from gateway.clock import SystemClock
from gateway.effects.route import Limits, Route
from gateway.ledger.database import Database
from gateway.ledger.keys import KeyRing
from gateway.ledger.schema import prepare
from gateway.ledger.store import PayloadStore
from gateway.policy.context import Policyramme
from gateway.ports.connector import Connector, ConnectorSettings
from schemas.stafettlogg.kodeverk import Adressebeskyttelse
from schemas.stafettlogg.person import Person

TENANT = "899100107"
CONEXUS, SAMSPILL = "conexus_companion", "visma_samspill"
RING = KeyRing({"maaling": b"m" * 32})
ROOT = Path(__file__).parents[2]
OPTIONS: dict[str, dict[str, str]] = {SAMSPILL: {"planTypeId": "pt-stafettlogg"}}


class EverybodyOpen:
    """An address register that knows everybody and protects nobody."""

    def check(self, persons: tuple[Person, ...]) -> Mapping[str, Adressebeskyttelse]:
        """Person id -> INGEN."""
        return {person.id: Adressebeskyttelse.INGEN for person in persons}

    def born(self, persons: tuple[Person, ...]) -> Mapping[str, date]:
        """Person id -> birth date, which the sandboxes' invented numbers were made from."""
        dates = {p.id: synthetic.birth_date(i.verdi) for p in persons for i in p.identifikatorer}
        return {person: born for person, born in dates.items() if born is not None}


class Served:
    """One sandbox process; a context manager."""

    def __init__(
        self,
        system: str,
        folder: Path | None,
        *,
        fill: int = 0,
        seed: int = 1,
        ids: int = 0,
        clones: int = 0,
        url: str = "",
    ) -> None:
        self.system = system
        self.url = url
        self._process: subprocess.Popen[str] | None = None
        if folder is None:
            return
        folder.mkdir(parents=True, exist_ok=True)
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.bench.serving", system, "--data", str(folder),
             "--fill", str(fill), "--seed", str(seed), "--ids", str(ids),
             "--clones", str(clones)],
            stdout=subprocess.PIPE, text=True, cwd=ROOT,
        )  # fmt: skip
        assert self._process.stdout is not None
        self.url = self._process.stdout.readline().strip()
        if not self.url.startswith("http"):
            self.stop()
            raise RuntimeError(f"the sandbox of {system} did not start")

    @classmethod
    def at(cls, system: str, url: str) -> "Served":
        """One that another process started."""
        return cls(system, None, url=url)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def journal(self) -> dict[str, Any]:
        """What the sandbox counted."""
        with urllib.request.urlopen(f"{self.url}/_sandbox/journal", timeout=60) as answer:
            found: dict[str, Any] = json.loads(answer.read())
        return found

    def requests(self) -> int:
        """How many requests it has had, tokens included."""
        return int(self.journal()["requests"]["total"])

    def settings(self, **changes: Any) -> ConnectorSettings:
        """Settings of a connector to it."""
        values: dict[str, Any] = {
            "system": self.system, "base_url": self.url, "token_url": f"{self.url}/connect/token",
            "client_id": "stafett", "client_secret": "hemmelig", "tenant": TENANT,
            "options": OPTIONS.get(self.system, {}),
        }  # fmt: skip
        return ConnectorSettings(**{**values, **changes})

    def connect(self, **changes: Any) -> Connector:
        """An open connector to it."""
        return open_connector(self.settings(**changes))

    def stop(self) -> None:
        """End the process, if it is ours."""
        if self._process is None:
            return
        self._process.terminate()
        self._process.wait(10)
        if self._process.stdout:
            self._process.stdout.close()


def token(served: Served) -> str:
    """A token, for programs that are not connectors."""
    form = {
        "grant_type": "client_credentials", "client_id": "stafett", "client_secret": "hemmelig",
        "tenant_id": TENANT,
    }  # fmt: skip
    answer = httpx.post(f"{served.url}/connect/token", data=form, trust_env=False)
    return str(answer.json()["access_token"])


def open_connector(settings: ConnectorSettings) -> Connector:
    """A connector by its system's name, as the wiring does."""
    module = importlib.import_module(f"connectors.{settings.system}.connector")
    made: Connector = module.open_connector(settings)
    return made


@dataclass(frozen=True)
class Journey:
    """A route with its ledger in a folder of its own."""

    route: Route
    folder: Path


@contextmanager
def journey(source: Served, target: Served, folder: Path, *, chunk: int = 50) -> Iterator[Journey]:
    """A fresh ledger and a route; connectors and files are closed at the end."""
    clock = SystemClock()
    database = Database("", folder)
    prepare(database, RING)
    one, two = source.connect(), target.connect()
    try:
        yield Journey(
            Route(
                source_name=source.system, target_name=target.system, source=one, target=two,
                pair=app.pair(source.system, target.system, TENANT), database=database,
                store=PayloadStore(database, RING, clock), ring=RING, clock=clock,
                register=EverybodyOpen(),
                frame=Policyramme(
                    now=clock.now(), kommunenummer="9901", production=False,
                    target_reads_whole_log=target.system == SAMSPILL,
                ),
                limits=Limits(chunk=chunk, max_shrink_percent=100),
            ),
            folder,
        )  # fmt: skip
    finally:
        one.close()
        two.close()
        database.close()


@contextmanager
def workplace() -> Iterator[Path]:
    """A folder that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="stafett-bench-") as name:
        yield Path(name)


def cpu() -> float:
    """CPU seconds (user and system) this process alone has used; as `os.times`, but finer."""
    return time.process_time()
