"""The sandbox application: two organisations, the catalogue, sending, and a document store.

It is the platform: it sees metadata in the clear and keeps what it saw, so that a test can look
for what must not be there; it never opens a package.
"""

import os
import threading
import uuid
from collections import Counter, deque
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding

from connectors.fiks.meldinger import (
    AVSENDER,
    DOKUMENTLAGER,
    EGEN,
    MELDING,
    SVAR_TIL,
    SVAR_TIL_TYPE,
    TIDSAVBRUDD,
    TYPE,
)
from connectors.fiks.sandbox.skjema import BadForm, Skjema, read_form
from connectors.fiks_io.sandbox.brytere import Brytere
from connectors.fiks_io.sandbox.dodsboks import Dodsboks
from connectors.fiks_io.sandbox.konto import Sandkassekonto
from connectors.sandbox.app import Request, Response

AMQP = "amqp://guest:guest@127.0.0.1:5672/"
ORGNR = {"a": "899100107", "b": "899100115"}
PROTOKOLL = "no.kommune.stafettlogg.v1"
PREFIKS = "no.kommune.stafettlogg."
SERVERFEIL = "no.ks.fiks.kvittering.serverfeil.v1"
_KATALOG = "/fiks-io/katalog/api/v1/"
_LAGER = "/dokumentlager/nedlasting/"
_LARGE = 5 * 1024 * 1024
_WEEK = 7 * 24 * 3_600_000


def open_sandbox(data: Path, *, amqp: str = "") -> "FiksIoSandkasse":
    """The sandbox over `data`; `amqp` (or $STAFETT_AMQP) is a RabbitMQ with management.

    Raises connectors.fiks.sandbox.megler.NoBroker when none answers.
    """
    return FiksIoSandkasse(data, amqp or os.environ.get("STAFETT_AMQP", AMQP))


class FiksIoSandkasse:
    """A SandboxApp; thread-safe."""

    system = "fiks_io"

    def __init__(self, data: Path, amqp: str) -> None:
        dead = f"sandkasse.doed.{uuid.uuid4()}"
        self.konti = {
            name: Sandkassekonto(name, orgnr, data, amqp, dead) for name, orgnr in ORGNR.items()
        }
        self._by_id = {konto.konto_id: konto for konto in self.konti.values()}
        self._documents = data / "dokumentlager"
        self._documents.mkdir(parents=True, exist_ok=True)
        self._data = data
        self._lock = threading.Lock()
        self._brytere = Brytere()
        self.counts: Counter[str] = Counter()
        self.clear: deque[str] = deque(maxlen=20_000)
        some = next(iter(self.konti.values()))
        self._dead = Dodsboks(some.megler.parameters, dead, self._lost)

    def close(self) -> None:
        """Take users and queues away."""
        self._dead.close()
        for konto in self.konti.values():
            konto.megler.close()

    def authenticate(self, request: Request, client: str | None) -> str | None:
        """The platform's three headers; token addresses and public keys ask for none."""
        if request.path.startswith("/maskinporten/") or request.path.endswith("/offentligNokkel"):
            return "offentlig"
        return next((k.name for k in self.konti.values() if k.is_from(request)), None)

    def switch(self, values: Mapping[str, Any]) -> None:
        """Replace all switches (see `brytere.py`)."""
        self._brytere.replace(values)

    def journal(self) -> dict[str, Any]:
        """What an outside observer counts, and where the client sides find their keys."""
        return {
            "meldinger": dict(self.counts),
            "tokens": {name: konto.maskinporten.count for name, konto in self.konti.items()},
            "klient": {
                "mappe": str(self._data.resolve()),
                "amqp": self.konti["a"].megler.url,
            },
        }

    def clear_text(self) -> list[str]:
        """Everything the platform and the broker saw that was not encrypted."""
        return list(self.clear)

    def handle(self, request: Request) -> Response:
        """Answer one request."""
        self.clear.append(f"{request.method} {request.path}")
        if request.method == "POST":
            for konto in self.konti.values():
                if request.path == konto.token_path:
                    host = request.headers.get("host", "")
                    issuer = f"http://{host}/maskinporten/{konto.name}/"
                    return konto.maskinporten.answer(request, issuer)
            if request.path == "/fiks-io/api/v1/send":
                return self._send(request)
        if request.method == "GET" and request.path.startswith(_LAGER):
            return self._document(request.path.removeprefix(_LAGER))
        if request.method == "GET" and request.path == f"{_KATALOG}lookup":
            return self._lookup(request.query)
        if request.method == "GET" and request.path.startswith(f"{_KATALOG}kontoer/"):
            return self._account(request.path.removeprefix(f"{_KATALOG}kontoer/"))
        return Response.of(404, _error(404, "Not Found"))

    def put(self, to: str, headers: Mapping[str, str], body: bytes, ttl_ms: int = _WEEK) -> None:
        """Put a message in an organisation's queue as it is: for receipts, and for rubbish."""
        konto = self.konti[to]
        self.clear.append(str(dict(headers)))
        konto.megler.publish(konto.konto_id, headers, body, ttl_ms)

    def _send(self, request: Request) -> Response:
        try:
            form = read_form(request)
        except (BadForm, ValueError, KeyError, TypeError):
            return Response.of(400, _error(400, "Bad Request"))
        sender = self._by_id.get(form.avsender)
        receiver = self._by_id.get(form.mottaker)
        if sender is None or sender.name != request.client:
            return Response.of(403, _error(403, "Forbidden"))
        if receiver is None or not form.type.startswith(PREFIKS):
            return Response.of(400, _error(400, "Bad Request"))
        self.clear.append(form.clear)
        melding = str(uuid.uuid4())
        with self._lock:
            self.counts["sendt"] += 1
            self.counts[form.type] += 1
        self._deliver(melding, form, receiver)
        answer = {
            "meldingId": melding,
            "meldingType": form.type,
            "avsenderKontoId": form.avsender,
            "mottakerKontoId": form.mottaker,
            "ttl": form.ttl_ms,
            "dokumentlagerId": None,
            "svarPaMelding": form.svar_paa or None,
            "headere": form.headere,
        }
        return Response.of(202, answer)

    def _deliver(self, melding: str, form: Skjema, to: Sandkassekonto) -> None:
        headers = {
            AVSENDER: form.avsender,
            "avsender-navn": "Sandkassen",
            MELDING: melding,
            TYPE: form.type,
            **{EGEN + name: value for name, value in form.headere.items()},
        }
        if form.svar_paa:
            headers[SVAR_TIL] = form.svar_paa
        if self._brytere.strikes("serverfeil"):
            self._lost("delivery_limit", headers)
            return
        body = form.data
        if len(body) > self._brytere.value("dokumentlager", _LARGE):
            document = str(uuid.uuid4())
            if not self._brytere.strikes("taper_dokument"):
                (self._documents / document).write_bytes(body)
            headers[DOKUMENTLAGER] = document
            body = b""
            self.counts["dokumentlager"] += 1
        ttl = 1 if self._brytere.strikes("tidsavbrudd") else form.ttl_ms
        for _ in range(2 if self._brytere.strikes("dobbelt") else 1):
            self.put(to.name, headers, body, ttl)

    def _lost(self, reason: str, headers: Mapping[str, str]) -> None:
        """What did not arrive is told to its sender; what was refused for good, to nobody."""
        self.counts[f"doed.{reason}"] += 1
        sender = self._by_id.get(headers.get(AVSENDER, ""))
        kind = {"expired": TIDSAVBRUDD, "delivery_limit": SERVERFEIL}.get(reason)
        if sender is None or kind is None or headers.get(TYPE, "").startswith("no.ks.fiks."):
            return
        receipt = {
            AVSENDER: sender.konto_id,
            MELDING: str(uuid.uuid4()),
            TYPE: kind,
            SVAR_TIL: headers[MELDING],
        }
        if kind == TIDSAVBRUDD:
            receipt[SVAR_TIL_TYPE] = headers[TYPE]
        if self._brytere.strikes("ekko"):
            receipt.update({k: v for k, v in headers.items() if k.startswith(EGEN)})
        self.put(sender.name, receipt, b"")

    def _lookup(self, query: Mapping[str, str]) -> Response:
        asked = query.get("identifikator", "").removeprefix("ORG_NO.")
        found = next((k for k in self.konti.values() if k.orgnr == asked), None)
        known = query.get("meldingProtokoll") == PROTOKOLL and query.get("sikkerhetsniva") == "4"
        if found is None or not known:
            return Response.of(404, _error(404, "Not Found"))
        return self._account(found.konto_id)

    def _account(self, rest: str) -> Response:
        konto_id, _, what = rest.partition("/")
        konto = self._by_id.get(konto_id)
        if konto is None or what not in {"", "offentligNokkel"}:
            return Response.of(404, _error(404, "Not Found"))
        certificate = konto.ring.certificates["konto"]
        if what:
            return Response.of(
                200,
                {
                    "nokkel": certificate.public_bytes(Encoding.PEM).decode(),
                    "serial": str(certificate.serial_number),
                    "issuerDN": certificate.issuer.rfc4514_string(),
                    "validFrom": certificate.not_valid_before_utc.isoformat(),
                    "validTo": certificate.not_valid_after_utc.isoformat(),
                },
            )
        status = {"gyldigAvsender": True, "gyldigMottaker": konto.open, "melding": ""}
        return Response.of(
            200,
            {
                "fiksOrgId": str(uuid.uuid5(uuid.NAMESPACE_OID, konto.name)),
                "fiksOrgNavn": f"Sandkassen {konto.name}",
                "kontoId": konto_id,
                "kontoNavn": konto.name,
                "status": status,
            },
        )

    def _document(self, name: str) -> Response:
        try:
            path = self._documents / str(uuid.UUID(name))
        except ValueError:
            path = None
        if path is None or not path.exists():
            return Response.of(404, _error(404, "Not Found"))
        return Response(200, path.read_bytes(), {"content-type": "application/octet-stream"})


def _error(status: int, what: str) -> dict[str, Any]:
    """The platform's error body."""
    return {
        "timestamp": datetime.now(UTC).isoformat(),
        "status": status,
        "error": what,
        "errorId": str(uuid.uuid4()),
        "path": "",
        "message": what,
        "errorCode": None,
        "errorJson": None,
    }
