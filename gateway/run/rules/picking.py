"""Put the places that lost in a log back on what stands there now, and touch nothing else.

A version that was kept is a whole document, and most of it has moved on since for good reasons.
Only the named places are taken from it. All in one system, under the same ids. Pure.
"""

from collections.abc import Collection
from typing import Any, TypeVar

from gateway.run.rules.edits import Place
from schemas.stafettlogg.entitet import Entitet
from schemas.stafettlogg.flat import indexed, parts
from schemas.stafettlogg.logg import Stafettlogg

E = TypeVar("E", bound=Entitet)
_Key = tuple[str, str]


def put_back(now: Stafettlogg, kept: Stafettlogg, names: Collection[str]) -> Stafettlogg:
    """`now` with the places in `names` (`Place.name`) as they are in `kept`.

    A whole entity that is named comes back where it stood, or goes where `kept` has none; a named
    field gets the value it had, with its entity where that is gone; a named list gets its order
    back. What stands in no named place is as it is in `now`.
    """
    return _PutBack(now, kept, frozenset(names)).entity(now)


class _PutBack:
    def __init__(self, now: Stafettlogg, kept: Stafettlogg, names: frozenset[str]) -> None:
        self._now = indexed(now)
        self._kept = indexed(kept)
        self._names = names
        self._touched = {name.partition(".")[0] for name in names}

    def entity(self, now: E) -> E:
        """One entity that stands."""
        kept = self._kept.get(_key(now))
        many, single = parts(type(now))
        changes: dict[str, Any] = {}
        for name in type(now).model_fields:
            mine = getattr(now, name)
            its = getattr(kept, name) if kept is not None else None
            if name in many:
                made: Any = self._list(now, name, mine, its or ())
            elif name in single:
                made = self._one(mine, its)
            else:
                made = its if kept is not None and self._named(now, name) else mine
            if made is not mine:
                changes[name] = made
        return now.model_copy(update=changes) if changes else now

    def _one(self, mine: Any, its: Any) -> Any:
        if mine is not None and not self._goes(mine):
            return self.entity(mine)
        return its if its is not None and self._comes(its) else None

    def _list(
        self, owner: Entitet, name: str, mine: tuple[Entitet, ...], its: tuple[Entitet, ...]
    ) -> tuple[Entitet, ...]:
        made = [self.entity(one) for one in mine if not self._goes(one)]
        before: _Key | None = None
        for one in its:
            if self._comes(one):
                made.insert(_behind(made, before), one)
            before = _key(one)
        if self._named(owner, name):
            # What both have, in the order it had; the rest keeps its place.
            stand = {_key(e): e for e in made}
            both = [key for key in map(_key, its) if key in stand]
            turn = iter(both)
            made = [stand[next(turn)] if _key(e) in set(both) else e for e in made]
        same = len(made) == len(mine) and all(a is b for a, b in zip(made, mine, strict=True))
        return mine if same else tuple(made)

    def _goes(self, one: Entitet) -> bool:
        return _key(one) not in self._kept and self._named(one, "")

    def _comes(self, one: Entitet) -> bool:
        """Gone since, although it is the whole or a field of it that is to come back."""
        return _key(one) not in self._now and Place(*_key(one), "").name in self._touched

    def _named(self, one: Entitet, field: str) -> bool:
        return Place(*_key(one), field).name in self._names


def _behind(made: list[Entitet], before: _Key | None) -> int:
    """The place behind the neighbour it had; first where that is gone."""
    return next((n for n, e in enumerate(made, 1) if _key(e) == before), 0)


def _key(entity: Entitet) -> _Key:
    return type(entity).__name__, entity.id
