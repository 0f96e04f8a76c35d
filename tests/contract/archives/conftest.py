"""One archive as its own tests see it: the sandbox running, an archive open, a snapshot to send.

Everything that reaches the sandbox is kept, so that a test can look for the child in it.
"""

import hashlib
import importlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest

from connectors.sandbox.app import Request, Response
from connectors.sandbox.server import start
from connectors.sandbox.snapshot import uttak
from connectors.sandbox.synthetic import national_id, seeded
from gateway.errors import UnknownOutcome
from gateway.ports.archive import Archive, Funn, Part, Svar, Uttak

# The sentence is the one whose trace in any log record fails the test (tests/contract/conftest.py).
SENTENCE = "Kanarifuglen synger bare i denne loggen"
NUMBER = national_id(date(2017, 1, 1), seeded("archive"))
STANDARDS = Path(__file__).parents[4] / "shared" / "standards"


class Proeve:
    """A sandbox and archives opened towards it."""

    def __init__(self, name: str, folder: Path, number: str, sentence: str) -> None:
        self.name = name
        self._module = importlib.import_module(f"connectors.{name}.arkiv")
        self._sample = importlib.import_module(f"connectors.{name}.sandbox.sample")
        self._sandbox = importlib.import_module(f"connectors.{name}.sandbox.app")
        self.folder = folder
        self.barn = Part(navn=sentence, nummer=number)
        self.seen: list[Request] = []
        self._archives: list[Archive] = []
        self.app: Any = None
        self.start()

    def start(self, **options: Any) -> None:
        """Start the sandbox, or start it anew on the same folder."""
        self.close()
        self.app = self._sandbox.open_sandbox(self.folder, **options)
        handle = self.app.handle

        def keeping(request: Request) -> Response:
            self.seen.append(request)
            answer: Response = handle(request)
            return answer

        self.app.handle = keeping
        self.running = start(self.app)

    def close(self) -> None:
        """Stop what runs."""
        while self._archives:
            self._archives.pop().close()
        if self.app is not None:
            self.running.stop()
            self.app.close()
            self.app = None

    def open(self, options: Mapping[str, str] | None = None, **changes: Any) -> Archive:
        """An impatient archive; `options` are laid over the sample's, an empty one is left out."""
        settings = self._sample.settings(self.running.url, self.folder)
        merged = {**settings.options, **(options or {})}
        impatient = {
            "timeout": 1.0,
            "deadline": 3.0,
            "attempts": 3,
            "breaker_failures": 1000,
            "options": {key: value for key, value in merged.items() if value},
        }
        archive: Archive = self._module.open_archive(replace(settings, **{**impatient, **changes}))
        self._archives.append(archive)
        return archive

    def uttak(self, number: int = 1, **more: Any) -> Uttak:
        """Snapshot `number` about the canary child."""
        return uttak(number, self.barn, **more)

    def fault(self, kind: str, match: str, **more: Any) -> None:
        """One fault rule in force from now on."""
        self.running.faults([{"kind": kind, "match": match, **more}])

    def calm(self) -> None:
        """No faults."""
        self.running.faults([])

    def settle(self, archive: Archive, snapshot: Uttak, tries: int = 6) -> tuple[Svar, int]:
        """What the core does: find, deposit, and find again when the outcome is not known."""
        unknown = 0
        for _ in range(tries):
            found = archive.find(snapshot)
            try:
                return archive.deposit(snapshot, found), unknown
            except UnknownOutcome:
                unknown += 1
        raise AssertionError("never settled")

    def holds(self, archive: Archive, snapshot: Uttak) -> Funn:
        """Asserts that the archive has every file of the snapshot, bit for bit, once."""
        found = archive.find(snapshot)
        assert found is not None
        got = {fil.nr: hashlib.sha256(archive.fetch(fil)).hexdigest() for fil in found.filer}
        assert got == {fil.nr: fil.sha256 for fil in snapshot.filer}
        assert self.running.journal()["journalposter"] == {snapshot.key: 1}
        return found

    def refuse_child_in(self, texts: list[str]) -> None:
        """Asserts that neither the child's name nor number stands in the texts."""
        for text in texts:
            assert self.barn.nummer not in text
            assert self.barn.navn not in text

    def addresses_and_headers(self) -> list[str]:
        """Every address and header value that reached the sandbox."""
        return [
            text
            for request in self.seen
            for text in (request.path, *request.query.values(), *request.headers.values())
        ]


@pytest.fixture(scope="session", autouse=True)
def _one_tls_context() -> Iterator[None]:
    """Making one takes longer than a deposit, and nothing here leaves this machine."""
    made = httpx.create_ssl_context(trust_env=False)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(httpx, "create_ssl_context", lambda **_: made)
        yield


@pytest.fixture
def proeve(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> Iterator[Callable[[str], Proeve]]:
    """Starts the sandbox of the named archive; stopped after the test, with nothing in the log."""
    started: list[Proeve] = []

    def make(name: str) -> Proeve:
        started.append(Proeve(name, tmp_path / name, NUMBER, SENTENCE))
        return started[-1]

    yield make
    for one in started:
        one.close()
    records = caplog.get_records("setup") + caplog.get_records("call")
    assert NUMBER not in "".join(record.getMessage() for record in records)


@pytest.fixture
def everything_said() -> Callable[[BaseException], str]:
    """All that an error and its whole chain say, with their arguments and attributes."""

    def said(error: BaseException) -> str:
        texts: list[str] = []
        queue: list[BaseException | None] = [error]
        seen: set[int] = set()
        while queue:
            item = queue.pop()
            if item is not None and id(item) not in seen:
                seen.add(id(item))
                texts += [str(item), repr(item), repr(item.args), repr(vars(item))]
                queue += [item.__cause__, item.__context__]
        return "\n".join(texts)

    return said


@pytest.fixture
def standards() -> Callable[[str], Path]:
    """A file of the official material beside the project; skips, and says so, where it is not."""

    def find(path: str) -> Path:
        found = STANDARDS / path
        if not found.exists():
            pytest.skip(f"official material not found: {path} (expected beside the project)")
        return found

    return find
