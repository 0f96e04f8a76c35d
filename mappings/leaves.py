"""The independent count of leaves in a raw document; it must not know any row."""

from typing import Any


def count_leaves(raw: Any) -> int:
    """Scalars and nulls, and empty lists and objects, at any depth."""
    if not isinstance(raw, (dict, list)) or not raw:
        return 1
    count, stack = 0, [raw]
    while stack:
        node = stack.pop()
        for value in node.values() if type(node) is dict else node:
            kind = type(value)
            if (kind is dict or kind is list) and value:
                stack.append(value)
            else:
                count += 1
    return count
