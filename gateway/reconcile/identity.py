"""Which entities of two readings are the same thing, where a system gave everything new ids.

A system that was emptied keeps no ids: what was promised and what is read back then differ in every
id and every reference, although they say the same. `aligned` finds who is who, `renamed` puts the
ids we know in place. Pure and deterministic; no entity is paired twice.
"""

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any, TypeVar, get_args, get_type_hints

from pydantic import BaseModel

from gateway.reconcile.compare import ASSIGNED
from schemas.stafettlogg.entitet import Entitet, Ref
from schemas.stafettlogg.flat import moment, parts
from schemas.stafettlogg.innhold import Tiltak
from schemas.stafettlogg.logg import Stafettlogg
from schemas.stafettlogg.person import Deltakelse, Person

M = TypeVar("M", bound=BaseModel)

Known = Callable[[str], str]
"""A reference as the expected log has it; `_UNKNOWN` unless what it points at is paired."""

Sign = Callable[[Any], Hashable]
"""What an entity is known by; None when it says too little."""

_UNKNOWN = "?"
_ALSO: Mapping[type[BaseModel], frozenset[str]] = {Tiltak: frozenset({"del_av"})}
"""Texts that hold an id: what ties measures of one activity is the id of the first."""


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
        lambda: pairs.by(_said(ours), _said(theirs), Person),
        lambda: pairs.by(_numbers, _numbers, Person),
        lambda: pairs.by(_part(ours, whole=True), _part(theirs, whole=True), Deltakelse),
        lambda: pairs.by(_part(ours), _part(theirs), Deltakelse),
        lambda: pairs.by(_taking_part(expected, ours), _taking_part(actual, theirs), Person),
        lambda: pairs.by(_name, _name, Person),
        lambda: pairs.by(_sure(ours), _sure(theirs)),
        lambda: pairs.by(_said(ours), _said(theirs)),
        lambda: pairs.by(_said(None), _said(None)),
        lambda: pairs.by(_own, _own),
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


class _Pairs:
    """Who is who so far, and the lists in which the rest is looked for."""

    def __init__(self, expected: Stafettlogg, actual: Stafettlogg) -> None:
        self.ids: dict[str, str] = {}
        self._taken: set[str] = set()
        self._groups: list[tuple[Sequence[Entitet], Sequence[Entitet]]] = []
        self._pair(expected, actual)
        its, mine = _index(expected), _index(actual)
        for key, entity in its.items():
            if key in mine:
                self._pair(entity, mine[key])
        child = its.get(("Person", expected.hovedperson.person))
        other = mine.get(("Person", actual.hovedperson.person))
        if child is not None and other is not None:
            self._pair(child, other)

    def ours(self, reference: str) -> str:
        """A reference of the expected log."""
        return reference if reference in self._taken else _UNKNOWN

    def theirs(self, reference: str) -> str:
        """A reference of the actual log."""
        return self.ids.get(reference, _UNKNOWN)

    def by(self, ours: Sign, theirs: Sign, only: type[Entitet] = Entitet) -> bool:
        """Pair what has the same sign; equals in the order they stand. True when any was."""
        found = False
        for expected, actual in self._open(only):
            waiting: dict[Hashable, list[Entitet]] = {}
            for entity in expected:
                waiting.setdefault(ours(entity), []).append(entity)
            waiting.pop(None, None)
            for entity in actual:
                same = waiting.get(theirs(entity))
                if same:
                    found = self._pair(same.pop(0), entity) or found
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
        for expected, actual in list(self._open(Entitet)):
            for one, other in zip(expected, actual, strict=False):
                found = self._pair(one, other) or found
        return found

    def _open(self, only: type[Entitet]) -> Iterator[tuple[list[Entitet], list[Entitet]]]:
        """The lists with somebody unpaired on both sides, and those."""
        for expected, actual in list(self._groups):
            its = [e for e in expected if e.id not in self._taken and isinstance(e, only)]
            mine = [e for e in actual if e.id not in self.ids and isinstance(e, only)]
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
    one, other = _numbers(expected), _numbers(actual)
    return one is not None and other is not None and one != other


def _index(entity: Entitet) -> dict[tuple[str, str], Entitet]:
    """An entity and all it holds by kind and id, parents first, in the model's own order."""
    found: dict[tuple[str, str], Entitet] = {}

    def walk(entity: Entitet) -> None:
        found.setdefault((type(entity).__name__, entity.id), entity)
        many, single = parts(type(entity))
        for name in type(entity).model_fields:
            value = getattr(entity, name)
            if name in many:
                for child in value:
                    walk(child)
            elif name in single and value is not None:
                walk(value)

    walk(entity)
    return found


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


# -- what an entity is known by ---------------------------------------------------------------


def _numbers(person: Person) -> Hashable:
    return tuple(i.verdi for i in person.identifikatorer) or None


def _name(person: Person) -> Hashable:
    return person.navn


def _part(known: Known, *, whole: bool = False) -> Sign:
    """The person and the role of a participation, or all it says."""

    def sign(d: Deltakelse) -> Hashable:
        person = known(d.person)
        if person == _UNKNOWN:
            return None
        return _content(d, known, below=True) if whole else (person, d.rolle)

    return sign


def _taking_part(logg: Stafettlogg, known: Known) -> Sign:
    """The participations of a person that are paired already."""
    of: dict[str, list[str]] = {}
    for d in logg.deltakelser:
        if (paired := known(d.id)) != _UNKNOWN:
            of.setdefault(d.person, []).append(paired)
    return lambda person: tuple(sorted(of.get(person.id, ()))) or None


def _said(known: Known | None) -> Sign:
    """All that an entity says, and what it holds says, without ids; references where `known`."""
    if known is None:
        return lambda entity: _content(entity, None, below=True)

    def sign(entity: Entitet) -> Hashable:
        # What refers within the entity says so by place: it needs nobody outside to be known.
        within = {name: f"{place}" for place, (_, name) in enumerate(_index(entity))}
        return _content(entity, lambda r: within.get(r) or known(r), below=True)

    return sign


def _sure(known: Known) -> Sign:
    """The same; None while a reference is not known."""
    open_: list[str] = []

    def noting(reference: str) -> str:
        found = known(reference)
        open_.extend([reference] if found == _UNKNOWN else ())
        return found

    def sign(entity: Entitet) -> Hashable:
        open_.clear()
        found = _said(noting)(entity)
        return None if open_ else found

    return sign


def _own(entity: Entitet) -> Hashable:
    """What an entity says in fields of its own."""
    return _content(entity, None, below=False)


def _content(value: Any, known: Known | None, *, below: bool) -> Hashable:
    if isinstance(value, tuple):
        return tuple([_content(one, known, below=below) for one in value])
    if not isinstance(value, BaseModel):
        return value if isinstance(value, Hashable) else repr(value)
    cls = type(value)
    references, nested, plain = _fields(cls)
    found: list[Hashable] = [cls.__name__]
    found += [moment(cls, name, getattr(value, name)) for name in plain]
    if known is not None:
        found += [_through(known, getattr(value, name)) for name in references if name != "id"]
    if below:
        found += [_content(getattr(value, name), known, below=True) for name in nested]
    return tuple(found)


# -- ids and references, found from the model's own annotations -------------------------------


def _renamed(model: M, ids: Mapping[str, str]) -> M:
    references, nested, _ = _fields(type(model))
    changes: dict[str, Any] = {}
    for name in references:
        value = getattr(model, name)
        new = _through(lambda reference: ids.get(reference, reference), value)
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


def _through(known: Known, value: Any) -> Any:
    """A reference, or each of a tuple of them, by `known`."""
    if isinstance(value, tuple):
        return tuple([known(one) for one in value])
    return None if value is None else known(value)


@cache
def _fields(cls: type[BaseModel]) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """The fields of a model that are (ids and references, models, anything else of content)."""
    hints = get_type_hints(cls, include_extras=True)
    also = _ALSO.get(cls, frozenset())
    references = tuple(n for n in cls.model_fields if _holds_reference(hints[n]) or n in also)
    nested = tuple(n for n in cls.model_fields if _holds_model(hints[n]))
    apart = {*references, *nested, *(ASSIGNED if issubclass(cls, Entitet) else ())}
    return references, nested, tuple(n for n in cls.model_fields if n not in apart)


def _holds_reference(hint: Any) -> bool:
    """True for `Ref`, alone, optional or in a tuple; it is known by its annotation itself."""
    if getattr(hint, "__metadata__", None) is not None:
        return bool(hint.__metadata__[0] is get_args(Ref)[1])
    return any(_holds_reference(inner) for inner in get_args(hint))


def _holds_model(hint: Any) -> bool:
    if isinstance(hint, type):
        return issubclass(hint, BaseModel)
    return any(_holds_model(inner) for inner in get_args(hint))
