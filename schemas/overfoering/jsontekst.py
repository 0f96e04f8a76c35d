"""JSON as the protocol reads it (chapter 3): what two readers could take for two things is refused.

A name twice in one object, `NaN` and `Infinity` are faults. A whole number that is too large for
every reader, or that is zero with a sign, comes back as a float, which no field of ours is. It must
not know what a document is.
"""

import json
from collections.abc import Sequence
from typing import Any

LARGEST = 2**53 - 1
"""The largest whole number that every JSON reader has exactly (RFC 8259, chapter 6)."""


def parsed(body: bytes) -> Any:
    """The value of UTF-8 text; a byte order mark is some writers' habit and says nothing. Raises
    ValueError, RecursionError."""
    return json.loads(
        body.decode("utf-8-sig"),
        object_pairs_hook=_once,
        parse_constant=_no_constant,
        parse_int=_whole,
    )


def _once(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice")
    return found


def _whole(text: str) -> int | float:
    if len(text) > 17 or text == "-0" or abs(int(text)) > LARGEST:
        return float(text)
    return int(text)


def _no_constant(_text: str) -> Any:
    raise ValueError("no number")
