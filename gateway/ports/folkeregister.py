"""What the gateway asks of the population register, and the values that cross.

A register's own spelling, types and grades stop at the connector: here an event has a kind, and a
person a state. Numbers are never shown by `repr`. Nothing here may import a client library.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Protocol

MOST_PERSONS = 500
"""Persons in one look-up; the register takes 1 000, and answers more slowly the more there are."""


class Hendelseslag(StrEnum):
    """What kind of event it is, to a move hint."""

    BOSTED = "bosted"
    UTENFLYTTING = "utenFlytting"
    DELT_BOSTED = "deltBosted"
    BESKYTTELSE = "beskyttelse"
    OPPDATERT = "oppdatert"
    """Something about the person changed that may concern where they live; the event does not say
    what."""
    UVEDKOMMENDE = "uvedkommende"
    """A type we know, that says nothing of where a person lives."""
    UKJENT = "ukjent"


class Endring(StrEnum):
    """What an event did to the residence of a person."""

    NY = "ny"
    KORRIGERT = "korrigert"
    ANNULLERT = "annullert"
    UKJENT = "ukjent"


class Gradering(StrEnum):
    """How an address or a person is graded, as far as anybody here needs to know."""

    INGEN = "ingen"
    GRADERT = "gradert"
    """Graded, or graded in a way we do not know: the same thing (C-4)."""


@dataclass(frozen=True, slots=True)
class Hendelse:
    """One event of the feed: one person. `nummer` is empty when the entry could not be read."""

    seq: int
    slag: Hendelseslag
    nummer: str = field(repr=False, default="")
    dokument: str = ""


@dataclass(frozen=True, slots=True)
class Feedside:
    """A page of the feed, as it came: order and gaps are the reader's to judge. `unchanged` means
    that nothing has come since `etag` was given."""

    hendelser: tuple[Hendelse, ...]
    etag: str = ""
    unchanged: bool = False


@dataclass(frozen=True, slots=True)
class Bosted:
    """Where a person is registered now. `kommune` is empty when the register does not say."""

    kommune: str = field(repr=False, default="")
    flyttedato: date | None = field(repr=False, default=None)


@dataclass(frozen=True, slots=True)
class Personstand:
    """A person's parts, now. `bosted` is None when there is no residence in the answer, or when
    only the protection was asked for."""

    numre: tuple[str, ...] = field(repr=False)
    gradering: Gradering
    bosted: Bosted | None = field(repr=False, default=None)


class Folkeregister(Protocol):
    """The register for one municipality. Every method raises only GatewayErrors."""

    def feed(self, seq: int, etag: str) -> Feedside:
        """Events from `seq` on. Raises Conflict("PEKER_FORELDET") when `seq` is too old."""
        ...

    def newest(self) -> int:
        """The newest event's number."""
        ...

    def changes(self, dokument: str, nummer: str) -> frozenset[Endring]:
        """What one event did to a person's residence; empty when it did nothing to it."""
        ...

    def persons(self, numre: Sequence[str], *, bosted: bool) -> Mapping[str, Personstand]:
        """Number -> the person now, for those the register knows. At most `MOST_PERSONS`.

        Without `bosted` the protection alone is asked for.
        """
        ...

    def close(self) -> None:
        """Close connections."""
        ...
