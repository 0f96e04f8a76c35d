"""The other municipality of a case: keys, an address and a mailbox of its own, nothing more.

It has no ledger and no state table: it says what a case tells it to say, takes whatever comes,
and keeps it by conversation. What cannot be opened or read is kept as a finding.
"""

import io
import json
import threading
import zipfile
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography import x509

from schemas.overfoering.hode import Hode
from schemas.overfoering.meldinger import Ulest, read
from tests.samsvar import beholder, cms, noekler
from tests.samsvar.feil import Feil
from tests.samsvar.konvolutt import Katalog, aapne, forsegle
from tests.samsvar.ledning import Linje, Lytter
from tests.samsvar.port import Moete, Motpart, Oss, Port

OSS, ANNEN = "899300319", "899100115"
"""The suite's organisation, and one that is known and takes no part."""
ENHET = "899301315"
PERSON = "holder-samsvar"


@dataclass(frozen=True)
class Kommet:
    """One message as it arrived."""

    hode: Hode
    body: bytes = field(repr=False)
    laast: bytes | None = field(repr=False)

    @property
    def told(self) -> dict[str, Any]:
        """As on the wire."""
        return dict(json.loads(self.body))

    def felt(self, name: str) -> Any:
        """A field of the content, else of the head."""
        told = self.told
        return told["innhold"].get(name, told["hode"].get(name))


class Motspill:
    """The suite's own end towards one gateway under test."""

    def __init__(self) -> None:
        self.own, self.annen = noekler.make(OSS), noekler.make(ANNEN)
        self.fremmed = noekler.make(OSS)
        self.kom: dict[str, list[Kommet]] = defaultdict(list)
        self.uleste: list[Feil] = []
        self.nytt = threading.Condition()
        self._lytter = Lytter(self._take)
        self.gateway: Oss
        self.linje: Linje
        self._katalog: Katalog

    def meet(
        self, port: Port, side: str, folder: Path, starts: int, logs: tuple[bytes, ...]
    ) -> None:
        """Have the gateway started, knowing us and another; then listen, and know it."""
        self.gateway = port.open(
            Moete(side, folder, (self._told(self.own), self._told(self.annen)), starts, logs)
        )
        pem = self.gateway.sertifikater
        found = x509.load_pem_x509_certificates(pem.encode())
        self._katalog = Katalog({self.gateway.orgnr: tuple(found)})
        self.linje = Linje(self.gateway.url, pem)
        self._lytter.serve(self.own.tls, pem)

    def _told(self, one: noekler.Nokler) -> Motpart:
        ours = one is self.own
        url = self._lytter.url if ours else ""
        number = "9908" if ours else "9903"
        return Motpart(one.orgnr, number, ENHET, PERSON, url, one.pem())

    # -- what comes -----------------------------------------------------------------------------
    def _take(self, package: bytes) -> None:
        try:
            found = self.opened(package)
            kommet = self._read(dict(found))
        except Feil as error:
            with self.nytt:
                self.uleste.append(error)
            return
        with self.nytt:
            self.kom[kommet.hode.overfoering_id].append(kommet)
            self.nytt.notify_all()

    def opened(self, package: bytes) -> dict[str, bytes]:
        """The files of an envelope from the gateway to us. Raises Feil."""
        try:
            found = aapne(package, [self._rsa(self.own.aapner)], self._katalog)
        except Feil as error:
            if error.kode == "ikke_til_oss" and self._to_the_wrong_key(package):
                raise Feil("til_signering") from None
            raise
        return dict(found.filer)

    def _to_the_wrong_key(self, package: bytes) -> bool:
        try:
            cms.opened(package, [self._rsa(self.own.signerer), self._rsa(self.own.tls)])
        except Feil:
            return False
        return True

    @staticmethod
    def _rsa(pair: noekler.Par) -> Any:
        return pair.noekkel

    def _read(self, files: dict[str, bytes]) -> Kommet:
        body = files.get("melding.json")
        if body is None or set(files) - {"melding.json", "innhold.laast"}:
            raise Feil("filer")
        if body.startswith(b"\xef\xbb\xbf"):
            raise Feil("bom")
        try:
            hode, _ = read(body)
        except Ulest as error:
            raise Feil("ugyldig", sted=error.sted or error.kode) from None
        if _holds_null(json.loads(body)):
            raise Feil("null", type=hode.type.value)
        if (hode.fra, hode.til) != (self.gateway.orgnr, OSS):
            raise Feil("avsender")
        if ("innhold.laast" in files) is not (hode.type.value == "pakke"):
            raise Feil("filer")
        return Kommet(hode, body, files.get("innhold.laast"))

    # -- what is said ---------------------------------------------------------------------------
    def post(self, package: bytes) -> None:
        """Hand an envelope to the gateway under test. Raises Feil."""
        self.linje.post(self.own.tls, package)

    def seal(self, files: dict[str, bytes], steg: dict[str, Any]) -> bytes:
        """The envelope, right or broken as the step says."""
        skade, files = steg.get("skade", ""), dict(files)
        if skade == "utenfil":
            files.pop("innhold.laast", None)
        if skade == "ekstrafil":
            files["annet.txt"] = b"ikke avtalt"
        if skade == "laas":
            files["innhold.laast"] = _bit(files["innhold.laast"], -1)
        pair = {
            "fremmed": self.fremmed.signerer, "annen": self.annen.signerer,
            "kryptering": self.own.aapner, "tls": self.own.tls, "elliptisk": self.own.elliptisk,
        }.get(steg.get("signer", ""), self.own.signerer)  # fmt: skip
        to = self._katalog.to(self.gateway.orgnr, datetime.now(UTC))
        if steg.get("forseglet"):
            to = self.annen.aapner.sertifikat
        package = beholder.write(files, pair.noekkel, pair.sertifikat)
        if skade == "sjekksum":
            package = rezipped(package, lambda n, b: b + b" " if n == "melding.json" else b)
        if skade == "signatur":
            package = rezipped(package, lambda n, b: _bit(b, -1) if n.endswith(".p7s") else b)
        sealed = cms.seal(package, to)
        return _bit(sealed, len(sealed) * 3 // 4) if skade == "konvolutt" else sealed

    def inner(self, files: dict[str, bytes]) -> bytes:
        """The envelope inside the lock."""
        to = self._katalog.to(self.gateway.orgnr, datetime.now(UTC))
        pair = self.own.signerer
        return forsegle(files, pair.noekkel, pair.sertifikat, to)

    def opens(self, laast: bytes) -> bool:
        """Whether locked content can be read with nothing but the keys we have."""
        keys = [self._rsa(p) for one in (self.own, self.annen)
                for p in (one.signerer, one.aapner, one.tls)]  # fmt: skip
        for data in (laast, laast[12:]):
            for attempt in (beholder.read, lambda d: cms.opened(d, keys)):
                try:
                    attempt(data)
                    return True
                except Feil:
                    pass
        return False

    def stop(self) -> None:
        """No more."""
        self._lytter.stop()


def _holds_null(one: Any) -> bool:
    if isinstance(one, dict):
        return any(_holds_null(value) for value in one.values())
    if isinstance(one, list):
        return any(_holds_null(value) for value in one)
    return one is None


def _bit(data: bytes, at: int) -> bytes:
    changed = bytearray(data)
    changed[at] ^= 1
    return bytes(changed)


def rezipped(package: bytes, change: Callable[[str, bytes], bytes]) -> bytes:
    """A container with some of its files changed after it was signed."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as old, zipfile.ZipFile(out, "w") as new:
        for entry in old.infolist():
            new.writestr(entry, change(entry.filename, old.read(entry)))
    return out.getvalue()
