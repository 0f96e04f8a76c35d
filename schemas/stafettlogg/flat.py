"""A log as a flat list of leaves, and the comparison of two logs place by place.

A leaf is one field of one entity; a list of entities is also a leaf: the ids in their order. The
comparison tells where two logs differ and how, and never holds a value.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from schemas.stafettlogg.entitet import Entitet
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


def leaves(logg: Stafettlogg) -> Iterator[Leaf]:
    """Every leaf as (entity id, kind, field, value), in the model's own order."""
    yield from _of(logg)


def _of(entity: Entitet) -> Iterator[Leaf]:
    kind, cls = type(entity).__name__, type(entity)
    many, single = parts(cls)
    for name in cls.model_fields:
        value = getattr(entity, name)
        if name in many:
            yield entity.id, kind, name, tuple(child.id for child in value)
            for child in value:
                yield from _of(child)
        elif name in single:
            yield entity.id, kind, name, None if value is None else value.id
            if value is not None:
                yield from _of(value)
        else:
            yield entity.id, kind, name, value


def compare(
    expected: Stafettlogg, actual: Stafettlogg, ignore: frozenset[str] = PROVENANCE
) -> tuple[Difference, ...]:
    """Where `actual` differs from `expected`, sorted; fields named in `ignore` are not looked at.

    An entity that is missing or extra is one difference (field ""), beside the list it stood in.
    """
    want, have = _index(expected, ignore), _index(actual, ignore)
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


def _index(logg: Stafettlogg, ignore: frozenset[str]) -> dict[tuple[str, str], dict[str, Any]]:
    index: dict[tuple[str, str], dict[str, Any]] = {}
    for entity, kind, name, value in leaves(logg):
        if name not in ignore:
            index.setdefault((entity, kind), {}).setdefault(name, []).append(value)
    return index
