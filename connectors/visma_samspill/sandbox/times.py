"""Dates and times in what is written to the sandbox: they exist, and are in the contract's form.

The wire shapes read more than that, for people have written what they liked for years; nothing that
is written may be so. It finds fields and never quotes a value.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from types import UnionType
from typing import Any, Union, get_args, get_origin

from typing_extensions import get_type_hints, is_typeddict

from schemas import tid
from schemas.visma_samspill.plan import Day, Instant


def untimely(shape: Any, given: Mapping[str, Any]) -> Iterator[str]:
    """Fields of `given` that hold a date or a time no calendar has, or in another form. Only what
    is given is asked about: what stands has been there, and `given` may be a part of the shape."""
    for name, inner in _members(shape).items():
        if name in given and any(_wrong(inner, given[name])):
            yield name


def _wrong(shape: Any, value: Any) -> Iterator[bool]:
    if shape == Day:
        yield isinstance(value, str) and tid.day(value) is None
    elif shape == Instant:
        yield isinstance(value, str) and not _is_moment(value)
    elif is_typeddict(shape) and isinstance(value, dict):
        yield any(untimely(shape, value))
    elif get_origin(shape) is list and isinstance(value, list):
        for item in value:
            yield from _wrong(get_args(shape)[0], item)
    elif get_origin(shape) in {Union, UnionType}:
        for choice in get_args(shape):
            yield from _wrong(choice, value)


def _is_moment(text: str) -> bool:
    return tid.contract_form(text) == text and tid.moment(text) is not None


@cache
def _members(shape: Any) -> dict[str, Any]:
    return get_type_hints(shape, include_extras=True)
