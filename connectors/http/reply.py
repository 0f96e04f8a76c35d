"""A full answer from a system: status, headers and bytes, already checked.

It must not hold the request, and its repr must never show content.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Reply:
    """`headers` has lower-case names; `content` is decompressed. `parsed` is None for binaries."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    content: bytes = field(repr=False)
    parsed: Any = field(default=None, repr=False, compare=False)

    def data(self) -> Any:
        """The parsed JSON; None when the call was `raw` or the answer had no body."""
        return self.parsed
