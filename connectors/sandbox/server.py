"""A real HTTP/1.1 server around a sandbox application: sockets, tokens, faults and counting.

One thread per connection, keep-alive, on loopback only. It must not know any vendor's resources.
"""

import contextlib
import ipaddress
import socket
import threading
from collections.abc import Sequence
from typing import Any, BinaryIO, Self

from connectors.sandbox import dialects, misbehaviour
from connectors.sandbox.app import Request, Response, SandboxApp
from connectors.sandbox.control import PREFIX, Control
from connectors.sandbox.counting import Counts, words_of
from connectors.sandbox.faults import CONTENT, DIALECTS, REWRITES, SENDING, FaultBook, Rule
from connectors.sandbox.http1 import BadRequest, format_head, read_request
from connectors.sandbox.rewriting import Rewriter
from connectors.sandbox.tampering import dropped, swapped
from connectors.sandbox.tokens import PATH as TOKEN_PATH
from connectors.sandbox.tokens import Tokens

BODY_CAP = 64 * 1024 * 1024
"""Bytes: a longer request body is answered 413."""

_OWN_WORDS = frozenset({"", *TOKEN_PATH.split("/"), "openapi.json"})


def start(
    app: SandboxApp,
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    client_id: str = "stafett",
    client_secret: str = "hemmelig",  # noqa: S107 - a sandbox on this machine has no secrets
    tenant: str = "",
    token_seconds: int = 3600,
    body_cap: int = BODY_CAP,
) -> "Running":
    """Start serving `app`; port 0 takes a free one. `tenant` defaults to the application's own.

    Raises ValueError for an address that other machines can reach.
    """
    if not ipaddress.ip_address(host).is_loopback:
        raise ValueError("a sandbox listens on loopback only")
    tenant = tenant or str(getattr(app, "tenant", ""))
    tokens = Tokens(client_id, client_secret, tenant, token_seconds)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.create_server((host, port), family=family, backlog=256)
    return Running(app, listener, tokens, tenant, body_cap)


class Running:
    """A sandbox that serves until `stop`; also a context manager."""

    def __init__(
        self,
        app: SandboxApp,
        listener: socket.socket,
        tokens: Tokens,
        tenant: str,
        body_cap: int,
    ) -> None:
        self.app = app
        host, self.port = listener.getsockname()[:2]
        self.url = f"http://[{host}]:{self.port}" if ":" in host else f"http://{host}:{self.port}"
        self.token_url = self.url + TOKEN_PATH
        self._listener = listener
        self._tokens = tokens
        self._body_cap = body_cap
        self._repeats: frozenset[str] = getattr(app, "repeats", frozenset())
        self._book = FaultBook()
        describe = getattr(app, "openapi", None)
        words = words_of(describe()) | _OWN_WORDS if describe else frozenset[str]()
        self._counts = Counts(words)
        self._control = Control(app, self._book, self._counts, tokens)
        self._rewriter = Rewriter(app, tenant)
        self._stopping = threading.Event()
        self._lock = threading.Lock()
        self._connections: dict[socket.socket, threading.Thread] = {}
        self._acceptor = threading.Thread(target=self._accept, name="sandbox", daemon=True)
        self._acceptor.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def faults(self, rules: Sequence[dict[str, Any]], seed: int | None = None) -> None:
        """Put these fault rules in force, as POST /_sandbox/faults does. Raises BadRule."""
        self._book.replace(rules, seed)

    def journal(self) -> dict[str, Any]:
        """What GET /_sandbox/journal answers."""
        return self._control.journal()

    @property
    def open_connections(self) -> int:
        """How many connections are open now."""
        with self._lock:
            return len(self._connections)

    def stop(self) -> None:
        """Close the listener and every connection, and wait for the threads."""
        self._stopping.set()
        # Shutting down wakes the thread that waits in accept(); closing alone does not.
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._acceptor.join(5)
        with self._lock:
            open_now = list(self._connections.items())
        for connection, _ in open_now:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for _, thread in open_now:
            thread.join(5)

    def _accept(self) -> None:
        while not self._stopping.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            thread = threading.Thread(target=self._serve, args=(connection,), daemon=True)
            with self._lock:
                self._connections[connection] = thread
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        try:
            with contextlib.suppress(OSError), connection, connection.makefile("rb") as stream:
                self._converse(connection, stream)
        finally:
            with self._lock:
                self._connections.pop(connection, None)

    def _converse(self, connection: socket.socket, stream: BinaryIO) -> None:
        try:
            while not self._stopping.is_set():
                request = read_request(stream, self._body_cap, self._repeats)
                if request is None or not self._answer(connection, request):
                    return
        except BadRequest as exc:
            answer = Response.of(exc.status, {"kode": "UGYLDIG_FORESPORSEL"})
            connection.sendall(format_head(answer, len(answer.body), close=True) + answer.body)
            # Closing with unread bytes would send RST and take the answer with it.
            connection.shutdown(socket.SHUT_WR)
            connection.settimeout(1.0)
            while stream.read(64 * 1024):
                pass

    def _answer(self, connection: socket.socket, request: Request) -> bool:
        """Answer one request. True when the connection may be used again."""
        if request.path.startswith(PREFIX):
            return _send(connection, request, self._control.handle(request))
        self._counts.note(request.method, request.path)
        rule = self._book.strike(request.method, request.path)
        if rule and rule.kind not in REWRITES | DIALECTS | CONTENT | SENDING:
            return self._strike(connection, rule, request)
        response = self._handle(request)
        if rule and rule.kind in REWRITES:
            response = self._rewriter.rewrite(rule, request, response)
        elif rule and rule.kind in CONTENT:
            self._spoil(rule, request)
        elif rule and rule.kind in DIALECTS:
            response = dialects.spoken(rule, request, response)
        elif self._book.active:
            self._rewriter.note(request, response)
        if rule and rule.kind in SENDING:
            return misbehaviour.send_badly(rule, connection, response, self._stopping)
        return _send(connection, request, response)

    def _spoil(self, rule: Rule, request: Request) -> None:
        """What was answered for was not stored, or other content was (the app's `spoil`)."""
        spoil = getattr(self.app, "spoil", None)
        if spoil is not None:
            spoil(request, dropped if rule.kind == "content_lost" else swapped)

    def _strike(self, connection: socket.socket, rule: Rule, request: Request) -> bool:
        """A fault before the application is asked (unless the rule says `handled`)."""
        if rule.arguments.get("handled"):
            self._handle(request)
        answer = misbehaviour.refusal(rule)
        if answer is not None:
            return _send(connection, request, answer)
        if rule.kind == "reset":
            misbehaviour.reset(connection)
        return False

    def _handle(self, request: Request) -> Response:
        if request.path == TOKEN_PATH:
            return self._tokens.issue(request)
        openapi = getattr(self.app, "openapi", None)
        if request.path == "/openapi.json" and openapi is not None:
            return Response.of(200, openapi())
        client = self._tokens.client(request)
        # A vendor with other ways in than a bearer token decides for itself.
        own = getattr(self.app, "authenticate", None)
        if own is not None:
            client = own(request, client)
        if client is None:
            return Response.of(401, {"kode": "IKKE_INNLOGGET"}, {"www-authenticate": "Bearer"})
        return self.app.handle(
            Request(
                request.method,
                request.path,
                request.query,
                request.headers,
                request.body,
                client,
                self._book.lag(request.method, request.path),
                request.target,
            )
        )


def _send(connection: socket.socket, request: Request, response: Response) -> bool:
    close = request.headers.get("connection", "").lower() == "close"
    head = format_head(response, len(response.body), close=close)
    connection.sendall(head if request.method == "HEAD" else head + response.body)
    return not close
