"""Signs, encrypts, opens and locks. Every way to fail is one of few codes, and none shows why.

The package is what KS' official clients write and read (ETSI TS 102 918, RFC 5652). The lock is
AES-256-GCM with a key of its own, so that content which has been delivered is unreadable until
its sender gives the key away, and for ever once the sender has destroyed it.
"""

import hashlib
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
from connectors.fiks.asice import Fil, read_package, write_package
from connectors.fiks.noekler import (
    Signaturnoekkel,
    read_certificates,
    read_private,
    read_signing,
    spki,
)
from connectors.forsegling.motparter import Motparter, Sertifikater, in_force
from connectors.forsegling.roller import Rolle, may
from gateway.errors import GatewayError, LocalFault, Rejected
from gateway.ports.forsegling import Aapnet, Laast, Motpartsfiler, Pakkefil
from schemas.overfoering import grenser

CAP = grenser.UTPAKKET
_PLACE = "forsegling"
_NONCE = 12


@dataclass(frozen=True, slots=True)
class Nokler:
    """Our own keys: the one that signs with its certificate, and all that may decrypt."""

    signatur: Signaturnoekkel = field(repr=False)
    sertifikat: x509.Certificate = field(repr=False)
    dekryptering: tuple[RSAPrivateKey, ...] = field(repr=False)


class CmsForsegler:
    """`gateway.ports.forsegling.Forsegler` with keys from files. `now` is injected for tests."""

    def __init__(
        self,
        nokler: Nokler,
        motparter: Motparter,
        *,
        cap: int = CAP,
        most: int = grenser.KONVOLUTT,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        if spki(nokler.sertifikat) != _public(nokler.signatur):
            raise LocalFault("NOEKKEL_PASSER_IKKE", place=_PLACE)
        self._nokler = nokler
        self._motparter = motparter
        self._cap, self._most = cap, most
        self._now = now

    def mangler(self, orgnr: str) -> str:
        """Why packages cannot be made to this organisation now, as a code; empty when they can."""
        return self._motparter.lacks(orgnr, self._now())

    def merke(self) -> str:
        """Which keys and certificates these are: a digest of the public parts."""
        found = hashlib.sha256()
        parts = {_public(key) for key in self._nokler.dekryptering} | self._motparter.certificates()
        for one in sorted(hashlib.sha256(part).digest() for part in parts):
            found.update(one)
        return found.hexdigest()[:16]

    def pakk(self, filer: Sequence[Pakkefil], mottaker: str) -> bytes:
        """Sign and encrypt. Raises LocalFault, and Rejected for what no reader would open:
        FOR_MANGE_FILER, FOR_STOR_UTPAKKET, FOR_STOR_KONVOLUTT.

        The inner package is opened first after the responsibility has moved: what could not be
        opened then must be refused now.
        """
        if len(filer) > grenser.FILER:
            raise Rejected("FOR_MANGE_FILER", place=_PLACE)
        if sum(len(f.data) for f in filer) > self._cap - grenser.BESIDES:
            raise Rejected("FOR_STOR_UTPAKKET", place=_PLACE)
        if not in_force(self._nokler.sertifikat, self._now()):
            # Nobody would believe it; the others would set it aside and say nothing.
            raise LocalFault("UGYLDIG_SERTIFIKAT", place="overfoering.sertifikat")
        certificate = self._motparter.to(mottaker, self._now())
        if certificate is None:
            # The number is not told: a counterpart may itself be what must not be known.
            raise LocalFault(self.mangler(mottaker), place=_PLACE)
        files = [Fil(one.navn, one.media_type, one.data) for one in filer]
        package = write_package(files, self._nokler.signatur, self._nokler.sertifikat)
        sealed = konvolutt.encrypt(package, certificate)
        if len(sealed) > self._most:
            raise Rejected("FOR_STOR_KONVOLUTT", place=_PLACE)
        return sealed

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
    motparter: Mapping[str, Motpartsfiler],
    *,
    dekrypteringssertifikat: Path | None = None,
) -> CmsForsegler:
    """From PEM files. `motparter` is orgnr -> files. Raises LocalFault.

    Our own organisation may be among them: the hand-over inside one municipality is sealed too, to
    `dekrypteringssertifikat` where we have one.
    """
    own = read_signing(noekkel)
    certificate = read_certificates(sertifikat)[0]
    if not may(certificate, Rolle.SIGNERER):
        raise LocalFault("SERTIFIKAT_SIGNERER_IKKE", place="overfoering.sertifikat")
    opening = _opening(own, certificate, dekryptering)
    if dekrypteringssertifikat is not None:
        ours = {_public(key) for key in opening}
        if not {spki(one) for one in _read([dekrypteringssertifikat])[:1]} <= ours:
            raise LocalFault("NOEKKEL_PASSER_IKKE", place="overfoering.dekrypteringssertifikat")
    known = {
        orgnr: Sertifikater(*(_read(paths) for paths in Motpartsfiler(*files)))
        for orgnr, files in motparter.items()
    }
    return CmsForsegler(Nokler(own, certificate, opening), Motparter(known))


def _opening(
    own: Signaturnoekkel, certificate: x509.Certificate, paths: Sequence[Path]
) -> tuple[RSAPrivateKey, ...]:
    """The keys that open: those named, and the one that signs where its certificate may be
    encrypted to, for then somebody will."""
    found = tuple(read_private(path) for path in paths)
    if isinstance(own, RSAPrivateKey) and may(certificate, Rolle.AAPNER):
        found = (*found, *(() if own in found else (own,)))
    if not found:
        raise LocalFault("UTEN_AAPNENDE_NOEKKEL", place="overfoering.dekryptering")
    return found


def _read(paths: Sequence[Path]) -> tuple[x509.Certificate, ...]:
    return tuple(one for path in paths for one in read_certificates(path))


def _public(key: Signaturnoekkel) -> bytes:
    return key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
