"""A vendor as the suite sees it: its sandbox running, its connector open, orders to send.

Vendors are found by folder and loaded when a test asks for one, so that a broken vendor fails
alone and under its own name. No vendor is named here.
"""

import hashlib
import importlib
import json
import logging
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

import connectors
from connectors.sandbox.server import Running, start
from gateway.errors import UnknownOutcome
from gateway.ports.connector import Connector, ConnectorSettings, FileRef, Order, Written
from tests.contract.openapi_file import Contract
from tests.contract.traffic import Filter, Recorder

FOLDER = Path(connectors.__path__[0])
NAMES = sorted(
    path.parent.name
    for path in FOLDER.glob("*/connector.py")
    if (path.parent / "sandbox" / "app.py").exists()
)
TENANT = "899100107"


def synthetic_number() -> str:
    """An invented person's number: month + 80, right control digits, never issued."""
    for serial in range(1000):
        first = [int(char) for char in f"018117{serial:03d}"]
        one = -sum(w * d for w, d in zip((3, 7, 6, 1, 8, 9, 4, 5, 2), first, strict=True)) % 11
        weights = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)
        two = -sum(w * d for w, d in zip(weights, [*first, one], strict=True)) % 11
        if one < 10 and two < 10:
            return "".join(map(str, [*first, one, two]))
    raise AssertionError("no number found")


NUMBER = synthetic_number()
SENTENCE = "Kanarifuglen synger bare i denne loggen"
CANARY = f"{SENTENCE} {NUMBER}"


class Memory:
    """Creations that were sent and that nobody has told of, by key: what the core keeps durably
    (`gateway/exit/creations.py`), and what outlives every connector here."""

    def __init__(self) -> None:
        self.sent: set[str] = set()

    def once(self, key: str) -> Callable[[], None]:
        """What an order's `once` is: one creation, and not another before somebody says so."""

        def ask() -> None:
            if key in self.sent:
                raise UnknownOutcome("KANSKJE_OPPRETTET", place=key)
            self.sent.add(key)

        return ask

    def said_not_there(self, key: str) -> None:
        """A person has looked in the product."""
        self.sent.discard(key)


class Vendor:
    """One vendor's sandbox and connector over a folder of its own."""

    def __init__(
        self, name: str, folder: Path, watch: Callable[[Running], None] | None = None
    ) -> None:
        self.name = name
        self._watch = watch
        self.package = f"connectors.{name}"
        self.folder = FOLDER / name
        module = importlib.import_module(f"{self.package}.connector")
        self._open: Callable[[ConnectorSettings], Connector] = module.open_connector
        self._sample = importlib.import_module(f"{self.package}.sandbox.sample").sample_order
        self._sandbox = importlib.import_module(f"{self.package}.sandbox.app")
        self._data = folder
        self.memory = Memory()
        self._connectors: list[Connector] = []
        self._start()

    def _start(self) -> None:
        self.app: Any = self._sandbox.open_sandbox(self._data, tenant=TENANT)
        self.running: Running = start(self.app, tenant=TENANT)
        if self._watch is not None:
            self._watch(self.running)
        self.connector = self.connect()

    def restart(self) -> None:
        """Stop the sandbox and open it again on the same folder."""
        self.close()
        self._start()

    def close(self) -> None:
        """Stop everything this vendor started."""
        while self._connectors:
            self._connectors.pop().close()
        self.running.stop()
        close = getattr(self.app, "close", None)
        if close is not None:
            close()

    def settings(self, **changes: Any) -> ConnectorSettings:
        """Impatient settings, so that a fault costs tenths of a second."""
        values: dict[str, Any] = {
            "system": self.name,
            "base_url": self.running.url,
            "token_url": self.running.token_url,
            "client_id": "stafett",
            "client_secret": "hemmelig",
            "tenant": TENANT,
            "timeout": 0.5,
            "deadline": 2.0,
            "attempts": 3,
            "retry_budget": 30.0,
            "breaker_failures": 1000,
            "max_body": 4 * 1024 * 1024,
            "page_size": 3,
        }
        return ConnectorSettings(**{**values, **changes})

    def connect(self, **changes: Any) -> Connector:
        """Another connector to the same sandbox."""
        connector = self._open(self.settings(**changes))
        self._connectors.append(connector)
        return connector

    def order(
        self,
        key: str,
        text: str = "En vanlig setning",
        *,
        ref: str | None = None,
        version: str | None = None,
    ) -> Order:
        """An order for one log with `text` somewhere in it and one file."""
        body, files = self._sample(key, text)
        refs = tuple(
            FileRef(file_id, hashlib.sha256(data).hexdigest(), len(data), "application/pdf")
            for file_id, data in files.items()
        )
        digest = hashlib.sha256(body).hexdigest()
        return Order(
            key=key,
            idempotency_key=f"{key}-1-{digest[:16]}",
            body=body,
            read_file=files.__getitem__,
            files=refs,
            ref=ref,
            base_version=version,
            once=self.memory.once(key),
        )

    def settle(self, order: Order, patience: float = 0.0) -> Written:
        """As the core does: the same order again until what it made shows. When `patience`
        (seconds) has passed a person looks in the product, and says that it is not there."""
        until, said = time.monotonic() + patience, False
        while True:
            try:
                return self.connector.put(order)
            except UnknownOutcome as error:
                if time.monotonic() < until:
                    time.sleep(0.02)
                    continue
                assert error.code == "KANSKJE_OPPRETTET"
                assert not said, "it never showed"
            self.memory.said_not_there(order.key)
            until, said = time.monotonic() + patience, True

    def made(self) -> int:
        """How many logs were ever made here, as an outside observer counts them."""
        counted: dict[str, int] = self.running.journal()["opprettet"]
        return sum(counted.values())

    def key(self, number: int) -> str:
        """A key of the shape the gateway gives: a UUID."""
        return f"00000000-0000-4000-8000-{number:012x}"

    @contextmanager
    def fault(self, *rules: Mapping[str, Any]) -> Iterator[None]:
        """Misbehave inside the block. Token calls are left alone unless a rule names them."""
        self.running.faults([dict(rule) for rule in rules])
        try:
            yield
        finally:
            self.running.faults([])

    def refs(self, connector: Connector | None = None) -> list[str]:
        """Every ref of the listing, page by page; stops after a hundred pages."""
        found: list[str] = []
        cursor: str | None = None
        for _ in range(100):
            page = (connector or self.connector).page(cursor)
            found += [entry.ref for entry in page.entries]
            cursor = page.cursor
            if cursor is None:
                return found
        raise AssertionError("the listing never ends")

    def wait_closed(self) -> int:
        """Connections that are still open after at most two seconds."""
        until = time.monotonic() + 2
        while self.running.open_connections and time.monotonic() < until:
            time.sleep(0.01)
        return self.running.open_connections


def texts(body: bytes) -> list[str]:
    """Every text value of a JSON document."""
    found: list[str] = []
    queue = [json.loads(body)]
    while queue:
        node = queue.pop()
        if isinstance(node, str):
            found.append(node)
        elif isinstance(node, dict):
            queue += node.values()
        elif isinstance(node, list):
            queue += node
    return found


def everything_said(error: BaseException) -> str:
    """All that an error and its whole chain say, with their arguments and attributes."""
    said: list[str] = []
    queue: list[BaseException | None] = [error]
    seen: set[int] = set()
    while queue:
        item = queue.pop()
        if item is None or id(item) in seen:
            continue
        seen.add(id(item))
        said += [str(item), repr(item), repr(item.args), repr(vars(item))]
        said += [repr(getattr(item, name, "")) for name in ("doc", "object", "request")]
        queue += [item.__cause__, item.__context__]
    return "\n".join(said)


def refuse_canary(records: Iterable[logging.LogRecord]) -> None:
    """Fails when a log record holds the canary's number or sentence."""
    for record in records:
        said = record.getMessage() + str(record.exc_info or "")
        assert NUMBER not in said
        assert SENTENCE not in said


@pytest.fixture(params=NAMES)
def vendor(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Vendor]:
    """Each vendor in turn, started on an empty folder. Every call of it is in its contract file,
    both ways, and the client is given nothing of an answer that the file does not name: what it
    needs without saying so turns a test red. How the line misbehaves is made after that, so a
    field from the next version is still carried."""
    recorder, filtered = Recorder.of(request.param), Filter(Contract.of(request.param))

    def watch(running: Running) -> None:
        recorder.watch(running)
        filtered.watch(running)

    started = Vendor(request.param, tmp_path / "data", watch)
    yield started
    started.close()
    recorder.refuse()


@pytest.fixture(autouse=True)
def _nothing_in_the_log(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """No record of any logger, from setup to end, holds the canary."""
    caplog.set_level(0)
    yield
    refuse_canary(caplog.get_records("setup") + caplog.get_records("call"))
