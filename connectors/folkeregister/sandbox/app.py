"""The sandbox application: the population register with Maskinporten beside it.

Persons and events are put in by a test or by `feller.py`; the feed, the documents and the look-up
of many answer as the register's documentation says. The look-up gives only the parts that are
asked for and refuses any other; a number in an address or a header is counted, for the journal.
"""

import hashlib
import json
import re
import threading
import uuid
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from connectors.fiks.sandbox.maskinporten import Maskinportensandkasse
from connectors.folkeregister.oppsett import SCOPE
from connectors.folkeregister.sandbox.bytter import Bytter
from connectors.folkeregister.sandbox.lager import Lager
from connectors.folkeregister.sandbox.noekkelring import client_certificate
from connectors.sandbox.app import Request, Response
from schemas.folkeregister.person import Part

TOKEN_PATH = "/maskinporten/token"  # noqa: S105 - an address
ROOT = "/folkeregisteret/offentlig-med-hjemmel/api"
MOST = 1000
_NUMBER = re.compile(r"(?<![0-9A-Za-z])\d{11}(?![0-9A-Za-z])")
_PARTS = frozenset(part.value for part in Part)
Changes = Iterable[tuple[str, str]]


def open_sandbox(data: Path) -> "Registersandkasse":
    """A sandbox over `data`; its practice key is made there at the first start."""
    return Registersandkasse(data)


class Registersandkasse:
    """A SandboxApp."""

    system = "folkeregister"
    repeats = frozenset({"part"})

    def __init__(self, data: Path) -> None:
        self.lager = Lager(data)
        self._maskinporten = Maskinportensandkasse(
            client_certificate(data), "stafett", 3600, lambda token: None, scope=SCOPE
        )
        self._lock = threading.Lock()
        self._bytter = Bytter()
        self._numbers = 0
        self._feeds = 0
        self._documents = 0
        self._lookups: list[tuple[frozenset[str], frozenset[str]]] = []
        self._unchanged = 0

    def close(self) -> None:
        """Close the data."""
        self.lager.close()

    def switch(self, values: Mapping[str, Any]) -> None:
        """Replace all switches (see `bytter.py`)."""
        with self._lock:
            self._bytter = Bytter.of(values)

    def authenticate(self, request: Request, client: str | None) -> str | None:
        """A token of Maskinporten's; the chassis' own are for another scope."""
        if request.path == TOKEN_PATH:
            return "offentlig"
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        return "stafett" if kind == "Bearer" and self._maskinporten.knows(token) else None

    def journal(self) -> dict[str, Any]:
        """What an outside observer counts; no number is in it."""
        with self._lock:
            return {
                "feed": self._feeds,
                "uendret": self._unchanged,
                "dokumenter": self._documents,
                "oppslag": len(self._lookups),
                "personer_slaatt_opp": sum(len(asked) for asked, _ in self._lookups),
                "maskinporten": self._maskinporten.count,
                "numre_i_adresser": self._numbers,
            }

    def asked(self) -> list[tuple[frozenset[str], frozenset[str]]]:
        """(numbers, parts) of every look-up; for a test in the same process."""
        with self._lock:
            return list(self._lookups)

    def event(
        self, number: str, kind: str, changes: Changes = (), *, seq: int | None = None
    ) -> int:
        """One more event about one person. `changes` are (entity, what was done to it)."""
        return self.events([(number, kind, tuple(changes))], seq=seq)

    def events(
        self, told: Iterable[tuple[str, str, tuple[tuple[str, str], ...]]], seq: int | None = None
    ) -> int:
        """More events; returns the number of the last. With `seq` the first has that number."""
        at = self.lager.last() if seq is None else seq - 1
        rows = []
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        for number, kind, changes in told:
            at += 1
            document = uuid.uuid4().hex
            body = {
                "folkeregisteridentifikator": number,
                "hendelsestype": kind,
                "hendelsesdokument": document,
                "persondokument": uuid.uuid4().hex,
                "ajourholdstidspunkt": now,
            }
            if not kind:  # an entry that cannot be read
                body = {"hendelsesdokument": document}
            full = {
                "dokumentidentifikator": document,
                "skjemaversjon": "1.0",
                "hendelse": {
                    "folkeregisteridentifikator": number,
                    "hendelsestype": kind,
                    "ajourholdstidspunkt": now,
                    "egenskapshendelse": [
                        {"entitet": entity, "entitetsendring": change} for entity, change in changes
                    ],
                },
            }
            rows.append((at, document, body, full))
        self.lager.add(rows)
        return at

    def handle(self, request: Request) -> Response:
        """Answer one request."""
        told = [request.path, *request.query.values(), *request.headers.values()]
        if any(map(_NUMBER.search, told)):
            with self._lock:
                self._numbers += 1
        with self._lock:
            bytter = self._bytter
            if bytter.vent_ms and request.path.startswith(ROOT):
                self._bytter = Bytter.of({})
                return _refused(429, "FREG-429", {"retry-after": str(bytter.vent_ms)})
        match request.method, request.path.removeprefix(ROOT):
            case "POST", path if path == TOKEN_PATH:
                host = request.headers.get("host", "")
                return self._maskinporten.answer(request, f"http://{host}/maskinporten/")
            case "GET", "/v1/hendelser/feed/":
                return self._feed(request, bytter)
            case "GET", "/v1/hendelser/siste/sekvensnummer":
                return Response.of(200, {"sekvensnummer": self.lager.last()})
            case "GET", path if path.startswith("/v1/hendelser/"):
                return self._document(path.rpartition("/")[2])
            case "POST", "/v1/personer/bulkoppslag/":
                return self._look_up(request, bytter)
        return _refused(404, "FREG-404")

    def _feed(self, request: Request, bytter: Bytter) -> Response:
        try:
            seq = int(request.query["seq"])
        except (KeyError, ValueError):
            return _refused(400, "FREG-400")
        if seq < bytter.eldste:
            return _refused(406, "FREG-406")
        with self._lock:
            self._feeds += 1
        rows = self.lager.events(max(seq - bytter.gammel, 0), 0 if bytter.tom else bytter.side)
        page: list[dict[str, Any]] = []
        for number, body in rows:
            if bytter.gammel_stavemaate and "hendelsestype" in body:
                body["hendelsetype"] = body.pop("hendelsestype")
            page.append({"sekvensnummer": number, "hendelse": body})
        if bytter.dobbel:
            page = [one for one in page for _ in range(2)]
        if bytter.stokket:
            page.reverse()
        made = Response.of(200, page)
        if bytter.uten_etag:
            return made
        etag = f'"{hashlib.sha256(made.body).hexdigest()[:32]}"'
        if request.headers.get("if-none-match") == etag:
            with self._lock:
                self._unchanged += 1
            return Response(304, b"", {"etag": etag})
        return Response(200, made.body, {**made.headers, "etag": etag})

    def _document(self, ident: str) -> Response:
        with self._lock:
            self._documents += 1
        found = self.lager.document(ident)
        return _refused(404, "FREG-404") if found is None else Response.of(200, found)

    def _look_up(self, request: Request, bytter: Bytter) -> Response:
        parts = frozenset(request.query.get("part", "").split(","))
        try:
            numbers = json.loads(request.body)["foedselsEllerDNummer"]
        except (ValueError, KeyError, TypeError):
            return _refused(400, "FREG-400")
        # Stricter than the register: this consumer has agreed to ask for two parts and no more.
        if not parts <= _PARTS or not isinstance(numbers, list) or len(numbers) > MOST:
            return _refused(400, "FREG-400")
        with self._lock:
            self._lookups.append((frozenset(numbers), parts))
        if bytter.kort:
            numbers = numbers[: -bytter.kort]
            self.switch({})
        told = []
        for number in numbers:
            body = self.lager.person(number)
            if body is not None:
                shown = {k: v for k, v in body.items() if k in parts | {"identifikasjonsnummer"}}
                told.append({"foedselsEllerDNummer": number, "folkeregisterperson": shown})
        return Response.of(200, {"oppslag": told})


def _refused(status: int, code: str, headers: Mapping[str, str] | None = None) -> Response:
    return Response.of(status, {"kode": code, "melding": "Avvist av sandkassen."}, headers)
