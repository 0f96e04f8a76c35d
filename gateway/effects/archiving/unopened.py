"""An archive the municipality names and we could not open: it has a queue and does nothing.

What is wrong with the set-up of one archive is that archive's alone. It answers every question
with its fault, so its deliveries wait, the others' go on, and no log is deleted while it stands.
"""

from typing import NoReturn

from gateway.errors import GatewayError, LocalFault
from gateway.ports.archive import ArchiveFacts, Funn, Funnetfil, Svar, Uttak


class Unopened:
    """In an archive's place. `fault` is what it could not be opened for."""

    def __init__(self, error: GatewayError) -> None:
        self.code, self.place = error.code, error.place

    @property
    def fault(self) -> LocalFault:
        """The fault, anew for each who asks."""
        return LocalFault(self.code, place=self.place)

    def _refuse(self) -> NoReturn:
        raise self.fault

    def facts(self) -> ArchiveFacts:
        """Raises the fault."""
        self._refuse()

    def find(self, _uttak: Uttak) -> Funn | None:
        """Raises the fault: what stands there is not known."""
        self._refuse()

    def deposit(self, _uttak: Uttak, _found: Funn | None) -> Svar:
        """Raises the fault: nothing is sent."""
        self._refuse()

    def progress(self, _uttak: Uttak, _ref: str) -> Svar:
        """Raises the fault."""
        self._refuse()

    def fetch(self, _fil: Funnetfil) -> bytes:
        """Raises the fault."""
        self._refuse()

    def close(self) -> None:
        """Nothing was opened."""
