"""Wire documents that know something of themselves: their leaves, or that their keys are sorted."""

from typing import Any


class Counted(dict[str, Any]):
    """A document as it was parsed, with the leaves its bytes held. Must not be changed."""

    __slots__ = ("leaves",)

    def __init__(self, wire: dict[str, Any], leaves: int) -> None:
        super().__init__(wire)
        self.leaves = leaves


class Ordered(dict[str, Any]):
    """A document whose keys are sorted at every level because it was built that way."""


def ordered(value: Any) -> Any:
    """The same value with sorted keys, at any depth."""
    if isinstance(value, dict):
        return {key: ordered(value[key]) for key in sorted(value)}
    if isinstance(value, list):
        return [ordered(element) for element in value]
    return value
