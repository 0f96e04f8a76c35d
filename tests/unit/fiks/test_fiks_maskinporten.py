"""Tokens: a grant the strict endpoint accepts, one fetch at a time, never a secret in an error."""

import base64
import json
import threading
import time

import httpx
import pytest

from connectors.fiks.maskinporten import Maskinporten
from connectors.fiks.oppsett import Fiksoppsett
from connectors.fiks.sandbox.maskinporten import KID, Maskinportensandkasse
from connectors.fiks.sandbox.noekkelring import client_options
from connectors.http.session import Session
from connectors.sandbox.app import Request
from gateway.errors import LocalFault
from gateway.ports.connector import ConnectorSettings

ISSUER = "https://maskinporten.example/"


class Endpoint(httpx.BaseTransport):
    """The practice endpoint as a transport; keeps the grants it was sent."""

    def __init__(self, ring, seconds=600, pause=0.0):
        self.grants = []
        self.pause = pause
        self.app = Maskinportensandkasse(
            ring.certificates["gateway"], "klient", seconds, lambda token: None
        )

    def handle_request(self, request):
        """Answer as the endpoint does."""
        body = request.read()
        self.grants.append(dict(httpx.QueryParams(body.decode()))["assertion"])
        time.sleep(self.pause)
        answer = self.app.answer(Request("POST", "/token", {}, {}, body), ISSUER)
        return httpx.Response(answer.status, headers=dict(answer.headers), content=answer.body)


def opened(ring, endpoint, clock=time.monotonic, **options):
    """A token source over the endpoint, bound to a session."""
    settings = ConnectorSettings(
        "fiks", "https://api.example", f"{ISSUER}token", "klient", "passordet", "", attempts=1
    )
    values = {**client_options(ring.folder.parent, "amqps://x"), **options}
    source = Maskinporten(
        settings,
        Fiksoppsett.model_validate(values),
        ring.keys["gateway"],
        (ring.certificates["gateway"],),
        clock=clock,
    )
    Session(settings, {}, auth=source, transport=endpoint)
    return source


def parts(assertion):
    """Header and claims of a JWT."""
    head, body, _ = assertion.split(".")
    return [json.loads(base64.urlsafe_b64decode(p + "=" * (-len(p) % 4))) for p in (head, body)]


@pytest.mark.parametrize("kid", ["", KID], ids=["x5c", "kid"])
def test_the_endpoint_accepts_the_grant(ring, kid):
    """Signed RS256, exactly one of kid and x5c, at most 120 seconds, the issuer with its slash."""
    endpoint = Endpoint(ring)
    assert opened(ring, endpoint, kid=kid).token()
    header, claims = parts(endpoint.grants[0])
    assert ("kid" in header) is bool(kid)
    assert ("x5c" in header) is not bool(kid)
    assert claims["aud"] == ISSUER
    assert claims["scope"] == "ks:fiks"
    assert claims["exp"] - claims["iat"] <= 120


def test_a_grant_is_used_once(ring):
    """Every fetch has a jti of its own."""
    endpoint = Endpoint(ring)
    source = opened(ring, endpoint)
    assert source.token() != source.fresh()
    assert len({parts(grant)[1]["jti"] for grant in endpoint.grants}) == 2


def test_a_token_is_kept_until_ten_seconds_before_its_end(ring):
    """599 seconds of life: used at 588, fetched anew at 590."""
    now = [0.0]
    endpoint = Endpoint(ring, seconds=599)
    source = opened(ring, endpoint, clock=lambda: now[0])
    first = source.token()
    now[0] = 588.0
    assert source.token() == first
    now[0] = 590.0
    assert source.token() != first


def test_many_askers_cause_one_fetch(ring):
    """Eight threads at once: one grant, one token."""
    endpoint = Endpoint(ring, pause=0.05)
    source = opened(ring, endpoint)
    got = []
    threads = [threading.Thread(target=lambda: got.append(source.token())) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(endpoint.grants) == 1
    assert len(set(got)) == 1
    assert len(got) == 8


def test_a_refused_grant_says_nothing_of_itself(ring):
    """A wrong client is told with a code; neither assertion nor password is in the error."""
    endpoint = Endpoint(ring)
    source = opened(ring, endpoint, maskinporten_aud="https://annet.example/")
    with pytest.raises(LocalFault) as caught:
        source.token()
    assert str(caught.value) == "IKKE_INNLOGGET (token)"
    assert caught.value.__context__ is None


def test_the_three_headers_are_on_every_call(ring):
    """Bearer token, IntegrasjonId and IntegrasjonPassord."""
    source = opened(ring, Endpoint(ring))
    request = next(source.auth_flow(httpx.Request("GET", "https://api.example/")))
    assert request.headers["authorization"] == f"Bearer {source.token()}"
    assert request.headers["integrasjonid"] == ring.ids["integrasjon_id"]
    assert request.headers["integrasjonpassord"] == "passordet"


def test_delegation_names_the_municipality(ring):
    """With a vendor acting for a municipality the grant says for whom."""
    endpoint = Endpoint(ring)
    opened(ring, endpoint, consumer_org="899100107").token()
    assert parts(endpoint.grants[0])[1]["consumer_org"] == "899100107"
