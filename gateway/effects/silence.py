"""Is it one log the system gives no answer about, or the system that is silent?

A line that breaks, or a 5xx, for one log's address is that log's: it is named, and the others go
on. The system is asked about something else to tell the two apart. This module decides nothing of
what becomes of the log.
"""

from gateway.errors import GatewayError, Transient, UnknownOutcome
from gateway.ports.connector import Connector

IN_A_ROW = 10
"""Logs without an answer, none between them with one, before it is the system in any case."""

OF_THE_SYSTEM = frozenset({
    "KRETS_AAPEN", "OPPTATT", "UTILGJENGELIG", "INGEN_FORBINDELSE", "DATABASE_OPPTATT",
})  # fmt: skip
"""What a system says of itself, whichever log is asked for: left alone, busy, away."""


class Silence:
    """Counts logs in a row that one system gave no answer about."""

    def __init__(self, system: Connector) -> None:
        self._system = system
        self._row = 0

    def heard(self) -> None:
        """A log was answered for."""
        self._row = 0

    def of_one(self, error: Exception) -> GatewayError | None:
        """The error, when the system otherwise answers: then it is that log's. None when it is the
        system's, or no silence at all."""
        if not isinstance(error, Transient | UnknownOutcome) or error.code in OF_THE_SYSTEM:
            return None
        self._row += 1
        if self._row >= IN_A_ROW:
            return None
        try:
            self._system.facts()
        except GatewayError:
            return None
        return error
