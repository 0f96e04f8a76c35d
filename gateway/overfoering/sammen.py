"""Two versions of one log as one: what comes wins, what only stands here stays. Pure.

A child may move back (A-B-A): the log it left still stands here, passive, with more in it than
what came home. Nothing of that is lost, no concern is there twice, and what stands keeps the id it
has in its own system.
"""

from typing import Any

from schemas.stafettlogg.entitet import Entitet
from schemas.stafettlogg.kodeverk import Deltakerstatus, Kildesystem
from schemas.stafettlogg.logg import Stafettlogg
from schemas.stafettlogg.person import Deltakelse

_HOME = ("kildesystem", "kilde_id", "raa")
_AS_IT_COMES = frozenset({"stafettholder_historikk", "nivaa_historikk", *_HOME})


def as_guest(logg: Stafettlogg) -> Stafettlogg:
    """The log as nobody's own: without the ids another municipality's system gave its parts.

    Two municipalities with the same vendor may use one id for two things; ours are nobody's.
    """
    made = _guest(logg)
    assert isinstance(made, Stafettlogg)
    return made


def _guest(value: Any) -> Any:
    if isinstance(value, tuple):
        return tuple(_guest(one) for one in value)
    if not isinstance(value, Entitet):
        return value
    changes: dict[str, Any] = {"kildesystem": Kildesystem.GATEWAY, "kilde_id": None, "raa": None}
    for name in type(value).model_fields:
        old = getattr(value, name)
        if isinstance(old, tuple | Entitet):
            changes[name] = _guest(old)
    return value.model_copy(update=changes)


def merge(standing: Stafettlogg, coming: Stafettlogg) -> Stafettlogg:
    """The log that stands, with everything that comes. Raises ValueError for two logs."""
    if standing.id != coming.id:
        raise ValueError("two logs are never merged")
    made = _merged(standing, coming)
    assert isinstance(made, Stafettlogg)
    return made


def _merged(old: Entitet, new: Entitet) -> Entitet:
    changes: dict[str, Any] = {name: getattr(old, name) for name in _HOME}
    for name in type(new).model_fields:
        was, now = getattr(old, name), getattr(new, name)
        if name in _AS_IT_COMES:
            continue
        if isinstance(now, tuple):
            changes[name] = _union(was, now)
        elif isinstance(now, Entitet) and isinstance(was, Entitet) and was.id == now.id:
            changes[name] = _merged(was, now)
        elif now is None:
            changes[name] = was
    if isinstance(old, Deltakelse) and old.status is Deltakerstatus.INVITERT:
        # Only the person's own first login makes an invited participant active.
        ended = getattr(new, "status", None) is Deltakerstatus.AVSLUTTET
        changes["status"] = Deltakerstatus.AVSLUTTET if ended else old.status
    return new.model_copy(update=changes)


def _union(old: tuple[Any, ...], new: tuple[Any, ...]) -> tuple[Any, ...]:
    """What stands, in its order, renewed by what comes; then what is new."""
    if not all(isinstance(one, Entitet) for one in (*old, *new)):
        return new or old
    coming = {one.id: one for one in new}
    kept = [_merged(one, coming[one.id]) if one.id in coming else one for one in old]
    there = {one.id for one in old}
    return (*kept, *(one for one in new if one.id not in there))
