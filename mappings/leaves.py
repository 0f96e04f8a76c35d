"""The independent count of leaves in a raw document; it must not know any row."""

from typing import Any

_NESTED = frozenset({dict, list})


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
