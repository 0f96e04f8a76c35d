"""OAuth2 client credentials in the Visma Connect pattern: one token, fetched by one thread.

POST of a form to the token address (`grant_type`, `client_id`, `client_secret`, `scope`,
`tenant_id`); the answer's `access_token` is used until `expires_in` minus a margin, and for a while
of our own where the answer does not say in a number (RFC 6749 5.1: RECOMMENDED; a token that dies
before is renewed at its 401). Source of the pattern: developer.visma.com, Visma Connect client
credentials. The secret and the token are never in an error, and neither is the answer.
"""

import threading
import time
from collections.abc import Callable, Generator
from contextlib import closing

import httpx

from connectors.http.body import read_body
from connectors.http.faults import FOREIGN, Unreadable, translate
from connectors.http.refusals import refusal
from connectors.http.strictjson import parse
from gateway.errors import GatewayError, LocalFault
from gateway.ports.connector import ConnectorSettings

_PLACE = "token"
_CAP = 256 * 1024
_UNTOLD = 300.0
"""Seconds a token is used when nobody says how long it lives."""


class ClientCredentials(httpx.Auth):
    """Give it to a Session, which lends it its client; thread-safe."""

    def __init__(
        self,
        settings: ConnectorSettings,
        *,
        margin: float = 30.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._settings = settings
        self._margin = margin
        self._clock = clock
        self._lock = threading.Lock()
        self._client: httpx.Client | None = None
        self._token = ""
        self._good_until = 0.0

    def bind(self, client: httpx.Client) -> None:
        """The client that carries the token calls."""
        self._client = client

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Puts the token on a request, fetching one first when needed."""
        request.headers["Authorization"] = f"Bearer {self.token()}"
        yield request

    def token(self) -> str:
        """A token that is good now. Raises LocalFault("IKKE_INNLOGGET"), Transient, Unreadable."""
        with self._lock:
            if not self._token or self._clock() >= self._good_until:
                self._token, lifetime = self._fetch()
                self._good_until = self._clock() + max(lifetime - self._margin, lifetime / 2)
            return self._token

    def renew(self, request: httpx.Request) -> None:
        """Throw away the token `request` carried, unless another thread already has."""
        used = request.headers.get("Authorization", "")
        with self._lock:
            if used == f"Bearer {self._token}":
                self._token = ""

    def _fetch(self) -> tuple[str, float]:
        if self._client is None:
            raise LocalFault("IKKE_INNLOGGET", place=_PLACE)
        data = self._exchange(self._client, self._form())
        token = data.get("access_token") if isinstance(data, dict) else None
        lifetime = data.get("expires_in") if isinstance(data, dict) else None
        if not (isinstance(token, str) and token and token.isascii() and token.isprintable()):
            raise Unreadable("UGYLDIG_SVAR", place=_PLACE)
        return token, _seconds(lifetime)

    def _form(self) -> dict[str, str]:
        """What is posted; another grant than client credentials overrides this alone."""
        settings = self._settings
        form = {
            "grant_type": "client_credentials",
            "client_id": settings.client_id,
            "client_secret": settings.client_secret,
            "scope": settings.scope,
            "tenant_id": settings.tenant,
        }
        return {name: value for name, value in form.items() if value}

    def _exchange(self, client: httpx.Client, form: dict[str, str]) -> object:
        fault: GatewayError
        answered = False
        until = self._clock() + self._settings.deadline
        headers = {"accept": "application/json", "accept-encoding": "gzip"}
        try:
            request = client.build_request(
                "POST", self._settings.token_url, data=form, headers=headers
            )
            response = client.send(request, auth=None, stream=True)
            answered = True
            with closing(response):
                body = read_body(response, cap=_CAP, clock=self._clock, until=until, place=_PLACE)
        except FOREIGN as exc:
            # Asking for a token twice does no harm, so this is never an unknown outcome.
            fault = translate(exc, write=False, answered=answered, place=_PLACE)
        else:
            if response.status_code == 200:
                return parse(body, response.headers.get("content-type", ""), _PLACE)
            if response.status_code in {400, 401, 403}:
                fault = LocalFault("IKKE_INNLOGGET", place=_PLACE)
            else:
                status, heads = response.status_code, response.headers
                fault = refusal(status, heads, b"", write=False, place=_PLACE)
        raise fault


def _seconds(told: object) -> float:
    """How long a token is used, in seconds; some say the number as a text."""
    if isinstance(told, str) and told.isascii() and told.isdigit() and len(told) < 10:
        return float(told)
    if isinstance(told, bool) or not isinstance(told, int | float) or not told > 0:
        return _UNTOLD
    return min(float(told), 86_400.0)
