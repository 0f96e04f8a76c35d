"""The independent counts of leaves in a raw document; they must not know any row.

`count_leaves` walks a document that is read. `count_body` counts the bytes themselves: a list or
object with n members has n - 1 commas, so a document has one leaf more than it has commas outside
strings, an empty list or object being a leaf. A key written twice is counted twice there, although
a reader keeps one; such books do not balance, and that is right.
"""

import re
from typing import Any

_NESTED = frozenset({dict, list})
_NEITHER = bytes(byte for byte in range(256) if byte not in b'",')
_ESCAPED = re.compile(rb'\\["\\]')
"""A quote or a backslash inside a text; other escapes hold neither quote nor comma."""


def count_leaves(raw: Any) -> int:
    """Scalars and nulls, and empty lists and objects, at any depth."""
    if not isinstance(raw, (dict, list)) or not raw:
        return 1
    count, stack = 0, [raw]
    nested = _NESTED
    while stack:
        node = stack.pop()
        count += len(node)
        values = node.values() if isinstance(node, dict) else node
        if nested.isdisjoint(map(type, values)):
            continue
        inner = [value for value in values if type(value) in nested and value]
        count -= len(inner)
        stack += inner
    return count


def count_body(body: bytes) -> int:
    """The same count from valid JSON bytes, in time with their length and without reading them.

    Only quotes and commas are kept. Two quotes side by side close and open, or open and close, so
    taking them away leaves every comma on its side of the quotes: what then stands between an
    odd and an even quote was text.
    """
    if b"\\" in body and _ESCAPED.search(body):
        body = body.replace(b"\\\\", b"").replace(b'\\"', b"")
    marks = body.translate(None, _NEITHER).replace(b'""', b"")
    return b"".join(marks.split(b'"')[::2]).count(b",") + 1
