"""The municipality's own systems that are told of logs: each with a folder, and perhaps a seal.

Built by the wiring from `[varsler.X]`; knows no system by name.
"""

from dataclasses import dataclass, field
from pathlib import Path

from gateway.ports.forsegling import Konvolutt


@dataclass(frozen=True, slots=True)
class Varselmottaker:
    """One receiver. Without a `konvolutt` nothing of it ever holds a person's number; `fra_foer` is
    whether it is told of the logs that stood before it was set up."""

    navn: str
    mappe: Path
    fra_foer: bool = True
    konvolutt: Konvolutt | None = field(default=None, repr=False)
