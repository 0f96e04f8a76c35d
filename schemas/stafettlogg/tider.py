"""The times of a log as a contract has them, for what is going to another system than it came from.

The moments are the same; what names no moment is left as it is written.
"""

from typing import Any, TypeVar

from pydantic import BaseModel

from schemas.stafettlogg.flat import instants
from schemas.tid import contract_form

M = TypeVar("M", bound=BaseModel)


def by_contract(value: M) -> M:
    """The value with every instant in it in the contract's form; itself where all are already."""
    cls, changes = type(value), {}
    times, held = instants(cls), value.__dict__
    for name, old in held.items():
        if name in times:
            new: Any = contract_form(old) or old
        elif isinstance(old, BaseModel):
            new = by_contract(old)
        elif isinstance(old, tuple):
            new = _each(old)
        else:
            continue
        if new is not old:
            changes[name] = new
    return value.model_copy(update=changes) if changes else value


def _each(values: tuple[Any, ...]) -> tuple[Any, ...]:
    made = tuple([by_contract(v) if isinstance(v, BaseModel) else v for v in values])
    same = all(new is old for new, old in zip(made, values, strict=True))
    return values if same else made
