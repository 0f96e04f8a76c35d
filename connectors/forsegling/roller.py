"""What a certificate may be used for: signing, opening (encrypted to), speaking TLS.

X.509's own words decide (RFC 5280, 4.2.1.3 and 4.2.1.12): Buypass and Commfides issue enterprise
certificates in pairs, and what is sealed to the one for signing cannot be opened. A certificate
that says nothing may do everything its key can. Decides only; it must not open a file.
"""

from collections.abc import Iterable
from enum import StrEnum
from typing import TypeVar

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from connectors.fiks.noekler import rsa_of, signing_key_of

_SERVER, _CLIENT = ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH
_E = TypeVar("_E", bound=x509.ExtensionType)
_LINE = frozenset({_SERVER, _CLIENT, ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE})


class Rolle(StrEnum):
    """The three parts a certificate can have in a hand-over."""

    SIGNERER = "signerer"
    AAPNER = "aapner"
    TLS = "tls"


def may(certificate: x509.Certificate, rolle: Rolle) -> bool:
    """Whether its key and its own words allow the part. One that cannot be read allows nothing."""
    try:
        usage = _extension(certificate, x509.KeyUsage)
        extended = _extension(certificate, x509.ExtendedKeyUsage)
    except (ValueError, x509.DuplicateExtension):
        return False
    if rolle is Rolle.AAPNER:
        fits = rsa_of(certificate) is not None
    else:
        fits = signing_key_of(certificate) is not None
    return fits and _usage_allows(usage, rolle) and _extended_allows(extended, rolle)


def in_role(certificates: Iterable[x509.Certificate], rolle: Rolle) -> tuple[x509.Certificate, ...]:
    """Those that may, in their order."""
    return tuple(one for one in certificates if may(one, rolle))


def _extension(certificate: x509.Certificate, kind: type[_E]) -> _E | None:
    try:
        return certificate.extensions.get_extension_for_class(kind).value
    except x509.ExtensionNotFound:
        return None


def _usage_allows(usage: x509.KeyUsage | None, rolle: Rolle) -> bool:
    if usage is None:
        return True
    if usage.key_cert_sign:
        return False  # an authority, in the same file as what it issued
    if rolle is Rolle.AAPNER:
        return usage.key_encipherment or usage.data_encipherment
    # Commfides' and Buypass' certificates for seals say contentCommitment (nonRepudiation) only.
    seals = rolle is Rolle.SIGNERER and usage.content_commitment
    return usage.digital_signature or seals


def _extended_allows(extended: x509.ExtendedKeyUsage | None, rolle: Rolle) -> bool:
    if extended is None:
        return True
    if rolle is Rolle.TLS:
        return bool(_LINE.intersection(extended))
    # A web server's certificate: its key stands where packages are not opened.
    return set(extended) != {_SERVER}
