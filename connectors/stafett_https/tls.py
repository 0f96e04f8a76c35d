"""The two ends of the line: each shows a certificate, and each knows whom it expects.

Trust is the directory of counterparts and nothing else: the certificate that is shown is itself
there, for this part (`roller.py`), and no authority opens this door. Host names are not asked, for
enterprise certificates have none: instead a line to a counterpart takes that counterpart's
certificates only. TLS 1.2 or newer.
"""

import ssl
from collections.abc import Sequence
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from connectors.fiks.noekler import read_certificates, read_signing
from connectors.forsegling.roller import Rolle, in_role
from gateway.errors import LocalFault


class Tillit:
    """Who may be at the other end, by organisation. Read once."""

    def __init__(self, files: Sequence[tuple[str, Path]]) -> None:
        """`files` are (orgnr, PEM); without a number they are anybody's we exchange packages with.
        Raises LocalFault("UGYLDIG_SERTIFIKAT"), without the file's name, which may tell whom."""
        try:
            found = [(whose, read_certificates(path)) for whose, path in files]
        except LocalFault:
            found = None
        if found is None:
            raise LocalFault("UGYLDIG_SERTIFIKAT", place="stafett_https.tillit")
        self._known = [(whose, in_role(many, Rolle.TLS)) for whose, many in found]

    def of(self, orgnr: str) -> tuple[x509.Certificate, ...]:
        """What this counterpart may show."""
        return tuple(c for whose, many in self._known if whose in ("", orgnr) for c in many)

    def of_all(self) -> tuple[x509.Certificate, ...]:
        """What anybody who connects to us may show."""
        return tuple(c for _, many in self._known for c in many)

    def owners(self) -> dict[bytes, frozenset[str]]:
        """Every certificate (DER) that somebody may show, and the organisations that may."""
        shown = {c.public_bytes(Encoding.DER) for c in self.of_all()}
        return {der: self.whose(der) for der in shown}

    def whose(self, certificate: bytes) -> frozenset[str]:
        """The organisations that may show this certificate (DER)."""
        return frozenset(
            whose
            for whose, many in self._known
            if whose and any(one.public_bytes(Encoding.DER) == certificate for one in many)
        )


def _context(
    kind: int, key: Path, certificate: Path, trusted: Sequence[x509.Certificate]
) -> ssl.SSLContext:
    context = ssl.SSLContext(kind)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.check_hostname = False
    context.verify_mode = ssl.CERT_REQUIRED
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    ours = False
    try:
        context.load_cert_chain(certificate, key)
        ours = True
        for one in trusted:
            context.load_verify_locations(cadata=one.public_bytes(Encoding.DER))
        return context
    except OSError:
        pass
    if not ours:
        raise LocalFault("KANAL_NOEKLER_PASSER_IKKE", place=_wrong_of_ours(key, certificate))
    raise LocalFault("UGYLDIG_SERTIFIKAT", place="stafett_https.tillit")


def _wrong_of_ours(key: Path, certificate: Path) -> str:
    """The option that is wrong, or both when each can be read and they are no pair."""
    for name, path, read in (
        ("noekkel", key, read_signing), ("sertifikat", certificate, read_certificates)
    ):  # fmt: skip
        try:
            read(path)
        except LocalFault:
            return f"stafett_https.{name}"
    return "stafett_https.noekkel, stafett_https.sertifikat"


def client_context(
    key: Path, certificate: Path, theirs: Sequence[x509.Certificate]
) -> ssl.SSLContext:
    """For sending to one counterpart: whoever answers shows one of its certificates."""
    return _context(ssl.PROTOCOL_TLS_CLIENT, key, certificate, theirs)


def server_context(
    key: Path, certificate: Path, trusted: Sequence[x509.Certificate]
) -> ssl.SSLContext:
    """For listening: nobody gets in without a certificate from the directory."""
    return _context(ssl.PROTOCOL_TLS_SERVER, key, certificate, trusted)
