"""The way home of values in a list: texts, references, and values without identity of their own.

The other system may hold less of a value than we do (a signer without time and method), so ours is
found by what theirs says of it. What they took away is taken away, what they changed is changed in
place, what they added stands behind; all else is ours. Pure; knows no vendor.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from schemas.stafettlogg.entitet import Verdi
from schemas.stafettlogg.person import Identifikator, Rolleskifte
from schemas.stafettlogg.samtykke import Signatar

Values = tuple[Any, ...]

_NAMED: Mapping[type[Any], tuple[str, ...]] = {
    Signatar: ("person",),
    Rolleskifte: ("rolle", "fra"),
    Identifikator: ("type",),
}
"""By which fields a value is the same one although the rest of it was changed."""


def merged(was: Values, now: Values, mine: Values) -> Values:
    """Mine with what was changed from `was` to `now`; theirs as it is when mine was the same."""
    if was == mine:
        return now
    if any(isinstance(value, Verdi) for value in (*was, *now, *mine)):
        return _values(was, now, mine)
    gone = [value for value in was if value not in now]
    kept = [value for value in mine if value not in gone]
    new = [value for value in now if value not in was and value not in mine]
    if len(set(kept)) == len(kept):
        kept = order(was, now, kept)
    return (*kept, *new)


def order(was: Sequence[Any], now: Sequence[Any], mine: list[Any]) -> list[Any]:
    """Our order, unless theirs moved what both have; what only we have stays in its place."""
    shared = set(was) & set(now) & set(mine)
    before = [key for key in was if key in shared]
    after = [key for key in now if key in shared]
    if before == after:
        return mine
    moved = iter(after)
    return [next(moved) if key in shared else key for key in mine]


def _values(was: Values, now: Values, mine: Values) -> Values:
    """Values by place: the place in `was` is what theirs and ours have in common."""
    ours = _counterparts(was, mine)
    stands = _stands(was, now)
    at = {place: index for index, place in stands.items()}
    gone = {place for place, value in enumerate(was) if place not in at and value not in now}
    found: dict[int, Any] = {}
    for place, value in enumerate(mine):
        there = ours.get(place)
        if there in gone:
            continue
        key = -1 - place if there is None else there
        found[key] = value if there not in at else changed(value, was[there], now[at[there]])
    keys = order(
        range(len(was)), [stands.get(index, len(was) + index) for index in range(len(now))],
        list(found),
    )  # fmt: skip
    added: list[Any] = []
    for index, value in enumerate(now):
        if index in stands and (stands[index] in found or value == was[stands[index]]):
            continue
        alone = _alone(
            value, {place: mine[place] for place in range(len(mine)) if place not in ours}
        )
        if alone is None:
            added += [value] if value not in mine else []
        elif -1 - alone in found:
            found[-1 - alone] = _said(mine[alone], value)
    return (*(found[key] for key in keys), *added)


def _counterparts(was: Values, mine: Values) -> dict[int, int]:
    """Places in `mine` to places in `was`: equal, else saying no other, else all that is left."""
    found: dict[int, int] = {}
    for same in (lambda one, other: one == other, _says_no_other):
        for there, value in enumerate(was):
            if there in found.values():
                continue
            free = (p for p, own in enumerate(mine) if p not in found and same(value, own))
            if (place := next(free, None)) is not None:
                found[place] = there
    if len(was) == len(mine):
        left = [p for p in range(len(mine)) if p not in found]
        found |= zip(left, [t for t in range(len(was)) if t not in found.values()], strict=True)
    return found


def _stands(was: Values, now: Values) -> dict[int, int]:
    """Places in `now` to places in `was`: equal, else the only one of that name on both sides."""
    found: dict[int, int] = {}
    for index, value in enumerate(now):
        free = (p for p, old in enumerate(was) if p not in found.values() and old == value)
        if (place := next(free, None)) is not None:
            found[index] = place
    for index, value in enumerate(now):
        if index not in found:
            place = _alone(value, {p: w for p, w in enumerate(was) if p not in found.values()})
            if place is not None:
                found[index] = place
    return found


def _alone(value: Any, among: Mapping[int, Any]) -> int | None:
    """The place of the only value of the same name; None when there is none, or more."""
    named = _NAMED.get(type(value))
    if named is None:
        return None
    name = [getattr(value, field) for field in named]
    same = [
        place
        for place, other in among.items()
        if type(other) is type(value) and [getattr(other, field) for field in named] == name
    ]
    return same[0] if len(same) == 1 else None


def _says_no_other(theirs: Any, ours: Any) -> bool:
    """True when all that theirs says, ours says too."""
    said = {name: value for name, value in theirs if value is not None}
    return bool(said) and all(getattr(ours, name) == value for name, value in said.items())


def changed(mine: Any, was: Any, now: Any) -> Any:
    """Ours with the fields they changed."""
    update = {name: value for name, value in now if getattr(was, name) != value}
    return mine.model_copy(update=update) if update else mine


def _said(mine: Any, theirs: Any) -> Any:
    """Ours with what theirs says."""
    return mine.model_copy(update={name: value for name, value in theirs if value is not None})
