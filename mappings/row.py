"""A row pairs a wire key with a canonical field; a structure pairs keys with named functions."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from mappings.canonical_fields import TIMES
from mappings.codec import SAME, TIME, Codec


@dataclass(frozen=True, slots=True)
class Row:
    """`wire` is a key of the record, `canonical` is `Kind.field`."""

    wire: str
    canonical: str
    codec: Codec = SAME

    def __post_init__(self) -> None:
        if self.codec is SAME and self.canonical in TIMES:
            object.__setattr__(self, "codec", TIME)

    @property
    def kind(self) -> str:
        """The canonical entity of the row."""
        return self.canonical.partition(".")[0]

    @property
    def field(self) -> str:
        """The canonical field of the row."""
        return self.canonical.partition(".")[2]


@dataclass(frozen=True, slots=True)
class Structure:
    """Where two shapes differ: wire keys and canonical fields tied by two named functions.

    `wire` gives for each key the canonical field whose account its leaves follow; `also` lists
    further canonical fields the pair can hold.
    """

    name: str
    wire: Mapping[str, str]
    decode: Callable[..., Any]
    encode: Callable[..., Any]
    also: tuple[str, ...] = ()
    holds: tuple[str, ...] = field(init=False, default=())

    def __post_init__(self) -> None:
        fields = tuple(dict.fromkeys((*self.wire.values(), *self.also)))
        object.__setattr__(self, "holds", fields)
