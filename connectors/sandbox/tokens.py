"""The token address of a sandbox: OAuth2 client credentials in the Visma Connect pattern.

Tokens live in memory and are thrown away with the server. It must not accept a default secret
from anywhere but its own constructor.
"""

import hmac
import secrets
import threading
import time
from urllib.parse import parse_qsl

from connectors.sandbox.app import Request, Response

PATH = "/connect/token"


class Tokens:
    """Issues and knows tokens for one client."""

    def __init__(self, client_id: str, client_secret: str, tenant: str, seconds: int) -> None:
        self._client_id = client_id
        self._secret = client_secret
        self._tenant = tenant
        self._seconds = seconds
        self._lock = threading.Lock()
        self._good: dict[str, float] = {}
        self.issued = 0

    def issue(self, request: Request) -> Response:
        """Answer a token request; 400 with an OAuth2 error code when it is wrong."""
        if request.method != "POST":
            return Response.of(405, {"error": "invalid_request"}, {"allow": "POST"})
        kind = request.headers.get("content-type", "").partition(";")[0].strip()
        if kind != "application/x-www-form-urlencoded":
            return Response.of(400, {"error": "invalid_request"})
        try:
            form = dict(parse_qsl(request.body.decode(), strict_parsing=True))
        except ValueError:
            return Response.of(400, {"error": "invalid_request"})
        if form.get("grant_type") != "client_credentials":
            return Response.of(400, {"error": "unsupported_grant_type"})
        secret = form.get("client_secret", "").encode()
        known = form.get("client_id") == self._client_id
        if not (hmac.compare_digest(secret, self._secret.encode()) and known):
            return Response.of(401, {"error": "invalid_client"})
        if self._tenant and form.get("tenant_id") != self._tenant:
            return Response.of(400, {"error": "invalid_tenant"})
        token = secrets.token_urlsafe(24)
        with self._lock:
            self._good[token] = time.monotonic() + self._seconds
            self.issued += 1
        answer = {
            "access_token": token,
            "expires_in": self._seconds,
            "token_type": "Bearer",
            "scope": form.get("scope", ""),
        }
        return Response.of(200, answer, {"cache-control": "no-store"})

    def client(self, request: Request) -> str | None:
        """The client the request's token belongs to; None when it has no good token."""
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        if kind != "Bearer" or self._good.get(token, 0.0) <= time.monotonic():
            return None
        return self._client_id

    def revoke(self) -> None:
        """Make every token bad at once."""
        with self._lock:
            self._good.clear()
