"""The sandbox application: SvarUt v2 with one account, one receiver, and Maskinporten beside it.

Shipments are validated against `schemas/svarut/` and their files are opened with the platform's
own key. A shipment moves one status on each time it is asked for. The journal counts shipments
per external reference: each is one journalpost at the receiver.
"""

import hashlib
import hmac
import json
import re
import threading
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from connectors.fiks import konvolutt
from connectors.fiks.sandbox.maskinporten import Maskinportensandkasse
from connectors.sandbox.app import Request, Response
from connectors.svarut.sandbox.bytter import Bytter
from connectors.svarut.sandbox.flerdelt import Del, NotMultipart, parts
from connectors.svarut.sandbox.lager import Lager
from connectors.svarut.sandbox.noekkelring import Noekkelring
from gateway.errors import GatewayError
from schemas.svarut.forsendelse import FORSENDELSE, Forsendelse

TOKEN_PATH = "/maskinporten/token"  # noqa: S105 - an address
MOTTAKER = "899100115"
TYPE = "Stafettlogg"
_NUMBER = re.compile(r"(?<![0-9A-Za-z])\d{11}(?![0-9A-Za-z])")


class Avslag(Exception):
    """A refusal: status and error code."""

    def __init__(self, status: int, code: str) -> None:
        super().__init__(status, code)
        self.status = status
        self.code = code


def open_sandbox(data: Path, *, secret: str = "hemmelig") -> "SvarUtSandkasse":  # noqa: S107 - a sandbox on this machine has no secrets
    """A sandbox over `data`; its keys are made there at the first start."""
    return SvarUtSandkasse(data, secret)


class SvarUtSandkasse:
    """A SandboxApp."""

    system = "svarut"
    mottakere: frozenset[tuple[str | None, str | None]] = frozenset({(MOTTAKER, TYPE)})
    """Which organisations have a system for which type of shipment."""

    def __init__(self, data: Path, secret: str) -> None:
        self.ring = Noekkelring(data, secret)
        self.lager = Lager(data)
        self._secret = secret
        self._keys = [self.ring.key("svarut")]
        self._maskinporten = Maskinportensandkasse(
            self.ring.certificate("gateway"), "stafett", 3600, lambda token: None
        )
        self._lock = threading.Lock()
        self._bytter = Bytter()
        self._now: datetime | None = None
        self._numbers = 0

    def close(self) -> None:
        """Close the data."""
        self.lager.close()

    def switch(self, values: Mapping[str, Any]) -> None:
        """Replace all switches (see `bytter.py`)."""
        with self._lock:
            self._bytter = Bytter.of(values)

    def set_now(self, now: datetime) -> None:
        """The sandbox's clock stands at `now`."""
        self._now = now

    def authenticate(self, request: Request, client: str | None) -> str | None:
        """A token of Maskinporten's or the chassis', and the platform's two headers."""
        if request.path == TOKEN_PATH:
            return "offentlig"
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        known = client is not None or (kind == "Bearer" and self._maskinporten.knows(token))
        given = request.headers.get("integrasjonpassord", "")
        same = hmac.compare_digest(given.encode(), self._secret.encode())
        own = request.headers.get("integrasjonid") == self.ring.ids["integrasjon_id"]
        return "integrasjon" if known and same and own else None

    def journal(self) -> dict[str, Any]:
        """What an outside observer counts, per key of ours."""
        return {
            "journalposter": self.lager.tally("ekstern"),
            "mapper": self.lager.tally("mappe"),
            "krypterte": self.lager.sealed(),
            "maskinporten": self._maskinporten.count,
            "numre_i_adresser": self._numbers,
        }

    def handle(self, request: Request) -> Response:
        """Answer one request."""
        told = [request.path, *request.query.values(), *request.headers.values()]
        if any(map(_NUMBER.search, told)):
            self._numbers += 1
        try:
            return self._answer(request, self._bytter)
        except Avslag as exc:
            # SvarUt's messages explain; this one quotes everything, so that a leak would show.
            quoted = request.body.decode("utf-8", "replace")
            told_error = {
                "status": exc.status,
                "error": "Feil",
                "errorId": str(uuid.uuid4()),
                "path": request.path,
                "message": f"Feil i {quoted}",
                "errorCode": exc.code,
            }
            return Response.of(exc.status, told_error)

    def _answer(self, request: Request, bytter: Bytter) -> Response:
        shipments = f"/v2/kontoer/{self.ring.ids['konto_id']}/forsendelser"
        reference = request.query.get("eksternRef", "")
        match request.method, request.path:
            case "POST", path if path == TOKEN_PATH:
                host = request.headers.get("host", "")
                return self._maskinporten.answer(request, f"http://{host}/maskinporten/")
            case "GET", "/v2/mottakersystem":
                return self._receivers(request.query, bytter)
            case "POST", path if path == shipments:
                return self._receive(request, bytter)
            case "POST", path if path == f"{shipments}/status-sok":
                return self._statuses(request, bytter)
            case "GET", path if path == shipments and reference:
                rows = self.lager.with_reference(reference, request.lag)
                return Response.of(200, {"forsendelseIds": [row[0] for row in rows]})
            case "GET", path if path == f"{shipments}/metadata" and reference:
                rows = self.lager.with_reference(reference, request.lag)
                found = [{"id": row[0], "dato": row[1]} for row in rows]
                return Response.of(200, {"forsendelser": found})
        raise Avslag(404, "ukjent")

    def _receivers(self, query: Mapping[str, str], bytter: Bytter) -> Response:
        asked = (query.get("organisasjonsnummer"), query.get("forsendelseType"))
        known = asked in self.mottakere and not bytter.uten_mottaker
        system = {
            "id": "arkivmottak",
            "navn": "Arkivmottak",
            "organisasjonsnummer": asked[0],
            "forsendelseType": asked[1],
            "niva": 4,
        }
        return Response.of(200, {"mottakersystemer": [system] if known else []})

    def _receive(self, request: Request, bytter: Bytter) -> Response:
        try:
            first, *rest = parts(request.body, request.headers.get("content-type", ""))
        except NotMultipart:
            raise Avslag(400, "ugyldig.multipart") from None
        form = _form(first)
        if bytter.avvis:
            raise Avslag(400, "forsendelse.ugyldig")
        clear = self._files(form, rest)
        files = [(name, hashlib.sha256(data).hexdigest(), len(data)) for name, data in clear]
        for _ in range(2 if bytter.to_ganger else 1):
            ident = str(uuid.uuid4())
            self.lager.add(ident, form, files, self._moment())
            self.took(ident, form, clear)
        return Response.of(200, {"id": ident})

    def took(self, ident: str, form: Forsendelse, files: list[tuple[str, bytes]]) -> None:
        """A shipment was taken; a platform with a receiving side carries it on from here."""

    def _files(self, form: Forsendelse, rest: list[Del]) -> list[tuple[str, bytes]]:
        listed = [(one["filnavn"], one["mimeType"]) for one in form["dokumenter"]]
        names = {name for name, _ in listed}
        if [(one.filename, one.media) for one in rest] != listed or len(names) != len(listed):
            raise Avslag(400, "dokumenter.ulike")
        if form["krevNiva4Innlogging"] and not form["kryptert"]:
            raise Avslag(400, "niva4.krever.kryptering")
        files: list[tuple[str, bytes]] = []
        for one in rest:
            data = one.data
            if form["kryptert"]:
                try:
                    data = konvolutt.decrypt(data, self._keys)
                except GatewayError:
                    raise Avslag(400, "kryptering.feilet") from None
            files.append((one.filename, data))
        return files

    def _statuses(self, request: Request, bytter: Bytter) -> Response:
        try:
            asked = json.loads(request.body)["forsendelseIds"]
        except (ValueError, KeyError, TypeError):
            raise Avslag(400, "ugyldig.json") from None
        last = len(bytter.steg) - 1
        told = []
        for ident in asked:
            found = self.lager.step(ident, last, self._moment())
            if found is not None and not bytter.ukjent_id:
                step, changed = found
                status = self.status_of(ident) or bytter.steg[min(step, last)]
                told.append({"id": ident, "sisteStatusEndring": changed, "status": status})
        return Response.of(200, {"statuser": told})

    def status_of(self, ident: str) -> str:
        """What the receiving side says of a shipment; empty where there is none."""
        return ""

    def _moment(self) -> str:
        return (self._now or datetime.now(UTC)).isoformat(timespec="milliseconds")


def _form(first: Del) -> Forsendelse:
    media = first.media.partition(";")[0].strip()
    if (first.name, first.filename, media) != ("forsendelse", "", "application/json"):
        raise Avslag(400, "forsendelse.mangler")
    try:
        return FORSENDELSE.validate_python(json.loads(first.data))
    except (ValueError, ValidationError):
        raise Avslag(400, "forsendelse.ugyldig") from None
