"""The line (chapter 7): listens and sends over TLS with certificates at both ends.

The standard library's HTTP and TLS, set up from the text. Trust is the certificates it is given
and nothing else. It must not open what it carries.
"""

import contextlib
import http.client
import http.server
import json
import ssl
import tempfile
import threading
import time
import urllib.parse
from collections.abc import Callable, Mapping
from pathlib import Path

from tests.samsvar.feil import Feil
from tests.samsvar.noekler import Par

PATH = "/overfoering/v1/meldinger"
MEDIA = "application/pkcs7-mime"
_SECONDS = 30.0


def _context(kind: int, own: Par | None, trusted: str) -> ssl.SSLContext:
    """`trusted` is PEM: the certificates themselves, whoever issued them."""
    context = ssl.SSLContext(kind)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.check_hostname = False
    context.verify_mode = ssl.CERT_REQUIRED
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    context.load_verify_locations(cadata=trusted)
    if own is not None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "tls.pem"
            path.write_text(own.private_pem())
            context.load_cert_chain(path)
    return context


class Lytter:
    """The suite's address. The port is taken at once; nobody is answered before `serve`."""

    def __init__(self, take: Callable[[bytes], None]) -> None:
        class Handler(_Handler):
            pass

        Handler.take = staticmethod(take)
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._server.block_on_close = False
        self._server.handle_error = lambda *_: None  # type: ignore[method-assign]
        self.url = f"https://127.0.0.1:{self._server.server_address[1]}"
        self._thread: threading.Thread | None = None

    def serve(self, own: Par, trusted: str) -> None:
        """Answer whoever shows one of these certificates."""
        context = _context(ssl.PROTOCOL_TLS_SERVER, own, trusted)
        self._server.socket = context.wrap_socket(
            self._server.socket, server_side=True, do_handshake_on_connect=False
        )
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.1,), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """No more."""
        if self._thread is not None:
            self._server.shutdown()
            self._thread.join(5)
        self._server.server_close()


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = _SECONDS
    take: Callable[[bytes], None]

    def do_GET(self) -> None:
        """The greeting."""
        told = {"protokoll": "stafettlogg-overfoering", "versjon": "1.1"}
        self._answer(200 if self.path == PATH else 404, json.dumps(told).encode())

    def do_POST(self) -> None:
        """Take one envelope."""
        length = int(self.headers.get("content-length") or 0)
        body = self.rfile.read(length)
        media = self.headers.get("content-type", "").partition(";")[0].strip().lower()
        status = 404 if self.path != PATH else 411 if not length else 202
        if status == 202 and media != MEDIA:
            status = 415
        if status == 202:
            type(self).take(body)
        self._answer(status, b"")

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""


class Linje:
    """To the gateway under test."""

    def __init__(self, url: str, trusted: str) -> None:
        split = urllib.parse.urlsplit(url)
        if split.scheme != "https":
            raise Feil("ikke_https")
        self._host, self._port = split.hostname or "", split.port or 443
        self._trusted = trusted

    def ask(
        self,
        own: Par | None,
        method: str,
        path: str,
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
    ) -> tuple[int, bytes, Mapping[str, str]]:
        """One request on a line of its own: the status, 0 when the line was refused or broke, the
        body and the head."""
        context = _context(ssl.PROTOCOL_TLS_CLIENT, own, self._trusted)
        line = http.client.HTTPSConnection(
            self._host, self._port, timeout=_SECONDS, context=context
        )
        with contextlib.closing(line):
            try:
                line.putrequest(method, path, skip_accept_encoding=True)
                for name, value in (headers or {}).items():
                    line.putheader(name, value)
                line.endheaders(body or None)
                answer = line.getresponse()
                return answer.status, answer.read(), dict(answer.headers.items())
            except (OSError, http.client.HTTPException):
                return 0, b"", {}

    def post(self, own: Par, package: bytes) -> None:
        """Hand an envelope over; when there is no room or the line breaks, again for a minute.
        Raises Feil for any other answer than 202."""
        headers = {"content-type": MEDIA, "content-length": str(len(package))}
        until = time.monotonic() + 60
        while True:
            status, _, head = self.ask(own, "POST", PATH, package, headers)
            if status == 202:
                return
            if status not in (0, 503) or time.monotonic() > until:
                raise Feil("svar", status=status)
            time.sleep(min(float(head.get("retry-after", 1) or 1), 5.0))
