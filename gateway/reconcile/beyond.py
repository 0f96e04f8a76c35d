"""What a document holds that the model has no place for (`raa`), held against what was promised.

A promise that has come to a system which drops such a field does not stand there, whatever the
model can say of the rest. Only what was promised is asked for: what a system adds of its own is
seen when somebody's edit is looked for. Ids are the system's own, so each is read as the entity of
ours that it names. Pure; only places leave, never values.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from schemas.stafettlogg.flat import entities, instant
from schemas.stafettlogg.logg import Stafettlogg

Place = tuple[str, str, str, int]
_EMPTY: tuple[Any, ...] = (None, "", [], {}, False)
_RAW = "~"
_Found = dict[tuple[str, str], dict[str, Any]]


def lost(expected: Stafettlogg, actual: Stafettlogg, assigned: frozenset[str]) -> tuple[Place, ...]:
    """[entity kind, `raa`, `changed`, count] for entities in both logs whose promised fields do not
    stand. `assigned` are wire keys the system itself counts."""
    promised = _kept(expected, assigned)
    if not promised:
        return ()
    stands, there = _kept(actual, assigned), set(_known(actual))
    counted = Counter(
        kind
        for (kind, entity), wanted in promised.items()
        if (kind, entity) in there
        and any(
            not _stands(value, stands.get((kind, entity), {}).get(key))
            for key, value in wanted.items()
        )
    )
    return tuple((kind, "raa", "changed", count) for kind, count in sorted(counted.items()))


def _stands(wanted: Any, found: Any) -> bool:
    return wanted in _EMPTY or wanted == found or instant(wanted) == instant(found)


def _kept(logg: Stafettlogg, assigned: frozenset[str]) -> _Found:
    """(kind, id) -> wire key -> what stands in it, under our ids; entities that have none are not
    there. A raw value stands under its key like any other."""
    ids = {e.kilde_id: e.id for e in entities(logg) if e.kilde_id}
    found: _Found = {}
    for entity in entities(logg):
        if entity.raa is None:
            continue
        kept: dict[str, Any] = json.loads(entity.raa)
        raw = {key: value for key, (_ruled, value) in kept.pop(_RAW, {}).items()}
        told = {key: _ours(value, ids) for key, value in {**kept, **raw}.items()}
        told = {key: value for key, value in told.items() if key not in assigned}
        if told:
            found[type(entity).__name__, entity.id] = told
    return found


def _ours(value: Any, ids: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        return ids.get(value, value)
    if isinstance(value, list):
        return [_ours(one, ids) for one in value]
    if isinstance(value, dict):
        return {key: _ours(one, ids) for key, one in value.items()}
    return value


def _known(logg: Stafettlogg) -> Iterator[tuple[str, str]]:
    return ((type(e).__name__, e.id) for e in entities(logg))
