"""The sandbox application: the practice platform with one archive behind it.

Messages are worked on in a thread of their own, one after another, after the platform has answered
202; replies go out over the real broker. Journal and switches are for tests and demonstrations.
"""

import os
import queue
import re
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from connectors.fiks import konvolutt
from connectors.fiks.asice import Fil, read_package, write_package
from connectors.fiks.meldinger import KLIENTMELDING
from connectors.fiks.noekler import spki
from connectors.fiks.sandbox.plattform import LARGE, Plattform
from connectors.fiks.sandbox.skjema import Skjema
from connectors.fiks.trygg_xml import BOM
from connectors.fiks_arkiv.navn import OPPRETT
from connectors.fiks_arkiv.sandbox.arkivar import Arkivar, Reply, refuse
from connectors.fiks_arkiv.sandbox.brytere import Brytere
from connectors.fiks_arkiv.sandbox.lager import Lager
from connectors.sandbox.app import Request, Response
from gateway.errors import GatewayError

AMQP = "amqp://guest:guest@127.0.0.1:5672/"
_SERVERFEIL = "no.ks.fiks.kvittering.serverfeil.v1"
_KEY = re.compile(rb"(<(?:\w+:)?noekkel>)([^<]*)")
_NUMBER = re.compile(rb"(<(?:\w+:)?dokumentnummer>)(\d+)(</(?:\w+:)?dokumentnummer>)")
_CAP = 1024 * 1024 * 1024


def open_sandbox(
    data: Path,
    *,
    amqp: str = "",
    client_id: str = "stafett",
    secret: str = "hemmelig",  # noqa: S107 - a sandbox on this machine has no secrets
    token_seconds: int = 600,
) -> "FiksArkivSandkasse":
    """The sandbox over `data`; `amqp` (or $STAFETT_AMQP) is a RabbitMQ with management.

    Raises connectors.fiks.sandbox.megler.NoBroker when none answers.
    """
    address = amqp or os.environ.get("STAFETT_AMQP", AMQP)
    return FiksArkivSandkasse(
        data, address, client_id=client_id, secret=secret, token_seconds=token_seconds
    )


def _another(found: re.Match[bytes]) -> bytes:
    """A document's number as an archive tells it that begins at nought."""
    return found[1] + str(int(found[2]) - 1).encode() + found[3]


class FiksArkivSandkasse:
    """A SandboxApp; thread-safe."""

    system = "fiks_arkiv"

    def __init__(
        self, data: Path, amqp: str, *, client_id: str, secret: str, token_seconds: int
    ) -> None:
        self._inbox: queue.Queue[tuple[str, Skjema, float] | None] = queue.Queue()
        self._behind = threading.local()
        self.plattform = Plattform(
            data,
            amqp,
            lambda melding, form: self._inbox.put((melding, form, self._behind.seconds)),
            client_id=client_id,
            secret=secret,
            seconds=token_seconds,
        )
        self.lager = Lager(data)
        self._data = data
        self._brytere = Brytere()
        self._arkivar = Arkivar(self.lager, self._brytere)
        self._worker = threading.Thread(target=self._work, name="arkivar", daemon=True)
        self._worker.start()

    def close(self) -> None:
        """Finish what is in hand, take user and queue away, close the data."""
        self._inbox.put(None)
        self._worker.join(20)
        self.plattform.close()
        self.lager.close()

    def authenticate(self, request: Request, client: str | None) -> str | None:
        """The platform's own way in."""
        return self.plattform.authenticate(request)

    def handle(self, request: Request) -> Response:
        """Answer one request to the platform."""
        self._behind.seconds = request.lag  # goes with the message this request may hand over
        return self.plattform.handle(request)

    def switch(self, values: Mapping[str, Any]) -> None:
        """Replace all switches (see `brytere.py`)."""
        self._brytere.replace(values)
        self.plattform.expire = int(values.get("tidsavbrudd", 0))
        self.plattform.large = int(values.get("dokumentlager", LARGE))

    def tamper(self, key: str, how: Callable[[bytes], bytes | None]) -> int:
        """Change the bytes of a snapshot's files, or lose them where `how` gives None, behind the
        archive's back: all that it says of them stands. Returns of how many."""
        return sum(self.lager.damage(nr, how) for nr in self.lager.numbered(key))

    def halve(self, times: int) -> None:
        """The next records are stored without the bytes of their files, and nothing is answered:
        the archive dies between the two."""
        self._brytere.replace({"uten_innhold": times, "uten_kvittering": times})

    def convert(self, key: str, data: bytes) -> int:
        """Another form beside every file of a snapshot, newer and listed first, of which the same
        is said; returns how many."""
        return sum(self.lager.add_variant(nr, "O", data) for nr in self.lager.numbered(key))

    def journal(self) -> dict[str, Any]:
        """What an outside observer counts, per key; and where the client side finds its keys."""
        return {
            "journalposter": self.lager.tally("journalpost"),
            "mapper": self.lager.tally("mappe"),
            "dokumenter": self.lager.tally_documents(),
            "meldinger": dict(self.plattform.counts),
            "tokens": self.plattform.maskinporten.count,
            "klient": {"mappe": str(self._data.resolve()), "amqp": self.plattform.megler.url},
        }

    def clear_text(self) -> list[str]:
        """Everything the platform and the broker saw that was not encrypted."""
        return list(self.plattform.clear)

    def _work(self) -> None:
        while (item := self._inbox.get()) is not None:
            melding, form, lag = item
            if self._brytere.delay:
                time.sleep(self._brytere.delay)
            if form.type == OPPRETT and self._brytere.strikes("plattformfeil"):
                # Three deliveries and no acknowledgement: the platform gives up.
                self._reply(melding, form, (_SERVERFEIL, "", b""))
                continue
            for reply in self._answers(form, lag):
                self._reply(melding, form, reply)

    def _answers(self, form: Skjema, lag: float) -> list[Reply]:
        ring = self.plattform.ring
        try:
            package = read_package(konvolutt.decrypt(form.data, [ring.keys["mottaker"]]), cap=_CAP)
        except GatewayError:
            return [refuse("ugyldigforespoersel", "pakke")]
        if {spki(c) for c in package.signatarer} != {spki(ring.certificates["gateway"])}:
            return [refuse("ugyldigforespoersel", "signatur")]
        files = {fil.navn: fil.data for fil in package.filer}
        message = form.headere.get(KLIENTMELDING, "")
        return list(self._arkivar.answer(form.type, files, message, lag))

    def _reply(self, melding: str, form: Skjema, reply: Reply) -> None:
        kind, name, content = reply
        body = b""
        if name:
            if name.endswith(".xml") and self._brytere.strikes("store_noekler"):
                content = _KEY.sub(lambda found: found[1] + found[2].upper(), content)
            if name.endswith(".xml") and self._brytere.strikes("annet_nummer"):
                content = _NUMBER.sub(_another, content)
            if name.endswith(".xml") and self._brytere.strikes("uten_nummer"):
                content = _NUMBER.sub(b"", content)
            if self._brytere.strikes("bom") and name.endswith(".xml"):
                name, content = "svaret.xml", BOM + content
            body = self._seal(name, content)
        self.plattform.deliver(
            kind, body, melding, form.headere, twice=self._brytere.strikes("dobbelt")
        )

    def _seal(self, name: str, content: bytes) -> bytes:
        ring = self.plattform.ring
        signer = "fremmed" if self._brytere.strikes("fremmed_signatar") else "mottaker"
        kind = "application/xml" if name.endswith(".xml") else "application/octet-stream"
        package = write_package(
            [Fil(name, kind, content)], ring.keys[signer], ring.certificates[signer]
        )
        return konvolutt.encrypt(package, ring.certificates["konto"])
