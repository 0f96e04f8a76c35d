"""The listening end: HTTPS, certificates from the directory only, one thing to do, and an echo.

`POST /overfoering/v1/meldinger` with a package stores it and answers 202; an echo beside it is
answered and not kept. That answer is about
transport: the package has not been opened. Sizes, times and the number of connections are
bounded, and nothing that comes in is ever written to a log.
"""

import contextlib
import hashlib
import http.server
import json
import socket
import socketserver
import ssl
import threading
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from connectors.stafett_https.gjester import Gjester
from connectors.stafett_https.operasjoner import EKKO, PATH
from gateway.errors import GatewayError, Transient
from gateway.ports.ekko import Ekkosvar
from schemas.overfoering.ekko import MEST
from schemas.overfoering.koder import PROTOKOLL, VERSJON

_SECONDS = 30.0
_HANDSHAKE = 10.0
_MEDIA = "application/pkcs7-mime"

Take = Callable[[bytes, str], None]
"""Stores a package; the second is who brought it, as a hash of the certificate shown."""
Echo = Callable[[bytes, bytes], Ekkosvar]
"""Answers an echo; the second is the certificate shown, in DER."""


class Lytter:
    """Serves until `stop`. `port` is the one taken when 0 was asked for."""

    def __init__(self, host: str, port: int, tls: ssl.SSLContext, take: Take, most: int) -> None:
        self._server = _Server((host, port), tls, take, most)
        self.port = int(self._server.server_address[1])
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.1,), name="stafett-lytter", daemon=True
        )
        self._thread.start()

    def echo(self, answer: Echo) -> None:
        """Who answers echoes from now on."""
        self._server.echo = answer

    def stop(self) -> None:
        """Stop accepting; what is being stored is finished or will be sent again."""
        self._server.stopping = True
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)
        self._server.guests.close()


class _Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True
    request_queue_size = 128

    def __init__(
        self, address: tuple[str, int], tls: ssl.SSLContext, take: Take, most: int
    ) -> None:
        if ":" in address[0]:
            self.address_family = socket.AF_INET6
        super().__init__(address, _Handler)
        self.tls = tls
        self.take = take
        self.most = most
        self.echo: Echo | None = None
        self.stopping = False
        self.guests = Gjester(most)

    def server_bind(self) -> None:
        # HTTPServer's own looks the host's name up, which may leave this machine.
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = str(self.server_address[0]), self.server_address[1]

    def process_request(self, request: Any, client_address: Any) -> None:
        """One thread per connection, and not more of them than there is room for."""
        self.guests.knock(request)
        try:
            super().process_request(request, client_address)
        except RuntimeError:  # no thread to be had
            self.guests.leave(request)
            request.close()

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """The handshake is done here, in the connection's own thread: it may take its time."""
        wrapped = None
        try:
            request.settimeout(_HANDSHAKE)
            with contextlib.suppress(OSError, ValueError):
                wrapped = self.tls.wrap_socket(
                    request, server_side=True, do_handshake_on_connect=False
                )
                if self.guests.shows(request, wrapped):
                    wrapped.do_handshake()
                    self._welcome(request, wrapped, client_address)
        finally:
            with contextlib.suppress(OSError):
                (wrapped or request).close()
            self.guests.leave(request, wrapped)

    def _welcome(self, request: Any, wrapped: ssl.SSLSocket, client_address: Any) -> None:
        peer = wrapped.getpeercert(binary_form=True) or b""
        if peer and self.guests.enter(request, wrapped, peer):
            wrapped.settimeout(_SECONDS)
            super().process_request_thread(wrapped, client_address)

    def service_actions(self) -> None:
        """Between two connections: end what has had its time."""
        self.guests.send_home()

    def handle_error(self, request: object, client_address: object) -> None:
        """A broken line is the sender's to mend; its text could hold anything."""


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "stafett"
    sys_version = ""
    timeout = _SECONDS
    server: _Server
    connection: ssl.SSLSocket

    def do_GET(self) -> None:
        """What this is, for somebody who sets up a line."""
        if self.path != PATH:
            self._refuse(self._strange())
            return
        # A body here would be read as the next request.
        body = "content-length" in self.headers or "transfer-encoding" in self.headers
        self._answer(200, close=body, body={"protokoll": PROTOKOLL, "versjon": VERSJON})

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """A request nobody here has a word for is answered as briefly as every other."""
        self._refuse(self._strange() if code == HTTPStatus.NOT_IMPLEMENTED else code)

    def do_POST(self) -> None:
        """Take one package."""
        status = self._unwanted()
        if status:
            self._refuse(status)
            return
        length = self._length()
        shown = self.connection.getpeercert(binary_form=True) or b""
        with self.server.guests.room_for(length, shown) as room:
            if room and self.path == EKKO:
                self._echo(length, shown)
            elif room:
                self._take(length, shown)
        if not room:
            self._answer(503, retry_after=30.0, close=True)
            self._linger()

    def handle_expect_100(self) -> bool:
        """Whoever asks before it sends is told no then, and not after."""
        status = self._unwanted() if self.command == "POST" else 0
        if status:
            self._refuse(status)
            return False
        return super().handle_expect_100()

    def _length(self) -> int:
        """Bytes of the body; 0 when the request does not say it, or says it in two ways, for that
        is two requests to somebody."""
        lengths = self.headers.get_all("content-length") or []
        if len(lengths) != 1 or "transfer-encoding" in self.headers:
            return 0
        return int(lengths[0]) if lengths[0].isdecimal() and len(lengths[0]) <= 12 else 0

    def _here(self) -> str:
        """The methods of the address that was asked for; empty when there is nothing there."""
        if self.path == PATH:
            return "GET, POST"
        return "POST" if self.path == EKKO and self.server.echo is not None else ""

    def _strange(self) -> int:
        """The status of a method that is not to be had: there is no such address, or it is."""
        return 405 if self._here() else 404

    def _unwanted(self) -> int:
        """The status a POST is refused with, by its head alone and in the order of the protocol's
        chapter 7; 0 when it may come."""
        if not self._here():
            return 404
        if not self._length():
            return 411
        media = self.headers.get_all("content-type") or []
        if [one.partition(";")[0].strip().lower() for one in media] != [_MEDIA]:
            return 415
        return 413 if self._length() > self._most() else 0

    def _most(self) -> int:
        return MEST if self.path == EKKO else self.server.most

    def _refuse(self, status: int) -> None:
        limit = {"kode": "FOR_STOR_KONVOLUTT", "mest": self._most()} if status == 413 else None
        self._answer(status, close=True, body=limit)
        self._linger()

    def _linger(self) -> None:
        """Let a client that is still sending send on until it hangs up, and throw it away: a line
        that is torn takes the answer with it. Its time here ends it too (`gjester`)."""
        line = self.connection
        with contextlib.suppress(OSError, ValueError):
            line.settimeout(0)
            line.unwrap()  # says that we say no more, and does not wait for the other's word
        with contextlib.suppress(OSError, ValueError):
            line.settimeout(_SECONDS)
            while socket.socket.recv(line, 1 << 16):
                pass

    def _take(self, length: int, shown: bytes) -> None:
        package = self.rfile.read(length)
        if len(package) != length:
            self.close_connection = True
            return
        try:
            self.server.take(package, hashlib.sha256(shown).hexdigest())
        except Transient as fault:
            self._answer(503, retry_after=fault.retry_after or 30.0)
        except GatewayError:
            self._answer(503, retry_after=60.0)
        else:
            self._answer(202)

    def _echo(self, length: int, shown: bytes) -> None:
        package = self.rfile.read(length)
        if len(package) != length or self.server.echo is None:
            self.close_connection = True
            return
        told = self.server.echo(package, shown)
        self._answer(told.status, sealed=told.pakke, retry_after=told.vent or None)

    def _answer(
        self,
        status: int,
        body: Mapping[str, object] | None = None,
        *,
        sealed: bytes = b"",
        retry_after: float | None = None,
        close: bool = False,
    ) -> None:
        data = json.dumps(body).encode() if body else sealed
        self.send_response(status)
        self.send_header("content-length", str(len(data)))
        if status == HTTPStatus.METHOD_NOT_ALLOWED:
            self.send_header("allow", self._here())
        if data:
            self.send_header("content-type", _MEDIA if sealed else "application/json")
        if retry_after is not None:
            self.send_header("retry-after", str(int(retry_after)))
        if close or self.server.stopping:
            self.send_header("connection", "close")
            self.close_connection = True
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing of a request is ever logged."""
