"""The sandbox application: one integrasjonspunkt of several that share what lies between them.

It validates documents against `schemas/eformidling/`, locks for five minutes by a clock that can
be set, and says what is wrong as the product does: in the class name of an exception, and in a
message that quotes everything, so that a leak would show.
"""

import base64
import hmac
import json
import re
import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from connectors.eformidling.sandbox.formidling import Formidling
from connectors.eformidling.sandbox.nett import ORGNR, PROSESS, STANDARD, Nett
from connectors.sandbox.app import Request, Response
from schemas.eformidling.sbd import DOKUMENT

_LOCK = 300.0
_NAMED = re.compile(r'filename="([^"]{1,200})"')
_ERRORS = "no.difi.meldingsutveksling.exceptions."


class Avslag(Exception):
    """A refusal: status and the class name of the product's exception."""

    def __init__(self, status: int, name: str) -> None:
        super().__init__(status, name)
        self.status = status
        self.name = name


def open_sandbox(data: Path) -> "dict[str, Integrasjonspunktsandkasse]":
    """The integrasjonspunkt of both organisations, by name, over `data`."""
    nett = Nett(data)
    return {name: Integrasjonspunktsandkasse(nett, name) for name in ORGNR}


class Integrasjonspunktsandkasse:
    """A SandboxApp."""

    system = "eformidling"

    def __init__(self, nett: Nett, name: str) -> None:
        self.nett = nett
        self.name = name
        self.orgnr = ORGNR[name]
        self._data: Formidling = nett.data
        self._lock = threading.Lock()
        self._user = f"stafett-{name}:passord-{name}".encode()

    def close(self) -> None:
        """Close the data; the last one to do so does."""
        self.nett.close()

    def authenticate(self, request: Request, client: str | None) -> str | None:
        """Basic, as the product's own user."""
        kind, _, given = request.headers.get("authorization", "").partition(" ")
        own = base64.b64encode(self._user)
        return self.name if kind == "Basic" and hmac.compare_digest(given.encode(), own) else None

    def switch(self, values: Mapping[str, Any]) -> None:
        """Replace all switches of the net (see `nett.py`)."""
        self.nett.switch(values)

    def set_now(self, now: datetime) -> None:
        """The clock of the whole net stands at `now`."""
        self.nett.set_now(now)

    def journal(self) -> dict[str, Any]:
        """What waits for whom."""
        return {"innboks": self._data.tally(), "sendt": self.nett.sent}

    def handle(self, request: Request) -> Response:
        """Answer one request."""
        self.nett.expire()
        try:
            return self._answer(request)
        except Avslag as exc:
            quoted = request.body.decode("utf-8", "replace")
            return Response.of(
                exc.status,
                {
                    "timestamp": datetime.now(UTC).isoformat(),
                    "status": exc.status,
                    "error": "Bad Request" if exc.status == 400 else "Feil",
                    "exception": _ERRORS + exc.name,
                    "message": f"Feil i {quoted} for {self.orgnr}",
                    "path": request.path,
                },
            )

    def _answer(self, request: Request) -> Response:
        head, _, rest = request.path.removeprefix("/api/").partition("/")
        match request.method, head, rest.split("/"):
            case "POST", "messages", ["out"]:
                return self._create(request)
            case "PUT", "messages", ["out", ident]:
                return self._upload(request, ident)
            case "POST", "messages", ["out", ident]:
                return self._send(ident)
            case "GET", "statuses", ["peek"]:
                row = self._data.queue_head(self.orgnr)
                return Response(204) if row is None else Response.of(200, _status(row))
            case "GET", "statuses", [ident]:
                rows = [_status(row) for row in self._data.statuses(self.orgnr, ident)]
                page = {"content": rows, "totalElements": len(rows), "number": 0, "last": True}
                return Response.of(200, page)
            case "DELETE", "statuses", [number] if number.isdecimal():
                if not self._data.unqueue(self.orgnr, int(number)):
                    raise Avslag(404, "MessageStatusNotFoundException")
                return Response(200)
            case "GET", "messages", ["in", "peek"]:
                return self._peek(request.query)
            case "GET", "messages", ["in", "pop", ident]:
                return self._pop(ident)
            case "DELETE", "messages", ["in", ident]:
                return self._remove(ident)
        raise Avslag(404, "NotFoundException")

    def _create(self, request: Request) -> Response:
        try:
            given = json.loads(request.body)
            sbd = DOKUMENT.validate_python(given)
        except (ValueError, ValidationError):
            raise Avslag(400, "MethodArgumentNotValidException") from None
        head = sbd["standardBusinessDocumentHeader"]
        if head["sender"][0]["identifier"]["value"] != f"0192:{self.orgnr}":
            raise Avslag(400, "SenderNotAllowedException")
        if head["documentIdentification"]["standard"] != STANDARD:
            raise Avslag(400, "DocumentTypeDoNotFitDocumentStandardException")
        to = head["receiver"][0]["identifier"]["value"].removeprefix("0192:")
        if to not in ORGNR.values() or head["businessScope"]["scope"][0]["identifier"] != PROSESS:
            raise Avslag(400, "ReceiverDoNotAcceptProcessException")
        ident = head["documentIdentification"]["instanceIdentifier"]
        if not self._data.create(self.orgnr, ident, given):
            raise Avslag(400, "MessageAlreadyExistsException")
        self.nett.status(self.orgnr, ident, given, "OPPRETTET")
        return Response.of(200, given)

    def _upload(self, request: Request, ident: str) -> Response:
        if self._data.outgoing(self.orgnr, ident) is None:
            raise Avslag(404, "MessageNotFoundException")
        named = _NAMED.search(request.headers.get("content-disposition", ""))
        media = request.headers.get("content-type", "")
        if named is None or not media:
            raise Avslag(400, "MissingServletRequestParameterException")
        if not self._data.add_file(ident, named[1], media, request.body):
            raise Avslag(400, "DuplicateFilenameException")
        return Response(200)

    def _send(self, ident: str) -> Response:
        sbd = self._data.outgoing(self.orgnr, ident)
        if sbd is None:
            raise Avslag(404, "MessageNotFoundException")
        if not self._data.files(ident):
            raise Avslag(400, "MissingFileException")
        if self.nett.limit(sbd) <= self.nett.now():
            self.nett.status(self.orgnr, ident, sbd, "LEVETID_UTLOPT")
            raise Avslag(400, "TimeToLiveException")
        self.nett.carry(self.orgnr, ident, sbd)
        return Response(200)

    def _peek(self, query: Mapping[str, str]) -> Response:
        found, sbd = self._data.lock_next(
            self.orgnr,
            query.get("process", ""),
            query.get("messageId", ""),
            self.nett.now(),
            _LOCK,
        )
        return Response.of(200, sbd) if found else Response(204)

    def _pop(self, ident: str) -> Response:
        found = self._data.locked(self.orgnr, ident, self.nett.now())
        if found is None:
            raise Avslag(404, "MessageNotFoundException")
        locked, asic = found
        if not locked:
            raise Avslag(400, "MessageNotLockedException")
        if asic is None:
            return Response(204)
        if asic == b"":
            # As the product does with a file it cannot read: an error, and the message is gone.
            self._data.take_out(self.orgnr, ident)
            raise Avslag(500, "FileNotFoundException")
        return Response(200, asic, {"content-type": "application/vnd.etsi.asic-e+zip"})

    def _remove(self, ident: str) -> Response:
        found = self._data.locked(self.orgnr, ident, self.nett.now())
        if found is None:
            raise Avslag(404, "MessageNotFoundException")
        if not found[0]:
            raise Avslag(400, "MessageNotLockedException")
        sbd = self._data.take_out(self.orgnr, ident)
        self.nett.delivered(ident)
        return Response.of(200, sbd)


def _status(row: tuple[int, str, str, str, str]) -> dict[str, Any]:
    number, ident, conversation, status, moment = row
    return {
        "id": number,
        "convId": number,
        "lastUpdate": moment,
        "status": status,
        "description": status.capitalize(),
        "messageId": ident,
        "conversationId": conversation,
    }
