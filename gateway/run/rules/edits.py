"""Where somebody changed a log, and where such a change would be written over. Places only.

Documents of one system are compared leaf by leaf, with the fields it has no row for. What the
system itself counts (times of change, versions) is no edit. Pure; nothing it gives holds a value.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from schemas.stafettlogg.flat import leaves
from schemas.stafettlogg.kodeverk import Deltakerstatus
from schemas.stafettlogg.logg import Stafettlogg

_ITS_OWN = frozenset({"endret", "sist_oppdatert", "kilde_id", "kildesystem", "avledet_regel"})
_EMPTY = (None, "", (), False)
_Entity = tuple[str, str]
_Index = dict[_Entity, dict[str, list[Any]]]


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """One place of a log: the kind of entity, its id, and the field ("" for the whole entity)."""

    kind: str
    entity: str
    field: str

    @property
    def name(self) -> str:
        """As a person names it when signing: `tiltak-1a2b3c4d.beskrivelse`."""
        whole = f"{self.kind.lower()}-{self.entity[:8]}"
        return f"{whole}.{self.field}" if self.field else whole


def edits(
    was: Stafettlogg, now: Stafettlogg, assigned: frozenset[str] = frozenset()
) -> frozenset[Place]:
    """Where `now` differs from `was`. `assigned` are wire keys the system itself counts."""
    if was == now:
        return frozenset()
    return frozenset(_differing(_index(was, assigned), _index(now, assigned)))


def losing(
    was: Stafettlogg,
    now: Stafettlogg,
    written: Stafettlogg,
    assigned: frozenset[str] = frozenset(),
) -> tuple[Place, ...]:
    """Edits from `was` to `now` that would not stand after `written`; sorted."""
    return tuple(sorted(edits(was, now, assigned) & edits(now, written, assigned)))


def taken(
    now: Stafettlogg, written: Stafettlogg, assigned: frozenset[str] = frozenset()
) -> tuple[Place, ...]:
    """What stands and would be gone or empty after `written`; sorted. Nobody need have written it
    since: somebody has taken it away on the other side."""
    there, after = _index(now, assigned), _index(written, assigned)
    gone = (p for p in edits(now, written, assigned) if _stands(there, p))
    return tuple(sorted(p for p in gone if not _stands(after, p)))


def standing(
    now: Stafettlogg, written: Stafettlogg, assigned: frozenset[str] = frozenset()
) -> tuple[Place, ...]:
    """Where something that stands would be another or go, when nobody knows who wrote it; sorted.

    For a log we left half written: what is empty there is ours to fill, the rest a person's to
    name.
    """
    there = _index(now, assigned)
    return tuple(sorted(p for p in edits(now, written, assigned) if _stands(there, p)))


def _stands(there: _Index, place: Place) -> bool:
    found = there.get((place.kind, place.entity))
    if found is None:
        return False
    return not place.field or any(value not in _EMPTY for value in found.get(place.field, ()))


def _differing(was: _Index, now: _Index) -> Iterator[Place]:
    for key in was.keys() | now.keys():
        before, after = was.get(key), now.get(key)
        if before is None or after is None:
            yield Place(*key, "")
            continue
        for field in before.keys() | after.keys():
            one, other = before.get(field), after.get(field)
            if one == other or (key[0] == "Deltakelse" and _signed_in(field, before, after)):
                continue
            if not _told_by_members(one, other, was, now):
                yield Place(*key, field)


def _signed_in(field: str, one: dict[str, list[Any]], other: dict[str, list[Any]]) -> bool:
    """Who has signed in is the system's own knowledge (R-041): invited becomes active, from now."""
    both = {*one.get("status", ()), *other.get("status", ())}
    if both != {Deltakerstatus.INVITERT, Deltakerstatus.AKTIV}:
        return False
    return field == "status" or (
        field == "fra" and None in (*one.get("fra", ()), *other.get("fra", ()))
    )


def _told_by_members(one: Any, other: Any, was: _Index, now: _Index) -> bool:
    """True for a list of entities that only lost or gained members: they are places themselves."""
    if one is None or other is None or not (_listed(one[0]) and _listed(other[0])):
        return False
    then, since = one[0], other[0]
    moved = set(then) ^ set(since)
    known = {entity for _, entity in was.keys() ^ now.keys()}
    both = set(then) & set(since)
    return moved <= known and [v for v in then if v in both] == [v for v in since if v in both]


def _listed(value: Any) -> bool:
    return isinstance(value, tuple) and all(isinstance(one, str) for one in value)


def _index(logg: Stafettlogg, assigned: frozenset[str]) -> _Index:
    index: _Index = {}
    for entity, kind, field, value in leaves(logg):
        if field in _ITS_OWN:
            continue
        told = _kept(value, assigned) if field == "raa" else value
        index.setdefault((kind, entity), {}).setdefault(field, []).append(told)
    return index


def _kept(raa: str | None, assigned: frozenset[str]) -> str | None:
    """What the system has beyond our rows, less what it counts for itself."""
    if raa is None:
        return None
    kept: dict[str, Any] = {k: v for k, v in json.loads(raa).items() if k not in assigned}
    left = {key: raw for key, (_ruled, raw) in kept.pop("~", {}).items() if key not in assigned}
    if left:
        kept["~"] = left
    return json.dumps(kept, sort_keys=True) if kept else None
