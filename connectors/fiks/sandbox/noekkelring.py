"""Keys, certificates and account ids of a practice platform, made at the first start.

They live in the sandbox's own data folder and are worth nothing anywhere else. What the gateway
side needs is in `klient/`. Nothing of it is ever checked in.
"""

import json
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from connectors.fiks.noekler import read_certificates

NAMES = ("gateway", "konto", "mottaker", "fremmed")
"""Signing and Maskinporten; the gateway account; the receiver (signs too); somebody else."""


def make_certificate(key: rsa.RSAPrivateKey, name: str, orgnr: str) -> x509.Certificate:
    """A self-signed certificate for practice, good for ten years."""
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.COMMON_NAME, f"sandkasse {name}"),
            x509.NameAttribute(NameOID.SERIAL_NUMBER, orgnr),
        ]
    )
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=3650))
        .sign(key, hashes.SHA256())
    )


class Noekkelring:
    """The keys in `folder`; the same ones at every start."""

    def __init__(self, folder: Path, orgnr: str = "899100107") -> None:
        self.folder = folder / "klient"
        self.folder.mkdir(parents=True, exist_ok=True)
        facts = self.folder / "oppsett.json"
        if not facts.exists():
            for name in NAMES:
                self._make(name, orgnr)
            ids = {
                n: str(uuid.uuid4()) for n in ("integrasjon_id", "konto_id", "mottaker_konto_id")
            }
            facts.write_text(json.dumps(ids), encoding="utf-8")
        self.ids: Mapping[str, str] = json.loads(facts.read_text(encoding="utf-8"))
        self.keys = {name: self._read(name) for name in NAMES}
        self.certificates = {
            name: read_certificates(self.folder / f"{name}.cer")[0] for name in NAMES
        }

    def _read(self, name: str) -> rsa.RSAPrivateKey:
        # Checking a key takes longer than the rest of a start, and we made it ourselves.
        key = serialization.load_pem_private_key(
            (self.folder / f"{name}.pem").read_bytes(),
            password=None,
            unsafe_skip_rsa_key_validation=True,
        )
        assert isinstance(key, rsa.RSAPrivateKey)
        return key

    def _make(self, name: str, orgnr: str) -> None:
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        path = self.folder / f"{name}.pem"
        path.touch(mode=0o600)
        path.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        certificate = make_certificate(key, name, orgnr)
        (self.folder / f"{name}.cer").write_bytes(
            certificate.public_bytes(serialization.Encoding.PEM)
        )


def client_options(folder: Path, amqp_url: str) -> dict[str, str]:
    """The account part of a connector's options for the sandbox with its data in `folder`."""
    klient = folder / "klient"
    ids: dict[str, str] = json.loads((klient / "oppsett.json").read_text(encoding="utf-8"))
    return {
        **ids,
        "amqp_url": amqp_url,
        "noekkel": str(klient / "gateway.pem"),
        "sertifikat": str(klient / "gateway.cer"),
        "konto_noekler": str(klient / "konto.pem"),
    }
