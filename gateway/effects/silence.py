"""Is it one log the system gives no answer about, or the system that is silent?

A line that breaks, a 5xx or a 403 for one log's address is that log's: it is named, and the others
go on. The system is asked about something else to tell the two apart. This module decides nothing
of what becomes of the log.
"""

from gateway.errors import (
    GatewayError,
    LocalFault,
    Rejected,
    RemoteFault,
    Transient,
    UnknownOutcome,
)
from gateway.ports.connector import Connector

IN_A_ROW = 10
"""Logs without an answer, none between them with one, before it is the system in any case."""

OF_THE_SYSTEM = frozenset({
    "KRETS_AAPEN", "OPPTATT", "UTILGJENGELIG", "INGEN_FORBINDELSE", "DATABASE_OPPTATT",
})  # fmt: skip
"""What a system says of itself, whichever log is asked for: left alone, busy, away."""


ONE_ADDRESS = frozenset({"MANGLER_RETTIGHET", "IKKE_INNLOGGET", "OMDIRIGERING", "UVENTET_STATUS"})
"""Refusals that are the system's when it says them to everything, and one log's (a shielded one)
when it says them to that log alone."""

REFUSED_IN_A_ROW = 3
"""Logs refused so, none between them answered for, before it is the system that refuses."""


class Silence:
    """Counts logs in a row that one system gave no answer about, or refused to."""

    def __init__(self, system: Connector) -> None:
        self._system = system
        self._row = 0

    def heard(self) -> None:
        """A log was answered for."""
        self._row = 0

    def of_one(self, error: Exception) -> GatewayError | None:
        """The error as that log's own, when the system otherwise answers. None when it is the
        system's, or neither a silence nor such a refusal."""
        if not isinstance(error, GatewayError) or error.code in OF_THE_SYSTEM:
            return None
        refused = error.code in ONE_ADDRESS and isinstance(error, LocalFault | RemoteFault)
        if not refused and not isinstance(error, Transient | UnknownOutcome):
            return None
        self._row += 1
        if self._row >= (REFUSED_IN_A_ROW if refused else IN_A_ROW) or not self._well():
            return None
        return Rejected(error.code, place=error.place) if refused else error

    def _well(self) -> bool:
        try:
            self._system.facts()
        except GatewayError:
            return False
        return True
