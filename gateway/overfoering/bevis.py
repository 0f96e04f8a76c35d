"""The proof both sides hold: each direction's messages as a chain of hashes. Pure.

A message names the hash of the one before it from the same side. So whoever holds the messages
can see that none is missing, changed or moved, and two who hold both directions can compare the
two heads and nothing else. Ids, types, times and hashes only.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from schemas.overfoering.meldinger import GENESIS


@dataclass(frozen=True, slots=True)
class Ledd:
    """One message of a direction."""

    nr: int
    type: str
    melding_id: str
    sha: str
    forrige: str
    tid: str = ""


@dataclass(frozen=True, slots=True)
class Kjede:
    """What a direction says: its head, how many messages, and the first number that fails."""

    hode: str
    lengde: int
    brudd: int | None


def chain(ledd: Sequence[Ledd]) -> Kjede:
    """Walk a direction in order. A number that is missing or twice is a break."""
    head, count = GENESIS, 0
    for one in sorted(ledd, key=lambda each: each.nr):
        if one.nr != count + 1 or one.forrige != head:
            return Kjede(head, count, count + 1)
        head, count = one.sha, one.nr
    return Kjede(head, count, None)


@dataclass(frozen=True, slots=True)
class Bevis:
    """Both directions of one attempt, as one side holds them."""

    overfoering_id: str
    forsoek: int
    tilstand: str
    aksept_id: str
    fra_avgiver: tuple[Ledd, ...]
    fra_mottaker: tuple[Ledd, ...]
    lest_fra: str = ""
    """Where a person here read the log on paper: in the package, or in what the sender gave. This
    side's own word, and not compared."""


@dataclass(frozen=True, slots=True)
class Sammenlikning:
    """Two proofs side by side. `kode` is empty when they tell the same."""

    kode: str
    sted: str = ""


_WAYS = ("fra_avgiver", "fra_mottaker")


def compare(ours: Bevis, theirs: Bevis) -> Sammenlikning:
    """Do two sides hold the same? The gravest that is found in either direction is told: a break,
    then a difference, then what is still on its way."""
    if (ours.overfoering_id, ours.forsoek) != (theirs.overfoering_id, theirs.forsoek):
        return Sammenlikning("BEVIS_GJELDER_ANNET")
    pairs = [(name, getattr(ours, name), getattr(theirs, name)) for name in _WAYS]
    for name, mine, others in pairs:
        for side in (mine, others):
            if (broken := chain(side).brudd) is not None:
                return Sammenlikning("BEVIS_BRUTT", f"{name}.{broken}")
    for name, mine, others in pairs:
        for one, other in zip(mine, others, strict=False):
            if (one.nr, one.sha) != (other.nr, other.sha):
                return Sammenlikning("BEVIS_ULIKT", f"{name}.{one.nr}")
    accepted = {ours.aksept_id, theirs.aksept_id} - {""}
    if len(accepted) > 1:
        return Sammenlikning("BEVIS_ULIKT", "aksept")
    for name, mine, others in pairs:
        if len(mine) != len(others):
            return Sammenlikning("BEVIS_UNDERVEIS", f"{name}.{min(len(mine), len(others)) + 1}")
    if ours.aksept_id != theirs.aksept_id:
        return Sammenlikning("BEVIS_UNDERVEIS", "aksept")
    return Sammenlikning("")
