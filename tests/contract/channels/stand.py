"""A channel as the shared suite sees it: two organisations, a platform between them, and faults.

No channel is named here. Each has a module beside this one, `stand_<channel>.py`, with a subclass
of `Kanalstand` called `Stand`; a channel is in the suite when that module is there, and the suite
fails for a channel folder without one.
"""

import dataclasses
import importlib
import itertools
import json
import re
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

import connectors
from connectors.sandbox.app import Request, Response
from connectors.sandbox.server import Running, start
from gateway.errors import Transient, UnknownOutcome
from gateway.ports.connector import ConnectorSettings, Operation
from gateway.ports.kanal import Forsendelse, Innkommet, Kanal, Motpart
from tests.contract.conftest import CANARY

FOLDER = Path(connectors.__path__[0])
CHANNELS = sorted(
    path.parent.name for path in FOLDER.glob("*/kanal.py") if "def open_kanal(" in path.read_text()
)
HERE = Path(__file__).parent
STANDS = sorted(path.stem.removeprefix("stand_") for path in HERE.glob("stand_*.py"))
A, B = "a", "b"
ORGNR = {A: "899100107", B: "899100115"}
NOBODY = "899100123"
_numbers = itertools.count(1)


class Kanalstand:
    """A platform running over a folder of its own, and channels opened against it.

    What a subclass says of its channel:
    `melder_feil`: what could not be delivered comes back through `hent` (else `stand` tells).
    `melder_avvis`: what the receiver refused is told to the sender in the same way.
    `mellomledd`: somebody carries the package, and can fail to; else sent is stored there.
    `navngir`: `hent` gives the sender's `melding_id` and `meldingstype`; where it does not, the
    suite knows a message by its bytes.
    `wired`: which of "send", "hent" and "kvitter" are HTTP calls a fault rule can strike.
    `orgnr_i_adresse`: addresses that hold an organisation's number because the platform
    documents them so; nowhere else may one stand.
    """

    navn: ClassVar[str]
    melder_feil: ClassVar[bool] = True
    melder_avvis: ClassVar[bool] = False
    mellomledd: ClassVar[bool] = True
    navngir: ClassVar[bool] = True
    wired: ClassVar[frozenset[str]] = frozenset({"send", "hent", "kvitter"})
    orgnr_i_adresse: ClassVar[re.Pattern[str]] = re.compile(r"(?!)")
    paths: ClassVar[Mapping[str, str]]
    """For each of `wired`, a regular expression on "METHOD /path" of the call that matters."""

    def __init__(self, folder: Path, broker: Callable[[], str]) -> None:
        self.folder = folder
        self.seen: list[Request] = []
        self._opened: list[Kanal] = []
        self._made: dict[bytes, str] = {}
        module = importlib.import_module(f"connectors.{self.navn}.kanal")
        self._open: Callable[[ConnectorSettings], Kanal] = module.open_kanal
        self.operations: tuple[Operation, ...] = module.OPERATIONS
        self.servers: dict[str, Running] = {}
        self.begin(broker)

    # -- what each channel gives ----------------------------------------------------------------
    def begin(self, broker: Callable[[], str]) -> None:
        """Start the sandbox; fill `servers` with what each organisation calls."""
        raise NotImplementedError

    def end(self) -> None:
        """Stop what `begin` started, beside the servers."""
        raise NotImplementedError

    def settings(self, who: str) -> ConnectorSettings:
        """What organisation `who` would write."""
        raise NotImplementedError

    def motpart(self, who: str) -> Motpart:
        """How the other reaches `who`, from the directory of counterparts."""
        return Motpart(ORGNR[who])

    def nobody(self) -> Motpart:
        """A counterpart the platform does not know."""
        return Motpart(NOBODY)

    def undeliverable(self) -> None:
        """The next package from A will not be delivered by the platform."""
        raise NotImplementedError

    def rubbish(self) -> int:
        """Put what no gateway sent in B's box, several kinds of it; how many were put."""
        raise NotImplementedError

    def later(self) -> None:
        """So much time passes that what a dead process held is free again."""

    def limit(self, size: int) -> Mapping[str, str]:
        """The option that says how large a package may be."""
        return {"maks_pakke": str(size)}

    def clear_text(self) -> list[str]:
        """What a platform in between saw that was not sealed, beside addresses and headers."""
        return []

    # -- what all of them have ------------------------------------------------------------------
    def serve(self, app: Any) -> Running:
        """Serve an application, and keep every request that reaches it."""
        handle = app.handle

        def keeping(request: Request) -> Response:
            self.seen.append(request)
            answer: Response = handle(request)
            return answer

        app.handle = keeping
        return start(app)

    def impatient(self, who: str, **changes: Any) -> ConnectorSettings:
        """Settings with short limits; `options` are laid over the sample's."""
        base = self.settings(who)
        options = {**base.options, **self.limit(8 * 1024 * 1024), **changes.pop("options", {})}
        values = {"timeout": 2.0, "deadline": 6.0, "attempts": 2, "breaker_failures": 1000}
        return dataclasses.replace(base, **{**values, **changes, "options": options})

    def open(self, who: str, **changes: Any) -> Kanal:
        """A channel for `who`."""
        kanal = self._open(self.impatient(who, **changes))
        self._opened.append(kanal)
        return kanal

    def shut(self) -> None:
        """Close every channel that was opened, and let time pass."""
        while self._opened:
            self._opened.pop().close()
        self.later()

    def fault(self, what: str, kind: str, **more: Any) -> None:
        """A fault rule on A's sending, or on B's fetching or acknowledging."""
        server = self.servers[A if what == "send" else B]
        server.faults([{"kind": kind, "match": self.paths[what], **more}])

    def calm(self) -> None:
        """No faults."""
        for server in self.servers.values():
            server.faults([])

    def struck(self) -> int:
        """How often fault rules have struck."""
        servers = {id(server): server for server in self.servers.values()}
        return sum(r["struck"] for s in servers.values() for r in s.journal()["faults"])

    def forsendelse(self, to: str = B, pakke: bytes | None = None, **more: Any) -> Forsendelse:
        """A message nobody has seen, with the canary in its package."""
        number = next(_numbers)
        given = pakke if pakke is not None else f"{CANARY} {number}".encode()
        values: dict[str, Any] = {
            "melding_id": str(uuid.uuid4()),
            "samtale_id": str(uuid.uuid4()),
            "meldingstype": "tilbud",
            "mottaker": self.motpart(to),
            "pakke": given,
        }
        made = Forsendelse(**{**values, **more})
        self._made[made.pakke] = made.melding_id
        return made

    def ident(self, one: Innkommet) -> str:
        """Which message this is: as the channel says, or by its bytes."""
        return one.melding_id if self.navngir else self._made.get(one.pakke, "")

    def by_id(self, found: Sequence[Innkommet]) -> dict[str, bytes]:
        """The packages by what the sender called them."""
        return {self.ident(one): one.pakke for one in found}

    def fetch(self, kanal: Kanal, count: int, seconds: float = 15.0) -> list[Innkommet]:
        """What waits, when there is at least `count`; each of `hent`'s answers is the whole."""
        until = time.monotonic() + seconds
        while True:
            found = list(kanal.hent(50))
            if len(found) >= count:
                return found
            assert time.monotonic() < until, f"{len(found)} of {count} came"
            time.sleep(0.05)

    def deliver(self, kanal: Kanal, forsendelse: Forsendelse, tries: int = 6) -> str:
        """What the protocol does: the same again until the channel has answered."""
        for _ in range(tries):
            try:
                return kanal.send(forsendelse)
            except (UnknownOutcome, Transient):
                continue
        raise AssertionError("never sent")

    def drain(self, who: str) -> None:
        """Take away what an earlier test left."""
        kanal = self.open(who)
        while found := kanal.hent(50):
            for one in found:
                kanal.kvitter(one.ref)
        self.shut()

    def close(self) -> None:
        """Stop everything."""
        self.shut()
        for server in {id(s): s for s in self.servers.values()}.values():
            server.stop()
        self.end()


def stand_of(name: str) -> type[Kanalstand]:
    """The channel's own stand."""
    module = importlib.import_module(f"tests.contract.channels.stand_{name}")
    made: type[Kanalstand] = module.Stand
    return made


def as_json(settings: ConnectorSettings) -> str:
    """Settings for another process."""
    given = {f.name: getattr(settings, f.name) for f in dataclasses.fields(settings)}
    return json.dumps({**given, "options": dict(settings.options), "confirmed": {}})


def from_json(text: str) -> ConnectorSettings:
    """Settings from another process."""
    return ConnectorSettings(**json.loads(text))


def by_id(found: Sequence[Innkommet]) -> dict[str, bytes]:
    """The packages by what the sender called them."""
    return {one.melding_id: one.pakke for one in found}


def texts(stand: Kanalstand) -> Iterator[str]:
    """Every address and header value that reached the platform, and what else it saw."""
    for request in stand.seen:
        yield request.path
        yield from request.query.values()
        yield from request.headers.values()
    yield from stand.clear_text()
