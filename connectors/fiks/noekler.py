"""Reads keys and certificates from PEM files. A key is never shown and never in an error.

What opens is RSA: that is what the platform's official clients read and write. What signs may be an
elliptic key too, of the two curves enterprise certificates come with.
"""

from functools import lru_cache
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes

from gateway.errors import LocalFault

Signaturnoekkel = RSAPrivateKey | ec.EllipticCurvePrivateKey
"""A private key that signs."""
_SMALLEST = 2048
_CURVES = (ec.SECP256R1, ec.SECP384R1)


def read_private(path: Path) -> RSAPrivateKey:
    """A private RSA key of 2048 bits or more. Raises LocalFault("UGYLDIG_NOEKKEL")."""
    key = read_signing(path)
    if not isinstance(key, RSAPrivateKey):
        raise LocalFault("UGYLDIG_NOEKKEL", place=path.name)
    return key


def read_signing(path: Path) -> Signaturnoekkel:
    """A private key that may sign, RSA of 2048 bits or more, or P-256 or P-384; PKCS#8, PKCS#1 or
    SEC 1. Raises LocalFault("UGYLDIG_NOEKKEL")."""
    try:
        key = _private(path.read_bytes())
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if isinstance(key, RSAPrivateKey) and key.key_size >= _SMALLEST:
        return key
    if isinstance(key, ec.EllipticCurvePrivateKey) and isinstance(key.curve, _CURVES):
        return key
    raise LocalFault("UGYLDIG_NOEKKEL", place=path.name)


@lru_cache(maxsize=16)
def _private(pem: bytes) -> PrivateKeyTypes:
    """The key of these bytes. To check that it is sound takes 40 ms, and is done once."""
    return serialization.load_pem_private_key(pem, password=None)


def read_certificates(path: Path) -> tuple[x509.Certificate, ...]:
    """All certificates of a PEM file, in its order. Raises LocalFault("UGYLDIG_SERTIFIKAT")."""
    try:
        found = tuple(x509.load_pem_x509_certificates(path.read_bytes()))
    except (OSError, ValueError):
        found = ()
    if not found:
        raise LocalFault("UGYLDIG_SERTIFIKAT", place=path.name)
    return found


def spki(certificate: x509.Certificate) -> bytes:
    """The public key of a certificate as bytes: what is compared when a key is pinned."""
    return certificate.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )


def rsa_of(certificate: x509.Certificate) -> RSAPublicKey | None:
    """The RSA key a certificate holds; None when it holds another kind or a short one."""
    try:
        key = certificate.public_key()
    except (ValueError, UnsupportedAlgorithm):
        return None
    return key if isinstance(key, RSAPublicKey) and key.key_size >= _SMALLEST else None


def signing_key_of(
    certificate: x509.Certificate,
) -> RSAPublicKey | ec.EllipticCurvePublicKey | None:
    """The key a certificate holds, where it is of a kind that may sign; else None."""
    try:
        key = certificate.public_key()
    except (ValueError, UnsupportedAlgorithm):
        return None
    if isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, _CURVES):
        return key
    return rsa_of(certificate)
