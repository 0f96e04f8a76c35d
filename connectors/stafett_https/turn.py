"""Whose turn it is in the inbox, and how much of it each counterpart may fill. Pure.

Counterparts take turns, so what one of them fills the box with stands in front of nobody else's.
Of many of one counterpart's the oldest and the newest take turns, so that a true message behind its
own rubbish waits for a round and not for all of it. Who has sent much that nobody could open has
a small share, until that is forgotten.
"""

from collections import defaultdict
from collections.abc import Iterable
from itertools import chain, zip_longest

FOULED = 20
"""So much that was put aside makes a counterpart's share small."""
IN_ORDER = 25
"""So many of one counterpart's are taken as they came."""
_SHARES, _SMALL, _SMALL_BYTES = 4, 100, 1 << 28
_LITTLE = 16
"""How many times smaller the share of one who fouls is."""


def order(waiting: Iterable[tuple[str, str]]) -> list[str]:
    """Names in the order they are taken, from (counterpart, name); names sort by arrival."""
    each: defaultdict[str, list[str]] = defaultdict(list)
    for who, name in sorted(waiting, key=lambda one: one[1]):
        each[who].append(name)
    rows = zip_longest(*(_both_ends(names) for names in each.values()))
    return [name for name in chain.from_iterable(rows) if name is not None]


def _both_ends(names: list[str]) -> list[str]:
    """Oldest, newest, next oldest, next newest; as they came where all are taken in a round."""
    if len(names) <= IN_ORDER:
        return names
    half = (len(names) + 1) // 2
    pairs = zip_longest(names[:half], reversed(names[half:]))
    return [name for name in chain.from_iterable(pairs) if name is not None]


def share(most: int, most_bytes: int, fouled: int) -> tuple[int, int]:
    """Packages and bytes one counterpart may have waiting, by how much of its was put aside."""
    packages, size = max(most // _SHARES, _SMALL), max(most_bytes // _SHARES, _SMALL_BYTES)
    if fouled < FOULED:
        return packages, size
    return max(packages // _LITTLE, 1), max(size // _LITTLE, 1)
