"""Notices to the municipality's own systems: a log was opened or closed, or stands (R-008).

CosDoc, CGM, Familia and others ask only to know that a child has a log and when it ends. A notice
says the event, the day, the unit and where the log is found; nothing of what is in it, and never
anything that could be taken for a bekymringsmelding. Pure: what happened is read from two looks at
the same log.
"""

from dataclasses import dataclass

from gateway.arkiv.utloeser import Sett
from schemas.stafettlogg.kodeverk import Loggstatus

AAPNET, LUKKET = "aapnet", "lukket"
FINNES = "finnes"
"""Told once of a log that stood before its receiver was told of openings."""


@dataclass(frozen=True, slots=True)
class Varsel:
    """One event. `number` counts the log's openings or closings, so that each is told once."""

    hendelse: str
    number: int


def events(before: Sett, after: Sett, *, first_look: bool) -> tuple[Varsel, ...]:
    """What happened between two looks. At the first look at a system nothing did: its logs are not
    new."""
    if first_look:
        return ()
    found = []
    if after.aapninger > before.aapninger:
        found.append(Varsel(AAPNET, after.aapninger))
    if after.passivinger > before.passivinger and before.status:
        found.append(Varsel(LUKKET, after.passivinger))
    return tuple(found)


def stands(after: Sett, happened: tuple[Varsel, ...], *, told: bool) -> tuple[Varsel, ...]:
    """That an active log is there, for a receiver that has never been `told` of it."""
    opened = any(one.hendelse == AAPNET for one in happened)
    if told or opened or after.status != Loggstatus.AKTIV.value:
        return ()
    return (Varsel(FINNES, 0),)
