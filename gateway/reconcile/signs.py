"""What an entity is known by where its id tells nothing, and where in the model references stand.

A sign is made the same way on both sides: ids are left out, and references are read as the expected
log has them. Found from the model's own annotations, so a new field needs no line here. Pure.
"""

from collections.abc import Callable, Hashable, Mapping
from functools import cache
from typing import Any, get_args, get_type_hints

from pydantic import BaseModel

from gateway.reconcile.compare import ASSIGNED
from schemas.stafettlogg.entitet import Entitet, Ref
from schemas.stafettlogg.flat import indexed, moment
from schemas.stafettlogg.innhold import Tiltak
from schemas.stafettlogg.logg import Stafettlogg
from schemas.stafettlogg.person import Deltakelse, Person

Known = Callable[[str], str]
"""A reference as the expected log has it; `UNKNOWN` unless what it points at is paired."""

Sign = Callable[[Any], Hashable]
"""What an entity is known by; None when it says too little."""

UNKNOWN = "?"
_ALSO: Mapping[type[BaseModel], frozenset[str]] = {Tiltak: frozenset({"del_av"})}
"""Texts that hold an id: what ties measures of one activity is the id of the first."""


def numbers(person: Person) -> Hashable:
    """The identifiers of a person."""
    return tuple(i.verdi for i in person.identifikatorer) or None


def name(person: Person) -> Hashable:
    """The name of a person."""
    return person.navn


def part(known: Known, *, whole: bool = False) -> Sign:
    """The person and the role of a participation, or all it says."""

    def sign(d: Deltakelse) -> Hashable:
        person = known(d.person)
        if person == UNKNOWN:
            return None
        return _content(d, known, below=True) if whole else (person, d.rolle)

    return sign


def taking_part(logg: Stafettlogg, known: Known) -> Sign:
    """The participations of a person that are paired already."""
    of: dict[str, list[str]] = {}
    for d in logg.deltakelser:
        if (paired := known(d.id)) != UNKNOWN:
            of.setdefault(d.person, []).append(paired)
    return lambda person: tuple(sorted(of.get(person.id, ()))) or None


def said(known: Known | None) -> Sign:
    """All that an entity says, and what it holds says, without ids; references where `known`."""
    if known is None:
        return lambda entity: _content(entity, None, below=True)

    def sign(entity: Entitet) -> Hashable:
        # What refers within the entity says so by place: it needs nobody outside to be known.
        within = {name: f"{place}" for place, (_, name) in enumerate(indexed(entity))}
        return _content(entity, lambda r: within.get(r) or known(r), below=True)

    return sign


def sure(known: Known) -> Sign:
    """The same; None while a reference is not known."""
    open_: list[str] = []

    def noting(reference: str) -> str:
        found = known(reference)
        open_.extend([reference] if found == UNKNOWN else ())
        return found

    def sign(entity: Entitet) -> Hashable:
        open_.clear()
        found = said(noting)(entity)
        return None if open_ else found

    return sign


def own(entity: Entitet) -> Hashable:
    """What an entity says in fields of its own."""
    return _content(entity, None, below=False)


def _content(value: Any, known: Known | None, *, below: bool) -> Hashable:
    if isinstance(value, tuple):
        return tuple([_content(one, known, below=below) for one in value])
    if not isinstance(value, BaseModel):
        return value if isinstance(value, Hashable) else repr(value)
    cls = type(value)
    references, nested, plain = fields(cls)
    found: list[Hashable] = [cls.__name__]
    found += [moment(cls, name, getattr(value, name)) for name in plain]
    if known is not None:
        found += [through(known, getattr(value, name)) for name in references if name != "id"]
    if below:
        found += [_content(getattr(value, name), known, below=True) for name in nested]
    return tuple(found)


def through(known: Known, value: Any) -> Any:
    """A reference, or each of a tuple of them, by `known`."""
    if isinstance(value, tuple):
        return tuple([known(one) for one in value])
    return None if value is None else known(value)


@cache
def fields(cls: type[BaseModel]) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
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
