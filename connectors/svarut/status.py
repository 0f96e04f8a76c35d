"""What each status of a shipment means for a snapshot, and for a package on its way.

Fetched is not archived, and not accepted. A status nobody knows is a person's task, never
success. This module must not call.
"""

from gateway.ports.archive import Levering
from gateway.ports.kanal import Transportstand
from schemas.svarut.svar import Status

_WAIT = (Levering.VENTER, "")
MEANING: dict[Status, tuple[Levering, str]] = {
    Status.MOTTATT: _WAIT,
    Status.AKSEPTERT: _WAIT,
    Status.VARSLET: _WAIT,
    Status.SENDT_DIGITALT: _WAIT,
    Status.KLAR_FOR_MOTTAK: _WAIT,
    # The receiver has the whole file; that it lies in the child's folder only a person can say.
    Status.LEST: (Levering.MENNESKE, "HENTET_AV_MOTTAKER"),
    Status.MANUELT_HANDTERT: (Levering.MENNESKE, "HAANDTERT_MANUELT"),
    Status.AVVIST: (Levering.MENNESKE, "FORSENDELSE_AVVIST"),
    Status.IKKE_LEVERT: (Levering.MENNESKE, "FORSENDELSE_IKKE_LEVERT"),
    # Cannot happen to a shipment that is digital only; if it does, somebody must know at once.
    Status.SENDT_PRINT: (Levering.MENNESKE, "SENDT_TIL_UTSKRIFT"),
    Status.PRINTET: (Levering.MENNESKE, "SENDT_TIL_UTSKRIFT"),
    # A mailbox of a citizen, and the receiver is an organisation.
    Status.SENDT_SDP: (Levering.MENNESKE, "FEIL_KANAL"),
    Status.LEVERT_SDP: (Levering.MENNESKE, "FEIL_KANAL"),
}


def meaning(status: str) -> tuple[Levering, str]:
    """(how far, public code) of a status as SvarUt says it."""
    try:
        return MEANING[Status(status)]
    except ValueError:
        return (Levering.MENNESKE, "UKJENT_STATUS")


# Whatever is not on its way to the agreed system, or fetched by it, did not arrive.
TRANSPORT: dict[Status, Transportstand] = {
    Status.MOTTATT: Transportstand.UNDERVEIS,
    Status.AKSEPTERT: Transportstand.UNDERVEIS,
    Status.VARSLET: Transportstand.UNDERVEIS,
    Status.SENDT_DIGITALT: Transportstand.UNDERVEIS,
    Status.KLAR_FOR_MOTTAK: Transportstand.UNDERVEIS,
    Status.LEST: Transportstand.LEVERT,
    Status.MANUELT_HANDTERT: Transportstand.FEILET,
    Status.AVVIST: Transportstand.FEILET,
    Status.IKKE_LEVERT: Transportstand.FEILET,
    Status.SENDT_PRINT: Transportstand.FEILET,
    Status.PRINTET: Transportstand.FEILET,
    Status.SENDT_SDP: Transportstand.FEILET,
    Status.LEVERT_SDP: Transportstand.FEILET,
}


def transport(status: str) -> Transportstand:
    """How far a package came, of a status as SvarUt says it."""
    try:
        return TRANSPORT[Status(status)]
    except ValueError:
        return Transportstand.UKJENT
