"""The sandbox application with both sides: two municipalities that send by SvarUt and receive by
SvarInn, on one platform.

Each has its own account under `/a` or `/b`, and its own system at `/tjenester/svarinn`. What one
sends is opened with the platform's key and encrypted to the other's, as the real one does.
"""

import base64
import hmac
import json
import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from connectors.fiks import konvolutt
from connectors.sandbox.app import Request, Response
from connectors.svarut.sandbox.app import SvarUtSandkasse
from connectors.svarut.sandbox.innboks import Innboks
from schemas.svarut.forsendelse import Forsendelse

ORGNR = {"a": "899100107", "b": "899100115"}
OVERFOERING = "Stafettlogg.Overfoering"
SVARINN = "/tjenester/svarinn/"
SWITCHES = frozenset({"ikke_levert", "gammel"})


def open_platform(data: Path) -> "Postplattform":
    """The platform over `data`; keys are made there at the first start."""
    return Postplattform(data)


class Konto(SvarUtSandkasse):
    """One municipality's account: SvarUt as it is, with a receiving side behind it."""

    mottakere = frozenset({(orgnr, OVERFOERING) for orgnr in ORGNR.values()})

    def __init__(self, data: Path, name: str, plattform: "Postplattform") -> None:
        super().__init__(data / name, f"passord-{name}")
        self.name, self.orgnr = name, ORGNR[name]
        self._plattform = plattform
        self.ring.ensure("svarinn")
        (self.ring.folder / "svarinn.txt").write_text(f"svarinn-{name}", encoding="utf-8")

    def took(self, ident: str, form: Forsendelse, files: list[tuple[str, bytes]]) -> None:
        """Carry a shipment to its receiver's box."""
        self._plattform.carry(self, ident, form, files)

    def status_of(self, ident: str) -> str:
        """What the receiving side says."""
        return self._plattform.innboks.status_of(ident)


class Postplattform:
    """A SandboxApp; thread-safe."""

    system = "svarut"

    def __init__(self, data: Path) -> None:
        self.innboks = Innboks(data)
        self.konti = {name: Konto(data, name, self) for name in ORGNR}
        self._lock = threading.Lock()
        self._switches: dict[str, int] = {}
        self._data = data

    def close(self) -> None:
        """Close the data."""
        for konto in self.konti.values():
            konto.close()
        self.innboks.close()

    def switch(self, values: Mapping[str, Any]) -> None:
        """Replace all switches, numbers of times: `ikke_levert` (a shipment reaches no system),
        `gammel` (a list as older installations give it)."""
        for name, value in values.items():
            if name not in SWITCHES:
                raise KeyError(name)
            if isinstance(value, bool) or not isinstance(value, int):
                raise TypeError(name)
        self._switches = dict(values)

    def journal(self) -> dict[str, Any]:
        """What an outside observer counts, and where the client sides find their keys."""
        return {
            "forsendelser": {name: konto.journal() for name, konto in self.konti.items()},
            "klient": {"mappe": str(self._data.resolve())},
        }

    def authenticate(self, request: Request, client: str | None) -> str | None:
        """An account's own way in below its path, Basic at SvarInn."""
        found = self._below(request)
        if found is not None:
            konto, inner = found
            return "offentlig" if inner.path == "/_sandbox/" else konto.authenticate(inner, None)
        kind, _, given = request.headers.get("authorization", "").partition(" ")
        for name in ORGNR:
            own = base64.b64encode(f"system-{name}:svarinn-{name}".encode())
            if kind == "Basic" and hmac.compare_digest(given.encode(), own):
                return name
        return None

    def handle(self, request: Request) -> Response:
        """Answer one request."""
        found = self._below(request)
        if found is not None:
            konto, inner = found
            if inner.path == "/_sandbox/":
                return Response.of(200, {"sandbox": self.system})
            return konto.handle(inner)
        if request.path.startswith(SVARINN):
            return self._svarinn(request, request.path.removeprefix(SVARINN).split("/"))
        return Response.of(404, {"status": 404})

    def carry(
        self, sender: Konto, ident: str, form: Forsendelse, files: list[tuple[str, bytes]]
    ) -> None:
        """Put a shipment in its receiver's box, encrypted to the system there."""
        orgnr = form["mottaker"]["digitalId"]
        to = next((k for k in self.konti.values() if k.orgnr == orgnr), None)
        lost = to is None or form["forsendelsestype"] != OVERFOERING
        if lost or self._strikes("ikke_levert") or to is None:
            self.innboks.add(ident, "", {}, b"", "IKKE_LEVERT")
            return
        cms = konvolutt.encrypt(files[0][1], to.ring.certificate("svarinn"))
        meta = _meta(sender, ident, form, files)
        if self._strikes("gammel"):
            for key in ("niva", "forsendelseType", "eksternRef", "svarSendesTil"):
                del meta[key]
            for one in meta["filmetadata"]:
                del one["sha256hash"], one["size"]
        self.innboks.add(ident, to.name, meta, cms, "KLAR_FOR_MOTTAK")

    def _svarinn(self, request: Request, parts: list[str]) -> Response:
        user = request.client
        match request.method, parts:
            case "GET", ["mottaker", "hentNyeForsendelser"]:
                return Response.of(200, self.innboks.waiting(user))
            case "GET", ["forsendelse", ident]:
                cms = self.innboks.content(user, ident)
                if cms is not None:
                    return Response(200, cms, {"content-type": "application/octet-stream"})
            case "POST", ["kvitterMottak", "forsendelse", ident]:
                if self.innboks.settle(user, ident, "LEST"):
                    return Response(200)
            case "POST", ["mottakFeilet", "forsendelse", ident]:
                told = json.loads(request.body)
                if set(told) != {"feilmelding", "permanent"}:
                    return Response.of(400, {"status": 400})
                if not told["permanent"]:
                    return Response(200)
                if self.innboks.settle(user, ident, "IKKE_LEVERT"):
                    return Response(200)
        return Response.of(404, {"status": 404})

    def _below(self, request: Request) -> tuple[Konto, Request] | None:
        head, _, rest = request.path.removeprefix("/").partition("/")
        konto = self.konti.get(head)
        if konto is None:
            return None
        # The token's issuer is made of the host, and here each account has its own.
        host = f"{request.headers.get('host', '')}/{head}"
        headers = {**request.headers, "host": host}
        inner = Request(
            request.method, f"/{rest}", request.query, headers, request.body, request.client
        )
        return konto, inner

    def _strikes(self, name: str) -> bool:
        with self._lock:
            left = self._switches.get(name, 0)
            if left > 0:
                self._switches[name] = left - 1
            return left != 0


def _meta(
    sender: Konto, ident: str, form: Forsendelse, files: list[tuple[str, bytes]]
) -> dict[str, Any]:
    """What the list says of a shipment."""
    return {
        "id": ident,
        "tittel": form["tittel"],
        "date": int(datetime.now(UTC).timestamp() * 1000),
        "avsender": {"navn": f"Sandkassen {sender.name}"},
        "mottaker": {"navn": form["mottaker"]["navn"], "orgnr": form["mottaker"]["digitalId"]},
        "svarSendesTil": {"navn": f"Sandkassen {sender.name}", "orgnr": sender.orgnr},
        "svarPaForsendelse": None,
        "forsendelseType": form["forsendelsestype"],
        "eksternRef": form["eksternReferanse"],
        "metadataFraAvleverendeSystem": form["metadataFraAvleverendeSystem"],
        "metadataForImport": {"tittel": None},
        "status": "Klar for mottak",
        "niva": "4",
        "filmetadata": [
            {"filnavn": name, "mimetype": "application/pkcs7-mime", "size": len(data),
             "sha256hash": ""}
            for name, data in files
        ],
        "downloadUrl": f"{SVARINN}forsendelse/{ident}",
    }  # fmt: skip
