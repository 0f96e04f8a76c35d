"""A seal to one receiver's certificate, for what is laid in a folder for it alone.

CMS EnvelopedData as in `connectors/fiks/konvolutt.py`. The certificate is read from its file at
every use, so that one which was changed counts at once. It must never seal to anybody else, and
never hand out what could not be sealed.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from connectors.fiks import konvolutt
from connectors.fiks.noekler import read_certificates
from connectors.forsegling.motparter import in_force
from connectors.forsegling.roller import Rolle, in_role
from gateway.errors import LocalFault


class CmsKonvolutt:
    """`gateway.ports.forsegling.Konvolutt`. `now` is injected for tests."""

    def __init__(self, sertifikat: Path, now: Callable[[], datetime]) -> None:
        self._path, self._now = sertifikat, now

    def lukk(self, data: bytes) -> bytes:
        """Sealed to the first certificate of the file that may be encrypted to. Raises
        LocalFault("UGYLDIG_SERTIFIKAT")."""
        opening = in_role(read_certificates(self._path), Rolle.AAPNER)
        if not opening or not in_force(opening[0], self._now()):
            raise LocalFault("UGYLDIG_SERTIFIKAT", place=self._path.name)
        return konvolutt.encrypt(data, opening[0])


def open_konvolutt(
    sertifikat: Path, now: Callable[[], datetime] = lambda: datetime.now(UTC)
) -> CmsKonvolutt:
    """For a PEM file. Nothing is read before something is sealed."""
    return CmsKonvolutt(sertifikat, now)
