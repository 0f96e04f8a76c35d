"""Fiks IO in the shared suite: two accounts over a real broker."""

import atexit
import json
import shutil
import uuid
from collections.abc import Callable
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import ClassVar

from connectors.fiks.meldinger import AVSENDER, DOKUMENTLAGER, EGEN, MELDING, TYPE
from connectors.fiks.sandbox.noekkelring import Noekkelring
from connectors.fiks_io.sandbox import sample
from connectors.fiks_io.sandbox.app import ORGNR, open_sandbox
from gateway.ports.connector import ConnectorSettings
from gateway.ports.kanal import Motpart
from tests.contract.channels.stand import Kanalstand


@cache
def keys() -> Path:
    """A data folder with keys only, made once: making them is the slow part."""
    folder = Path(mkdtemp(prefix="fiks-io-"))
    for name, orgnr in ORGNR.items():
        Noekkelring(folder / name, orgnr)
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


class Stand(Kanalstand):
    """The platform with its broker."""

    navn = "fiks_io"
    melder_avvis = True
    wired = frozenset({"send"})
    paths: ClassVar = {"send": r"^POST /fiks-io/api/v1/send$"}

    def begin(self, broker: Callable[[], str]) -> None:
        amqp = broker()
        shutil.copytree(keys(), self.folder, dirs_exist_ok=True)
        for facts in self.folder.glob("*/klient/oppsett.json"):
            # The keys are shared; accounts are not, for their queues are at one broker.
            ids = {name: str(uuid.uuid4()) for name in json.loads(facts.read_text())}
            facts.write_text(json.dumps(ids))
        self.app = open_sandbox(self.folder, amqp=amqp)
        server = self.serve(self.app)
        self.servers = dict.fromkeys(ORGNR, server)

    def end(self) -> None:
        self.app.close()

    def settings(self, who: str) -> ConnectorSettings:
        return sample.settings(self.servers[who].url, who)

    def motpart(self, who: str) -> Motpart:
        return Motpart(ORGNR[who], {"konto_id": self.app.konti[who].konto_id})

    def nobody(self) -> Motpart:
        return Motpart("899100123", {"konto_id": str(uuid.uuid4())})

    def undeliverable(self) -> None:
        self.app.switch({"tidsavbrudd": 1})

    def drain(self, who: str) -> None:
        self.app.konti[who].megler.purge()

    def rubbish(self) -> int:
        whole = {
            AVSENDER: self.app.konti["a"].konto_id,
            MELDING: str(uuid.uuid4()),
            TYPE: "no.kommune.stafettlogg.tilbud.v1",
        }
        self.app.put("b", {}, b"ingenting")
        self.app.put("b", {**whole, MELDING: ""}, b"uten id")
        self.app.put("b", {**whole, MELDING: str(uuid.uuid4()), TYPE: "no.andre.v9"}, b"\x00\xff")
        self.app.put("b", {**whole, MELDING: "æ" * 300}, b"")
        lost = {**whole, MELDING: str(uuid.uuid4()), DOKUMENTLAGER: "../../etc"}
        self.app.put("b", lost, b"")
        gone = {**whole, MELDING: str(uuid.uuid4()), DOKUMENTLAGER: str(uuid.uuid4())}
        self.app.put("b", {**gone, EGEN + "klientMeldingId": "x" * 500}, b"")
        return 6

    def clear_text(self) -> list[str]:
        return self.app.clear_text()
