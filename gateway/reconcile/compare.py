"""Compare what was promised with what the target holds, as canonical logs.

Only places leave this module, never values: a drift report must be readable by anyone who may
read a ledger. What the target itself assigns (its ids, its times of change) is not promised and
not compared. A time is promised as a moment: a target may write it in another permitted form.
"""

from collections import Counter
from dataclasses import dataclass
from functools import cache

from schemas.stafettlogg.entitet import Entitet
from schemas.stafettlogg.flat import compare as differences
from schemas.stafettlogg.flat import parts
from schemas.stafettlogg.logg import Stafettlogg

ASSIGNED = frozenset({"kilde_id", "kildesystem", "endret", "sist_oppdatert", "raa"})


@dataclass(frozen=True, slots=True)
class Outcome:
    """`settled` or `drifted`; `places` are [entity kind, field, change, count]."""

    state: str
    places: tuple[tuple[str, str, str, int], ...] = ()


def compare(expected: Stafettlogg, actual: Stafettlogg) -> Outcome:
    """Leaf by leaf, ignoring what the target assigns."""
    if _same(expected, actual):
        return Outcome("settled")
    found = differences(expected, actual, ignore=ASSIGNED, moments=True)
    if not found:
        return Outcome("settled")
    counted = Counter((d.kind, d.field, d.change) for d in found)
    return Outcome("drifted", tuple((*place, count) for place, count in sorted(counted.items())))


@cache
def _fields(cls: type[Entitet]) -> tuple[tuple[str, ...], frozenset[str], frozenset[str]]:
    many, single = parts(cls)
    plain = set(cls.model_fields) - many - single - ASSIGNED
    return tuple(sorted(plain)), many - ASSIGNED, single - ASSIGNED


def _same(expected: Entitet, actual: Entitet) -> bool:
    """True when both are alike to the letter: the common case, without building an index."""
    if type(expected) is not type(actual):
        return False
    plain, many, single = _fields(type(expected))
    ours, theirs = expected.__dict__, actual.__dict__
    if any(ours[name] != theirs[name] for name in plain):
        return False
    for name in many:
        mine, other = ours[name], theirs[name]
        if len(mine) != len(other) or not all(map(_same, mine, other)):
            return False
    for name in single:
        mine, other = ours[name], theirs[name]
        if (mine is None) != (other is None):
            return False
        if mine is not None and not _same(mine, other):
            return False
    return True
