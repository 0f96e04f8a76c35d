"""The token: fetched once, kept until it is nearly out, renewed by one thread, never told."""

import threading
import time
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest

from connectors.http.session import Session
from connectors.http.token import ClientCredentials
from gateway.errors import GatewayError, LocalFault, RemoteFault, Transient
from gateway.ports.connector import ConnectorSettings, Operation, Provenance

OPERATIONS = {"ting.les": Operation("ting.les", "GET /ting", Provenance.DOCUMENTED, "a document")}
SECRET = "hemmelighetensomingenfaarse"


class Wire:
    """A token address and a resource; counts, and refuses tokens it did not give last."""

    def __init__(self, *token_answers: httpx.Response | Exception) -> None:
        self.forms: list[dict[str, list[str]]] = []
        self.resource = 0
        self.good = ""
        self.slow = False
        self.lock = threading.Lock()
        self._answers = token_answers

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/token" and self.slow:
            time.sleep(0.05)
        with self.lock:
            if request.url.path == "/token":
                self.forms.append(parse_qs(request.content.decode()))
                if self._answers:
                    given = self._answers[min(len(self.forms), len(self._answers)) - 1]
                    if isinstance(given, Exception):
                        raise given
                    return given
                self.good = f"t{len(self.forms)}"
                return httpx.Response(200, json={"access_token": self.good, "expires_in": 100})
            self.resource += 1
            if request.headers["authorization"] != f"Bearer {self.good}":
                return httpx.Response(401)
            return httpx.Response(200, json={})


def session(wire: Wire, now: list[float] | None = None, **changes: Any) -> Session:
    """A session with client credentials over `wire`; `now[0]` is the clock."""
    clock = now or [0.0]
    values: dict[str, Any] = {
        "system": "proeve",
        "base_url": "http://127.0.0.1:9",
        "token_url": "http://127.0.0.1:9/token",
        "client_id": "klient",
        "client_secret": SECRET,
        "tenant": "899100107",
        "scope": "a b",
        "attempts": 2,
    }
    settings = ConnectorSettings(**{**values, **changes})
    return Session(
        settings,
        OPERATIONS,
        auth=ClientCredentials(settings, clock=lambda: clock[0]),
        transport=httpx.MockTransport(wire),
        clock=lambda: clock[0],
        sleep=lambda _: None,
    )


def test_the_form_is_client_credentials_with_the_tenant() -> None:
    """The fields of the Visma Connect pattern."""
    wire = Wire()
    session(wire).call("ting.les", "GET", "/ting")
    assert wire.forms == [
        {
            "grant_type": ["client_credentials"],
            "client_id": ["klient"],
            "client_secret": [SECRET],
            "scope": ["a b"],
            "tenant_id": ["899100107"],
        }
    ]


def test_a_token_is_kept_until_it_is_nearly_out() -> None:
    """Many calls, one token; a new one before the old has expired."""
    wire, now = Wire(), [0.0]
    tried = session(wire, now)
    for now[0] in (0.0, 30.0, 69.0):
        tried.call("ting.les", "GET", "/ting")
    assert len(wire.forms) == 1
    now[0] = 71.0
    tried.call("ting.les", "GET", "/ting")
    assert len(wire.forms) == 2


def test_a_dead_token_is_renewed_once() -> None:
    """401: a new token and the same call again; 401 again: stop and say so."""
    wire = Wire()
    tried = session(wire)
    tried.call("ting.les", "GET", "/ting")
    wire.good = "another"
    tried.call("ting.les", "GET", "/ting")
    assert len(wire.forms) == 2
    assert wire.resource == 3

    class Refusing(Wire):
        def __call__(self, request: httpx.Request) -> httpx.Response:
            answer = super().__call__(request)
            return answer if request.url.path == "/token" else httpx.Response(401)

    refusing = Refusing()
    with pytest.raises(LocalFault) as caught:
        session(refusing).call("ting.les", "GET", "/ting")
    assert caught.value.code == "IKKE_INNLOGGET"
    assert (len(refusing.forms), refusing.resource) == (2, 2)


def test_many_threads_fetch_one_token() -> None:
    """At start, and when the token dies under all of them."""
    wire = Wire()
    wire.slow = True
    tried = session(wire)
    for expected in (1, 2):
        if expected == 2:
            wire.good = "revoked"
        barrier = threading.Barrier(8)

        def work(gate: threading.Barrier = barrier) -> None:
            gate.wait()
            tried.call("ting.les", "GET", "/ting")

        threads = [threading.Thread(target=work) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(wire.forms) == expected


def test_a_late_401_does_not_throw_away_the_new_token() -> None:
    """A thread whose request carried the old token finds the new one in place."""
    wire = Wire()
    settings = ConnectorSettings(
        "proeve", "http://127.0.0.1:9", "http://127.0.0.1:9/token", "a", "b", "t"
    )
    auth = ClientCredentials(settings)
    with httpx.Client(transport=httpx.MockTransport(wire)) as client:
        auth.bind(client)
        old = httpx.Request("GET", "http://x", headers={"authorization": f"Bearer {auth.token()}"})
        auth.renew(old)
        assert auth.token() == "t2"
        auth.renew(old)
        assert auth.token() == "t2"


@pytest.mark.parametrize(
    ("given", "kind"),
    [
        (httpx.Response(401, json={"error": SECRET}), LocalFault),
        (httpx.Response(400, json={"error": "invalid_client"}), LocalFault),
        (httpx.Response(503), Transient),
        (httpx.Response(500), Transient),
        (httpx.ReadTimeout(SECRET), Transient),
        (httpx.ConnectError(SECRET), Transient),
        (httpx.RemoteProtocolError(SECRET), Transient),
        (httpx.Response(200, html=SECRET), RemoteFault),
        (httpx.Response(200, json={"access_token": "", "expires_in": 1}), RemoteFault),
        (httpx.Response(200, json={"access_token": "a\nb", "expires_in": 1}), RemoteFault),
        (httpx.Response(200, json=[SECRET]), RemoteFault),
    ],
)
@pytest.mark.parametrize("write", [False, True])
def test_a_failed_token_call_is_never_an_unknown_outcome(
    given: httpx.Response | Exception, kind: type[GatewayError], write: bool
) -> None:
    """The write was not sent, so nothing is uncertain; and the secret is in no error."""
    wire = Wire(given)
    with pytest.raises(kind) as caught:
        session(wire).call("ting.les", "POST", "/ting", json={}, write=write)
    error: BaseException | None = caught.value
    while error is not None:
        assert SECRET not in f"{error} {error!r} {vars(error)}"
        error = error.__cause__ or error.__context__
    assert wire.resource == 0


def test_a_token_that_comes_late_is_used() -> None:
    """A busy token address is waited for, also before a write."""
    fine = httpx.Response(200, json={"access_token": "sent", "expires_in": 100})
    wire = Wire(httpx.Response(503), fine)
    wire.good = "sent"
    assert session(wire).call("ting.les", "POST", "/ting", json={}, write=True).status == 200


def test_the_secret_is_in_no_repr() -> None:
    """Neither in the settings nor in what holds them."""
    wire = Wire()
    tried = session(wire)
    tried.call("ting.les", "GET", "/ting")
    assert SECRET not in repr(tried) + repr(vars(tried))
