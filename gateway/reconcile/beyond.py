"""What a document holds that the model has no place for (`raa`), held against what was promised.

A promise that has come to a system which drops such a field does not stand there, whatever the
model can say of the rest. Only what was promised is asked for: what a system adds of its own is
seen when somebody's edit is looked for. Ids are the system's own, so each is read as the entity of
ours that it names. Pure; only places leave, never values.
"""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from schemas.stafettlogg.flat import entities, indexed, instant
from schemas.stafettlogg.logg import Stafettlogg

Place = tuple[str, str, str, int]
_EMPTY: tuple[Any, ...] = (None, "", [], {}, False)
_RAW = "~"


@dataclass(frozen=True, slots=True)
class _Kept:
    """Wire key -> what stands in it; and what the rule gives where that is another."""

    told: dict[str, Any]
    ruled: dict[str, Any]


_NOTHING = _Kept({}, {})


def lost(expected: Stafettlogg, actual: Stafettlogg, assigned: frozenset[str]) -> tuple[Place, ...]:
    """[entity kind, `raa`, `changed`, count] for entities in both logs whose promised fields do not
    stand. `assigned` are wire keys the system itself counts."""
    promised, stands = _kept(expected, assigned), _kept(actual, assigned)
    if not promised and not stands:
        return ()
    counted: Counter[str] = Counter()
    both = indexed(expected).keys() & indexed(actual).keys()
    for key in both & (promised.keys() | stands.keys()):
        wanted, found = promised.get(key, _NOTHING), stands.get(key, _NOTHING)
        # Where only what stands was kept raw, what was promised is what the rule gives.
        told = {**{k: v for k, v in found.ruled.items() if k not in wanted.told}, **wanted.told}
        counted[key[0]] += any(not _stands(value, found.told.get(k)) for k, value in told.items())
    return tuple(
        (kind, "raa", "changed", count) for kind, count in sorted(counted.items()) if count
    )


def _stands(wanted: Any, found: Any) -> bool:
    return wanted in _EMPTY or wanted == found or instant(wanted) == instant(found)


def _kept(logg: Stafettlogg, assigned: frozenset[str]) -> dict[tuple[str, str], _Kept]:
    """(kind, id) -> what is kept of it, under our ids; entities that keep nothing are not there."""
    ids = {e.kilde_id: e.id for e in entities(logg) if e.kilde_id}
    found: dict[tuple[str, str], _Kept] = {}
    for entity in entities(logg):
        if entity.raa is None:
            continue
        kept: dict[str, Any] = json.loads(entity.raa)
        raw = {k: pair for k, pair in kept.pop(_RAW, {}).items() if k not in assigned}
        told = {k: value for k, value in kept.items() if k not in assigned}
        told |= {k: value for k, (_ruled, value) in raw.items()}
        ruled = {k: value for k, (value, _raw) in raw.items()}
        if told:
            key = (type(entity).__name__, entity.id)
            found[key] = _Kept(_ours(told, ids), _ours(ruled, ids))
    return found


def _ours(value: Any, ids: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        return ids.get(value, value)
    if isinstance(value, list):
        return [_ours(one, ids) for one in value]
    if isinstance(value, dict):
        return {key: _ours(one, ids) for key, one in value.items()}
    return value
