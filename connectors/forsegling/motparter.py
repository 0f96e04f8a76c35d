"""The directory of organisations we exchange packages with: their certificates, by orgnr and role.

A certificate in force proves its organisation's signatures when it may sign, and is encrypted to
when it may be; during a rotation there are several, and the newest in force is encrypted to. It
must not fetch anything.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from connectors.fiks.noekler import rsa_of
from connectors.fiks.tillit import Tillit
from connectors.forsegling.roller import Rolle, in_role, may


@dataclass(frozen=True, slots=True)
class Sertifikater:
    """One organisation's certificates, and the authorities that may vouch for a new one.

    Those of `kjente` have the roles X.509 gives them. A list of a role is that role: what is on it
    does it, and nothing else of the organisation's does.
    """

    kjente: tuple[x509.Certificate, ...] = field(repr=False)
    utstedere: tuple[x509.Certificate, ...] = field(default=(), repr=False)
    signerer: tuple[x509.Certificate, ...] = field(default=(), repr=False)
    aapner: tuple[x509.Certificate, ...] = field(default=(), repr=False)

    def that_sign(self) -> tuple[x509.Certificate, ...]:
        """Those whose signatures are the organisation's."""
        return self.signerer or in_role(self.kjente, Rolle.SIGNERER)

    def that_open(self) -> tuple[x509.Certificate, ...]:
        """Those that can be encrypted to: RSA, whatever a list says."""
        listed = tuple(one for one in self.aapner if rsa_of(one) is not None)
        return listed if self.aapner else in_role(self.kjente, Rolle.AAPNER)


class Motparter:
    """Knows who is who. Decides only."""

    def __init__(self, kjente: Mapping[str, Sertifikater]) -> None:
        self._kjente = dict(kjente)
        self._tillit = {
            orgnr: Tillit(one.that_sign(), one.utstedere, orgnr)
            for orgnr, one in self._kjente.items()
        }

    def certificates(self) -> set[bytes]:
        """Every certificate of the directory, in DER."""
        return {
            one.public_bytes(Encoding.DER)
            for known in self._kjente.values()
            for one in (*known.kjente, *known.utstedere, *known.signerer, *known.aapner)
        }

    def to(self, orgnr: str, now: datetime) -> x509.Certificate | None:
        """The certificate to encrypt to: the last to come into force of those in force now."""
        one = self._kjente.get(orgnr)
        found = [c for c in (one.that_open() if one else ()) if in_force(c, now)]
        return max(found, key=lambda c: c.not_valid_before_utc, default=None)

    def lacks(self, orgnr: str, now: datetime) -> str:
        """Why nothing can be encrypted to the organisation now, as a code; empty when it can."""
        if self.to(orgnr, now) is not None:
            return ""
        one = self._kjente.get(orgnr)
        known = (*one.kjente, *one.signerer, *one.aapner) if one else ()
        if any(in_force(c, now) for c in known):
            return "MOTPART_UTEN_KRYPTERING"
        return "UKJENT_MOTPART"

    def who(self, signers: Sequence[x509.Certificate], now: datetime) -> str:
        """The one organisation every signer belongs to, or an empty string.

        A certificate that is out of date proves nothing, whoever it belonged to; nor does one that
        is new to us and may not sign, whoever vouches for it.
        """
        if not signers or not all(in_force(one, now) for one in signers):
            return ""
        for orgnr, tillit in self._tillit.items():
            pinned = self._kjente[orgnr].signerer
            if tillit.accepts(signers) and all(o in pinned or _may_sign(o) for o in signers):
                return orgnr
        return ""


def _may_sign(certificate: x509.Certificate) -> bool:
    return may(certificate, Rolle.SIGNERER)


def in_force(certificate: x509.Certificate, now: datetime) -> bool:
    """Whether it is valid at this moment."""
    return certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc
