"""The keys and certificates of the test vectors: invented, published, and worth nothing.

Made once and kept: a run finds those that are there and makes only what is missing. Their numbers
and times are fixed, so that only the keys themselves are chance.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

from connectors.fiks.noekler import Signaturnoekkel, read_certificates, read_signing

FOLDER = Path(__file__).parents[3] / "schemas" / "overfoering" / "vektorer"
AVGIVER, MOTTAKER, ANNEN = "899100107", "899200209", "899100115"
_FROM, _UNTIL = datetime(2020, 1, 1, tzinfo=UTC), datetime(2060, 1, 1, tzinfo=UTC)
_ENDED = datetime(2021, 1, 1, tzinfo=UTC)
_SIGNS, _OPENS = ("digital_signature",), ("key_encipherment", "data_encipherment")
_USES = ("digital_signature", "content_commitment", "key_encipherment", "data_encipherment",
         "key_agreement", "key_cert_sign", "crl_sign", "encipher_only",
         "decipher_only")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Slag:
    """What one pair is: whose, of which kind, and what its certificate says it may do."""

    orgnr: str
    kind: str
    uses: Sequence[str] | None
    until: datetime = _UNTIL


PAIRS = {
    "avgiver.signerer": Slag(AVGIVER, "rsa", _SIGNS),
    "avgiver.aapner": Slag(AVGIVER, "rsa", _OPENS),
    "avgiver.p256": Slag(AVGIVER, "p256", _SIGNS),
    "avgiver.p384": Slag(AVGIVER, "p384", _SIGNS),
    "avgiver.utgaatt": Slag(AVGIVER, "rsa", _SIGNS, _ENDED),
    "mottaker.signerer": Slag(MOTTAKER, "rsa", _SIGNS),
    "mottaker.aapner": Slag(MOTTAKER, "rsa", _OPENS),
    "mottaker.tidligere": Slag(MOTTAKER, "rsa", _OPENS),
    "annen": Slag(ANNEN, "rsa", None),
    "fremmed": Slag(AVGIVER, "rsa", _SIGNS),
}
"""`fremmed` calls itself the sender and is in nobody's directory."""


def paths(name: str) -> tuple[Path, Path]:
    """Where a pair's key and certificate are."""
    folder = FOLDER / "noekler"
    return folder / f"{name}.key.pem", folder / f"{name}.cert.pem"


def pair(name: str) -> tuple[Signaturnoekkel, x509.Certificate]:
    """A pair, made when it is missing."""
    key_path, cert_path = paths(name)
    if not key_path.exists() or not cert_path.exists():
        _make(name, key_path, cert_path)
    return read_signing(key_path), read_certificates(cert_path)[0]


def _key(kind: str) -> Signaturnoekkel:
    if kind == "rsa":
        return rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return ec.generate_private_key({"p256": ec.SECP256R1, "p384": ec.SECP384R1}[kind]())


def _make(name: str, key_path: Path, cert_path: Path) -> None:
    slag = PAIRS[name]
    key = _key(slag.kind)
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.COMMON_NAME, f"testvektor {name}"),
            x509.NameAttribute(NameOID.ORGANIZATION_IDENTIFIER, f"NTRNO-{slag.orgnr}"),
        ]
    )
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(list(PAIRS).index(name) + 1)
        .not_valid_before(_FROM)
        .not_valid_after(slag.until)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    )
    if slag.uses is not None:
        usage = x509.KeyUsage(**{one: one in slag.uses for one in _USES})
        made = made.add_extension(usage, critical=True)
    key_path.parent.mkdir(parents=True, exist_ok=True)
    key_path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    cert_path.write_bytes(made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
