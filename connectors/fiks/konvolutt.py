"""The envelope around a package: CMS EnvelopedData, AES-256-CBC, RSAES-OAEP with SHA-256.

Nothing else is written, for the official clients read nothing else. Read are also BER with
indefinite lengths and octets in pieces, several recipients, and keys from before a rotation. CBC
has no integrity: what comes out counts only when the signature inside it verifies, and every way
to fail looks the same from outside. Sources: ks-no/kryptering (5013a4c0), RFC 5652, RFC 8017.
"""

import os
from collections.abc import Iterable, Sequence
from typing import Any

from asn1crypto import algos, cms, core
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, padding
from cryptography.hazmat.primitives.asymmetric import padding as rsa_padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.serialization import Encoding

from connectors.fiks.noekler import rsa_of
from gateway.errors import LocalFault, RemoteFault

_KEY = 32
_BLOCK = 16
_PARSE = (ValueError, TypeError, KeyError, AttributeError, IndexError, OverflowError)


def _oaep() -> rsa_padding.OAEP:
    return rsa_padding.OAEP(rsa_padding.MGF1(hashes.SHA256()), hashes.SHA256(), None)


def encrypt(data: bytes, certificate: x509.Certificate) -> bytes:
    """DER for the holder of `certificate`'s key. Raises LocalFault("UGYLDIG_SERTIFIKAT")."""
    public = rsa_of(certificate)
    if public is None:
        raise LocalFault("UGYLDIG_SERTIFIKAT", place="konvolutt")
    key, iv = os.urandom(_KEY), os.urandom(_BLOCK)
    padder = padding.PKCS7(_BLOCK * 8).padder()
    encryptor = Cipher(algorithms.AES256(key), modes.CBC(iv)).encryptor()
    secret = encryptor.update(padder.update(data) + padder.finalize()) + encryptor.finalize()
    parsed = asn1_x509.Certificate.load(certificate.public_bytes(Encoding.DER))
    sha256 = algos.DigestAlgorithm({"algorithm": "sha256", "parameters": core.Null()})
    recipient = cms.KeyTransRecipientInfo(
        {
            "version": "v0",
            "rid": cms.RecipientIdentifier(
                name="issuer_and_serial_number",
                value=cms.IssuerAndSerialNumber(
                    {"issuer": parsed.issuer, "serial_number": parsed.serial_number}
                ),
            ),
            "key_encryption_algorithm": cms.KeyEncryptionAlgorithm(
                {
                    "algorithm": "rsaes_oaep",
                    "parameters": algos.RSAESOAEPParams(
                        {
                            "hash_algorithm": sha256,
                            "mask_gen_algorithm": algos.MaskGenAlgorithm(
                                {"algorithm": "mgf1", "parameters": sha256}
                            ),
                        }
                    ),
                }
            ),
            "encrypted_key": public.encrypt(key, _oaep()),
        }
    )
    envelope = cms.EnvelopedData(
        {
            "version": "v0",
            "recipient_infos": [cms.RecipientInfo(name="ktri", value=recipient)],
            "encrypted_content_info": {
                "content_type": "data",
                "content_encryption_algorithm": {"algorithm": "aes256_cbc", "parameters": iv},
                "encrypted_content": secret,
            },
        }
    )
    done: bytes = cms.ContentInfo({"content_type": "enveloped_data", "content": envelope}).dump()
    return done


def decrypt(data: bytes, keys: Sequence[RSAPrivateKey]) -> bytes:
    """What the envelope holds, with the first of `keys` that opens it.

    Raises RemoteFault("KAN_IKKE_DEKRYPTERES") for every fault there can be.
    """
    plain: bytes | None = None
    try:
        secrets, iv, body = _parts(data)
    except _PARSE:
        secrets, iv, body = (), b"", b""
    for candidate in _content_keys(secrets, keys):
        plain = plain if plain is not None else _open(candidate, iv, body)
    if plain is None:
        raise RemoteFault("KAN_IKKE_DEKRYPTERES", place="konvolutt")
    return plain


def _parts(data: bytes) -> tuple[tuple[bytes, ...], bytes, bytes]:
    """The OAEP-encrypted keys, the IV and the encrypted content. Raises what parsing raises."""
    info = cms.ContentInfo.load(data, strict=True)
    if info["content_type"].native != "enveloped_data":
        raise ValueError
    envelope: Any = info["content"]
    content = envelope["encrypted_content_info"]
    algorithm = content["content_encryption_algorithm"]
    if algorithm["algorithm"].native != "aes256_cbc":
        raise ValueError
    # .NET may write two recipients for one certificate, PKCS#1 v1.5 first: only OAEP is opened.
    secrets = tuple(
        info.chosen["encrypted_key"].native
        for info in envelope["recipient_infos"]
        if info.name == "ktri" and _is_ours(info.chosen["key_encryption_algorithm"])
    )
    return secrets, algorithm["parameters"].native, content["encrypted_content"].native


def _is_ours(algorithm: Any) -> bool:
    if algorithm["algorithm"].native != "rsaes_oaep":
        return False
    parameters = algorithm["parameters"]
    mask = parameters["mask_gen_algorithm"]
    return bool(
        parameters["hash_algorithm"]["algorithm"].native == "sha256"
        and mask["algorithm"].native == "mgf1"
        and mask["parameters"]["algorithm"].native == "sha256"
    )


def _content_keys(secrets: Iterable[bytes], keys: Sequence[RSAPrivateKey]) -> Iterable[bytes]:
    for secret in secrets:
        for key in keys:
            try:
                found = key.decrypt(secret, _oaep())
            except ValueError:
                continue
            if len(found) == _KEY:
                yield found


def _open(key: bytes, iv: bytes, body: bytes) -> bytes | None:
    try:
        decryptor = Cipher(algorithms.AES256(key), modes.CBC(iv)).decryptor()
        padded = decryptor.update(body) + decryptor.finalize()
        unpadder = padding.PKCS7(_BLOCK * 8).unpadder()
        return unpadder.update(padded) + unpadder.finalize()
    except _PARSE:
        return None
