"""One step of a plan: what shall happen to one log, and why. A step cannot run itself."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class StepKind(StrEnum):
    """What happens to the log."""

    PUT = "put"  # written to the target
    HOLD = "hold"  # policy says no; stays, with a public code
    SKIP = "skip"  # unchanged since last agreed; nothing to do
    OVERWRITE = "overwrite"  # would write over what a person changed; goes only where named
    CLASH = "clash"  # the target was changed by others since; a person decides
    PARK = "park"  # could not be read or planned; listed with place and kind
    TASK = "task"  # nothing is sent: what stands active in the target lost its ground


WRITES = (StepKind.PUT.value, StepKind.OVERWRITE.value)
"""The kinds that write. An overwrite is left out unless each of its places was named."""


@dataclass(frozen=True, slots=True)
class Step:
    """A frozen step. `facts` holds places, codes and counts only (see `facts_of`)."""

    nr: int
    chunk: int
    kind: StepKind
    logg: str
    source_ref: str
    source_version: str
    source_sha: str = ""
    content_sha: str = ""
    target_ref: str | None = None
    base_version: str | None = None
    generation: int = 1
    code: str = ""
    place: str = ""
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def idempotency_key(self) -> str:
        """Record + generation + content: deleting and recreating the same content differs."""
        return f"{self.logg}:{self.generation}:{self.content_sha[:32]}"

    @property
    def over(self) -> tuple[str, ...]:
        """The places a person changed and this step would write over, by the names they sign."""
        return tuple(self.facts.get("over", ()))

    def line(self) -> bytes:
        """The step as one canonical JSON line; what the plan's hash covers."""
        data = {name: getattr(self, name) for name in self.__slots__}
        return json.dumps(data, sort_keys=True, separators=(",", ":")).encode() + b"\n"


PLACE = 200
"""Most characters of a place that are kept; the hash covers what is kept."""


class PlanHash:
    """The hash of a plan: its header, then every step in order. SHA-256, hex."""

    def __init__(self, header: Mapping[str, str]) -> None:
        text = json.dumps(header, sort_keys=True, separators=(",", ":"))
        self._sum = hashlib.sha256(text.encode() + b"\n")

    def add(self, step: Step) -> None:
        """Cover one more step."""
        self._sum.update(step.line())

    def hex(self) -> str:
        """The hash so far."""
        return self._sum.hexdigest()
