"""How this sandbox misbehaves beyond the wire: closed switches, each off until it is set.

Set with `POST /_sandbox/switches` or `app.switch({...})`, which replaces them all.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Bytter:
    """`side`: entries on a page (1000 in the real one). `eldste`: a pointer below it is too old
    (406). `dobbel`: a page has its entries twice. `stokket`: a page comes backwards. `gammel`: a
    page begins this many events too early. `kort`: a look-up leaves out this many of its persons.
    `uten_etag`: the feed gives none. `gammel_stavemaate`: `hendelsetype` instead of
    `hendelsestype`. `tom`: the feed is empty, whatever there is. `vent_ms`: 429 with that
    Retry-After, once.
    """

    side: int = 1000
    eldste: int = 0
    dobbel: bool = False
    stokket: bool = False
    gammel: int = 0
    kort: int = 0
    uten_etag: bool = False
    gammel_stavemaate: bool = False
    tom: bool = False
    vent_ms: int = 0

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> "Bytter":
        """Switches from JSON. Raises TypeError for one that does not exist."""
        return cls(**values)
