"""A migration between two real sandboxes in this process, and what stands in them afterwards.

`Story` is a source, a target, a ledger and the steps of a run; `System` is one sandbox with its
connector. The content of a sandbox is read from its own store, not through a connector: that is
the outside view an oracle needs. Systems are looked up by name, as the wiring does.
"""

import hashlib
import importlib
import json
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from connectors.sandbox import synthetic
from connectors.sandbox.server import Running, start
from gateway import app
from gateway.clock import SystemClock
from gateway.effects import claim, runs
from gateway.effects.planning import Planner
from gateway.effects.push import Pusher
from gateway.effects.route import Limits, Route
from gateway.ledger.database import Database
from gateway.ledger.keys import KeyRing
from gateway.ledger.schema import prepare
from gateway.ledger.store import PayloadStore
from gateway.plan.draft import Draft, Pair, draft, read
from gateway.policy.context import Policyramme
from gateway.ports.connector import Connector, ConnectorSettings
from gateway.run import signing
from gateway.run.rows import plan_row, run_row
from schemas.stafettlogg.kodeverk import Adressebeskyttelse
from schemas.stafettlogg.person import Person
from tests.people import acting

TENANT = "899100107"
CONEXUS, SAMSPILL = "conexus_companion", "visma_samspill"
RING = KeyRing({"k1": b"s" * 32})
Generated = tuple[dict[str, Any], dict[str, bytes]]
OPTIONS = {SAMSPILL: {"planTypeId": "pt-stafettlogg"}}


class EverybodyOpen:
    """An address register that knows everybody and protects nobody, except `held` (ids)."""

    def __init__(self) -> None:
        self.held: set[str] = set()

    def check(self, persons: tuple[Person, ...]) -> Mapping[str, Adressebeskyttelse]:
        """Person id -> grade."""
        grades = (Adressebeskyttelse.INGEN, Adressebeskyttelse.FORTROLIG)
        return {person.id: grades[person.id in self.held] for person in persons}

    def born(self, persons: tuple[Person, ...]) -> Mapping[str, date]:
        """Person id -> birth date, which the sandboxes' invented numbers were made from."""
        dates = {p.id: synthetic.birth_date(i.verdi) for p in persons for i in p.identifikatorer}
        return {person: born for person, born in dates.items() if born is not None}


def generated(system: str, seed: int, count: int) -> Iterator[Generated]:
    """Invented logs in a system's wire shape, each with its files."""
    module = importlib.import_module(f"connectors.{system}.sandbox.generator")
    made: Iterator[Generated] = module.generate(seed, count, tenant=TENANT)
    return made


class System:
    """One sandbox, running in this process on a folder of its own."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name = name
        module = importlib.import_module(f"connectors.{name}.sandbox.app")
        self.app: Any = module.open_sandbox(folder, tenant=TENANT)
        self.running: Running = start(self.app, tenant=TENANT)
        self.mapping = app.mapping(name)
        self._connectors: list[Connector] = []

    def load(self, stock: Any) -> None:
        """Put logs in as the vendor's own history."""
        for document, files in stock:
            self.app.load(document, files)

    def settings(self, **changes: Any) -> ConnectorSettings:
        """Impatient settings, so that a fault costs tenths of a second."""
        values: dict[str, Any] = {
            "system": self.name, "base_url": self.running.url,
            "token_url": self.running.token_url, "client_id": "stafett",
            "client_secret": "hemmelig", "tenant": TENANT, "options": OPTIONS.get(self.name, {}),
            "timeout": 0.5, "deadline": 2.0, "retry_budget": 30.0, "breaker_pause": 0.2,
            "page_size": 4,
        }  # fmt: skip
        return ConnectorSettings(**{**values, **changes})

    def connect(self, **changes: Any) -> Connector:
        """A connector, closed with the system."""
        module = importlib.import_module(f"connectors.{self.name}.connector")
        made: Connector = module.open_connector(self.settings(**changes))
        self._connectors.append(made)
        return made

    def bodies(self) -> dict[str, bytes]:
        """Ref -> document as the sandbox itself holds it."""
        if self.name == SAMSPILL:
            return {b["plan"]["planId"]: json.dumps(b).encode() for b in self.app.bundles()}
        return {d["loggId"]: json.dumps(d).encode() for d in self.app.documents()}

    def by_key(self) -> dict[str, list[bytes]]:
        """External key -> every document that carries it."""
        found: dict[str, list[bytes]] = {}
        for body in self.bodies().values():
            data = json.loads(body)
            own = data["plan"]["externalReference"] if "plan" in data else data["eksternNokkel"]
            if own:
                found.setdefault(own, []).append(body)
        return found

    def close(self) -> None:
        """Stop connectors and the server."""
        for made in self._connectors:
            made.close()
        self.running.stop()
        self.app.close()


class Story:
    """A source, a target, a ledger, and a runner in this thread."""

    def __init__(self, source: str, target: str, folder: Path, **settings: Any) -> None:
        self.source = System(source, folder / "source")
        self.target = System(target, folder / "target")
        self.clock = SystemClock()
        self.register = EverybodyOpen()
        self.database = Database("", folder / "ledger")
        prepare(self.database, RING)
        self.store = PayloadStore(self.database, RING, self.clock)
        self.route = self._route(source, target, settings)

    def _route(self, source: str, target: str, settings: dict[str, Any]) -> Route:
        pair: Pair = app.pair(source, target, TENANT)
        frame = Policyramme(
            now=self.clock.now(), kommunenummer="9901", production=False,
            target_reads_whole_log=target == SAMSPILL,
        )  # fmt: skip
        return Route(
            source_name=source, target_name=target, source=self.source.connect(**settings),
            target=self.target.connect(**settings), pair=pair, database=self.database,
            store=self.store, ring=RING, clock=self.clock, register=self.register, frame=frame,
            limits=Limits(chunk=6, max_shrink_percent=20),
        )  # fmt: skip

    def plan(self, kind: str = "frem", of_run: str | None = None) -> str:
        """Plan and sign; returns the plan's id."""
        plan_id = Planner(self.route, kind, of_run).build()
        signing.sign(self.database, plan_id, acting(), self.route.now())
        return plan_id

    def begin(self, plan_id: str) -> str:
        """Start a run."""
        return runs.begin(self.route, plan_id)[0]

    def work(self, run_id: str) -> dict[str, Any]:
        """Every chunk that is left, then close; returns the summary."""
        run = run_row(self.database, run_id)
        plan = plan_row(self.database, run["plan_id"])
        for chunk in runs.chunks_left(self.database, run_id, plan["plan_id"]):
            held = claim.take(self.database, run_id, chunk, self.clock.new_id())
            pusher = Pusher(self.route, run_id, plan, cursor=run["cursor"], pause=_short)
            if pusher.chunk(chunk, held) == "ferdig":
                runs.chunk_finished(self.database, run_id, chunk)
        return runs.close(self.route, run_id)

    def promised(self, body: bytes) -> Draft:
        """What one source document shall become, by the pure half alone."""
        reading = read(self.route.pair, body)
        return draft(self.route.pair, reading, self.route.ramme(reading.logg, going_home=False))

    def close(self) -> None:
        """Stop everything."""
        self.database.close()
        self.source.close()
        self.target.close()


def _short(seconds: float) -> None:
    time.sleep(min(seconds, 0.1))


def digest(body: bytes) -> str:
    """SHA-256 of a document, whatever the order of its keys."""
    data = json.loads(body)
    return hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()


@pytest.fixture
def story(tmp_path: Path) -> Iterator[Callable[..., Story]]:
    """Makes stories: `story(source, target, **connector_settings)`; all are closed at the end."""
    made: list[Story] = []

    def make(source: str = CONEXUS, target: str = SAMSPILL, **settings: Any) -> Story:
        made.append(Story(source, target, tmp_path / f"story-{len(made)}", **settings))
        return made[-1]

    yield make
    for each in made:
        each.close()


@pytest.fixture
def flytting(tmp_path: Path) -> Iterator[Callable[..., Any]]:
    """Makes a move of one family over a wire of the test's own."""
    from tests.story.test_familien_flytter import case
    from tests.story.to_kommuner import Flytting, Ledning

    made: list[Any] = []

    def make(name: str = "leksene", **kinds: Any) -> Any:
        stock = [case(CONEXUS, name)]
        made.append(Flytting(tmp_path / str(len(made)), stock, wire=Ledning(), **kinds))
        (made[-1].logg,) = made[-1].a.look_over()
        return made[-1]

    yield make
    for one in made:
        one.close()
