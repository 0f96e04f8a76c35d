"""Maskinporten for practice: checks a grant as strictly as the real one and gives a token.

It must not accept an assertion twice, or one that lives longer than 120 seconds.
"""

import base64
import json
import secrets
import threading
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.serialization import Encoding

from connectors.fiks.maskinporten import GRANT, SCOPE
from connectors.fiks.noekler import rsa_of
from connectors.sandbox.app import Request, Response

KID = "sandkasse-1"
_SLACK = 10


class BadGrant(ValueError):
    """A grant that is refused; the text is Maskinporten's kind of code."""


def _unb64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


class Maskinportensandkasse:
    """Issues and knows tokens of one client. `issued` is told of every new token."""

    def __init__(
        self,
        certificate: x509.Certificate,
        client_id: str,
        seconds: int,
        issued: Callable[[str], None],
        scope: str = SCOPE,
    ) -> None:
        self._certificate = certificate
        self._client_id = client_id
        self._seconds = seconds
        self._issued = issued
        self._scope = scope
        self._lock = threading.Lock()
        self._used: set[str] = set()
        self._good: dict[str, float] = {}
        self.count = 0

    def answer(self, request: Request, issuer: str) -> Response:
        """POST of the form; 400 with an MP code when something is wrong."""
        try:
            form = dict(parse_qsl(request.body.decode(), strict_parsing=True))
            if form.get("grant_type") != GRANT:
                raise BadGrant("MP-100")
            self._check(form.get("assertion", ""), issuer)
        except BadGrant as exc:
            return Response.of(400, {"error": "invalid_grant", "code": str(exc)})
        except (ValueError, KeyError, TypeError, InvalidSignature):
            return Response.of(400, {"error": "invalid_grant", "code": "MP-110"})
        token = secrets.token_urlsafe(24)
        with self._lock:
            # One at a time: the broker's password is always the newest token's.
            self._issued(token)
            self._good[token] = time.monotonic() + self._seconds
            self.count += 1
        return Response.of(
            200,
            {
                "access_token": token,
                "token_type": "Bearer",
                "expires_in": self._seconds,
                "scope": self._scope,
            },
        )

    def knows(self, token: str) -> bool:
        """Whether a token is good now."""
        return self._good.get(token, 0.0) > time.monotonic()

    def revoke(self) -> None:
        """Make every token bad."""
        self._good.clear()

    def _check(self, assertion: str, issuer: str) -> None:
        head, body, signature = assertion.split(".")
        header: dict[str, Any] = json.loads(_unb64(head))
        claims: dict[str, Any] = json.loads(_unb64(body))
        if header.get("alg") != "RS256" or ("kid" in header) == ("x5c" in header):
            raise BadGrant("MP-012")
        own = base64.b64encode(self._certificate.public_bytes(Encoding.DER)).decode()
        if header.get("kid", KID) != KID or header.get("x5c", [own])[0] != own:
            raise BadGrant("MP-120")
        key = rsa_of(self._certificate)
        if key is None:
            raise BadGrant("MP-120")
        key.verify(
            _unb64(signature), f"{head}.{body}".encode(), padding.PKCS1v15(), hashes.SHA256()
        )
        now = time.time()
        if claims["iss"] != self._client_id or claims["aud"] != issuer:
            raise BadGrant("MP-110")
        if claims["scope"] != self._scope:
            raise BadGrant("MP-200")
        if claims["exp"] - claims["iat"] > 120 or abs(now - claims["iat"]) > _SLACK + 120:
            raise BadGrant("MP-121")
        if claims["exp"] < now:
            raise BadGrant("MP-121")
        with self._lock:
            if claims["jti"] in self._used:
                raise BadGrant("MP-110")
            self._used.add(claims["jti"])
