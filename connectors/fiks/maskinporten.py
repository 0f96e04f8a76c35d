"""Maskinporten: an access token for a signed grant, kept until shortly before it ends.

POST of a form with `grant_type` = jwt-bearer and an assertion signed RS256, with exactly one of
`kid` and `x5c` in its header, at most 120 seconds long, its `jti` used once. One thread fetches,
the others wait. The assertion and the token are never in an error. Sources: docs.digdir.no
Maskinporten, ks-no/fiks-maskinporten (ec09b419).
"""

import base64
import json
import time
import uuid
from collections.abc import Callable, Generator
from typing import Any

import httpx
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import Encoding

from connectors.fiks.oppsett import Fiksoppsett
from connectors.http.token import ClientCredentials
from gateway.ports.connector import ConnectorSettings

GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
SCOPE = "ks:fiks"
LIFETIME = 110
"""Seconds an assertion lives; Maskinporten refuses more than 120."""
MARGIN = 10.0
"""Seconds before its end a token is no longer used."""


def _b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _json(data: dict[str, Any]) -> str:
    return _b64(json.dumps(data, separators=(",", ":")).encode())


def sign_grant(
    claims: dict[str, Any], key: RSAPrivateKey, *, kid: str, chain: tuple[x509.Certificate, ...]
) -> str:
    """A JWT signed RS256 that names its key by `kid`, or else by the certificate chain."""
    header: dict[str, Any] = {"alg": "RS256", "typ": "JWT"}
    if kid:
        header["kid"] = kid
    else:
        # x5c is plain base64, not the URL form the rest of a JWT uses.
        header["x5c"] = [base64.b64encode(c.public_bytes(Encoding.DER)).decode() for c in chain]
    signed = f"{_json(header)}.{_json(claims)}"
    signature = key.sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256())
    return f"{signed}.{_b64(signature)}"


class Maskinporten(ClientCredentials):
    """Give it to a Session; it puts the three headers of the Fiks platform on every call."""

    def __init__(
        self,
        settings: ConnectorSettings,
        oppsett: Fiksoppsett,
        key: RSAPrivateKey,
        chain: tuple[x509.Certificate, ...],
        *,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], float] = time.time,
    ) -> None:
        super().__init__(settings, margin=MARGIN, clock=clock)
        self._oppsett = oppsett
        self._key = key
        self._chain = chain
        self._now = now

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Token, IntegrasjonId and IntegrasjonPassord on a request."""
        request.headers["Authorization"] = f"Bearer {self.token()}"
        request.headers["IntegrasjonId"] = self._oppsett.integrasjon_id
        request.headers["IntegrasjonPassord"] = self._settings.client_secret
        yield request

    def fresh(self) -> str:
        """A token fetched now: every connection to the broker is opened with a new one."""
        with self._lock:
            self._token = ""
        return self.token()

    def _form(self) -> dict[str, str]:
        now = int(self._now())
        claims: dict[str, Any] = {
            "aud": self._oppsett.maskinporten_aud or _issuer(self._settings.token_url),
            "iss": self._settings.client_id,
            "scope": self._settings.scope or SCOPE,
            "iat": now,
            "exp": now + LIFETIME,
            "jti": str(uuid.uuid4()),
        }
        if self._oppsett.consumer_org:
            claims["consumer_org"] = self._oppsett.consumer_org
        assertion = sign_grant(claims, self._key, kid=self._oppsett.kid, chain=self._chain)
        return {"grant_type": GRANT, "assertion": assertion}


def _issuer(token_url: str) -> str:
    """The issuer, with its trailing slash, that a token address belongs to."""
    return token_url.rsplit("/", 1)[0] + "/"
