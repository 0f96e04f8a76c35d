"""Deadlines: when a state ends by itself, and what is looked at again when. Only towards safety.

A deadline is a time in the row, asked by every round; nothing sleeps. It may end a hand-over
(the log stays with the sender) or remind a leader; it never moves responsibility (I3).
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from gateway.effects.archiving.verk import stamp
from gateway.effects.transferring.rader import Rad
from gateway.effects.transferring.verk import Overfoeringsverk
from gateway.overfoering.tilstand import Side, Tilstand

_ACCEPT = frozenset({Tilstand.MOTTATT, Tilstand.TILDELT})
_GRACE = timedelta(hours=1)
LONGEST = timedelta(days=100)
"""No offer is open longer, whatever it says (the longest a municipality may choose is 90 days)."""
UNOFFERED = timedelta(days=30)
"""So long a package waits for its offer; as long as a message may be under way."""
_SKEW = timedelta(days=1)
"""So far two clocks may be from each other before one of them is wrong."""
_ASK_AGAIN = timedelta(hours=4)
"""How often a promise that has not been answered is said again."""


def deadline_of(verk: Overfoeringsverk, rad: Rad, til: Tilstand, values: Mapping[str, Any]) -> str:
    """When the new state ends by itself; an empty string for never.

    What the offer promised is kept: the receiver's deadline is the offer's, and the sender waits
    a little longer, for an answer that was given in time may be on its way.
    """
    if rad.side is Side.AVGIVER:
        if til is Tilstand.SENDT:
            hours = verk.arkiv.kommune.overfoering.frister.mottak_timer
            return stamp(verk.now() + timedelta(hours=hours))
        if til in _ACCEPT:
            return stamp(datetime.fromisoformat(rad.lukket.tilbudsfrist) + _GRACE)
        return ""
    if til in _ACCEPT | {Tilstand.TILBUDT, Tilstand.PAKKET}:
        # A package that nobody ever offers has no deadline of its own.
        return str(values.get("frist") or rad.verdi["frist"] or _at_most(verk, UNOFFERED))
    if til is Tilstand.AKSEPT_AVVENTES:
        return stamp(verk.now() + _ASK_AGAIN)
    return ""


def _at_most(verk: Overfoeringsverk, ahead: timedelta) -> str:
    return stamp(verk.now() + ahead)


def offered_deadline(verk: Overfoeringsverk, frist: str) -> str:
    """The other side's deadline, where it is one: no offer is open longer than any may be."""
    return min(stamp(datetime.fromisoformat(frist)), _at_most(verk, LONGEST))


def switched_at(verk: Overfoeringsverk, akseptert: str, byttet: str) -> str:
    """When the sender says it switched; now, where that is before we accepted or yet to come.

    The switch itself is never doubted: only the moment that the log's history will show.
    """
    told = datetime.fromisoformat(byttet).astimezone(UTC)
    since = datetime.fromisoformat(akseptert) - _SKEW if akseptert else told
    return byttet if since <= told <= verk.now() + _SKEW else verk.stamp()


def offer_deadline(verk: Overfoeringsverk) -> str:
    """When somebody must have accepted an offer that is made now."""
    return stamp(verk.now() + timedelta(days=verk.arkiv.kommune.overfoering.frister.aksept_dager))


def reminders_due(verk: Overfoeringsverk, rad: Rad) -> int:
    """How many reminders should have been given by now, counted from when the offer was made."""
    # Papers have no deadline that ends them: only the leader, reminded, can see that they linger.
    on_paper = rad.tilstand is Tilstand.SENDT and rad.verdi["kanal"] == "manuell"
    waits_for = rad.tilstand in _ACCEPT or rad.tilstand is Tilstand.AKSEPT_AVVENTES
    if not waits_for and not on_paper:
        return 0
    since = datetime.fromisoformat(rad.verdi["opprettet"])
    if rad.lukket.tilbudsfrist:
        days = verk.arkiv.kommune.overfoering.frister.aksept_dager
        since = datetime.fromisoformat(rad.lukket.tilbudsfrist) - timedelta(days=days)
    waits = sorted(verk.arkiv.kommune.overfoering.frister.paaminnelser)
    return sum(1 for days in waits if verk.now() >= since + timedelta(days=days))
