"""The states of one delivery: one snapshot to one archive. A table, not an if-ladder.

Only `arkivert` is a receipt the gateway itself made from bytes it fetched back. `bekreftet` is a
person's word with the archive's id, `forelagt` that word with files a person has shown, which are
those that were frozen: enough to close the task, and never called read back. What is later known
to be wrong leaves any of them and is a person's again (R-156).
"""

import json
from enum import StrEnum


class Tilstand(StrEnum):
    """Where a delivery stands."""

    PLANLAGT = "planlagt"
    SENDES = "sendes"
    VENTER = "venter"
    MENNESKE = "menneske"
    FEILET = "feilet"
    BEKREFTET = "bekreftet"
    FORELAGT = "forelagt"
    ARKIVERT = "arkivert"


T = Tilstand
MOVES: dict[Tilstand, frozenset[Tilstand]] = {
    T.PLANLAGT: frozenset({T.SENDES, T.ARKIVERT, T.MENNESKE, T.FEILET}),
    T.SENDES: frozenset({T.SENDES, T.VENTER, T.ARKIVERT, T.MENNESKE, T.FEILET}),
    T.VENTER: frozenset({T.SENDES, T.VENTER, T.ARKIVERT, T.MENNESKE, T.FEILET}),
    T.MENNESKE: frozenset({T.BEKREFTET, T.FORELAGT, T.ARKIVERT, T.PLANLAGT, T.MENNESKE}),
    T.FEILET: frozenset({T.PLANLAGT, T.MENNESKE, T.BEKREFTET, T.FORELAGT, T.ARKIVERT}),
    T.BEKREFTET: frozenset({T.FORELAGT, T.ARKIVERT, T.MENNESKE, T.FEILET}),
    T.FORELAGT: frozenset({T.ARKIVERT, T.MENNESKE, T.FEILET}),
    T.ARKIVERT: frozenset({T.MENNESKE, T.FEILET}),
}
OPEN = frozenset({T.PLANLAGT, T.SENDES, T.VENTER})
"""What a worker takes up by itself."""

WAITING = frozenset({T.MENNESKE, T.FEILET})
"""What a person must look at."""

KEPT = frozenset({T.ARKIVERT, T.FORELAGT, T.BEKREFTET})

WRONG = frozenset({"ARKIV_FEIL_HASH", "ARKIV_FIL_BORTE", "ARKIV_MANGLER_FIL"})
"""Codes of a record that stands there and is not what was frozen; it can be delivered anew."""
NOT_SHOWN = "ARKIV_BORTE"
"""The code of a receipt whose record is not shown any more. That it is gone is not known."""

UNREAD = "ARKIV_ULEST"
"""What is told of a delivery that goes on trying by itself and has long not been read back."""


def may(before: Tilstand, after: Tilstand) -> bool:
    """True when a delivery may go from one state to the other."""
    return after in MOVES[before]


def told_as(state: str, evidence: str | None) -> Tilstand:
    """What a stored delivery may be called. One of before, of which a person showed the files, was
    kept as `arkivert`; its evidence names no id of the archive's, for nothing was fetched there."""
    found = json.loads(evidence or "null")
    shown = isinstance(found, list) and any(len(one) == 3 and not one[1] for one in found)
    if state == Tilstand.ARKIVERT.value and shown:
        return Tilstand.FORELAGT
    return Tilstand(state)
