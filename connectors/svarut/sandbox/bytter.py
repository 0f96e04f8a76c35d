"""How this sandbox misbehaves beyond the wire: closed switches, each off until it is set.

Set with `POST /_sandbox/switches` or `app.switch({...})`, which replaces them all.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any


@dataclass(frozen=True, slots=True)
class Bytter:
    """`steg`: the statuses a shipment goes through, one for each question; it stays at the last.
    `uten_mottaker`: the receiver has no system. `to_ganger`: a shipment is stored twice.
    `ukjent_id`: status questions are answered without the shipment asked for. `avvis`: shipments
    are refused with an error code, and a message that quotes what was sent.
    """

    steg: tuple[str, ...] = ("MOTTATT", "AKSEPTERT", "KLAR_FOR_MOTTAK", "LEST")
    uten_mottaker: bool = False
    to_ganger: bool = False
    ukjent_id: bool = False
    avvis: bool = False

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> "Bytter":
        """Switches from JSON. Raises TypeError for one that does not exist."""
        made = cls(**values)
        return replace(made, steg=tuple(made.steg))
