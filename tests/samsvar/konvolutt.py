"""One envelope, whole (chapter 6.1): made for one receiver, or opened and checked in the text's
order. It must not know what its files say."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.samsvar import beholder, cms
from tests.samsvar.feil import Feil


@dataclass(frozen=True)
class Aapnet:
    """The files of an envelope, and the organisation that signed it."""

    filer: Mapping[str, bytes] = field(repr=False)
    avsender: str


@dataclass(frozen=True)
class Katalog:
    """Organisation number -> its certificates: chapter 6.1.1."""

    kjente: Mapping[str, tuple[x509.Certificate, ...]] = field(repr=False)

    def who(self, signers: Iterable[x509.Certificate], now: datetime) -> str:
        """The one organisation all of them belong to and may sign for now. Raises Feil."""
        signers = list(signers)
        for one in signers:
            if not one.not_valid_before_utc <= now <= one.not_valid_after_utc:
                raise Feil("signatar", hva="the certificate is not in force")
            if not may(one, "digital_signature", "content_commitment"):
                raise Feil("signatar", hva="the certificate may not sign")
        for orgnr, known in self.kjente.items():
            if all(one in known for one in signers):
                return orgnr
        raise Feil("signatar", hva="the certificate is not in the directory")

    def to(self, orgnr: str, now: datetime) -> x509.Certificate:
        """The certificate one encrypts to. Raises Feil."""
        found = [
            one for one in self.kjente.get(orgnr, ())
            if isinstance(one.public_key(), rsa.RSAPublicKey)
            and may(one, "key_encipherment", "data_encipherment")
            and one.not_valid_before_utc <= now <= one.not_valid_after_utc
        ]  # fmt: skip
        if not found:
            raise Feil("uten_kryptering")
        return max(found, key=lambda one: one.not_valid_before_utc)


def may(certificate: x509.Certificate, *uses: str) -> bool:
    """Whether keyUsage, where there is one, names one of these."""
    try:
        told = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return True
    return any(getattr(told, one) for one in uses)


def forsegle(
    files: Mapping[str, bytes], key: cms.Key, own: x509.Certificate, to: x509.Certificate
) -> bytes:
    """Signed by us, encrypted to them."""
    return cms.seal(beholder.write(files, key, own), to)


def aapne(
    data: bytes,
    keys: Iterable[rsa.RSAPrivateKey],
    katalog: Katalog,
    now: datetime | None = None,
) -> Aapnet:
    """What an envelope to us holds, when all of it holds. Raises Feil."""
    found = beholder.read(cms.opened(data, keys))
    return Aapnet(found.filer, katalog.who(found.signatarer, now or datetime.now(UTC)))
