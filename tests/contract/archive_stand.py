"""An archive as the shared suite sees it: found by its folder, its sandbox running.

No archive is named here. One without a sandbox is a drop folder: its folder is then what an
outside observer counts in.
"""

import base64
import hashlib
import importlib
import inspect
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import connectors
from connectors.sandbox.app import Request, Response
from connectors.sandbox.server import start
from connectors.sandbox.snapshot import uttak
from connectors.sandbox.synthetic import national_id, seeded
from gateway.errors import Conflict, LocalFault, Rejected, Transient, UnknownOutcome
from gateway.ports.archive import Archive, Funn, Levering, Part, Svar, Uttak
from gateway.ports.connector import ConnectorSettings, Operation
from tests.contract.conftest import NUMBER, SENTENCE

FOLDER = Path(connectors.__path__[0])
NAMES = sorted(path.parent.name for path in FOLDER.glob("*/arkiv.py"))
WIRED = [name for name in NAMES if (FOLDER / name / "sandbox").exists()]
CHILD = Part(navn=SENTENCE, nummer=NUMBER)


def profiles() -> list[str]:
    """Every archive, and each with another profile as `name+profile`."""
    found = []
    for name in NAMES:
        found.append(name)
        if name in WIRED:
            sample = importlib.import_module(f"connectors.{name}.sandbox.sample")
            found += [f"{name}+{variant}" for variant in getattr(sample, "VARIANTER", {})]
    return found


def dropped(_data: bytes) -> bytes | None:
    """What becomes of a file whose content is lost."""
    return None


def swapped(data: bytes) -> bytes | None:
    """What becomes of a file whose content is another, of the same length."""
    return bytes(byte ^ 0x5A for byte in data)


def emptied(_data: bytes) -> bytes | None:
    """What becomes of a file whose content is lost, and whose place says that it is there."""
    return b""


def otherwise(name: str) -> dict[str, Mapping[str, Any]]:
    """The ways in which an archive may tell of what it was given, by name."""
    if name not in WIRED:
        return {}
    sample = importlib.import_module(f"connectors.{name}.sandbox.sample")
    return dict(getattr(sample, "ANNERLEDES", {}))


class Memory:
    """What was sent and not seen, as the core keeps it durably (`archiving/sending.py`)."""

    def __init__(self) -> None:
        self.sent: set[str] = set()

    @contextmanager
    def once(self, what: str) -> Iterator[None]:
        """Around one write that makes something and cannot be repeated."""
        if what in self.sent:
            raise UnknownOutcome("KANSKJE_ARKIVERT", place=what)
        self.sent.add(what)
        try:
            yield
        except (Rejected, Conflict, Transient, LocalFault):
            self.sent.discard(what)
            raise


class Arkivstand:
    """One archive's sandbox over a folder of its own; lives as long as its tests.

    `name` may be `archive+profile`, with a profile of the sample's.
    """

    def __init__(self, name: str, folder: Path, amqp: Callable[[], str]) -> None:
        name, _, self._variant = name.partition("+")
        self.name = name
        self.package = FOLDER / name
        self.folder = folder
        self._module = importlib.import_module(f"connectors.{name}.arkiv")
        self._opened: list[Archive] = []
        self._last = 0
        self.seen: list[Request] = []
        self.app: Any = None
        if name in WIRED:
            self._start(amqp)
        self.readable = self.open().facts().reads_back

    def _start(self, amqp: Callable[[], str]) -> None:
        sandbox = importlib.import_module(f"connectors.{self.name}.sandbox.app")
        broker = "amqp" in inspect.signature(sandbox.open_sandbox).parameters
        # Where a broker is needed and none answers, the test is skipped here, and says so.
        more = {"amqp": amqp()} if broker else {}
        self.app = sandbox.open_sandbox(self.folder, **more)
        handle = self.app.handle

        def keeping(request: Request) -> Response:
            self.seen.append(request)
            answer: Response = handle(request)
            return answer

        self.app.handle = keeping
        self.running = start(self.app)
        module = importlib.import_module(f"connectors.{self.name}.sandbox.sample")
        sample = module.settings
        given = [self.running.url, self.folder][: len(inspect.signature(sample).parameters)]
        self._settings: ConnectorSettings = sample(*given)
        if self._variant:
            options = module.VARIANTER[self._variant]
            self._settings = replace(self._settings, options=options)

    @property
    def operations(self) -> tuple[Operation, ...]:
        """What the archive says it offers."""
        found: tuple[Operation, ...] = self._module.OPERATIONS
        return found

    @property
    def settings(self) -> ConnectorSettings:
        """Impatient settings that fit the sandbox."""
        if self.app is None:
            own = ConnectorSettings(self.name, "", "", "", "", "")
            return replace(own, options={"mappe": str(self.folder / "ut")})
        impatient = {"timeout": 1.0, "deadline": 4.0, "attempts": 3, "breaker_failures": 1000}
        return replace(self._settings, **impatient)

    def open(self, options: Mapping[str, str] | None = None, **changes: Any) -> Archive:
        """Another archive against the same sandbox; `options` instead of the sample's."""
        own = self.settings.options if options is None else options
        archive: Archive = self._module.open_archive(
            replace(self.settings, **{**changes, "options": own})
        )
        self._opened.append(archive)
        return archive

    def fresh(self) -> Uttak:
        """A snapshot nobody has seen, about the canary child, of a log of its own."""
        self._last += 1
        return uttak(self._last, CHILD)

    def another(self) -> Uttak:
        """A snapshot nobody has seen, about a child nobody has seen."""
        self._last += 1
        born = date(2010, 1, 1) + timedelta(days=self._last)
        number = national_id(born, seeded("stand", self._last))
        return uttak(self._last, Part(navn=SENTENCE, nummer=number))

    def count(self, snapshot: Uttak) -> tuple[int, int]:
        """(folders of the log, records of the snapshot), as an outside observer counts them."""
        if self.app is None:
            there = len(list((self.folder / "ut").glob(f"*{snapshot.key}*")))
            return there, there
        journal = self.app.journal()
        return (
            journal["mapper"].get(snapshot.mappe_key, 0),
            journal["journalposter"].get(snapshot.key, 0),
        )

    def everything(self) -> dict[str, Any]:
        """All that stands in the archive, to see that nothing was written."""
        if self.app is None:
            return {str(path): path.stat().st_size for path in self.folder.rglob("*")}
        journal: dict[str, Any] = self.app.journal()
        return {key: journal[key] for key in ("mapper", "journalposter")}

    @contextmanager
    def fault(self, **rule: Any) -> Iterator[None]:
        """Misbehave inside the block; the sandbox's own control paths are left alone."""
        if self.app is not None:
            self.running.faults([{"match": r"^[A-Z]+ /(?!_sandbox)", **rule}])
        try:
            yield
        finally:
            if self.app is not None:
                self.running.faults([])

    @contextmanager
    def behind(self, lag: float, *rules: Mapping[str, Any]) -> Iterator[None]:
        """The archive's search lags by so many seconds inside, and these faults strike."""
        if self.app is not None:
            lags = [{"kind": "lag", "match": "", "seconds": lag}] if lag else []
            self.running.faults([*map(dict, rules), *lags])
        try:
            yield
        finally:
            if self.app is not None:
                self.running.faults([])

    @property
    def writing(self) -> str:
        """What a call that changes something looks like, and not one that signs in or asks."""
        return (
            r"^(POST|PUT|PATCH) /(?!_sandbox|connect|maskinporten)(?!.*(Innsyn|status-sok|-sok$))"
        )

    def some_writes(self) -> list[int]:
        """Which of a deposit's writes lose their answer: early, midway and late."""
        before = len(self.seen)
        self.settle(self.open(), self.fresh())
        calls = [f"{one.method} {one.path}" for one in self.seen[before:]]
        count = sum(bool(re.search(self.writing, call)) for call in calls)
        return sorted({0, 1, count // 2, count - 1} & set(range(count)))

    def ended(self, archive: Archive, snapshot: Uttak, answer: Svar) -> None:
        """Waits for an archive that answers that it is at work."""
        for _ in range(8 if self.readable else 0):
            if answer.levering is not Levering.VENTER:
                return
            answer = archive.progress(snapshot, answer.ref)

    def extra(self, snapshot: Uttak) -> int:
        """How many documents, or places below them, the archive has beyond the snapshot's."""
        if self.app is None:
            return 0
        journal = self.app.journal()
        beyond = 0
        for kind in ("dokumenter", "steder"):
            held: dict[str, int] = journal.get(kind, {})
            mine = sum(count for key, count in held.items() if key.startswith(snapshot.key))
            beyond += max(0, mine - len(snapshot.filer))
        return beyond

    def settle(self, archive: Archive, snapshot: Uttak, tries: int = 8) -> Svar:
        """What the core does: find, deposit, ask how far it has come, and find again."""
        for _ in range(tries):
            try:
                found = archive.find(snapshot)
                if self.whole(snapshot, found):
                    return Svar(Levering.LEVERT)
                answer = archive.deposit(snapshot, found)
                for _ in range(tries if self.readable else 0):
                    if answer.levering is not Levering.VENTER:
                        break
                    answer = archive.progress(snapshot, answer.ref)
                return answer
            except (UnknownOutcome, Transient):
                continue
        raise AssertionError("never settled")

    def whole(self, snapshot: Uttak, found: Funn | None) -> bool:
        """True when every file of the snapshot is told of, each once."""
        if found is None:
            return False
        return sorted(f.nr for f in found.filer) == sorted(f.nr for f in snapshot.filer)

    def holds(self, archive: Archive, snapshot: Uttak) -> None:
        """Asserts one folder and one record, and where it can be read, our bytes in it."""
        assert self.count(snapshot) == (1, 1)
        if not self.readable:
            return
        found = archive.find(snapshot)
        assert found is not None
        assert found.mappe and found.journalpost
        got = [(f.nr, hashlib.sha256(archive.fetch(f)).hexdigest()) for f in found.filer]
        assert sorted(got) == [(f.nr, f.sha256) for f in snapshot.filer]

    def shown(self) -> list[str]:
        """Every address, query and header that left, and what the platform saw unencrypted."""
        told = [
            text
            for request in self.seen
            for text in (request.path, *request.query.values(), *request.headers.values())
        ]
        clear = getattr(self.app, "clear_text", None)
        if clear is not None:
            told += clear()
        if self.app is None:
            told += [str(path) for path in self.folder.rglob("*")]
        return told

    def close(self) -> None:
        """Stop everything this stand started."""
        for archive in self._opened:
            archive.close()
        if self.app is not None:
            self.running.stop()
            self.app.close()


def spellings() -> set[str]:
    """The child's name and number in every way an address or a header could hold them."""
    found = set()
    for text in (SENTENCE, NUMBER):
        raw = text.encode()
        found |= {text, quote(text), raw.hex(), base64.b64encode(raw).decode().rstrip("=")}
        found.add(base64.urlsafe_b64encode(raw).decode().rstrip("="))
    return found
