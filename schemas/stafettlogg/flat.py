"""A log as a flat list of leaves, and the comparison of two logs place by place.

A leaf is one field of one entity; a list of entities is also a leaf: the ids in their order. The
comparison tells where two logs differ and how, and never holds a value.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, get_args, get_type_hints

from pydantic import BaseModel

from schemas import tid
from schemas.stafettlogg.entitet import Dato, Entitet, Tid
from schemas.stafettlogg.logg import Stafettlogg

Leaf = tuple[str, str, str, Any]

PROVENANCE = frozenset(
    {"kildesystem", "kilde_id", "raa", "avledet", "avledet_regel", "sist_oppdatert", "endret"}
)
"""Fields that tell where and when, not what: they differ between two systems by nature."""


@dataclass(frozen=True, slots=True, order=True)
class Difference:
    """One place where two logs differ. `change` is `changed`, `missing` or `extra`."""

    entity: str
    kind: str
    field: str
    change: str


@cache
def parts(cls: type[Entitet]) -> tuple[frozenset[str], frozenset[str]]:
    """The fields of an entity that hold entities: (lists of them, single ones)."""
    many = frozenset(
        name for name, info in cls.model_fields.items() if "Entitet" in _holds(info.annotation)
    )
    single = frozenset(name for name in many if "tuple" not in str(cls.model_fields[name]))
    return many - single, single


def _holds(annotation: Any) -> str:
    arguments = getattr(annotation, "__args__", ())
    if arguments:
        return " ".join(_holds(a) for a in arguments)
    is_entity = isinstance(annotation, type) and issubclass(annotation, Entitet)
    return "Entitet" if is_entity else "verdi"


def entities(entity: Entitet) -> Iterator[Entitet]:
    """An entity and all it holds, parents first, in the model's own order."""
    yield entity
    many, single = parts(type(entity))
    for name in type(entity).model_fields:
        value = getattr(entity, name)
        if name in many:
            for child in value:
                yield from entities(child)
        elif name in single and value is not None:
            yield from entities(value)


def indexed(entity: Entitet) -> dict[tuple[str, str], Entitet]:
    """The same by (kind, id); of two with one id, the first."""
    found: dict[tuple[str, str], Entitet] = {}
    for one in entities(entity):
        found.setdefault((type(one).__name__, one.id), one)
    return found


@cache
def instants(cls: type[BaseModel]) -> frozenset[str]:
    """The fields of a model that hold a `Tid`, known by its annotation itself."""
    return _annotated(cls, Tid)


@cache
def days(cls: type[BaseModel]) -> frozenset[str]:
    """The fields of a model that hold a `Dato`, known in the same way."""
    return _annotated(cls, Dato)


def _annotated(cls: type[BaseModel], kind: Any) -> frozenset[str]:
    hints = get_type_hints(cls, include_extras=True)
    return frozenset(name for name in cls.model_fields if _is(hints[name], get_args(kind)[1]))


def _is(hint: Any, mark: Any) -> bool:
    metadata = getattr(hint, "__metadata__", None)
    if metadata is not None:
        return bool(metadata[0] is mark)
    return any(_is(inner, mark) for inner in get_args(hint))


def instant(text: Any) -> Any:
    """The moment a `Tid` names, the same for every form of it; what is no time is itself.

    `10:00:00Z`, `11:00:00+01:00` and `10:00:00.000Z` are one moment. Never raises.
    """
    if not isinstance(text, str):
        return text
    found = tid.moment(text)
    return text if found is None else found


def moment(cls: type[BaseModel], name: str, value: Any) -> Any:
    """The value of a field with every time in it as the moment it names, values within it too."""
    if name in instants(cls):
        return instant(value)
    if isinstance(value, tuple) and any(isinstance(one, BaseModel) for one in value):
        return tuple([_moments(one) for one in value])
    return _moments(value)


def _moments(value: Any) -> Any:
    if not isinstance(value, BaseModel):
        return value
    cls = type(value)
    return cls, *(moment(cls, name, getattr(value, name)) for name in cls.model_fields)


def leaves(logg: Stafettlogg) -> Iterator[Leaf]:
    """Every leaf as (entity id, kind, field, value), in the model's own order."""
    for entity, name, value in _of(logg):
        yield entity.id, type(entity).__name__, name, value


def _of(entity: Entitet) -> Iterator[tuple[Entitet, str, Any]]:
    many, single = parts(type(entity))
    for name in type(entity).model_fields:
        value = getattr(entity, name)
        if name in many:
            yield entity, name, tuple(child.id for child in value)
            for child in value:
                yield from _of(child)
        elif name in single:
            yield entity, name, None if value is None else value.id
            if value is not None:
                yield from _of(value)
        else:
            yield entity, name, value


def compare(
    expected: Stafettlogg,
    actual: Stafettlogg,
    ignore: frozenset[str] = PROVENANCE,
    *,
    moments: bool = False,
) -> tuple[Difference, ...]:
    """Where `actual` differs from `expected`, sorted; fields named in `ignore` are not looked at.

    An entity that is missing or extra is one difference (field ""), beside the list it stood in.
    With `moments` a time is the moment it names, and not the text it is written as.
    """
    want, have = _index(expected, ignore, moments), _index(actual, ignore, moments)
    found: set[Difference] = set()
    for key in want.keys() | have.keys():
        entity, kind = key
        ours, theirs = want.get(key), have.get(key)
        if ours is None or theirs is None:
            found.add(Difference(entity, kind, "", "extra" if ours is None else "missing"))
            continue
        found.update(
            Difference(entity, kind, name, "changed")
            for name in ours.keys() | theirs.keys()
            if ours.get(name) != theirs.get(name)
        )
    return tuple(sorted(found))


def _index(
    logg: Stafettlogg, ignore: frozenset[str], moments: bool
) -> dict[tuple[str, str], dict[str, Any]]:
    index: dict[tuple[str, str], dict[str, Any]] = {}
    for entity, name, value in _of(logg):
        if name not in ignore:
            found = moment(type(entity), name, value) if moments else value
            key = entity.id, type(entity).__name__
            index.setdefault(key, {}).setdefault(name, []).append(found)
    return index
