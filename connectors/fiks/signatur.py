"""Detached CMS signatures (CAdES as the platform's clients write them): made and verified.

Verifying says who signed; whether that someone may is `tillit.py`'s question. It must not accept a
signature of which any part fails.
"""

import hashlib
import hmac
from typing import Any

from asn1crypto import cms
from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7

from connectors.fiks.noekler import Signaturnoekkel, signing_key_of
from gateway.errors import RemoteFault

_HASHES: dict[str, hashes.HashAlgorithm] = {
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
}
# Some containers of 2018 carry it over the manifest, whose own digests are SHA-256.
_WEAK: dict[str, hashes.HashAlgorithm] = {"sha1": hashes.SHA1()}  # noqa: S303
_FAILED = "UGYLDIG_SIGNATUR"
_PARSE = (ValueError, TypeError, KeyError, AttributeError, IndexError, OverflowError)


def sign_detached(content: bytes, key: Signaturnoekkel, certificate: x509.Certificate) -> bytes:
    """DER SignedData over `content`, the signer's certificate inside: SHA-256 with RSA (PKCS#1
    v1.5) or ECDSA; SHA-384 with P-384."""
    wide = isinstance(key, ec.EllipticCurvePrivateKey) and key.key_size > 256
    return (
        pkcs7.PKCS7SignatureBuilder()
        .set_data(content)
        .add_signer(certificate, key, hashes.SHA384() if wide else hashes.SHA256())
        .sign(
            Encoding.DER,
            [
                pkcs7.PKCS7Options.DetachedSignature,
                pkcs7.PKCS7Options.Binary,
                pkcs7.PKCS7Options.NoCapabilities,
            ],
        )
    )


def verify_detached(
    content: bytes, signature: bytes, place: str, *, weak: bool = False
) -> tuple[x509.Certificate, ...]:
    """The certificates whose keys signed `content`, one per SignerInfo, in their order.

    Every SignerInfo must verify (the .NET client writes two). `weak` lets SHA-1 count. Raises
    RemoteFault("UGYLDIG_SIGNATUR").
    """
    signers: tuple[x509.Certificate, ...] | None = None
    try:
        signers = _verify(content, signature, {**_HASHES, **(_WEAK if weak else {})})
    except (InvalidSignature, UnsupportedAlgorithm, *_PARSE):
        signers = None
    if not signers:
        raise RemoteFault(_FAILED, place=place)
    return signers


def _verify(
    content: bytes, signature: bytes, allowed: dict[str, hashes.HashAlgorithm]
) -> tuple[x509.Certificate, ...]:
    info = cms.ContentInfo.load(signature, strict=True)
    if info["content_type"].native != "signed_data":
        raise ValueError
    signed: Any = info["content"]
    inside = signed["encap_content_info"]["content"]
    if inside.native is not None and inside.native != content:
        raise ValueError
    certificates = [
        x509.load_der_x509_certificate(choice.chosen.dump())
        for choice in (signed["certificates"] or ())
        if choice.name == "certificate"
    ]
    return tuple(
        _verify_one(content, signer, certificates, allowed) for signer in signed["signer_infos"]
    )


def _verify_one(
    content: bytes,
    signer: Any,
    certificates: list[x509.Certificate],
    allowed: dict[str, hashes.HashAlgorithm],
) -> x509.Certificate:
    name = signer["digest_algorithm"]["algorithm"].native
    algorithm = allowed[name]
    certificate = _certificate_of(signer["sid"], certificates)
    attributes = {
        attribute["type"].native: attribute["values"] for attribute in signer["signed_attrs"]
    }
    if len(attributes) != len(signer["signed_attrs"]):
        raise ValueError
    if attributes["content_type"].native != ["data"]:
        raise ValueError
    digest = hashlib.new(name, content, usedforsecurity=False).digest()
    (claimed,) = attributes["message_digest"].native
    if not hmac.compare_digest(claimed, digest):
        raise InvalidSignature
    # What is signed is the SET OF, not the [0] it is written as (RFC 5652, 5.4).
    signed = b"\x31" + signer["signed_attrs"].dump()[1:]
    _check(signer, signing_key_of(certificate), signed, algorithm)
    return certificate


def _check(signer: Any, key: object, signed: bytes, algorithm: hashes.HashAlgorithm) -> None:
    """Only PKCS#1 v1.5 and ECDSA are written by the clients there are; the digest must be the one
    declared. Raises ValueError, InvalidSignature."""
    kind, signature = signer["signature_algorithm"], signer["signature"].native
    # `rsaEncryption` names no digest of its own (RFC 3370, 3.2).
    if kind["algorithm"].native != "rsassa_pkcs1v15" and kind.hash_algo != algorithm.name:
        raise ValueError
    if isinstance(key, RSAPublicKey) and kind.signature_algo == "rsassa_pkcs1v15":
        key.verify(signature, signed, padding.PKCS1v15(), algorithm)
    elif isinstance(key, ec.EllipticCurvePublicKey) and kind.signature_algo == "ecdsa":
        key.verify(signature, signed, ec.ECDSA(algorithm))
    else:
        raise ValueError


def _certificate_of(sid: Any, certificates: list[x509.Certificate]) -> x509.Certificate:
    for certificate in certificates:
        if sid.name == "issuer_and_serial_number":
            chosen = sid.chosen
            if (
                chosen["serial_number"].native == certificate.serial_number
                and chosen["issuer"].dump() == certificate.issuer.public_bytes()
            ):
                return certificate
        else:
            identifier = certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier)
            if identifier.value.digest == sid.chosen.native:
                return certificate
    raise ValueError
