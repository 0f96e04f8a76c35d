"""The session's rules over a transport of the test's own: retry, strictness, outcome, gate."""

import gzip
import json
import logging
import threading
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from connectors.http.session import Session
from gateway.errors import (
    Conflict,
    GatewayError,
    LocalFault,
    Rejected,
    RemoteFault,
    Transient,
    UnknownOutcome,
)
from gateway.ports.connector import ConnectorSettings, Operation, Provenance

OPERATIONS = {
    "ting.les": Operation("ting.les", "GET /ting", Provenance.DOCUMENTED, "a document"),
    "ting.anta": Operation("ting.anta", "GET /ting", Provenance.ASSUMED, "our proposal"),
    "ting.haand": Operation("ting.haand", "by hand", Provenance.MANUAL, "a routine"),
}
CANARY = "Kanarisetningen som ingen skal gjenta"
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


def test_an_answer_is_handed_on_parsed() -> None:
    """Status, lower-case headers, bytes and data."""
    handler, _ = answers(httpx.Response(200, json={"a": "æ"}, headers={"ETag": '"v"'}))
    reply = session(handler).call("ting.les", "GET", "/ting")
    assert reply.status == 200
    assert reply.headers["etag"] == '"v"'
    assert reply.data() == {"a": "æ"}
    assert json.loads(reply.content) == {"a": "æ"}
    assert "æ" not in repr(reply)


@pytest.mark.parametrize(
    "bad",
    [
        httpx.Response(200, html=f"<h1>{CANARY}</h1>"),
        httpx.Response(200, content=b'{"a":', headers={"content-type": "application/json"}),
        httpx.Response(
            200, content='{"a":"æ"}'.encode("latin-1"), headers={"content-type": "application/json"}
        ),
        httpx.Response(200, content=b"NaN", headers={"content-type": "application/json"}),
        httpx.Response(
            200,
            content=b'{"a":1}',
            headers={"content-type": "application/json; charset=iso-8859-1"},
        ),
        httpx.Response(200, content=b"", headers={"content-type": "application/json"}),
        httpx.Response(200, content=b"[" * 99_999, headers={"content-type": "application/json"}),
        httpx.Response(200, content=b"9" * 5000, headers={"content-type": "application/json"}),
    ],
)
def test_an_unreadable_answer_is_read_again_and_at_last_a_remote_fault(
    bad: httpx.Response,
) -> None:
    """HTML with 200, cut JSON, wrong encoding: once is retried, always is RemoteFault."""
    handler, asked = answers(bad, OK)
    assert session(handler).call("ting.les", "GET", "/ting").data() == {"svar": 1}
    assert len(asked) == 2
    handler, asked = answers(bad)
    with pytest.raises(RemoteFault) as caught:
        session(handler, attempts=6).call("ting.les", "GET", "/ting")
    assert caught.value.code == "UGYLDIG_SVAR"
    # The same bytes twice are what the system says; a third time would say no more.
    assert len(asked) == 2


def test_an_unreadable_answer_to_a_write_is_unknown_at_once() -> None:
    """A write that got HTML back may have been done."""
    handler, asked = answers(httpx.Response(200, html="<p>"))
    with pytest.raises(UnknownOutcome):
        session(handler).call("ting.les", "POST", "/ting", json={}, write=True)
    assert len(asked) == 1


@pytest.mark.parametrize(
    "given",
    [httpx.ReadTimeout(""), httpx.ReadError(""), httpx.Response(500), httpx.Response(502)],
)
def test_a_write_without_an_answer_is_never_sent_again(given: Any) -> None:
    """One request on the wire, and UnknownOutcome."""
    handler, asked = answers(given)
    with pytest.raises(UnknownOutcome) as caught:
        session(handler).call("ting.les", "POST", "/ting", json={}, write=True, place="id-1")
    assert str(caught.value) == "UVISST_UTFALL (id-1)"
    assert len(asked) == 1


@pytest.mark.parametrize(
    "given", [httpx.ConnectError(""), httpx.Response(429), httpx.Response(503)]
)
def test_a_write_that_was_refused_is_sent_again(given: Any) -> None:
    """Nothing was sent, or the system said no: trying again is safe."""
    handler, asked = answers(given, given, OK)
    assert session(handler).call("ting.les", "POST", "/ting", json={}, write=True).status == 200
    assert len(asked) == 3


def test_waiting_obeys_retry_after_and_grows() -> None:
    """Never shorter than asked for; else exponential."""
    clock = Clock()
    asked_for = httpx.Response(429, headers={"retry-after": "9"})
    handler, _ = answers(asked_for, httpx.Response(500), httpx.Response(500), OK)
    session(handler, clock).call("ting.les", "GET", "/ting")
    assert 9 <= clock.slept[0] < 10
    assert 0.2 <= clock.slept[1] <= 0.3
    assert 0.4 <= clock.slept[2] <= 0.5


def test_the_retry_budget_ends_the_waiting() -> None:
    """When the session has waited its share, the Transient goes to the caller at once."""
    clock = Clock()
    handler, asked = answers(httpx.Response(429, headers={"retry-after": "40"}))
    tried = session(handler, clock, retry_budget=100.0, attempts=50, breaker_failures=999)
    with pytest.raises(Transient) as caught:
        tried.call("ting.les", "GET", "/ting")
    assert caught.value.retry_after == 40
    assert len(asked) == 3
    with pytest.raises(Transient):
        tried.call("ting.les", "GET", "/ting")
    assert len(asked) == 4
    clock.now += 400
    with pytest.raises(Transient):
        tried.call("ting.les", "GET", "/ting")
    assert len(asked) == 7


def test_redirects_are_not_followed() -> None:
    """Another address is not ours to call."""
    handler, asked = answers(httpx.Response(302, headers={"location": "https://annen.invalid/"}))
    with pytest.raises(RemoteFault):
        session(handler).call("ting.les", "GET", "/ting")
    assert len(asked) == 1


def test_a_large_answer_is_refused_while_it_comes() -> None:
    """The cap holds on what is unpacked, for plain and for compressed answers."""
    packed = gzip.compress(b" " * 3_000_000)
    plain = httpx.Response(
        200, content=b" " * 3_000_000, headers={"content-type": "application/json"}
    )
    handler, _ = answers(plain)
    with pytest.raises(RemoteFault) as caught:
        session(handler, max_body=1_000_000).call("ting.les", "GET", "/ting")
    assert caught.value.code == "FOR_STORT_SVAR"

    def bomb(_: httpx.Request) -> httpx.Response:
        headers = {"content-type": "application/json", "content-encoding": "gzip"}
        return httpx.Response(200, headers=headers, stream=httpx.ByteStream(packed))

    with pytest.raises(RemoteFault) as caught:
        session(bomb, max_body=1_000_000).call("ting.les", "GET", "/ting")
    assert caught.value.code == "FOR_STORT_SVAR"


def test_compressed_answers_are_read_whole_or_not_at_all() -> None:
    """A gzip stream that is cut is unreadable, not short."""
    packed = gzip.compress(b'{"a":"' + b"x" * 5000 + b'"}')
    sent = [packed[: len(packed) // 2], packed[:-4], packed]
    asked: list[int] = []

    def handler(_: httpx.Request) -> httpx.Response:
        asked.append(1)
        headers = {"content-type": "application/json", "content-encoding": "gzip"}
        body = sent[min(len(asked), len(sent)) - 1]
        return httpx.Response(200, headers=headers, stream=httpx.ByteStream(body))

    assert len(session(handler).call("ting.les", "GET", "/ting").data()["a"]) == 5000
    assert len(asked) == 3


def test_a_body_that_comes_too_slowly_is_left() -> None:
    """The total deadline counts from the call, however alive the line is."""
    clock = Clock()

    class Slow(httpx.SyncByteStream):
        def __iter__(self) -> Iterator[bytes]:
            for _ in range(1000):
                clock.now += 1
                yield b" "

    def handler(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, headers={"content-type": "application/json"}, stream=Slow())

    with pytest.raises(Transient) as caught:
        session(handler, clock, attempts=1, deadline=30.0).call("ting.les", "GET", "/ting")
    assert caught.value.code == "TIDSAVBRUDD"
    assert clock.now < 1040


def test_raw_leaves_out_the_json_checks() -> None:
    """A binary is bytes."""
    handler, _ = answers(httpx.Response(200, content=b"%PDF"))
    reply = session(handler).call("ting.les", "GET", "/ting", raw=True)
    assert (reply.content, reply.data()) == (b"%PDF", None)


def test_a_check_decides_whether_the_answer_is_ours() -> None:
    """The wrong answer is read again, and at last a RemoteFault with the check's code."""
    handler, asked = answers(httpx.Response(200, json={"id": "b"}), httpx.Response(200, json={}))
    with pytest.raises(RemoteFault) as caught:
        session(handler, attempts=2).call(
            "ting.les", "GET", "/ting", check=lambda reply: "FEIL_LOGG"
        )
    assert caught.value.code == "FEIL_LOGG"
    assert len(asked) == 2
    with pytest.raises(UnknownOutcome):
        session(handler).call(
            "ting.les", "POST", "/ting", json={}, write=True, check=lambda reply: "FEIL_LOGG"
        )
    assert len(asked) == 3


def test_a_text_that_is_not_unicode_parks_the_record() -> None:
    """Half a surrogate pair cannot be sent, and is not in the error."""
    handler, asked = answers(OK)
    with pytest.raises(Rejected) as caught:
        session(handler).call("ting.les", "POST", "/ting", json={"t": CANARY + "\ud800"})
    assert CANARY not in _all_said(caught.value)
    assert asked == []


def test_a_header_that_cannot_be_sent_is_ours() -> None:
    """Nothing is quoted from it."""
    with pytest.raises(LocalFault) as caught:
        session(answers(OK)[0]).call("ting.les", "GET", "/ting", headers={"x": CANARY + "ø"})
    assert CANARY not in _all_said(caught.value)


def test_nothing_of_a_body_is_in_an_error_or_the_log(caplog: pytest.LogCaptureFixture) -> None:
    """Bodies sent and received stay out of messages, chains and log records."""
    caplog.set_level(logging.DEBUG)
    body = json.dumps({"tekst": CANARY})
    bad = [
        httpx.Response(200, content=body[:-1], headers={"content-type": "application/json"}),
        httpx.Response(400, content=body),
        httpx.Response(422, json={"kode": CANARY}),
        httpx.Response(500, content=body),
        httpx.Response(200, html=body),
        httpx.RemoteProtocolError(f"illegal header line: {CANARY}"),
        httpx.DecodingError(CANARY),
        httpx.InvalidURL(CANARY),
        ValueError(CANARY),
        OSError(CANARY),
    ]
    for given in bad:
        for write in (False, True):
            handler, _ = answers(given)
            with pytest.raises(GatewayError) as caught:
                session(handler, attempts=2).call(
                    "ting.les", "POST", "/ting", json={"tekst": CANARY}, write=write
                )
            assert CANARY not in _all_said(caught.value)
    assert CANARY not in caplog.text
    assert "127.0.0.1" not in caplog.text


def _all_said(error: BaseException | None) -> str:
    said = ""
    while error is not None:
        said += f"{error} {error!r} {error.args} {vars(error)} {getattr(error, 'doc', '')}"
        said += f" {getattr(error, 'object', '')}"
        error = error.__cause__ or error.__context__
    return said


def test_an_expected_conflict_status_is_an_answer() -> None:
    """What the caller expects is not an error."""
    handler, _ = answers(httpx.Response(404))
    reply = session(handler).call("ting.les", "GET", "/ting", expect=frozenset({200, 404}))
    assert reply.status == 404
    with pytest.raises(Conflict):
        session(handler).call("ting.les", "GET", "/ting")


def test_many_threads_share_a_session() -> None:
    """Concurrent calls all get their own answer."""

    def handler(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json={"path": request.url.path})

    shared = session(handler)
    wrong: list[str] = []

    def work(number: int) -> None:
        for turn in range(20):
            path = f"/t/{number}-{turn}"
            if shared.call("ting.les", "GET", path).data() != {"path": path}:
                wrong.append(path)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
