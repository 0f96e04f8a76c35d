"""Which entities of two readings are the same thing, where a system gave everything new ids.

A system that was emptied keeps no ids: what was promised and what is read back then differ in every
id and every reference, although they say the same. `aligned` finds who is who, `renamed` puts the
ids we know in place. Pure and deterministic; no entity is paired twice.
"""

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from operator import attrgetter
from typing import Any, NamedTuple, TypeVar

from pydantic import BaseModel

from gateway.reconcile import signs
from schemas.stafettlogg.entitet import Entitet
from schemas.stafettlogg.flat import indexed, parts
from schemas.stafettlogg.logg import Stafettlogg
from schemas.stafettlogg.person import Deltakelse, Person

M = TypeVar("M", bound=BaseModel)


def aligned(expected: Stafettlogg, actual: Stafettlogg) -> dict[str, str]:
    """Ids of `actual` to the ids of `expected` they stand for; only those that differ.

    The same id first. Then, in the lists of parents that are paired: persons and their
    participations, because nearly all else refers to them; equal content with references that are
    all known and equal, then with those that are known equal, then without; equal fields of its
    own; and at last the same place among what is left. A weaker sign waits until the stronger have
    no more to give: each pair makes more references known.
    """
    pairs = _Pairs(expected, actual)
    ours, theirs = pairs.ours, pairs.theirs
    stages: tuple[Callable[[], bool], ...] = (
        lambda: pairs.by(signs.said(ours), signs.said(theirs), Person),
        lambda: pairs.by(signs.numbers, signs.numbers, Person),
        lambda: pairs.by(signs.part(ours, whole=True), signs.part(theirs, whole=True), Deltakelse),
        lambda: pairs.by(signs.part(ours), signs.part(theirs), Deltakelse),
        lambda: pairs.by(
            signs.taking_part(expected, ours), signs.taking_part(actual, theirs), Person
        ),
        lambda: pairs.by(signs.name, signs.name, Person),
        lambda: pairs.by(signs.sure(ours), signs.sure(theirs)),
        lambda: pairs.by(signs.said(ours), signs.said(theirs)),
        lambda: pairs.by(signs.said(None), signs.said(None)),
        lambda: pairs.by(signs.own, signs.own),
        pairs.by_place,
    )
    while any(stage() for stage in stages):
        pass
    return {mine: its for mine, its in pairs.ids.items() if mine != its}


def renamed(logg: Stafettlogg, ids: Mapping[str, str]) -> Stafettlogg:
    """The log with these ids in place, wherever an entity's id or a reference to one stands.

    Free text, `kilde_id` and `raa` are the system's own words and are left alone. Without ids it
    is the same object.
    """
    return _renamed(logg, ids) if ids else logg


class Placed(NamedTuple):
    """An entity with its place in its list, counted from the front and from the back."""

    front: int
    back: int
    entity: Entitet


class _Pairs:
    """Who is who so far, and the lists in which the rest is looked for."""

    def __init__(self, expected: Stafettlogg, actual: Stafettlogg) -> None:
        self.ids: dict[str, str] = {}
        self._taken: set[str] = set()
        self._groups: list[tuple[Sequence[Entitet], Sequence[Entitet]]] = []
        self._pair(expected, actual)
        its, mine = indexed(expected), indexed(actual)
        for key, entity in its.items():
            if key in mine:
                self._pair(entity, mine[key])
        child = its.get(("Person", expected.hovedperson.person))
        other = mine.get(("Person", actual.hovedperson.person))
        if child is not None and other is not None:
            self._pair(child, other)

    def ours(self, reference: str) -> str:
        """A reference of the expected log."""
        return reference if reference in self._taken else signs.UNKNOWN

    def theirs(self, reference: str) -> str:
        """A reference of the actual log."""
        return self.ids.get(reference, signs.UNKNOWN)

    def by(self, ours: signs.Sign, theirs: signs.Sign, only: type[Entitet] = Entitet) -> bool:
        """Pair what has the same sign; equals as they stand. True when any was paired."""
        found = False
        for expected, actual in self._open(only):
            its: dict[Hashable, list[Placed]] = {}
            mine: dict[Hashable, list[Placed]] = {}
            for placed in expected:
                its.setdefault(ours(placed.entity), []).append(placed)
            for placed in actual:
                mine.setdefault(theirs(placed.entity), []).append(placed)
            for sign, some in mine.items():
                if sign is not None and sign in its:
                    for one, other in _as_they_stand(its[sign], some):
                        found = self._pair(one.entity, other.entity) or found
        return found

    def by_place(self) -> bool:
        """Pair what stands behind the same neighbour, then in the order of what is left."""
        found = False
        for expected, actual in list(self._groups):
            its = _behind(expected, lambda e: e.id if e.id in self._taken else None)
            mine = _behind(actual, lambda e: self.ids.get(e.id))
            for behind, entities in its.items():
                for one, other in zip(entities, mine.get(behind, ()), strict=False):
                    found = self._pair(one, other) or found
        for left, right in list(self._open(Entitet)):
            for first, second in zip(left, right, strict=False):
                found = self._pair(first.entity, second.entity) or found
        return found

    def _open(self, only: type[Entitet]) -> Iterator[tuple[list[Placed], list[Placed]]]:
        """The lists with somebody unpaired on both sides, and those."""
        for expected, actual in list(self._groups):
            its = [e for e in _placed(expected, only) if e.entity.id not in self._taken]
            mine = [e for e in _placed(actual, only) if e.entity.id not in self.ids]
            if its and mine:
                yield its, mine

    def _pair(self, expected: Entitet, actual: Entitet) -> bool:
        """Pair two that are free, and look among what they hold; False when they are not."""
        if expected.id in self._taken or actual.id in self.ids or _strangers(expected, actual):
            return False
        self.ids[actual.id] = expected.id
        self._taken.add(expected.id)
        many, single = parts(type(expected))
        for name in type(expected).model_fields:
            if name in many:
                self._groups.append((getattr(expected, name), getattr(actual, name)))
            elif name in single:
                one, other = getattr(expected, name), getattr(actual, name)
                if one is not None and other is not None:
                    self._groups.append(((one,), (other,)))
        return True


def _strangers(expected: Entitet, actual: Entitet) -> bool:
    """Two kinds, or two persons who share neither number nor name: never the same, wherever they
    stand."""
    if type(expected) is not type(actual):
        return True
    if not isinstance(expected, Person) or not isinstance(actual, Person):
        return False
    if expected.id == actual.id or expected.navn == actual.navn:
        return False
    one, other = signs.numbers(expected), signs.numbers(actual)
    return one is not None and other is not None and one != other


def _placed(entities: Sequence[Entitet], only: type[Entitet]) -> list[Placed]:
    return [
        Placed(place, len(entities) - place, entity)
        for place, entity in enumerate(entities)
        if isinstance(entity, only)
    ]


def _as_they_stand(expected: list[Placed], actual: list[Placed]) -> Iterator[tuple[Placed, Placed]]:
    """Equals paired in their order. Where one of them is gone or changed, the others have kept
    their place from the front, if it stood behind them, or else from the back."""
    if len(expected) != len(actual):
        for place in (attrgetter("front"), attrgetter("back")):
            at = {place(one): one for one in expected}
            for other in list(actual):
                one = at.get(place(other))
                if one is not None and one in expected:
                    expected.remove(one)
                    actual.remove(other)
                    yield one, other
    yield from zip(expected, actual, strict=False)


def _behind(
    entities: Sequence[Entitet], paired: Callable[[Entitet], str | None]
) -> dict[str | None, list[Entitet]]:
    """The unpaired of a list by the neighbour before them that is paired; None for the first."""
    found: dict[str | None, list[Entitet]] = {}
    before: str | None = None
    for entity in entities:
        known = paired(entity)
        if known is None:
            found.setdefault(before, []).append(entity)
        else:
            before = known
    return found


def _renamed(model: M, ids: Mapping[str, str]) -> M:
    references, nested, _ = signs.fields(type(model))
    changes: dict[str, Any] = {}
    for name in references:
        value = getattr(model, name)
        new = signs.through(lambda reference: ids.get(reference, reference), value)
        if new != value:
            changes[name] = new
    for name in nested:
        value = getattr(model, name)
        if isinstance(value, tuple):
            below = tuple([_renamed(one, ids) for one in value])
            if any(one is not other for one, other in zip(below, value, strict=True)):
                changes[name] = below
        elif value is not None and (one := _renamed(value, ids)) is not value:
            changes[name] = one
    return model.model_copy(update=changes) if changes else model
