"""Signs, encrypts, opens and locks. Every way to fail is one of few codes, and none shows why.

The package is what KS' official clients write and read (ETSI TS 102 918, RFC 5652). The lock is
AES-256-GCM with a key of its own, so that content which has been delivered is unreadable until
its sender gives the key away, and for ever once the sender has destroyed it.
"""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from connectors.fiks import konvolutt
from connectors.fiks.asice import MOST_FILES, Fil, read_package, write_package
from connectors.fiks.noekler import read_certificates, read_private, spki
from connectors.forsegling.motparter import Motparter, Sertifikater, in_force
from gateway.errors import GatewayError, LocalFault, Rejected
from gateway.ports.forsegling import Aapnet, Laast, Pakkefil

CAP = 256 * 1024 * 1024
_PLACE = "forsegling"
_NONCE = 12
_OWN_FILES = 3
"""What a container holds besides: mimetype, manifest, signature."""


@dataclass(frozen=True, slots=True)
class Nokler:
    """Our own keys: the one that signs with its certificate, and all that may decrypt."""

    signatur: RSAPrivateKey = field(repr=False)
    sertifikat: x509.Certificate = field(repr=False)
    dekryptering: tuple[RSAPrivateKey, ...] = field(repr=False)


class CmsForsegler:
    """`gateway.ports.forsegling.Forsegler` with RSA keys. `now` is injected for tests."""

    def __init__(
        self,
        nokler: Nokler,
        motparter: Motparter,
        *,
        cap: int = CAP,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        public = nokler.signatur.public_key()
        if spki(nokler.sertifikat) != public.public_bytes(
            Encoding.DER, PublicFormat.SubjectPublicKeyInfo
        ):
            raise LocalFault("NOEKKEL_PASSER_IKKE", place=_PLACE)
        self._nokler = nokler
        self._motparter = motparter
        self._cap = cap
        self._now = now

    def kjenner(self, orgnr: str) -> bool:
        """Whether packages can be made to, and taken from, this organisation now."""
        return self._motparter.to(orgnr, self._now()) is not None

    def pakk(self, filer: Sequence[Pakkefil], mottaker: str) -> bytes:
        """Sign and encrypt. Raises LocalFault, Rejected("FOR_STOR") for what no reader would open.

        The inner package is opened first after the responsibility has moved: what could not be
        opened then must be refused now.
        """
        if len(filer) > MOST_FILES - _OWN_FILES or sum(len(f.data) for f in filer) > self._cap // 2:
            raise Rejected("FOR_STOR", place=_PLACE)
        if not in_force(self._nokler.sertifikat, self._now()):
            # Nobody would believe it; the others would set it aside and say nothing.
            raise LocalFault("UGYLDIG_SERTIFIKAT", place="overfoering.sertifikat")
        certificate = self._motparter.to(mottaker, self._now())
        if certificate is None:
            # The number is not told: a counterpart may itself be what must not be known.
            raise LocalFault("UKJENT_MOTPART", place=_PLACE)
        files = [Fil(one.navn, one.media_type, one.data) for one in filer]
        package = write_package(files, self._nokler.signatur, self._nokler.sertifikat)
        return konvolutt.encrypt(package, certificate)

    def aapne(self, pakke: bytes) -> Aapnet:
        """Decrypt and verify. Raises Rejected with the code of the first thing that fails."""
        code = ""
        try:
            plain = konvolutt.decrypt(pakke, self._nokler.dekryptering)
            found = read_package(plain, cap=self._cap)
        except GatewayError as error:
            code = error.code
        if code == "KAN_IKKE_DEKRYPTERES" and not konvolutt.is_envelope(pakke):
            code = "INGEN_KONVOLUTT"
        if code:
            raise Rejected(code, place=_PLACE)
        sender = self._motparter.who(found.signatarer, self._now())
        if not sender:
            raise Rejected("FEIL_SIGNATAR", place=_PLACE)
        return Aapnet(tuple(Pakkefil(f.navn, f.media_type, f.data) for f in found.filer), sender)

    def laas(self, data: bytes, merke: str) -> Laast:
        """Lock with a fresh key."""
        key, nonce = os.urandom(32), os.urandom(_NONCE)
        return Laast(nonce + AESGCM(key).encrypt(nonce, data, merke.encode()), key)

    def laas_opp(self, laast: bytes, noekkel: bytes, merke: str) -> bytes:
        """Unlock. Raises Rejected("NOEKKEL_AAPNER_IKKE") for a wrong key, mark or byte."""
        plain: bytes | None = None
        try:
            plain = AESGCM(noekkel).decrypt(laast[:_NONCE], laast[_NONCE:], merke.encode())
        except (InvalidTag, ValueError):
            plain = None
        if plain is None:
            raise Rejected("NOEKKEL_AAPNER_IKKE", place=_PLACE)
        return plain


def open_forsegler(
    noekkel: Path,
    sertifikat: Path,
    dekryptering: Sequence[Path],
    motparter: Mapping[str, tuple[Sequence[Path], Sequence[Path]]],
) -> CmsForsegler:
    """From PEM files. `motparter` is orgnr -> (certificates, authorities). Raises LocalFault.

    Our own organisation may be among them: the hand-over inside one municipality is sealed too.
    """
    own = read_private(noekkel)
    certificate = read_certificates(sertifikat)[0]
    opening = tuple(read_private(path) for path in dekryptering) or (own,)
    known = {
        orgnr: Sertifikater(
            tuple(one for path in certificates for one in read_certificates(path)),
            tuple(one for path in authorities for one in read_certificates(path)),
        )
        for orgnr, (certificates, authorities) in motparter.items()
    }
    return CmsForsegler(Nokler(own, certificate, opening), Motparter(known))
