"""Logs that somebody has changed at random, and what they differ by, counted another way.

The logs come from the vendors' own generators. A change is anything a person may do to a log: write
a field, empty it, take an entry away, add one, put entries in another order.
"""

from functools import cache
from random import Random
from typing import Any

from hypothesis import strategies as st

from schemas.stafettlogg.entitet import Entitet, Verdi
from schemas.stafettlogg.flat import parts
from schemas.stafettlogg.logg import Stafettlogg
from tests.laws.conftest import SYSTEMS, TENANT, documents, mapping

COUNT = 12
Key = tuple[str, str]

NOT_SAID = frozenset(
    {"id", "endret", "sist_oppdatert", "kilde_id", "kildesystem", "avledet", "avledet_regel", "raa"}
)
"""Fields a change here leaves alone: what the system says of itself, and what has tests of its own
(`raa`)."""


@cache
def generated(system: str) -> tuple[Stafettlogg, ...]:
    """Some logs of a system, read once."""
    read = mapping(system)
    return tuple(read.decode(wire, TENANT).logg for wire in documents(system, 43, COUNT))


LOGS = st.builds(
    lambda system, nr: generated(system)[nr],
    st.sampled_from(SYSTEMS), st.integers(0, COUNT - 1),
)  # fmt: skip
"""A log of either vendor."""

EDITED = st.builds(
    lambda seed, often: Random(f"{seed}-{often}"), st.integers(0, 10_000), st.integers(1, 6)
)
"""What decides how a log is changed."""


def changed(logg: Stafettlogg, rng: Random, times: int = 3) -> Stafettlogg:
    """The log after somebody has changed it some times."""
    for number in range(times):
        key = rng.choice(sorted(entities(logg)))
        logg = at(logg, key, lambda one, number=number: _change(one, rng, number))
    return logg


def entities(logg: Entitet) -> dict[Key, Entitet]:
    """Everything in a log by kind and id."""
    found = {(type(logg).__name__, logg.id): logg}
    for child in _children(logg):
        found |= entities(child)
    return found


def _children(entity: Entitet) -> list[Entitet]:
    many, single = parts(type(entity))
    below = [child for name in sorted(many) for child in getattr(entity, name)]
    return below + [one for name in sorted(single) if (one := getattr(entity, name)) is not None]


def at(entity: Any, key: Key, change: Any) -> Any:
    """The entity with the one of this key changed, wherever it stands in it."""
    many, single = parts(type(entity))
    below: dict[str, Any] = {}
    for name in (*many, *single):
        value = getattr(entity, name)
        if isinstance(value, tuple):
            below[name] = tuple(at(child, key, change) for child in value)
        elif value is not None:
            below[name] = at(value, key, change)
    entity = entity.model_copy(update=below)
    return change(entity) if (type(entity).__name__, entity.id) == key else entity


def _change(entity: Entitet, rng: Random, number: int) -> Entitet:
    many = parts(type(entity))[0]
    filled = sorted(name for name in many if getattr(entity, name))
    if filled and rng.random() < 0.6:
        name = rng.choice(filled)
        return entity.model_copy(update={name: _list(getattr(entity, name), rng, number)})
    name = rng.choice(fields(entity))
    return entity.model_copy(update={name: _value(getattr(entity, name), rng, number)})


def fields(entity: Entitet) -> list[str]:
    """The fields of an entity that hold no entity and may be written."""
    many, single = parts(type(entity))
    return sorted(set(type(entity).model_fields) - many - single - NOT_SAID)


def _list(there: tuple[Any, ...], rng: Random, number: int) -> tuple[Any, ...]:
    """One taken away, one more, or another order."""
    entries = list(there)
    kind = rng.choice(("away", "more", "order"))
    if kind == "away":
        entries.remove(rng.choice(entries))
    elif kind == "more":
        entries.insert(rng.randint(0, len(entries)), new(rng.choice(entries), f"ny-{number}"))
    else:
        rng.shuffle(entries)
    return tuple(entries)


def new(entity: Any, mark: str) -> Any:
    """An entry like this one, with ids nobody has."""
    many, single = parts(type(entity))
    update: dict[str, Any] = {"id": f"{mark}-{entity.id}"}
    for name in (*many, *single):
        value = getattr(entity, name)
        if isinstance(value, tuple):
            update[name] = tuple(new(child, mark) for child in value)
        elif value is not None:
            update[name] = new(value, mark)
    return entity.model_copy(update=update)


def _value(value: Any, rng: Random, number: int) -> Any:
    if isinstance(value, bool):
        return not value
    if isinstance(value, tuple):
        return value[1:] if value else (f"ny-{number}",)
    if isinstance(value, Verdi):
        return value
    return None if value is not None and rng.random() < 0.3 else f"ny-{number}"


def differs(was: Stafettlogg, now: Stafettlogg) -> set[tuple[str, str, str]]:
    """Where two logs differ, as (kind, id, field): counted by hand, list by list."""
    one, other = entities(was), entities(now)
    found = {(*key, "") for key in one.keys() ^ other.keys()}
    came_or_went = {entity for _, entity in one.keys() ^ other.keys()}
    for key in one.keys() & other.keys():
        many, single = parts(type(one[key]))
        for name in type(one[key]).model_fields:
            before, after = getattr(one[key], name), getattr(other[key], name)
            if name in NOT_SAID - {"id"}:
                continue
            if name in many:
                before, after = ([child.id for child in value] for value in (before, after))
            elif name in single:
                before, after = (None if v is None else v.id for v in (before, after))
            if before != after and not _said_by_members(before, after, came_or_went):
                found.add((*key, name))
    return found


def _said_by_members(before: Any, after: Any, came_or_went: set[str]) -> bool:
    """True when lists of ids differ only by entries that came to the log or went from it."""
    lists = all(
        isinstance(value, (list, tuple)) and all(isinstance(one, str) for one in value)
        for value in (before, after)
    )
    if not lists:
        return False
    left = [[one for one in value if one not in came_or_went] for value in (before, after)]
    return left[0] == left[1]
