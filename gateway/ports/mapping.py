"""What the gateway asks of a mapping, and the values that cross: remarks, accounts and books.

A mapping speaks wire dictionaries and canonical logs; it never does I/O, reads no clock and takes
no decision.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import chain
from operator import attrgetter
from typing import Any, NamedTuple, Protocol

from schemas.stafettlogg.logg import Stafettlogg


class Note(StrEnum):
    """What kind of remark an encoding makes."""

    DERIVED = "derived"
    MANUAL = "manual"
    PLACEHOLDER = "placeholder"


class Remark(NamedTuple):
    """Something a person should know: a place (entity id and field) and a code, never a value."""

    kind: Note
    code: str
    entity: str
    field: str = ""


@dataclass(frozen=True, slots=True)
class Decoded:
    """A wire document read as a canonical log.

    `trace` and `counts` are the mapping's own, for the books: the records that were read, and what
    they held.
    """

    logg: Stafettlogg = field(repr=False)
    remarks: tuple[Remark, ...] = ()
    trace: Any = field(default=None, repr=False)
    counts: Any = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Encoded:
    """A canonical log written as a wire document for one system."""

    wire: dict[str, Any] = field(repr=False)
    remarks: tuple[Remark, ...] = ()


class Account(StrEnum):
    """Where a leaf of the source ends (design: double-entry accounting)."""

    MAPPED = "mapped"
    DERIVED = "derived"
    CARRIED = "carried"
    WITHHELD = "withheld"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class BookLine:
    """`count` leaves at one wire place ended in one account. `code` says why."""

    place: str
    account: Account
    code: str
    count: int


_COUNT = attrgetter("count")
_TOTAL = attrgetter("total")


class Sheet(tuple[BookLine, ...]):
    """Lines that are made once, summed once, and stand in the books of many logs."""

    total: int

    def __new__(cls, lines: Iterable[BookLine]) -> "Sheet":
        """The lines and their sum."""
        made = super().__new__(cls, lines)
        made.total = sum(map(_COUNT, made))
        return made


@dataclass(frozen=True, slots=True)
class Books:
    """The books of one log. They balance when the lines sum to `leaves`, the raw count."""

    leaves: int
    sheets: tuple[Sheet, ...]

    @property
    def lines(self) -> tuple[BookLine, ...]:
        """Every line, sheet after sheet."""
        return tuple(chain.from_iterable(self.sheets))

    @property
    def balanced(self) -> bool:
        """True when every leaf of the source is in exactly one account."""
        return bool(sum(map(_TOTAL, self.sheets)) == self.leaves)


@dataclass(frozen=True, slots=True)
class CoverageRow:
    """One row of the printed coverage table: a wire field, a canonical field, or both."""

    wire: str
    canonical: str
    codec: str
    reason: str


class SystemMapping(Protocol):
    """One system's mapping, declared once and run both ways. Pure."""

    system: str
    assigned: frozenset[str]
    """Wire keys the system itself counts (versions): another value there is nobody's edit."""

    def parse(self, body: bytes) -> dict[str, Any]:
        """Validated wire data. Raises Rejected with place and kind, never a value."""
        ...

    def decode(self, wire: Mapping[str, Any], tenant: str) -> Decoded:
        """Wire to canonical. `tenant` is the organisation number the ids belong to."""
        ...

    def encode(self, logg: Stafettlogg, tenant: str) -> Encoded:
        """Canonical to wire, for a target that shall hold it."""
        ...

    def dump(self, wire: Mapping[str, Any]) -> bytes:
        """Canonical JSON bytes of a wire document: sorted keys, compact, UTF-8."""
        ...

    def coverage(self) -> Sequence[CoverageRow]:
        """Every wire field and every canonical field: its row, or the reason it has none."""
        ...
