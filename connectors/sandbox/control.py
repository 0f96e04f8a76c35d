"""The control paths of a sandbox (`/_sandbox/...`): faults, switches, journal, clock; no token.

They are for tests and demonstrations on this machine; no vendor has them.
"""

import json
from datetime import datetime
from typing import Any

from connectors.sandbox.app import Request, Response, SandboxApp
from connectors.sandbox.counting import Counts
from connectors.sandbox.faults import BadRule, FaultBook
from connectors.sandbox.tokens import Tokens

PREFIX = "/_sandbox/"


class Control:
    """Answers the control paths of one server."""

    def __init__(self, app: SandboxApp, book: FaultBook, counts: Counts, tokens: Tokens) -> None:
        self._app = app
        self._book = book
        self._counts = counts
        self._tokens = tokens

    def handle(self, request: Request) -> Response:
        """Answer one control request."""
        match request.method, request.path.removeprefix(PREFIX):
            case "GET", "":
                return Response.of(200, {"sandbox": self._app.system})
            case "GET", "journal":
                return Response.of(200, self.journal())
            case "GET", "faults":
                return Response.of(200, self._book.struck())
            case "POST", "faults":
                return self._faults(request)
            case "POST", "clock":
                return self._clock(request)
            case "POST", "switches":
                return self._switches(request)
            case "POST", "revoke":
                self._tokens.revoke()
                return Response.of(200, {})
        return Response.of(404, {"kode": "UKJENT_STI"})

    def journal(self) -> dict[str, Any]:
        """The application's journal with the requests and tokens the chassis counted."""
        return {
            **self._app.journal(),
            "requests": self._counts.data(),
            "tokens": self._tokens.issued,
            "faults": self._book.struck(),
        }

    def _faults(self, request: Request) -> Response:
        try:
            data = json.loads(request.body)
            seed = data.get("seed") if isinstance(data, dict) else None
            rules = data.get("rules") if isinstance(data, dict) else data
            if not isinstance(rules, list):
                raise BadRule("rules")
            return Response.of(200, {"rules": self._book.replace(rules, seed)})
        except BadRule as exc:
            return Response.of(400, {"kode": "UGYLDIG_REGEL", "felt": str(exc)})
        except ValueError:
            return Response.of(400, {"kode": "UGYLDIG_JSON"})

    def _switches(self, request: Request) -> Response:
        """Misbehaviour that HTTP cannot show: the application's own switches, replaced whole."""
        switch = getattr(self._app, "switch", None)
        if switch is None:
            return Response.of(404, {"kode": "UKJENT_STI"})
        try:
            switch(json.loads(request.body))
        except (ValueError, KeyError, TypeError):
            return Response.of(400, {"kode": "UGYLDIG_REGEL"})
        return Response.of(200, {})

    def _clock(self, request: Request) -> Response:
        set_now = getattr(self._app, "set_now", None)
        if set_now is None:
            return Response.of(404, {"kode": "UKJENT_STI"})
        try:
            now = datetime.fromisoformat(json.loads(request.body)["now"])
            if now.tzinfo is None:
                raise ValueError
        except (ValueError, KeyError, TypeError):
            return Response.of(400, {"kode": "UGYLDIG_TID"})
        set_now(now)
        return Response.of(200, {"now": now.isoformat()})
