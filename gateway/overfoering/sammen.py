"""Two versions of one log as one: what comes wins, what only stands here stays. Pure.

A child may move back (A-B-A): the log it left still stands here, passive, with more in it than
what came home. Nothing of that is lost, and no concern is there twice.
"""

from typing import Any

from schemas.stafettlogg.entitet import Entitet
from schemas.stafettlogg.logg import Stafettlogg


def merge(standing: Stafettlogg, coming: Stafettlogg) -> Stafettlogg:
    """The log that stands, with everything that comes. Both must be the same log."""
    if standing.id != coming.id:
        raise ValueError("two logs are never merged")
    changes: dict[str, Any] = {}
    for name in type(coming).model_fields:
        old, new = getattr(standing, name), getattr(coming, name)
        if isinstance(new, tuple) and name not in _AS_IT_COMES:
            changes[name] = _union(old, new)
        else:
            changes[name] = old if new is None else new
    return coming.model_copy(update=changes)


_AS_IT_COMES = frozenset({"stafettholder_historikk", "nivaa_historikk"})


def _union(old: tuple[Any, ...], new: tuple[Any, ...]) -> tuple[Any, ...]:
    if not all(isinstance(one, Entitet) for one in (*old, *new)):
        return new or old
    coming = {one.id: one for one in new}
    kept = [coming.pop(one.id, one) for one in old]
    return (*kept, *(one for one in new if one.id in coming))
