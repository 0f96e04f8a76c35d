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
from cryptography import x509
from cryptography.hazmat.primitives import hashes, padding
from cryptography.hazmat.primitives.asymmetric import padding as rsa_padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from connectors.fiks.noekler import rsa_of
from gateway.errors import LocalFault, RemoteFault

_INTEGER, _OCTETS, _SEQUENCE, _SET = 0x02, 0x04, 0x30, 0x31
_IMPLICIT_0, _EXPLICIT_0 = 0x80, 0xA0
_SHA256 = algos.DigestAlgorithm({"algorithm": "sha256", "parameters": core.Null()})
_OAEP_ALGORITHM: bytes = cms.KeyEncryptionAlgorithm(
    {
        "algorithm": "rsaes_oaep",
        "parameters": algos.RSAESOAEPParams(
            {
                "hash_algorithm": _SHA256,
                "mask_gen_algorithm": algos.MaskGenAlgorithm(
                    {"algorithm": "mgf1", "parameters": _SHA256}
                ),
            }
        ),
    }
).dump()
_DATA: bytes = cms.ContentType("data").dump()
_ENVELOPED: bytes = cms.ContentType("enveloped_data").dump()
_AES256_CBC: bytes = algos.EncryptionAlgorithmId("aes256_cbc").dump()
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
    rid = _tlv(_SEQUENCE, certificate.issuer.public_bytes(), _integer(certificate.serial_number))
    wrapped = _tlv(_OCTETS, public.encrypt(key, _oaep()))
    recipient = _tlv(_SEQUENCE, _integer(0), rid, _OAEP_ALGORITHM, wrapped)
    algorithm = _tlv(_SEQUENCE, _AES256_CBC, _tlv(_OCTETS, iv))
    content = _tlv(_SEQUENCE, _DATA, algorithm, _tlv(_IMPLICIT_0, secret))
    envelope = _tlv(_SEQUENCE, _integer(0), _tlv(_SET, recipient), content)
    return _tlv(_SEQUENCE, _ENVELOPED, _tlv(_EXPLICIT_0, envelope))


def _tlv(tag: int, *contents: bytes) -> bytes:
    """One DER value. Building it so takes a hundredth of the time the object model takes."""
    size = sum(map(len, contents))
    if size < 0x80:
        head = bytes((tag, size))
    else:
        length = size.to_bytes((size.bit_length() + 7) // 8, "big")
        head = bytes((tag, 0x80 | len(length))) + length
    return b"".join((head, *contents))


def _integer(value: int) -> bytes:
    return _tlv(_INTEGER, value.to_bytes(value.bit_length() // 8 + 1, "big"))


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


def is_envelope(data: bytes) -> bool:
    """True when the bytes are an envelope of our kind to somebody, whether we have the key or not:
    where they are not, no key would help."""
    try:
        secrets, _iv, _body = _parts(data)
    except _PARSE:
        return False
    return bool(secrets)


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
