"""Who is responsible: what each side may say of itself, and what is true of both together. Pure.

The sender is responsible until its own switch. The receiver is responsible from it; between the
switch and the day it hears of it, it stands in AKSEPT_AVVENTES, has a person who has accepted,
and cannot leave that state by itself (R-010, R-011, I1).
"""

from gateway.overfoering.tilstand import OVERTATT, Side, Tilstand

_LOEFTE = OVERTATT | {Tilstand.AKSEPT_AVVENTES}


def claims(side: Side, tilstand: Tilstand) -> bool:
    """Whether this side, alone, shows itself as responsible. Never both at once."""
    if side is Side.AVGIVER:
        return tilstand not in OVERTATT
    return tilstand in OVERTATT


def responsible(avgiver: Tilstand, mottaker: Tilstand) -> frozenset[Side]:
    """Who is responsible, seen from above. Always exactly one."""
    found = set()
    if avgiver not in OVERTATT:
        found.add(Side.AVGIVER)
    if mottaker in OVERTATT or (mottaker in _LOEFTE and avgiver in OVERTATT):
        found.add(Side.MOTTAKER)
    return frozenset(found)


def may_read(mottaker: Tilstand) -> bool:
    """Whether the receiver holds the key to the content."""
    return mottaker in OVERTATT
