"""Keys and certificates of the suite: made anew for each run, worth nothing, one pair for each part
(chapter 6.1.1), so that a gateway that takes one for another is found."""

import ipaddress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

_USES = ("digital_signature", "content_commitment", "key_encipherment", "data_encipherment",
         "key_agreement", "key_cert_sign", "crl_sign", "encipher_only",
         "decipher_only")  # fmt: skip
_SIGNS, _OPENS = ("digital_signature",), ("key_encipherment", "data_encipherment")
Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


@dataclass(frozen=True)
class Par:
    """A key and its certificate."""

    noekkel: Key = field(repr=False)
    sertifikat: x509.Certificate = field(repr=False)

    def pem(self) -> str:
        """The certificate."""
        return self.sertifikat.public_bytes(Encoding.PEM).decode()

    def private_pem(self) -> str:
        """The key and its certificate, for TLS."""
        key = self.noekkel.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        return key.decode() + self.pem()


@dataclass(frozen=True)
class Nokler:
    """What one organisation has: a pair for each part, and an elliptic one that signs too."""

    orgnr: str
    signerer: Par
    aapner: Par
    tls: Par
    elliptisk: Par

    def pem(self) -> str:
        """All certificates, as they are exchanged."""
        return "".join(p.pem() for p in (self.signerer, self.aapner, self.tls, self.elliptisk))


def make(orgnr: str) -> Nokler:
    """For an organisation."""
    tls = (ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH)
    return Nokler(
        orgnr,
        _pair(orgnr, _rsa(), _SIGNS),
        _pair(orgnr, _rsa(), _OPENS),
        _pair(orgnr, _rsa(), _SIGNS, tls),
        _pair(orgnr, ec.generate_private_key(ec.SECP256R1()), ("content_commitment",)),
    )


def _rsa() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def _pair(
    orgnr: str, key: Key, uses: tuple[str, ...], extended: tuple[x509.ObjectIdentifier, ...] = ()
) -> Par:
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.COMMON_NAME, f"samsvar {orgnr}"),
            x509.NameAttribute(NameOID.ORGANIZATION_IDENTIFIER, f"NTRNO-{orgnr}"),
        ]
    )
    now = datetime.now(UTC)
    here = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.IPv4Address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=30))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.KeyUsage(**{one: one in uses for one in _USES}), critical=True)
        .add_extension(here, critical=False)
    )
    if extended:
        made = made.add_extension(x509.ExtendedKeyUsage(list(extended)), critical=False)
    return Par(key, made.sign(key, hashes.SHA256()))
