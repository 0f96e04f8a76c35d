"""Lay what is to be written upon what already stands, so that nothing of the target's own goes.

A target holds more than what we brought: fields the source has no place for, and what came in
there and was agreed since. A change of the source is therefore laid upon the target's document as
it was agreed, never written in its place. Pure; knows no vendor.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from schemas.stafettlogg.entitet import Entitet
from schemas.stafettlogg.flat import indexed, parts
from schemas.stafettlogg.logg import Stafettlogg

Restore = Callable[[Stafettlogg, Stafettlogg, Stafettlogg], Stafettlogg]
E = TypeVar("E", bound=Entitet)
_Held = dict[tuple[str, str], Entitet]


def laid(
    restore: Restore,
    was: Stafettlogg,
    now: Stafettlogg,
    there: Stafettlogg,
    *,
    mending: bool = False,
) -> Stafettlogg:
    """`there` with what changed from `was` to `now`; all three as the target holds a log.

    What `now` has and `there` lacks is written also when it is no change of the source: it was
    held back before, or the target did not keep it. What is held back now was in `was`, and is
    taken away. What only `there` has stays, and so does what it has otherwise, which came in there
    and was agreed; only a repair (`mending`) writes that anew too.
    """
    return restore(_held_by(was, indexed(there), mending), now, there)


def _held_by(entity: E, held: _Held, mending: bool) -> E:
    """The entity as it is held: what the target lacks then counts as changed."""
    there = held.get(_key(entity))
    many, single = parts(type(entity))
    changes: dict[str, Any] = {}
    for name in type(entity).model_fields:
        value = getattr(entity, name)
        if name in many:
            kept = tuple(_held_by(child, held, mending) for child in value if _key(child) in held)
            if kept != value:
                changes[name] = kept
        elif name in single:
            if value is not None:
                there_too = _key(value) in held
                changes[name] = _held_by(value, held, mending) if there_too else None
        elif there is not None and value:
            its = getattr(there, name)
            if its != value and (mending or not its):
                changes[name] = its
    return entity.model_copy(update=changes) if changes else entity


def _key(entity: Entitet) -> tuple[str, str]:
    return type(entity).__name__, entity.id
