"""The other municipality of a case: keys, an address and a mailbox of its own, nothing more.

It has no ledger and no state table: it says what a case tells it to say, takes whatever comes,
and keeps it by conversation. Packages are sealed with the stack the specification describes, or
broken on purpose in the ways a case can ask for.
"""

import base64
import dataclasses
import io
import json
import threading
import uuid
import zipfile
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

from connectors.fiks import konvolutt
from connectors.fiks.asice import Fil, read_package, write_package
from connectors.fiks.noekler import read_certificates, read_private
from connectors.forsegling.forsegler import open_forsegler
from connectors.forsegling.oevingsnoekler import make as make_keys
from connectors.stafett_https.kanal import open_kanal
from gateway.errors import GatewayError
from gateway.ports.connector import ConnectorSettings
from gateway.ports.forsegling import Pakkefil
from gateway.ports.kanal import Forsendelse, Motpart
from schemas.overfoering.hode import Hode, Verdi
from schemas.overfoering.meldinger import read

ANNEN = "899100115"
"""Another municipality that the gateway under test knows."""


@dataclasses.dataclass(frozen=True)
class Kommet:
    """One message as it arrived."""

    hode: Hode
    innhold: Verdi
    body: bytes
    laast: bytes | None

    def felt(self, name: str) -> Any:
        """A field of the content, else of the head, as on the wire."""
        told = json.loads(self.body)
        return told["innhold"].get(name, told["hode"].get(name))


class Bekjent:
    """Somebody with keys whom the gateway under test may know."""

    def __init__(self, folder: Path, orgnr: str, nummer: str) -> None:
        self.orgnr, self.nummer = orgnr, nummer
        self.key, self.cert = make_keys(folder, orgnr)


class Motspill(Bekjent):
    """The suite's own end."""

    def __init__(self, folder: Path, orgnr: str, nummer: str, sut_orgnr: str, sut_cert: Path):
        super().__init__(folder / "noekler", orgnr, nummer)
        self.sut = sut_orgnr
        self.annen = Bekjent(folder / "annen", ANNEN, "9903")
        self.fremmed = Bekjent(folder / "fremmed", orgnr, nummer)
        known = {sut_orgnr: ([sut_cert], []), ANNEN: ([self.annen.cert], [])}
        self.forsegler = open_forsegler(self.key, self.cert, [], known)
        self._sut_cert = read_certificates(sut_cert)[0]
        self._sut = Motpart(sut_orgnr)
        self.kanal = open_kanal(
            ConnectorSettings(
                "stafett_https", "", "", "", "", orgnr, timeout=5.0, deadline=10.0, attempts=3,
                breaker_pause=0.05,
                options={
                    "noekkel": str(self.key), "sertifikat": str(self.cert),
                    "tillit": str(sut_cert), "innboks": str(folder / "innboks"),
                    "lytt": "127.0.0.1:0",
                },
            )
        )  # fmt: skip
        self.kom: dict[str, list[Kommet]] = defaultdict(list)
        self.uleste: list[str] = []
        self.nytt = threading.Condition()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._fetch, daemon=True)
        self._thread.start()

    def at(self, port: int) -> None:
        """Where the gateway under test listens."""
        self._sut = Motpart(self.sut, {"url": f"https://127.0.0.1:{port}"})

    def _fetch(self) -> None:
        while not self._stop.wait(0.05):
            for one in self.kanal.hent(50):
                try:
                    found = self.forsegler.aapne(one.pakke)
                    body = found.fil("melding.json") or b""
                    hode, innhold = read(body)
                    assert found.avsender == hode.fra == self.sut
                    kommet = Kommet(hode, innhold, body, found.fil("innhold.laast"))
                except (GatewayError, AssertionError, ValueError) as error:
                    self.uleste.append(type(error).__name__)
                    self.kanal.kvitter(one.ref)
                    continue
                with self.nytt:
                    self.kom[hode.overfoering_id].append(kommet)
                    self.nytt.notify_all()
                self.kanal.kvitter(one.ref)

    def post(self, pakke: bytes, navn: str = "melding") -> None:
        """Hand a package to the gateway under test."""
        self.kanal.send(Forsendelse(str(uuid.uuid4()), str(uuid.uuid4()), navn, self._sut, pakke))

    def seal(self, body: bytes, laast: bytes | None, steg: dict[str, Any]) -> bytes:
        """The envelope, right or broken as the step says."""
        skade = steg.get("skade", "")
        signer = {"fremmed": self.fremmed, "annen": self.annen}.get(steg.get("signer", ""), self)
        files = [Fil("melding.json", "application/json", body)]
        if laast is not None and skade != "utenfil":
            if skade == "laas":
                laast = laast[:-1] + bytes([laast[-1] ^ 1])
            files.append(Fil("innhold.laast", "application/octet-stream", laast))
        if skade == "ekstrafil":
            files.append(Fil("annet.txt", "text/plain", b"ikke avtalt"))
        cert = read_certificates(signer.cert)[0]
        package = write_package(files, read_private(signer.key), cert)
        if skade == "sjekksum":
            package = rezipped(package, lambda n, b: b + b" " if n == "melding.json" else b)
        if skade == "signatur":
            package = rezipped(
                package, lambda n, b: b[:-1] + bytes([b[-1] ^ 1]) if n.endswith(".p7s") else b
            )
        to = read_certificates(self.annen.cert)[0] if steg.get("forseglet") else self._sut_cert
        sealed = konvolutt.encrypt(package, to)
        if skade == "konvolutt":
            middle = len(sealed) * 3 // 4
            sealed = sealed[:middle] + bytes([sealed[middle] ^ 1]) + sealed[middle + 1 :]
        return sealed

    def content(self, filer: list[Pakkefil], merke: str) -> tuple[bytes, str]:
        """A content package, sealed and locked: the bytes, and the key as a message gives it."""
        laast = self.forsegler.laas(self.forsegler.pakk(filer, self.sut), merke)
        return laast.data, base64.b64encode(laast.noekkel).decode()

    def opens(self, laast: bytes) -> bool:
        """Whether locked content can be read with nothing but the keys we have."""
        keys = [read_private(one.key) for one in (self, self.annen)]
        for data in (laast, laast[12:]):
            try:
                read_package(data, cap=1 << 28)
                return True
            except GatewayError:
                pass
            try:
                konvolutt.decrypt(data, keys)
                return True
            except GatewayError:
                pass
        return False

    def stop(self) -> None:
        """No more."""
        self._stop.set()
        self._thread.join(5)
        self.kanal.close()


def rezipped(package: bytes, change: Callable[[str, bytes], bytes]) -> bytes:
    """A container with some of its files changed after it was signed."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as old, zipfile.ZipFile(out, "w") as new:
        for entry in old.infolist():
            new.writestr(entry, change(entry.filename, old.read(entry)))
    return out.getvalue()
