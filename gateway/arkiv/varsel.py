"""Content-free notices to the municipality's own systems: a log was opened or closed (R-008).

CosDoc, CGM, Familia and others ask only to know that a log exists and when it ends. A notice says
the event, the day, the unit and the log's id; nothing of the child, and never anything that could
be taken for a bekymringsmelding. Pure: what happened is read from two looks at the same log.
"""

from dataclasses import dataclass

from gateway.arkiv.utloeser import Sett

AAPNET, LUKKET = "aapnet", "lukket"


@dataclass(frozen=True, slots=True)
class Varsel:
    """One event. `number` counts the log's openings or closings, so that each is told once."""

    hendelse: str
    number: int


def events(before: Sett, after: Sett, *, first_look: bool) -> tuple[Varsel, ...]:
    """What to tell after a look. The first look at a system tells nothing: its logs are not new."""
    if first_look:
        return ()
    found = []
    if after.aapninger > before.aapninger:
        found.append(Varsel(AAPNET, after.aapninger))
    if after.passivinger > before.passivinger and before.status:
        found.append(Varsel(LUKKET, after.passivinger))
    return tuple(found)
