"""What the gateway asks of a channel between two municipalities, and the values that cross.

A channel carries sealed packages: signed, encrypted to the receiver, opaque to it. It may lose,
double, delay and reorder them; the protocol above it stands all four (`gateway/overfoering`).
"Sent", "delivered", "fetched" and "read" are words about transport: none of them is an
acceptance, and nothing moves responsibility but the receiver's own signed message.
Vendor names appear only as strings that `gateway/app.py` looks up. Nothing here may import a
client library.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol, runtime_checkable

PAKKENAVN = "melding.p7m"
"""The one file name a package ever has on a channel that wants names (R-102: content-free)."""


@dataclass(frozen=True, slots=True)
class Motpart:
    """Another organisation's gateway as a channel reaches it.

    `orgnr` is nine digits. `adresse` are the channel's own words for where it is (an address, an
    account id, a key alias), from the directory of counterparts. `repr` hides all of it, for a
    protected family's counterpart is itself the secret (C-4).
    """

    orgnr: str = field(repr=False)
    adresse: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Forsendelse:
    """One package on its way out.

    `melding_id` (UUID) names the message and is the same at every resend: the receiver takes a
    message once. `samtale_id` (UUID) names the conversation and tells nothing more. `meldingstype`
    is a word of the protocol. `levetid` is seconds the message is of any use. `forrige` is what
    `send` returned for the copy before this one, when that one brought no word back.
    """

    melding_id: str
    samtale_id: str
    meldingstype: str
    mottaker: Motpart = field(repr=False)
    pakke: bytes = field(repr=False)
    levetid: int = 172_800
    forrige: str = ""

    @property
    def kopi(self) -> str:
        """The name of this very copy (UUID), for a platform that takes a name once for all.

        The message's own for the first; for the next it follows from the one before, so that the
        same copy asked for twice is one.
        """
        if not self.forrige:
            return self.melding_id
        return str(uuid.uuid5(uuid.UUID(self.melding_id), self.forrige))


@dataclass(frozen=True, slots=True)
class Innkommet:
    """One package as the channel gave it. Everything but `pakke` is the channel's claim, not proof.

    `ref` is what `kvitter` and `avvis` are called with. `svarer` is the `melding_id` of ours that
    the platform says could not be delivered, or what `send` returned for it where the platform
    knows no other name of it (`feil` holds the public code then, and `pakke` is empty); it is a
    word about transport. An empty `pakke` without `svarer` is one the channel could not read.
    `hvem` tells senders apart where the channel can, and says of none of them who it is.
    """

    ref: str
    pakke: bytes = field(repr=False)
    meldingstype: str = ""
    melding_id: str = ""
    avsender: str = field(default="", repr=False)
    svarer: str = ""
    feil: str = ""
    hvem: str = ""


class Transportstand(StrEnum):
    """How far a package came, in the channel's own words. None of these is a receipt."""

    UKJENT = "ukjent"
    UNDERVEIS = "underveis"
    LEVERT = "levert"
    FEILET = "feilet"


@dataclass(frozen=True, slots=True)
class KanalFacts:
    """What a channel says of itself. `tosidig` is false where nothing can be received by it.
    `maks_pakke` is bytes."""

    product: str
    contract: str
    environment: str
    tosidig: bool
    maks_pakke: int


class Kanal(Protocol):
    """One way to other municipalities. Every method raises only GatewayErrors. Thread-safe."""

    def facts(self) -> KanalFacts:
        """What the channel is. Raises LocalFault with a wrong set-up."""
        ...

    def send(self, forsendelse: Forsendelse) -> str:
        """Hand a package to the channel; returns the channel's id of it.

        The same call again may deliver the package twice and does no harm. Raises Transient,
        UnknownOutcome (the line broke: send the same again), Rejected("FOR_STOR_KONVOLUTT",
        "UKJENT_MOTTAKER", ...), LocalFault or RemoteFault.
        """
        ...

    def stand(self, transport_id: str) -> Transportstand:
        """How far a package came; UKJENT where the channel does not tell."""
        ...

    def hent(self, hoeyst: int) -> Sequence[Innkommet]:
        """Packages waiting for us, oldest first. They stay at the channel until `kvitter`."""
        ...

    def kvitter(self, ref: str) -> None:
        """The package is stored durably here; the channel may forget it. Again does no harm."""
        ...

    def avvis(self, ref: str, kode: str) -> None:
        """The package cannot be taken in; tell the platform the public code, for good."""
        ...

    def close(self) -> None:
        """Close connections."""
        ...


@dataclass(frozen=True, slots=True)
class Bortlagt:
    """Packages of one sender that no key of ours opens, put by. `hvem` is as in `Innkommet`;
    `orgnr` is empty where the channel does not know whose they are."""

    hvem: str
    antall: int
    orgnr: str = field(default="", repr=False)


@runtime_checkable
class Bortlegger(Protocol):
    """A channel that keeps what our keys do not open, out of the way of what they do.

    `merke` tells one set of keys from another (`Forsegler.merke`). Where a platform keeps what it
    has not been told the end of, this is not needed.
    """

    def legg_bort(self, ref: str, merke: str) -> bool:
        """Put a package by, whole; False when the very same was put by before."""
        ...

    def ta_frem(self, merke: str) -> int:
        """Let what was put by under another set of keys wait for `hent` again; with an empty mark
        all of it. How many."""
        ...

    def bortlagt(self) -> Sequence[Bortlagt]:
        """What is put by now, by sender."""
        ...
