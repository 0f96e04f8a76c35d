"""Whose signature counts: the package says who signed, this says whether that is the receiver.

The platform vouches for the account a message came from, not for what is inside it, and the
official readers do not tie the signer to the account (fiks-io-asice-handler, d2b9dcb9). Accepted
are the receiver account's own key, certificates the municipality pinned, and a certificate of the
receiver's organisation under an authority the municipality trusts.
"""

import re
from collections.abc import Iterable
from datetime import UTC, datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.x509.oid import NameOID

from connectors.fiks.noekler import spki

_ORGNR = re.compile(r"(?:NTRNO-)?(\d{9})")


class Tillit:
    """The pins and authorities of one receiver; decides only."""

    # The bundle holds the issuing authorities themselves, so one step is the whole chain.
    def __init__(
        self,
        pinned: Iterable[x509.Certificate] = (),
        authorities: Iterable[x509.Certificate] = (),
        orgnr: str = "",
    ) -> None:
        self._pinned = frozenset(spki(certificate) for certificate in pinned)
        self._authorities = tuple(authorities)
        self._orgnr = orgnr

    def accepts(
        self, signers: Iterable[x509.Certificate], konto: x509.Certificate | None = None
    ) -> bool:
        """Is every signer the receiver? `konto` is the receiver account's certificate, if any."""
        own = self._pinned | ({spki(konto)} if konto is not None else set())
        found = list(signers)
        return bool(found) and all(
            spki(signer) in own or (self._is_theirs(signer) and self._issued(signer))
            for signer in found
        )

    def _is_theirs(self, signer: x509.Certificate) -> bool:
        if not self._orgnr:
            return False
        now = datetime.now(UTC)
        if not signer.not_valid_before_utc <= now <= signer.not_valid_after_utc:
            return False
        # Buypass and Commfides write the number in either attribute, by certificate generation.
        said = {
            match.group(1)
            for oid in (NameOID.SERIAL_NUMBER, NameOID.ORGANIZATION_IDENTIFIER)
            for attribute in signer.subject.get_attributes_for_oid(oid)
            if (match := _ORGNR.fullmatch(str(attribute.value).strip()))
        }
        return said == {self._orgnr}

    def _issued(self, certificate: x509.Certificate) -> bool:
        for authority in self._authorities:
            try:
                certificate.verify_directly_issued_by(authority)
                limits = authority.extensions.get_extension_for_class(x509.BasicConstraints)
            except (
                ValueError,
                TypeError,
                InvalidSignature,
                UnsupportedAlgorithm,
                x509.ExtensionNotFound,
            ):
                continue
            if limits.value.ca:
                return True
        return False
