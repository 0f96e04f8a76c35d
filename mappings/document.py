"""Canonical order of a wire document: keys sorted at every level, lists as they are."""

from typing import Any


class Ordered(dict[str, Any]):
    """A document whose keys are sorted at every level because it was built that way."""


def ordered(value: Any) -> Any:
    """The same value with sorted keys, at any depth."""
    if isinstance(value, dict):
        return {key: ordered(value[key]) for key in sorted(value)}
    if isinstance(value, list):
        return [ordered(element) for element in value]
    return value
