"""The platform itself: takes messages in over REST, hands them to whoever lives here or a queue.

One integration, its account, and one receiver that lives in the same process. It sees metadata
only, and keeps what it saw in the clear so that a test can look for what must not be there.
"""

import hmac
import threading
import uuid
from collections import Counter, deque
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding

from connectors.fiks.meldinger import (
    AVSENDER,
    DOKUMENTLAGER,
    EGEN,
    KLIENTKORRELASJON,
    MELDING,
    SVAR_TIL,
    SVAR_TIL_TYPE,
    TIDSAVBRUDD,
    TYPE,
)
from connectors.fiks.sandbox.maskinporten import Maskinportensandkasse
from connectors.fiks.sandbox.megler import Megler
from connectors.fiks.sandbox.noekkelring import Noekkelring
from connectors.fiks.sandbox.skjema import BadForm, Skjema, read_form
from connectors.sandbox.app import Request, Response

TOKEN_PATH = "/maskinporten/token"  # noqa: S105 - an address
_KONTOER = "/fiks-io/katalog/api/v1/kontoer/"
_LAGER = "/dokumentlager/nedlasting/"
LARGE = 5 * 1024 * 1024
Receive = Callable[[str, Skjema], None]


class Plattform:
    """Routes and delivery; thread-safe. `receive` gets each message to the local receiver."""

    def __init__(
        self, data: Path, amqp: str, receive: Receive, *, client_id: str, secret: str, seconds: int
    ) -> None:
        self.ring = Noekkelring(data)
        ids = self.ring.ids
        self._secret = secret
        self._receive = receive
        self._documents = data / "dokumentlager"
        self._documents.mkdir(parents=True, exist_ok=True)
        self.megler = Megler(amqp, ids["integrasjon_id"], secret, ids["konto_id"])
        self.maskinporten = Maskinportensandkasse(
            self.ring.certificates["gateway"], client_id, seconds, self.megler.token
        )
        self._accounts = {ids["konto_id"]: "konto", ids["mottaker_konto_id"]: "mottaker"}
        self._lock = threading.Lock()
        self.counts: Counter[str] = Counter()
        self.clear: deque[str] = deque(maxlen=20_000)
        self.large = LARGE
        self.expire = 0

    def close(self) -> None:
        """Take the user and the queue away."""
        self.megler.close()

    def authenticate(self, request: Request) -> str | None:
        """The platform's three headers; the token address and public keys ask for none."""
        if request.path == TOKEN_PATH or request.path.endswith("/offentligNokkel"):
            return "offentlig"
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        given = request.headers.get("integrasjonpassord", "")
        known = (
            kind == "Bearer"
            and self.maskinporten.knows(token)
            and request.headers.get("integrasjonid") == self.ring.ids["integrasjon_id"]
            and hmac.compare_digest(given.encode(), self._secret.encode())
        )
        return "integrasjon" if known else None

    def handle(self, request: Request) -> Response:
        """Answer one request."""
        self.clear.append(f"{request.method} {request.path} {dict(request.query)}")
        if request.path == TOKEN_PATH and request.method == "POST":
            host = request.headers.get("host", "")
            return self.maskinporten.answer(request, f"http://{host}/maskinporten/")
        if request.method == "POST" and request.path == "/fiks-io/api/v1/send":
            return self._send(request)
        if request.method == "GET" and request.path.startswith(_KONTOER):
            return self._catalogue(request.path.removeprefix(_KONTOER))
        if request.method == "GET" and request.path.startswith(_LAGER):
            return self._document(request.path.removeprefix(_LAGER))
        return Response.of(404, _error(404, "Not Found"))

    def deliver(
        self,
        meldingstype: str,
        body: bytes,
        answers: str,
        headere: Mapping[str, str],
        *,
        sender: str = "mottaker",
        extra: Mapping[str, str] | None = None,
        twice: bool = False,
    ) -> None:
        """Put a reply in the integration's queue, the content in the document store when large."""
        ids = self.ring.ids
        headers = {
            AVSENDER: ids["mottaker_konto_id" if sender == "mottaker" else "konto_id"],
            "avsender-navn": "Sandkassen",
            MELDING: str(uuid.uuid4()),
            TYPE: meldingstype,
            SVAR_TIL: answers,
            **(extra or {}),
        }
        if KLIENTKORRELASJON in headere:
            headers[EGEN + KLIENTKORRELASJON] = headere[KLIENTKORRELASJON]
        if len(body) > self.large:
            document = str(uuid.uuid4())
            (self._documents / document).write_bytes(body)
            headers[DOKUMENTLAGER] = document
            body = b""
            self.counts["dokumentlager"] += 1
        self.clear.append(str(headers))
        for _ in range(2 if twice else 1):
            self.megler.publish(ids["konto_id"], headers, body, 7 * 24 * 3_600_000)

    def _send(self, request: Request) -> Response:
        try:
            form = read_form(request)
        except (BadForm, ValueError, KeyError, TypeError):
            return Response.of(400, _error(400, "Bad Request"))
        if self._accounts.get(form.avsender) != "konto":
            return Response.of(403, _error(403, "Forbidden"))
        if self._accounts.get(form.mottaker) != "mottaker":
            return Response.of(400, _error(400, "Bad Request"))
        melding = str(uuid.uuid4())
        self.clear.append(form.clear)
        with self._lock:
            self.counts["sendt"] += 1
            self.counts[form.type] += 1
            expired = self.expire != 0
            self.expire -= 1 if self.expire > 0 else 0
        if expired:
            # The receiver never fetched it in time.
            self.deliver(
                TIDSAVBRUDD,
                b"",
                melding,
                form.headere,
                sender="konto",
                extra={SVAR_TIL_TYPE: form.type},
            )
        else:
            self._receive(melding, form)
        answer = {
            "meldingId": melding,
            "meldingType": form.type,
            "avsenderKontoId": form.avsender,
            "mottakerKontoId": form.mottaker,
            "ttl": form.ttl_ms,
            "dokumentlagerId": None,
            "svarPaMelding": None,
            "headere": form.headere,
        }
        return Response.of(202, answer)

    def _catalogue(self, rest: str) -> Response:
        konto, _, what = rest.partition("/")
        name = self._accounts.get(konto)
        if name is None:
            return Response.of(404, _error(404, "Not Found"))
        if what == "":
            status = {"gyldigAvsender": True, "gyldigMottaker": True, "melding": ""}
            return Response.of(
                200,
                {
                    "fiksOrgId": str(uuid.uuid5(uuid.NAMESPACE_OID, name)),
                    "fiksOrgNavn": "Sandkassen",
                    "kontoId": konto,
                    "kontoNavn": name,
                    "status": status,
                },
            )
        if what != "offentligNokkel":
            return Response.of(404, _error(404, "Not Found"))
        certificate = self.ring.certificates[name]
        key: dict[str, Any] = {
            "nokkel": certificate.public_bytes(Encoding.PEM).decode(),
            "serial": str(certificate.serial_number),
            "issuerDN": certificate.issuer.rfc4514_string(),
            "subjectDN": certificate.subject.rfc4514_string(),
            "validFrom": certificate.not_valid_before_utc.isoformat(),
            "validTo": certificate.not_valid_after_utc.isoformat(),
        }
        return Response.of(200, key)

    def _document(self, name: str) -> Response:
        path = self._documents / str(uuid.UUID(name)) if _is_uuid(name) else None
        if path is None or not path.exists():
            return Response.of(404, _error(404, "Not Found"))
        return Response(200, path.read_bytes(), {"content-type": "application/octet-stream"})


def _is_uuid(text: str) -> bool:
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True


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
