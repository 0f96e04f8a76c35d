"""The practice key a client signs its grant with, made at the first start.

It lives in the sandbox's own data folder (`klient/`), is worth nothing anywhere else, and is never
checked in.
"""

from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from connectors.fiks.noekler import read_certificates
from connectors.fiks.sandbox.noekkelring import make_certificate

ORGNR = "899100107"


def client_key(folder: Path) -> tuple[Path, Path]:
    """The paths of key and certificate; both are made when they are not there."""
    klient = folder / "klient"
    klient.mkdir(parents=True, exist_ok=True)
    key_path, certificate_path = klient / "gateway.pem", klient / "gateway.cer"
    if not certificate_path.exists():
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        key_path.touch(mode=0o600)
        key_path.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        made = make_certificate(key, "gateway", ORGNR)
        certificate_path.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    return key_path, certificate_path


def client_certificate(folder: Path) -> x509.Certificate:
    """The certificate the sandbox checks grants with."""
    return read_certificates(client_key(folder)[1])[0]
