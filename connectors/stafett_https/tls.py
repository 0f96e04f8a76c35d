"""The two ends of the line: each shows a certificate, and each knows whom it expects.

Trust is the directory of counterparts and nothing else: no public authority opens this door.
TLS 1.2 or newer. A certificate that is itself in the directory is enough (partial chain).
"""

import ssl
from collections.abc import Sequence
from pathlib import Path

from gateway.errors import LocalFault


def _context(kind: int, key: Path, certificate: Path, trusted: Sequence[Path]) -> ssl.SSLContext:
    context = ssl.SSLContext(kind)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    try:
        context.load_cert_chain(certificate, key)
        for path in trusted:
            context.load_verify_locations(path)
    except (OSError, ssl.SSLError):
        context = None  # type: ignore[assignment]
    if context is None:
        raise LocalFault("UGYLDIG_SERTIFIKAT", place="stafett_https")
    return context


def client_context(key: Path, certificate: Path, trusted: Sequence[Path]) -> ssl.SSLContext:
    """For sending: the other end must be in the directory, and be the host it is called."""
    context = _context(ssl.PROTOCOL_TLS_CLIENT, key, certificate, trusted)
    context.verify_mode = ssl.CERT_REQUIRED
    context.check_hostname = True
    return context


def server_context(key: Path, certificate: Path, trusted: Sequence[Path]) -> ssl.SSLContext:
    """For listening: nobody gets in without a certificate from the directory."""
    context = _context(ssl.PROTOCOL_TLS_SERVER, key, certificate, trusted)
    context.verify_mode = ssl.CERT_REQUIRED
    return context
