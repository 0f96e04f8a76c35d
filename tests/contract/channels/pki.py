"""Invented certificates of every make: keys of both kinds, and what X.509 says each may do.

Keys are made once a run; nothing of it is ever checked in.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

SERVER, CLIENT = ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH
MAIL = ExtendedKeyUsageOID.EMAIL_PROTECTION
_USES = ("digital_signature", "content_commitment", "key_encipherment", "data_encipherment",
         "key_agreement", "key_cert_sign", "crl_sign", "encipher_only",
         "decipher_only")  # fmt: skip


def key(name: str, kind: str = "rsa2048") -> Any:
    """The key of that name: `rsa<bits>`, `p256`, `p384` or `p521`."""
    return _key(name, kind)


@lru_cache
def _key(_name: str, kind: str) -> Any:
    curves = {"p256": ec.SECP256R1, "p384": ec.SECP384R1, "p521": ec.SECP521R1}
    if kind in curves:
        return ec.generate_private_key(curves[kind]())
    return rsa.generate_private_key(65537, int(kind[3:]))


def certificate(
    holder: Any,
    orgnr: str,
    uses: Sequence[str] | None = None,
    extended: Sequence[x509.ObjectIdentifier] = (),
    *,
    age: int = 1,
    issuer: tuple[Any, x509.Certificate] | None = None,
    ca: bool = False,
    host: str = "",
    ski: bool = False,
) -> x509.Certificate:
    """A certificate for `holder`'s key, `age` hours old. `uses` of None leaves keyUsage out;
    `issuer` is a key and a certificate, otherwise it is self-signed."""
    now = datetime.now(UTC)
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.COMMON_NAME, "oeving"),
            x509.NameAttribute(NameOID.ORGANIZATION_IDENTIFIER, f"NTRNO-{orgnr}"),
        ]
    )
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer[1].subject if issuer else subject)
        .public_key(holder.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=age))
        .not_valid_after(now + timedelta(days=30))
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
    )
    if uses is not None:
        made = made.add_extension(
            x509.KeyUsage(**{one: one in uses for one in _USES}), critical=True
        )
    if extended:
        made = made.add_extension(x509.ExtendedKeyUsage(extended), critical=False)
    if ski:
        made = made.add_extension(
            x509.SubjectKeyIdentifier.from_public_key(holder.public_key()), critical=False
        )
    if host:
        made = made.add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
    return made.sign(issuer[0] if issuer else holder, hashes.SHA256())


def put(folder: Path, name: str, *made: Any) -> Path:
    """A key or certificates as a PEM file."""
    path = folder / f"{name}.pem"
    if isinstance(made[0], x509.Certificate):
        path.write_bytes(b"".join(c.public_bytes(serialization.Encoding.PEM) for c in made))
    else:
        path.write_bytes(
            made[0].private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
    return path
