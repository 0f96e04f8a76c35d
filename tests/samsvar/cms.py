"""Signatures and encryption as the specification writes them (chapters 6.1.3 and 6.1.4).

Written from the text with the `cryptography` package alone, so that a fault in a gateway's own
code is not met by the same fault here. `schemas/overfoering/vektorer` holds it to the text. It
must not know what it signs or seals.
"""

import hashlib
import os
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, padding
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric import padding as rsapadding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.serialization import Encoding

from tests.samsvar.der import (
    OCTETS,
    SEQUENCE,
    SET,
    UTCTIME,
    Node,
    algorithm,
    integer,
    oid,
    read,
    tlv,
)
from tests.samsvar.feil import Feil

Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
_DATA, _SIGNED, _ENVELOPED = (f"1.2.840.113549.1.7.{n}" for n in (1, 2, 3))
_TYPE, _DIGEST, _TIME = (f"1.2.840.113549.1.9.{n}" for n in (3, 4, 5))
_RSA, _MGF1, _OAEP = (f"1.2.840.113549.1.1.{n}" for n in (1, 8, 7))
_SHA256, _SHA384, _SHA512 = (f"2.16.840.1.101.3.4.2.{n}" for n in (1, 2, 3))
_AES256 = "2.16.840.1.101.3.4.1.42"
_HASHES: dict[bytes, hashes.HashAlgorithm] = {
    oid(_SHA256): hashes.SHA256(), oid(_SHA384): hashes.SHA384(), oid(_SHA512): hashes.SHA512()
}  # fmt: skip
_WITH_RSA = {oid(_RSA): None, **{oid(f"1.2.840.113549.1.1.{n}"): h for n, h in
             ((11, _SHA256), (12, _SHA384), (13, _SHA512))}}  # fmt: skip
_WITH_EC = {oid(f"1.2.840.10045.4.3.{n}"): h for n, h in
            ((2, _SHA256), (3, _SHA384), (4, _SHA512))}  # fmt: skip
_OAEP_SHA256, _OAEP_BARE = (
    tlv(
        SEQUENCE,
        tlv(0xA0, algorithm(_SHA256, none)),
        tlv(0xA1, algorithm(_MGF1, algorithm(_SHA256, none))),
    )
    for none in (b"\x05\x00", b"")
)
"""Tools differ on whether a digest's parameters are NULL or left out; both mean the same."""


def _named(certificate: x509.Certificate) -> bytes:
    """IssuerAndSerialNumber."""
    return tlv(SEQUENCE, certificate.issuer.public_bytes(), integer(certificate.serial_number))


# -- signing ------------------------------------------------------------------------------------
def sign(data: bytes, key: Key, certificate: x509.Certificate) -> bytes:
    """A detached signature: CMS SignedData in DER."""
    wide = isinstance(key, ec.EllipticCurvePrivateKey) and key.key_size == 384
    name: str = _SHA384 if wide else _SHA256
    kind = _HASHES[oid(name)]
    digest = hashlib.new(kind.name, data).digest()
    now = datetime.now(UTC).strftime("%y%m%d%H%M%SZ").encode()
    told = (
        (_TYPE, oid(_DATA)),
        (_TIME, tlv(UTCTIME, now)),
        (_DIGEST, tlv(OCTETS, digest)),
    )
    attributes = sorted(tlv(SEQUENCE, oid(what), tlv(SET, value)) for what, value in told)
    signed = tlv(SET, *attributes)
    if isinstance(key, rsa.RSAPrivateKey):
        how = algorithm(_RSA)
        signature = key.sign(signed, rsapadding.PKCS1v15(), kind)
    else:
        how = algorithm(f"1.2.840.10045.4.3.{3 if wide else 2}", b"")
        signature = key.sign(signed, ec.ECDSA(kind))
    signer = tlv(
        SEQUENCE, integer(1), _named(certificate), algorithm(name), tlv(0xA0, *attributes), how,
        tlv(OCTETS, signature),
    )  # fmt: skip
    whole = tlv(
        SEQUENCE, integer(1), tlv(SET, algorithm(name)), tlv(SEQUENCE, oid(_DATA)),
        tlv(0xA0, certificate.public_bytes(Encoding.DER)), tlv(SET, signer),
    )  # fmt: skip
    return tlv(SEQUENCE, oid(_SIGNED), tlv(0xA0, whole))


def signers(data: bytes, signature: bytes) -> list[x509.Certificate]:
    """The certificates that have signed these bytes, each of them rightly. Raises Feil."""
    try:
        found = _signers(data, signature)
    except (ValueError, IndexError, InvalidSignature, StopIteration):
        found = []
    if not found:
        raise Feil("signatur")
    return found


def _signers(data: bytes, signature: bytes) -> list[x509.Certificate]:
    whole = _content(signature, _SIGNED)
    parts = list(whole.parts)
    inner = parts[2].parts
    if inner[0].der != oid(_DATA) or (len(inner) > 1 and inner[1].parts[0].octets() != data):
        raise ValueError
    given = next(one for one in parts if one.tag == 0xA0)
    certificates = [x509.load_der_x509_certificate(one.der) for one in given.parts]
    return [_signer(data, one, certificates) for one in parts[-1].parts]


def _signer(data: bytes, info: Node, certificates: Sequence[x509.Certificate]) -> x509.Certificate:
    _, named, digesting, attributes, how, signature = info.parts[:6]
    kind = _HASHES.get(digesting.parts[0].der)
    if kind is None or attributes.tag != 0xA0:
        raise ValueError
    told = [(one.parts[0].der, one.parts[1].parts) for one in attributes.parts]
    if len({name for name, _ in told}) != len(told):
        raise ValueError
    values = dict(told)
    if [one.der for one in values.get(oid(_TYPE), ())] != [oid(_DATA)]:
        raise ValueError
    digest = hashlib.new(kind.name, data).digest()
    if [one.octets() for one in values.get(oid(_DIGEST), ())] != [digest]:
        raise ValueError
    certificate = next(one for one in certificates if _is(one, named))
    signed = b"\x31" + tlv(SET, *(one.der for one in attributes.parts))[1:]
    key, name = certificate.public_key(), how.parts[0].der
    if isinstance(key, rsa.RSAPublicKey) and name in _WITH_RSA:
        fixed = _WITH_RSA[name]
        key.verify(signature.octets(), signed, rsapadding.PKCS1v15(), kind)
    elif isinstance(key, ec.EllipticCurvePublicKey) and name in _WITH_EC:
        fixed = _WITH_EC[name]
        key.verify(signature.octets(), signed, ec.ECDSA(kind))
    else:
        raise ValueError
    if fixed is not None and _HASHES[oid(fixed)] is not kind:
        raise ValueError
    return certificate


def _is(certificate: x509.Certificate, named: Node) -> bool:
    """By issuer and serial number, or by subject key identifier."""
    if named.tag == SEQUENCE:
        return named.der == _named(certificate)
    try:
        own = certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier)
    except x509.ExtensionNotFound:
        return False
    return own.value.digest == named.octets()


def _content(data: bytes, kind: str) -> Node:
    outer = read(data)
    if outer.parts[0].der != oid(kind):
        raise ValueError
    return outer.parts[1].parts[0]


# -- sealing ------------------------------------------------------------------------------------
def seal(data: bytes, certificate: x509.Certificate) -> bytes:
    """An envelope to one: CMS EnvelopedData in DER."""
    public = certificate.public_key()
    assert isinstance(public, rsa.RSAPublicKey)
    key, iv = os.urandom(32), os.urandom(16)
    padder = padding.PKCS7(128).padder()
    cipher = Cipher(algorithms.AES256(key), modes.CBC(iv)).encryptor()
    hidden = cipher.update(padder.update(data) + padder.finalize()) + cipher.finalize()
    recipient = tlv(
        SEQUENCE, integer(0), _named(certificate), algorithm(_OAEP, _OAEP_SHA256),
        tlv(OCTETS, public.encrypt(key, _oaep())),
    )  # fmt: skip
    content = tlv(SEQUENCE, oid(_DATA), algorithm(_AES256, tlv(OCTETS, iv)), tlv(0x80, hidden))
    whole = tlv(SEQUENCE, integer(0), tlv(SET, recipient), content)
    return tlv(SEQUENCE, oid(_ENVELOPED), tlv(0xA0, whole))


def opened(data: bytes, keys: Iterable[rsa.RSAPrivateKey]) -> bytes:
    """What is in an envelope to one of these keys. Raises Feil."""
    try:
        whole = _content(data, _ENVELOPED)
        recipients, content = [one for one in whole.parts if one.tag in (SET, SEQUENCE)][:2]
        kind, how, hidden = content.parts[:3]
        right = kind.der == oid(_DATA) and how.parts[0].der == oid(_AES256)
        iv = how.parts[1].octets()
    except (ValueError, IndexError):
        right, recipients, iv, hidden = False, None, b"", None
    if not right or recipients is None or hidden is None:
        raise Feil("ingen_konvolutt")
    keys = list(keys)
    for one in recipients.parts:
        found = _for_us(one, keys, hidden.octets(), iv)
        if found is not None:
            return found
    raise Feil("ikke_til_oss")


def _for_us(
    recipient: Node, keys: Sequence[rsa.RSAPrivateKey], hidden: bytes, iv: bytes
) -> bytes | None:
    if recipient.tag != SEQUENCE:
        return None
    how, wrapped = recipient.parts[2], recipient.parts[3].octets()
    if how.parts[0].der != oid(_OAEP) or len(how.parts) < 2:
        return None
    if how.parts[1].der not in (_OAEP_SHA256, _OAEP_BARE):
        return None
    for key in keys:
        try:
            cipher = Cipher(algorithms.AES256(key.decrypt(wrapped, _oaep())), modes.CBC(iv))
            decryptor, unpadder = cipher.decryptor(), padding.PKCS7(128).unpadder()
            plain = decryptor.update(hidden) + decryptor.finalize()
            return unpadder.update(plain) + unpadder.finalize()
        except ValueError:
            continue
    return None


def _oaep() -> rsapadding.OAEP:
    return rsapadding.OAEP(rsapadding.MGF1(hashes.SHA256()), hashes.SHA256(), None)
