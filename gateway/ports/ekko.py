"""What the gateway asks of a channel that has an echo (the protocol's chapter 7.1): a sealed
question to a counterpart, and its sealed answer over the same line. Most channels have none."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

from gateway.ports.kanal import Motpart


@dataclass(frozen=True, slots=True)
class Ekkosvar:
    """What the line answers: a status of HTTP, an envelope with 200, seconds to wait with 429."""

    status: int
    pakke: bytes = field(default=b"", repr=False)
    vent: float = 0.0


Svarer = Callable[[bytes, frozenset[str]], Ekkosvar]
"""Gets an envelope and the organisations (orgnr) the line's certificate belongs to."""


@runtime_checkable
class Ekkokanal(Protocol):
    """A channel with an echo."""

    def spoer_ekko(self, mottaker: Motpart, pakke: bytes) -> bytes:
        """The sealed answer. Raises GatewayErrors: with a code that begins with EKKO_ where it is
        known what is wrong (`gateway.effects.transferring.ekko`)."""
        ...

    def svar_ekko(self, svarer: Svarer) -> None:
        """Who answers from now on; without it there is no echo here."""
        ...
