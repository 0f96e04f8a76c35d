"""eFormidling in the shared suite: two integrasjonspunkt."""

import json
import uuid
from collections.abc import Callable, Mapping
from typing import ClassVar

from connectors.eformidling.sandbox import sample
from connectors.eformidling.sandbox.app import open_sandbox
from connectors.eformidling.sandbox.nett import PROSESS
from gateway.ports.connector import ConnectorSettings
from tests.contract.channels.stand import ORGNR, Kanalstand


class Stand(Kanalstand):
    """Both, and the net between them."""

    navn = "eformidling"
    paths: ClassVar = {
        "send": r"^POST /api/messages/out/",
        "hent": r"^GET /api/messages/in/p",
        "kvitter": r"^DELETE /api/messages/in/",
    }

    def begin(self, broker: Callable[[], str]) -> None:
        self.apps = open_sandbox(self.folder)
        self.nett = self.apps["a"].nett
        self.servers = {name: self.serve(app) for name, app in self.apps.items()}

    def end(self) -> None:
        self.nett.close()

    def settings(self, who: str) -> ConnectorSettings:
        return sample.settings(self.servers[who].url, who)

    def undeliverable(self) -> None:
        self.nett.switch({"feil": 1})

    def later(self) -> None:
        self.nett.pass_seconds(301)

    def drain(self, who: str) -> None:
        self.nett.data.empty()

    def rubbish(self) -> int:
        put, org, never = self.nett.data.put_in, ORGNR["b"], 9e12
        idents = [str(uuid.uuid4()) for _ in range(4)]
        put(org, "x", ["ikke", "et", "dokument"], PROSESS, b"x", never)
        put(org, "y", {"standardBusinessDocumentHeader": None}, PROSESS, b"x", never)
        put(org, idents[0], _sbd(idents[0]), PROSESS, b"ikke en zip", never)
        put(org, idents[1], _sbd(idents[1]), PROSESS, None, never)
        put(org, idents[2], _sbd(idents[2]), PROSESS, b"", never)
        put(org, idents[3], _sbd(idents[3]), "urn:no:andre", b"andres", never)
        return 6


def _sbd(ident: str) -> Mapping[str, object]:
    text = {"documentIdentification": {"instanceIdentifier": ident}}
    return json.loads(json.dumps({"standardBusinessDocumentHeader": text, "avtalt": {"x": 1}}))
