"""A system that says in the body what is wrong, and a sandbox with faults of its own."""

import json
from collections.abc import Mapping
from typing import Any

import httpx
import pytest

from connectors.http.refusals import refusal
from connectors.http.session import Session
from connectors.sandbox.app import Request, Response
from connectors.sandbox.server import start
from gateway.errors import GatewayError, Rejected, Transient, UnknownOutcome
from gateway.ports.connector import ConnectorSettings, Operation, Provenance

OPERATIONS = {"ting": Operation("ting", "POST /ting", Provenance.DOCUMENTED, "a document")}


def settings(url: str, **changes: Any) -> ConnectorSettings:
    """Settings for a system at `url`."""
    values: dict[str, Any] = {
        "system": "proeve",
        "base_url": url,
        "token_url": "",
        "client_id": "a",
        "client_secret": "b",
        "tenant": "",
        "attempts": 3,
    }
    return ConnectorSettings(**{**values, **changes})


def session(status: int, body: bytes, asked: list[httpx.Request]) -> Session:
    """A session whose system always answers the same."""

    def handler(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(status, content=body)

    transport = httpx.MockTransport(handler)
    return Session(settings("http://127.0.0.1:9"), OPERATIONS, transport=transport,
                   sleep=lambda seconds: None)  # fmt: skip


def told(status: int, headers: Mapping[str, str], body: bytes) -> GatewayError | None:
    """What this system's bodies mean."""
    return {
        b"nei": Rejected("AVVIST", place="her"),
        b"opptatt": Transient("UTILGJENGELIG", place="her"),
    }.get(body)


def test_the_body_decides_where_the_system_says_so() -> None:
    """A refusal read from the body is raised; a busy one is tried again; else the status counts."""
    asked: list[httpx.Request] = []
    with pytest.raises(Rejected):
        session(500, b"nei", asked).call("ting", "POST", "/ting", raw=True, refused=told)
    assert len(asked) == 1
    with pytest.raises(Transient, match="UTILGJENGELIG"):
        session(500, b"opptatt", asked).call("ting", "POST", "/ting", raw=True, refused=told)
    assert len(asked) == 4
    with pytest.raises(UnknownOutcome):
        session(500, b"?", asked).call("ting", "POST", "/ting", raw=True, write=True, refused=told)
    with pytest.raises(Transient, match="TJENERFEIL"):
        session(500, b"?", asked).call("ting", "POST", "/ting", raw=True, refused=told)


class Egen:
    """An application with a key in a header and one switch."""

    system = "egen"

    def __init__(self) -> None:
        self.switches: Any = None

    def authenticate(self, request: Request, client: str | None) -> str | None:
        """Its own way in."""
        return "noen" if request.headers.get("apikey") == "riktig" else client

    def switch(self, values: Any) -> None:
        """Its own misbehaviour."""
        if not isinstance(values, dict) or set(values) - {"rart"}:
            raise TypeError
        self.switches = values

    def handle(self, request: Request) -> Response:
        """Says who asked."""
        return Response.of(200, {"hvem": request.client})

    def journal(self) -> dict[str, Any]:
        """Nothing is counted."""
        return {}


def test_a_sandbox_has_ways_in_and_switches_of_its_own() -> None:
    """The key opens, nothing does not; a switch that exists is set, another is refused."""
    app = Egen()
    with start(app) as running, httpx.Client(base_url=running.url, trust_env=False) as client:
        assert client.get("/x").status_code == 401
        assert client.get("/x", headers={"apikey": "feil"}).status_code == 401
        assert client.get("/x", headers={"apikey": "riktig"}).json() == {"hvem": "noen"}
        answer = client.post("/_sandbox/switches", content=json.dumps({"rart": True}))
        assert (answer.status_code, app.switches) == (200, {"rart": True})
        for bad in ("{", '{"annet": 1}', "[]"):
            assert client.post("/_sandbox/switches", content=bad).status_code == 400
        assert app.switches == {"rart": True}


@pytest.mark.parametrize(
    ("body", "code"),
    [(b'{"kode":"FIL_MANGLER"}', "FIL_MANGLER"), (b'{"kode":"HEMMELIG_NAVN"}', "AVVIST")],
)
def test_a_code_the_contract_does_not_declare_is_not_repeated(body: bytes, code: str) -> None:
    """It could be made of a name."""
    told = refusal(422, {}, body, write=True, place="her", codes=frozenset({"FIL_MANGLER"}))
    assert told.code == code
