"""The directory of organisations we exchange packages with: their certificates, by orgnr.

A certificate in force both encrypts to its organisation and proves its signatures; during a
rotation there are several, and the newest in force is encrypted to. It must not fetch anything.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from cryptography import x509

from connectors.fiks.noekler import rsa_of, spki
from connectors.fiks.tillit import Tillit


@dataclass(frozen=True, slots=True)
class Sertifikater:
    """One organisation's certificates, and the authorities that may vouch for a new one."""

    kjente: tuple[x509.Certificate, ...] = field(repr=False)
    utstedere: tuple[x509.Certificate, ...] = field(default=(), repr=False)


class Motparter:
    """Knows who is who. Decides only."""

    def __init__(self, kjente: Mapping[str, Sertifikater]) -> None:
        self._kjente = dict(kjente)
        self._tillit = {
            orgnr: Tillit(one.kjente, one.utstedere, orgnr) for orgnr, one in self._kjente.items()
        }

    def to(self, orgnr: str, now: datetime) -> x509.Certificate | None:
        """The certificate to encrypt to: the last to come into force of those in force now."""
        one = self._kjente.get(orgnr)
        found = [
            c
            for c in (one.kjente if one else ())
            if c.not_valid_before_utc <= now <= c.not_valid_after_utc and rsa_of(c) is not None
        ]
        return max(found, key=lambda c: c.not_valid_before_utc, default=None)

    def who(self, signers: Sequence[x509.Certificate], now: datetime) -> str:
        """The one organisation every signer belongs to, or an empty string.

        A certificate that is out of date proves nothing, whoever it belonged to.
        """
        if not signers or not all(in_force(one, now) for one in signers):
            return ""
        for orgnr, one in self._kjente.items():
            if one.kjente and self._tillit[orgnr].accepts(signers, one.kjente[0]):
                return orgnr
        return ""

    def pins(self) -> frozenset[bytes]:
        """The public keys of everybody in the directory."""
        return frozenset(spki(c) for one in self._kjente.values() for c in one.kjente)


def in_force(certificate: x509.Certificate, now: datetime) -> bool:
    """Whether it is valid at this moment."""
    return certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc
