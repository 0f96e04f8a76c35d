"""What may be called at all, and when a system is left alone: the gate and the circuit breaker."""

import socket
import threading
import time
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from connectors.http.breaker import Breaker, CircuitOpen
from connectors.http.session import Session
from connectors.http.token import ClientCredentials
from connectors.sandbox.app import Request, Response
from connectors.sandbox.server import start
from gateway.errors import GatewayError, LocalFault, Rejected, Transient
from gateway.ports.connector import ConnectorSettings, Operation, Provenance

OPERATIONS = {
    "ting.les": Operation("ting.les", "GET /ting", Provenance.DOCUMENTED, "a document"),
    "ting.anta": Operation("ting.anta", "GET /ting", Provenance.ASSUMED, "our proposal"),
    "ting.haand": Operation("ting.haand", "by hand", Provenance.MANUAL, "a routine"),
}
Handler = Callable[[httpx.Request], httpx.Response]


class Clock:
    """A clock that moves only when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        """Move on."""
        self.slept.append(seconds)
        self.now += seconds


def settings(**changes: Any) -> ConnectorSettings:
    """Settings for a system on this machine."""
    values: dict[str, Any] = {
        "system": "proeve",
        "base_url": "http://127.0.0.1:9",
        "token_url": "http://127.0.0.1:9/token",
        "client_id": "a",
        "client_secret": "b",
        "tenant": "t",
    }
    return ConnectorSettings(**{**values, **changes})


def session(handler: Handler, clock: Clock | None = None, **changes: Any) -> Session:
    """A session whose wire is `handler`."""
    ticking = clock or Clock()
    return Session(
        settings(**changes),
        OPERATIONS,
        transport=httpx.MockTransport(handler),
        clock=ticking,
        sleep=ticking.sleep,
    )


def answers(*given: httpx.Response | Exception) -> tuple[Handler, list[httpx.Request]]:
    """A handler that gives these in turn and the last one for ever, and what it was asked."""
    asked: list[httpx.Request] = []

    def handler(request: httpx.Request) -> httpx.Response:
        found = given[min(len(asked), len(given) - 1)]
        asked.append(request)
        if isinstance(found, Exception):
            raise found
        return httpx.Response(found.status_code, headers=found.headers, content=found.content)

    return handler, asked


OK = httpx.Response(200, json={"svar": 1})


def test_the_breaker_opens_and_lets_one_through() -> None:
    """After failures in a row nothing is sent; after the pause one call tries."""
    clock = Clock()
    handler, asked = answers(*[httpx.Response(500)] * 5, OK)
    tried = session(handler, clock, attempts=1, breaker_failures=4, breaker_pause=5.0)
    for number in range(4):
        with pytest.raises(Transient):
            tried.call("ting.les", "GET", "/ting", place=f"logg-{number}")
    with pytest.raises(Transient) as caught:
        tried.call("ting.les", "GET", "/ting")
    assert (caught.value.code, caught.value.retry_after) == ("KRETS_AAPEN", 5.0)
    assert len(asked) == 4
    clock.now += 5.1
    with pytest.raises(Transient):
        tried.call("ting.les", "GET", "/ting")
    assert len(asked) == 5
    with pytest.raises(Transient) as again:
        tried.call("ting.les", "GET", "/ting")
    assert again.value.code == "KRETS_AAPEN"
    clock.now += 5.1
    assert tried.call("ting.les", "GET", "/ting").status == 200
    assert tried.call("ting.les", "GET", "/ting").status == 200


def test_an_open_breaker_answers_at_once() -> None:
    """No waiting inside the call: when to come back is for the caller's schedule."""
    clock = Clock()
    handler, asked = answers(httpx.Response(500))
    tried = session(handler, clock, attempts=2, breaker_failures=2)
    with pytest.raises(Transient) as caught:
        tried.call("ting.les", "GET", "/ting", place="logg-1")
    assert caught.value.code == "TJENERFEIL"
    with pytest.raises(Transient) as caught:
        tried.call("ting.les", "GET", "/ting", place="logg-2")
    assert caught.value.code == "KRETS_AAPEN"
    assert len(asked) == 3
    waits = len(clock.slept)
    with pytest.raises(Transient):
        tried.call("ting.les", "GET", "/ting", place="logg-3")
    assert len(clock.slept) == waits


def test_one_log_that_fails_again_and_again_is_not_an_ill_system() -> None:
    """However often it is asked about, the others are answered for."""
    bad, good = httpx.Response(500), OK
    handler, _ = answers(bad, bad, bad, good, *[bad] * 12, good)
    tried = session(handler, attempts=3, breaker_failures=2)
    for times in (1, 4):
        for _ in range(times):
            with pytest.raises(Transient) as caught:
                tried.call("ting.les", "GET", "/ting", place="logg-1")
            assert caught.value.code == "TJENERFEIL"
        assert tried.call("ting.les", "GET", "/ting", place="logg-2").status == 200


def test_a_half_open_breaker_lets_one_through() -> None:
    """While the one tries, the others are told to come back soon."""
    clock = Clock()
    breaker = Breaker(1, 5.0, clock)
    breaker.enter("a")
    breaker.leave("her", healthy=False)
    clock.now += 6
    breaker.enter("the one")
    with pytest.raises(CircuitOpen) as caught:
        breaker.enter("another")
    assert caught.value.retry_after == 1.0
    breaker.leave("her", healthy=None)
    breaker.enter("the next")
    breaker.leave("her", healthy=True)
    breaker.enter("a")


def test_only_failures_in_a_row_count() -> None:
    """An answer in between starts the count again."""
    breaker = Breaker(3, 5.0, Clock())
    for healthy in (False, False, True, False, False):
        breaker.enter("a")
        breaker.leave("her", healthy=healthy)
    breaker.enter("a")


def test_refusals_do_not_open_the_breaker() -> None:
    """A system that answers 404 or 422 is well."""
    handler, asked = answers(*[httpx.Response(404)] * 9, *[httpx.Response(422)] * 9, OK)
    tried = session(handler, attempts=1, breaker_failures=2)
    for _ in range(18):
        with pytest.raises(GatewayError):
            tried.call("ting.les", "GET", "/ting")
    assert tried.call("ting.les", "GET", "/ting").status == 200
    assert len(asked) == 19


@pytest.mark.parametrize("ill", [429, 500, 503, httpx.ReadTimeout(""), httpx.ReadError("")])
def test_illness_opens_the_breaker(ill: Any) -> None:
    """No answer, a 5xx and a 429: the system is left alone for a while."""
    handler, asked = answers(ill if isinstance(ill, Exception) else httpx.Response(ill))
    tried = session(handler, attempts=1, breaker_failures=2)
    for number in range(3):
        with pytest.raises(Transient) as caught:
            tried.call("ting.les", "GET", "/ting", place=f"logg-{number}")
    assert caught.value.code == "KRETS_AAPEN"
    assert len(asked) == 2


@pytest.mark.parametrize("write", [False, True])
def test_what_one_document_says_never_opens_the_breaker(write: bool) -> None:
    """Not UTF-8, another's id, a doubled member: nine bad documents, and the tenth is read."""
    json = {"content-type": "application/json"}
    bad = [
        httpx.Response(200, content=b'{"a":"\xe6"}', headers=json),
        httpx.Response(200, content=b'{"a":1,"a":2}', headers=json),
        httpx.Response(200, json={"navn": "annen"}),
    ]
    handler, asked = answers(*bad * 3, OK)
    tried = session(handler, attempts=1, breaker_failures=2)

    def check(reply: Any) -> str | None:
        """Ours says `svar`."""
        return None if "svar" in reply.data() else "FEIL_LOGG"

    for _ in range(9):
        with pytest.raises(GatewayError) as caught:
            tried.call("ting.les", "GET", "/ting", check=check, write=write)
        assert caught.value.code != "KRETS_AAPEN"
    assert tried.call("ting.les", "GET", "/ting", check=check).status == 200
    assert len(asked) == 10


@pytest.mark.parametrize("path", ["@annen.invalid/", ".annen.invalid/", "x"])
def test_only_our_own_host_is_called(path: str) -> None:
    """A path cannot lead to another host."""
    handler, asked = answers(OK)
    with pytest.raises(LocalFault) as caught:
        session(handler, base_url="https://navn.invalid").call("ting.les", "GET", path)
    assert caught.value.code == "UGYLDIG_ADRESSE"
    assert asked == []


def test_a_number_of_a_person_is_not_sent_in_an_address() -> None:
    """Neither in the path nor in a parameter."""
    number = "9" * 11
    handler, asked = answers(OK)
    encoded = "".join(f"%{ord(digit):x}" for digit in number)
    for path, params in (
        (f"/person/{number}", None),
        (f"/person/{encoded}", None),
        (f"/person?filter=nr%20eq%20%27{number}%27", None),
        ("/person", {"nr": number}),
    ):
        with pytest.raises(Rejected) as caught:
            session(handler).call("ting.les", "GET", path, params=params)
        assert number not in str(caught.value)
    assert asked == []


def test_a_path_keeps_a_query_of_its_own() -> None:
    """The address of a next page comes whole from the system; parameters are laid beside what it
    has, and take the place of their own name alone. A space is never a plus sign."""
    handler, asked = answers(OK)
    tried = session(handler)
    tried.call("ting.les", "GET", "/ting?skip=2&top=3")
    tried.call("ting.les", "GET", "/ting?skip=2", params={"a": "b"})
    tried.call("ting.les", "GET", "/ting?%24filter=x&skip=2", params={"$filter": "a eq 'b+c'"})
    assert [request.url.query for request in asked] == [
        b"skip=2&top=3",
        b"skip=2&a=b",
        b"skip=2&$filter=a%20eq%20%27b%2Bc%27",
    ]


def test_the_gate_stops_what_is_assumed_manual_or_unknown() -> None:
    """Documented passes; assumed only on this machine or confirmed; manual and unknown never."""
    handler, asked = answers(OK)
    far = {"base_url": "https://navn.invalid", "token_url": "https://navn.invalid/token"}
    assert session(handler, **far).call("ting.les", "GET", "/ting").status == 200
    for name, code in (
        ("ting.anta", "UBEKREFTET_KONTRAKT"),
        ("ting.haand", "MANUELL_OPERASJON"),
        ("ting.finnes-ikke", "UKJENT_OPERASJON"),
    ):
        with pytest.raises(LocalFault) as caught:
            session(handler, **far, confirmed={"ting.les": object()}).call(name, "GET", "/ting")
        assert caught.value.code == code
    assert len(asked) == 1
    assert session(handler).call("ting.anta", "GET", "/ting").status == 200
    for confirmed in ("ting.anta", "*"):
        tried = session(handler, **far, confirmed={confirmed: object()})
        assert tried.call("ting.anta", "GET", "/ting").status == 200
        with pytest.raises(LocalFault):
            tried.call("ting.haand", "GET", "/ting")


def test_a_far_system_is_not_called_in_clear_text() -> None:
    """Only this machine may be reached without TLS."""
    with pytest.raises(LocalFault) as caught:
        session(answers(OK)[0], base_url="http://navn.invalid")
    assert caught.value.code == "IKKE_KRYPTERT"


class Echo:
    """An application with one answer."""

    system = "ekko"

    def handle(self, request: Request) -> Response:
        """The path asked for."""
        return Response.of(200, {"path": request.path, "fyll": "x" * 50})

    def journal(self) -> dict[str, Any]:
        """Nothing to count."""
        return {}


@pytest.mark.parametrize("head", [False, True])
def test_a_drip_cannot_outlast_the_deadline(head: bool) -> None:
    """Also when the headers drip, each byte within the read timeout."""
    with start(Echo()) as running:
        given = settings(
            base_url=running.url,
            token_url=running.token_url,
            client_id="stafett",
            client_secret="hemmelig",
            timeout=1.0,
            deadline=0.2,
            attempts=1,
        )
        called = Session(given, OPERATIONS, auth=ClientCredentials(given))
        called.call("ting.anta", "GET", "/ting/a")
        running.faults([{"kind": "drip", "seconds": 0.05, "times": 0, "head": head}])
        began = time.monotonic()
        with pytest.raises(Transient):
            called.call("ting.anta", "GET", "/ting/a")
        assert time.monotonic() - began < 1.0
        called.close()


def test_an_unconfirmed_call_needs_a_sandbox_and_not_just_this_machine() -> None:
    """Something else that listens on loopback (a tunnel, say) gets the question and no more."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        got: list[bytes] = []

        def serve() -> None:
            wire, _ = listener.accept()
            with wire:
                got.append(wire.recv(65536))
                wire.sendall(b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n")

        thread = threading.Thread(target=serve)
        thread.start()
        given = ConnectorSettings("x", f"http://127.0.0.1:{port}", "", "a", "b", "t")
        called = Session(given, OPERATIONS)
        with pytest.raises(LocalFault) as caught:
            called.call("ting.anta", "GET", "/ting")
        thread.join()
        called.close()
    assert caught.value.code == "UBEKREFTET_KONTRAKT"
    assert got[0].startswith(b"GET /_sandbox/ ")
    assert len(got) == 1
