"""Reads keys and certificates from PEM files. A key is never shown and never in an error.

RSA only: that is what the platform's official clients read and write.
"""

from functools import lru_cache
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes

from gateway.errors import LocalFault

_SMALLEST = 2048


def read_private(path: Path) -> RSAPrivateKey:
    """A private RSA key, PKCS#8 or PKCS#1. Raises LocalFault("UGYLDIG_NOEKKEL")."""
    try:
        key = _private(path.read_bytes())
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, RSAPrivateKey) or key.key_size < _SMALLEST:
        raise LocalFault("UGYLDIG_NOEKKEL", place=path.name)
    return key


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
