"""Dates and times in what is written to the sandbox: they exist, and are in the contract's form.

The wire shapes read more than that, for a source has written what it likes for years; nothing that
is written may be so. It finds places and never quotes a value.
"""

from collections.abc import Iterator
from functools import cache
from types import UnionType
from typing import Any, Union, get_args, get_origin

from typing_extensions import get_type_hints, is_typeddict

from schemas import tid
from schemas.conexus_companion.logg import Dato, Tid


def untimely(shape: Any, value: Any, place: str = "") -> Iterator[str]:
    """Places of dates and times that no calendar has, or that are in another form. `value` has
    been held against `shape`."""
    if value is None or shape in (Tid, Dato):
        if value is not None and not _stands(shape, value):
            yield place
    elif is_typeddict(shape):
        for key, inner in _members(shape).items():
            if key in value:
                yield from untimely(inner, value[key], f"{place}.{key}" if place else key)
    elif get_origin(shape) is list:
        for number, item in enumerate(value):
            yield from untimely(get_args(shape)[0], item, f"{place}.{number}")
    elif get_origin(shape) in {Union, UnionType}:
        for choice in get_args(shape):
            yield from untimely(choice, value, place)


def _stands(shape: Any, value: str) -> bool:
    if shape == Dato:
        return tid.day(value) is not None
    return tid.contract_form(value) == value and tid.moment(value) is not None


@cache
def _members(shape: Any) -> dict[str, Any]:
    return get_type_hints(shape, include_extras=True)
