"""The line between two gateways in the shared suite: real listeners, and faults on the way.

A's calls go through a server that can misbehave, over TLS on both sides of it, to B's listener.
The channels of the suite send and look into their inbox; who listens is a process of its own.
"""

import dataclasses
import uuid
from collections.abc import Callable
from typing import Any, ClassVar

import httpx

from connectors.fiks.noekler import read_certificates
from connectors.forsegling.oevingsnoekler import make
from connectors.sandbox.app import Request, Response
from connectors.stafett_https.kanal import HttpsKanal, open_kanal
from connectors.stafett_https.tls import client_context, server_context
from gateway.ports.connector import ConnectorSettings
from gateway.ports.kanal import Motpart
from tests.contract.channels.stand import ORGNR, Kanalstand
from tests.contract.channels.tls_front import Front

OTHER = {"a": "b", "b": "a"}


class Videre:
    """A sandbox application that hands every request on to a listener, as the sender."""

    system = "stafett_https"

    def __init__(self, port: int, tls: Any) -> None:
        self._client = httpx.Client(
            base_url=f"https://127.0.0.1:{port}", verify=tls, trust_env=False, timeout=20
        )

    def authenticate(self, request: Request, client: str | None) -> str:
        return "sertifikat"

    def journal(self) -> dict[str, Any]:
        return {}

    def handle(self, request: Request) -> Response:
        answer = self._client.request(
            request.method,
            request.path,
            content=request.body,
            headers={"content-type": request.headers.get("content-type", "")},
        )
        kept = {k: v for k, v in answer.headers.items() if k in {"content-type", "retry-after"}}
        return Response(answer.status_code, answer.content, kept)

    def close(self) -> None:
        self._client.close()


class Stand(Kanalstand):
    """Two gateways and nobody between them."""

    navn = "stafett_https"
    navngir = False
    mellomledd = False
    wired = frozenset({"send"})
    paths: ClassVar = {"send": r"^POST /overfoering/v1/meldinger$"}

    def begin(self, broker: Callable[[], str]) -> None:
        self.keys = {who: make(self.folder / who, orgnr) for who, orgnr in ORGNR.items()}
        self.listeners: dict[str, HttpsKanal] = {}
        self.fronts: dict[str, Front] = {}
        self.apps: list[Videre] = []
        for who, sender in OTHER.items():
            listening = dataclasses.replace(
                self.settings(who),
                options={**self.settings(who).options, "lytt": "127.0.0.1:0"},
            )
            self.listeners[who] = open_kanal(listening)
            key, cert = self.keys[sender]
            client = client_context(key, cert, read_certificates(self.keys[who][1]))
            app = Videre(self.listeners[who].port, client)
            self.apps.append(app)
            # What `sender` calls: faults on A's sending are planted at the server before B.
            self.servers[sender] = self.serve(app)
            own = server_context(*self.keys[who], read_certificates(cert))
            self.fronts[who] = Front(own, self.servers[sender].port)

    def end(self) -> None:
        for front in self.fronts.values():
            front.stop()
        for app in self.apps:
            app.close()
        for listener in self.listeners.values():
            listener.close()

    def settings(self, who: str) -> ConnectorSettings:
        key, cert = self.keys[who]
        return ConnectorSettings(
            system="stafett_https",
            base_url="",
            token_url="",
            client_id="",
            client_secret="",
            tenant=ORGNR[who],
            options={
                "noekkel": str(key),
                "sertifikat": str(cert),
                "tillit": str(self.keys[OTHER[who]][1]),
                "innboks": str(self.folder / who / "innboks"),
            },
        )

    def motpart(self, who: str) -> Motpart:
        return Motpart(ORGNR[who], {"url": f"https://127.0.0.1:{self.fronts[who].port}"})

    def rubbish(self) -> int:
        box = self.folder / "b" / "innboks"
        names = [f"{number:020d}-{uuid.uuid4().hex}.p7m" for number in range(1, 4)]
        for name, data in zip(names, (b"", b"ikke en pakke", b"\x30\x80\x00" * 99), strict=True):
            (box / name).write_bytes(data)
        (box / ".halv.p7m").write_bytes(b"x")
        (box / "../annet.txt").resolve().write_bytes(b"x")
        return 5
