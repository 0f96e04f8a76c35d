"""Keys, certificates and ids of a practice platform, made at the first start.

They live in the sandbox's own data folder and are worth nothing anywhere else; what the gateway
side needs is in `klient/`. Nothing of it is ever checked in.
"""

import json
import uuid
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from connectors.fiks.noekler import read_certificates
from connectors.fiks.sandbox.noekkelring import make_certificate

NAMES = ("gateway", "svarut")
ORGNR = "899100107"


class Noekkelring:
    """The keys in `folder`; the same ones at every start."""

    def __init__(self, folder: Path, secret: str) -> None:
        self.folder = folder / "klient"
        self.folder.mkdir(parents=True, exist_ok=True)
        facts = self.folder / "oppsett.json"
        if not facts.exists():
            for name in NAMES:
                self._make(name)
            (self.folder / "passord.txt").write_text(secret, encoding="utf-8")
            ids = {name: str(uuid.uuid4()) for name in ("integrasjon_id", "konto_id")}
            facts.write_text(json.dumps(ids), encoding="utf-8")
        self.ids: dict[str, str] = json.loads(facts.read_text(encoding="utf-8"))

    def key(self, name: str) -> rsa.RSAPrivateKey:
        """A private key of the ring."""
        # Checking a key takes longer than the rest of a start, and we made it ourselves.
        key = serialization.load_pem_private_key(
            (self.folder / f"{name}.pem").read_bytes(),
            password=None,
            unsafe_skip_rsa_key_validation=True,
        )
        if not isinstance(key, rsa.RSAPrivateKey):
            raise TypeError(name)
        return key

    def certificate(self, name: str) -> x509.Certificate:
        """A certificate of the ring."""
        return read_certificates(self.folder / f"{name}.cer")[0]

    def ensure(self, name: str) -> None:
        """A key that not every use needs, made when it is asked for."""
        if not (self.folder / f"{name}.cer").exists():
            self._make(name)

    def _make(self, name: str) -> None:
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
        made = make_certificate(key, name, ORGNR)
        (self.folder / f"{name}.cer").write_bytes(made.public_bytes(serialization.Encoding.PEM))
