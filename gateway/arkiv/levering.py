"""The states of one delivery: one snapshot to one archive. A table, not an if-ladder.

Only `arkivert` is a receipt the gateway itself made from bytes it fetched back. `bekreftet` is a
person's word with the archive's id: enough to close the task, never enough to delete (R-156).
"""

from enum import StrEnum


class Tilstand(StrEnum):
    """Where a delivery stands."""

    PLANLAGT = "planlagt"
    SENDES = "sendes"
    VENTER = "venter"
    MENNESKE = "menneske"
    FEILET = "feilet"
    BEKREFTET = "bekreftet"
    ARKIVERT = "arkivert"


T = Tilstand
MOVES: dict[Tilstand, frozenset[Tilstand]] = {
    T.PLANLAGT: frozenset({T.SENDES, T.ARKIVERT, T.MENNESKE, T.FEILET}),
    T.SENDES: frozenset({T.SENDES, T.VENTER, T.ARKIVERT, T.MENNESKE, T.FEILET}),
    T.VENTER: frozenset({T.SENDES, T.VENTER, T.ARKIVERT, T.MENNESKE, T.FEILET}),
    T.MENNESKE: frozenset({T.BEKREFTET, T.ARKIVERT, T.PLANLAGT, T.MENNESKE}),
    T.FEILET: frozenset({T.PLANLAGT, T.MENNESKE, T.BEKREFTET, T.ARKIVERT}),
    T.BEKREFTET: frozenset({T.ARKIVERT}),
    T.ARKIVERT: frozenset(),
}
OPEN = frozenset({T.PLANLAGT, T.SENDES, T.VENTER})
"""What a worker takes up by itself."""

WAITING = frozenset({T.MENNESKE, T.FEILET})
"""What a person must look at."""

KEPT = frozenset({T.ARKIVERT, T.BEKREFTET})


def may(before: Tilstand, after: Tilstand) -> bool:
    """True when a delivery may go from one state to the other."""
    return after in MOVES[before]
