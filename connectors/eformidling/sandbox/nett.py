"""The net between the integrasjonspunkt: who is on it, the clock, what is carried and told.

A message becomes a signed ASiC-E at the receiver, as the product makes it. Switches are numbers of
times: `feil` (the message is given up), `utloept` (nobody fetches it in time).
"""

import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from connectors.eformidling.sandbox.formidling import Formidling
from connectors.fiks.asice import Fil, write_package
from connectors.fiks.sandbox.noekkelring import make_certificate

ORGNR = {"a": "899100107", "b": "899100115"}
PROSESS = "urn:no:difi:profile:avtalt:avtalt:ver1.0"
STANDARD = "urn:no:difi:avtalt:xsd::avtalt"
SWITCHES = frozenset({"feil", "utloept"})


class Nett:
    """Shared by the integrasjonspunkt; thread-safe."""

    def __init__(self, data: Path) -> None:
        self.data = Formidling(data)
        self._lock = threading.Lock()
        self._switches: dict[str, int] = {}
        self._ahead = 0.0
        self._closed = False
        self.sent = 0
        self._key = _key(data / "integrasjonspunkt.pem")
        self._certificate = make_certificate(self._key, "integrasjonspunkt", ORGNR["a"])

    def close(self) -> None:
        """Close the data; again does nothing."""
        with self._lock:
            if not self._closed:
                self._closed = True
                self.data.close()

    def switch(self, values: Mapping[str, Any]) -> None:
        """Replace all switches. Raises KeyError or TypeError for one that is not understood."""
        for name, value in values.items():
            if name not in SWITCHES:
                raise KeyError(name)
            if isinstance(value, bool) or not isinstance(value, int):
                raise TypeError(name)
        self._switches = dict(values)

    def now(self) -> float:
        """Seconds since the epoch, by the net's clock."""
        return datetime.now(UTC).timestamp() + self._ahead

    def set_now(self, now: datetime) -> None:
        """Move the clock; it goes on from there."""
        self._ahead = now.timestamp() - datetime.now(UTC).timestamp()

    def pass_seconds(self, seconds: float) -> None:
        """Move the clock on."""
        self._ahead += seconds

    def limit(self, sbd: Mapping[str, Any]) -> float:
        """When a message is no longer of any use."""
        scope = sbd["standardBusinessDocumentHeader"]["businessScope"]["scope"][0]
        told: str = scope["scopeInformation"][0]["expectedResponseDateTime"]
        return datetime.fromisoformat(told).timestamp()

    def status(self, org: str, ident: str, sbd: Mapping[str, Any], status: str) -> None:
        """A status of a message, told to its sender."""
        scope = sbd["standardBusinessDocumentHeader"]["businessScope"]["scope"][0]
        self.data.add_status(org, ident, scope["instanceIdentifier"], status, self._moment())

    def carry(self, org: str, ident: str, sbd: Mapping[str, Any]) -> None:
        """Take a message to its receiver, or fail as a switch says."""
        files = [Fil(name, media, content) for name, media, content in self.data.files(ident)]
        self.data.sent(ident)
        self.sent += 1
        self.status(org, ident, sbd, "SENDT")
        if self._strikes("feil"):
            self.status(org, ident, sbd, "FEIL")
            return
        if self._strikes("utloept"):
            self.status(org, ident, sbd, "LEVETID_UTLOPT")
            return
        head = sbd["standardBusinessDocumentHeader"]
        to = head["receiver"][0]["identifier"]["value"].removeprefix("0192:")
        asic = write_package(files, self._key, self._certificate)
        process = head["businessScope"]["scope"][0]["identifier"]
        self.data.put_in(to, ident, sbd, process, asic, self.limit(sbd))
        self.status(org, ident, sbd, "MOTTATT")

    def delivered(self, ident: str) -> None:
        """The receiver's system has taken a message away: its sender is told."""
        self._told(ident, "LEVERT")

    def expire(self) -> None:
        """What nobody fetched in time is gone, and its sender is told."""
        for ident in self.data.expired(self.now()):
            self._told(ident, "LEVETID_UTLOPT")

    def _told(self, ident: str, status: str) -> None:
        owner = self.data.owner(ident)
        if owner is not None:
            self.data.add_status(owner[0], ident, owner[1], status, self._moment())

    def _strikes(self, name: str) -> bool:
        with self._lock:
            left = self._switches.get(name, 0)
            if left > 0:
                self._switches[name] = left - 1
            return left != 0

    def _moment(self) -> str:
        return datetime.fromtimestamp(self.now(), UTC).isoformat(timespec="milliseconds")


def _key(path: Path) -> rsa.RSAPrivateKey:
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        made = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        path.touch(mode=0o600)
        path.write_bytes(
            made.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
    # Checking a key takes longer than the rest of a start, and we made it ourselves.
    key = serialization.load_pem_private_key(
        path.read_bytes(), password=None, unsafe_skip_rsa_key_validation=True
    )
    if not isinstance(key, rsa.RSAPrivateKey):
        raise TypeError(path.name)
    return key
