"""A page of the feed put in order: what is new, where to read next, and whether any is missing.

The feed promises a rising number. It is not believed: a page may come twice, backwards, or with
events gone, and what is gone may have been a move.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from gateway.ports.folkeregister import Hendelse


@dataclass(frozen=True, slots=True)
class Side:
    """`neste` is the first event not read. `hull`: a number is missing, or an entry could not be
    read, so that nobody knows whom it was about."""

    nye: tuple[Hendelse, ...] = field(repr=False)
    neste: int
    hull: bool


def in_order(pointer: int, events: Iterable[Hendelse]) -> Side:
    """The events from the pointer on, each once and by number."""
    by_number: dict[int, Hendelse] = {}
    hole = False
    for one in events:
        if one.seq < pointer:
            continue
        before = by_number.setdefault(one.seq, one)
        # Two events under one number: one of them would be lost.
        hole = hole or before != one or not one.nummer
    new = tuple(by_number[seq] for seq in sorted(by_number))
    if not new:
        return Side((), pointer, hull=False)
    last = new[-1].seq
    return Side(new, last + 1, hull=hole or len(new) != last - pointer + 1)
