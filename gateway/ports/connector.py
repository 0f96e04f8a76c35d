"""What the gateway asks of a connector, and the values that cross.

A connector speaks bytes and refs; it never sees the canonical model. Vendor names appear only as
strings that `gateway/app.py` looks up. Nothing here may import a vendor or a client library.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Protocol

from gateway.errors import LocalFault


class Provenance(StrEnum):
    """How we know an operation's contract (design: contracts and honesty about vendors)."""

    DOCUMENTED = "documented"
    ASSUMED = "assumed"
    MANUAL = "manual"


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing a system offers. `name` is `thing.verb`; `source` is a document or the reason."""

    name: str
    call: str
    provenance: Provenance
    source: str
    effects: str = ""


@dataclass(frozen=True, slots=True)
class Confirmation:
    """Who at the municipality confirmed an assumed contract, and when."""

    by: str
    on: date


@dataclass(frozen=True, slots=True)
class ConnectorSettings:
    """What a connector needs to reach its system. Times are seconds, sizes bytes."""

    system: str
    base_url: str
    token_url: str
    client_id: str
    client_secret: str = field(repr=False)
    tenant: str
    scope: str = ""
    options: Mapping[str, str] = field(default_factory=dict)
    confirmed: Mapping[str, Confirmation] = field(default_factory=dict)
    timeout: float = 10.0
    deadline: float = 30.0
    attempts: int = 6
    retry_budget: float = 120.0
    breaker_failures: int = 8
    breaker_pause: float = 5.0
    max_body: int = 32 * 1024 * 1024
    page_size: int = 100


@dataclass(frozen=True, slots=True)
class Facts:
    """What the system says of itself before a run. `free_bytes` is None when it does not say."""

    tenant: str
    product: str
    contract: str
    environment: str
    rights: frozenset[str]
    count: int
    free_bytes: int | None = None
    seen_within: float | None = None
    """Seconds within which what was made is found by a search, in the vendor's own word."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One log in a listing: its ref and the version it had."""

    ref: str
    version: str


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a listing. `total` is the source's own count; `cursor` is None on the last page."""

    entries: tuple[Entry, ...]
    cursor: str | None
    total: int


@dataclass(frozen=True, slots=True)
class FileRef:
    """A binary belonging to a log. `size` in bytes, `sha256` in hex."""

    file_id: str
    sha256: str
    size: int
    media_type: str


@dataclass(frozen=True, slots=True)
class Document:
    """One log as its system holds it: wire JSON (UTF-8) and the files it names."""

    ref: str
    version: str
    body: bytes = field(repr=False)
    files: tuple[FileRef, ...] = ()


@dataclass(frozen=True, slots=True)
class Written:
    """Where a log stands in the target, and the version it has there.

    `found` says that a `put` wrote nothing: the log stood there already, perhaps edited since.
    `alone` is False when somebody else wrote while a write in several pieces went on, or may have:
    what stands is then not ours alone, whatever its version.
    """

    ref: str
    version: str
    found: bool = field(default=False, compare=False)
    alone: bool = field(default=True, compare=False)


def _unwatched() -> None:
    """Nobody keeps count of creations here, so none that cannot be repeated may be sent."""
    raise LocalFault("OPPRETTING_UTEN_VAKT")


@dataclass(frozen=True, slots=True)
class Order:
    """A write of one whole log. `ref` and `base_version` are None for a new one.

    `key` is the log's canonical id: what `find` looks for. `idempotency_key` is record +
    generation + content hash. `read_file` gives the bytes of a file by the id the body uses.
    `files` are those the order answers for: one that stands already is left out only when its
    content, fetched back, has the hash. Another file the body names is the target's own matter.
    `known_violations` are rule codes with the entity they concern, declared so that the target
    may take history that breaks a rule of entry; none is hidden. Notifications are always
    suppressed (R-103).

    `once` is called right before a write that makes something and cannot be repeated (one without
    an idempotency key), and remembers it durably before it returns. It raises
    UnknownOutcome("KANSKJE_OPPRETTET") when such a write was sent before and what it made has not
    been seen: then nothing is sent. An order that nobody watches sends none.
    """

    key: str
    idempotency_key: str
    body: bytes = field(repr=False)
    read_file: Callable[[str], bytes] = field(repr=False)
    files: tuple[FileRef, ...] = ()
    ref: str | None = None
    base_version: str | None = None
    known_violations: tuple[tuple[str, str], ...] = ()
    once: Callable[[], None] = field(default=_unwatched, repr=False)


class Connector(Protocol):
    """One system for one municipality. Every method raises only GatewayErrors."""

    def facts(self) -> Facts:
        """What the system is, whom the token is valid for, and how many logs it holds."""
        ...

    def page(self, cursor: str | None) -> Page:
        """The listing, from the start (`None`) or from a cursor an earlier page gave."""
        ...

    def changes(self, cursor: str | None) -> Page:
        """Logs changed since the cursor; `None` gives an empty page with the cursor of now."""
        ...

    def document(self, ref: str) -> Document:
        """One log. Raises Conflict("BORTE") when it is not there."""
        ...

    def file(self, ref: str, file_id: str) -> bytes:
        """The bytes of one file, checked against the size cap."""
        ...

    def find(self, key: str, body: bytes) -> tuple[Written, ...]:
        """Logs that carry our key; the only way an open intent is settled.

        `body` is the wire document that was to be written; a connector whose creation cannot
        carry a key uses it to recognise its own unfinished creation.
        """
        ...

    def put(self, order: Order) -> Written:
        """Create or update one log. May be called again after a crash with the same order; what
        it then finds and does not write, it says was found."""
        ...

    def delete(self, ref: str, version: str) -> None:
        """Delete one passive log."""
        ...

    def close(self) -> None:
        """Close connections."""
        ...
