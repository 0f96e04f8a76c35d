"""Compare what was promised with what the target holds, as canonical logs.

Only places leave this module, never values: a drift report must be readable by anyone who may
read a ledger. What the target itself assigns (its ids, its times of change) is not promised and
not compared.
"""

from collections import Counter
from dataclasses import dataclass

from schemas.stafettlogg.flat import compare as differences
from schemas.stafettlogg.logg import Stafettlogg

ASSIGNED = frozenset({"kilde_id", "kildesystem", "endret", "sist_oppdatert", "raa"})


@dataclass(frozen=True, slots=True)
class Outcome:
    """`settled` or `drifted`; `places` are [entity kind, field, change, count]."""

    state: str
    places: tuple[tuple[str, str, str, int], ...] = ()


def compare(expected: Stafettlogg, actual: Stafettlogg) -> Outcome:
    """Leaf by leaf, ignoring what the target assigns."""
    found = differences(expected, actual, ignore=ASSIGNED)
    if not found:
        return Outcome("settled")
    counted = Counter((d.kind, d.field, d.change) for d in found)
    return Outcome("drifted", tuple((*place, count) for place, count in sorted(counted.items())))
