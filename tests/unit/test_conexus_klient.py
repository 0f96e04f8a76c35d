"""The Conexus client where its answers and orders have an interesting inside."""

import hashlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from connectors.conexus_companion.connector import open_connector
from connectors.conexus_companion.klient import Klient, _media
from connectors.conexus_companion.operasjoner import BY_NAME
from connectors.conexus_companion.sandbox.app import open_sandbox
from connectors.conexus_companion.sandbox.sample import sample_order
from connectors.http.session import Session
from connectors.sandbox.server import Running, start
from gateway.errors import Conflict, LocalFault, Rejected, RemoteFault
from gateway.ports.connector import Connector, ConnectorSettings, FileRef, Order

KEY = "00000000-0000-4000-8000-000000000001"


def _settings(base_url: str, **changes: Any) -> ConnectorSettings:
    return ConnectorSettings(
        "conexus_companion",
        base_url,
        base_url + "/connect/token",
        "stafett",
        "hemmelig",
        "899100107",
        **changes,
    )


def _answering(handler: Callable[[httpx.Request], httpx.Response]) -> Klient:
    """A client whose wire is `handler`; nothing is waited for."""
    settings = _settings("http://127.0.0.1:9", attempts=2)
    session = Session(
        settings, BY_NAME, transport=httpx.MockTransport(handler), sleep=lambda _: None
    )
    return Klient(session, settings)


def _always(answer: httpx.Response) -> Klient:
    return _answering(lambda _: answer)


def _order(key: str = KEY, text: str = "tekst", **changes: Any) -> Order:
    body, files = sample_order(key, text)
    refs = tuple(
        FileRef(name, hashlib.sha256(data).hexdigest(), len(data), "application/pdf")
        for name, data in files.items()
    )
    values = {
        "key": key,
        "idempotency_key": f"{key}-{hash(text)}",
        "body": body,
        "read_file": files.__getitem__,
        "files": refs,
    }
    return Order(**{**values, **changes})


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    """A sandbox."""
    app = open_sandbox(tmp_path, tenant="899100107")
    with start(app) as served:
        yield served
    app.close()


@pytest.fixture
def connector(running: Running) -> Iterator[Connector]:
    """A connector to it."""
    opened = open_connector(_settings(running.url))
    yield opened
    opened.close()


@pytest.mark.parametrize(
    "page",
    [
        {"antall": "3", "logger": [], "nesteMarkor": None},
        {"antall": -1, "logger": [], "nesteMarkor": None},
        {"antall": 0, "logger": {}, "nesteMarkor": None},
        {"antall": 0, "logger": []},
        {"antall": 0, "logger": [], "nesteMarkor": ""},
        [],
        None,
    ],
)
def test_a_listing_of_the_wrong_shape_is_a_remote_fault(page: Any) -> None:
    """A listing decides what exists, so nothing in it is guessed."""
    with pytest.raises(RemoteFault) as caught:
        _always(httpx.Response(200, json=page)).page(None)
    assert caught.value.code in {"UGYLDIG_LISTE", "UGYLDIG_SVAR"}


def test_a_feed_without_a_cursor_is_a_remote_fault() -> None:
    """Without a cursor the next run would begin nowhere."""
    page = {"antall": 0, "logger": [], "nesteMarkor": None}
    with pytest.raises(RemoteFault):
        _always(httpx.Response(200, json=page)).changes("1")


def test_a_document_without_a_version_is_a_remote_fault() -> None:
    """A log without a version could be overwritten by mistake."""
    with pytest.raises(RemoteFault):
        _always(httpx.Response(200, json={"loggId": "a", "filer": []})).document("a")


@pytest.mark.parametrize("files", ["tekst", [None], [{"filId": "f"}], [{"storrelse": "x"}], None])
def test_a_document_whose_file_list_is_broken_is_parked(files: Any) -> None:
    """One poisoned log is refused alone; the connector goes on."""
    answer = httpx.Response(200, json={"loggId": "a", "filer": files}, headers={"etag": '"1"'})
    with pytest.raises(Rejected) as caught:
        _always(answer).document("a")
    assert caught.value.place == "a"


def test_half_a_surrogate_pair_parks_the_log() -> None:
    """Valid JSON that no UTF-8 can hold."""
    raw = b'{"loggId":"a","filer":[],"tekst":"\\ud800 hemmelig"}'
    headers = {"etag": '"1"', "content-type": "application/json"}
    with pytest.raises(Rejected) as caught:
        _always(httpx.Response(200, content=raw, headers=headers)).document("a")
    assert caught.value.code == "UGYLDIG_TEKST"
    assert caught.value.__context__ is None


def test_canonical_bytes_do_not_depend_on_order_or_space() -> None:
    """The same document, sent in two ways, is the same bytes; 1.0 and 1 are one number."""
    bodies = []
    for raw in (
        b'{ "filer" : [], "loggId":"a", "\\u00e6": 1.0 }',
        '{"æ":1,"loggId":"a","filer":[]}',
    ):
        headers = {"etag": '"1"', "content-type": "application/json"}
        bodies.append(_always(httpx.Response(200, content=raw, headers=headers)).document("a").body)
    assert bodies[0] == bodies[1] == '{"filer":[],"loggId":"a","æ":1}'.encode()


@pytest.mark.parametrize("ref", ["", ".", "..", "a\nb", "a\x00"])
def test_an_id_cannot_lead_to_another_path(ref: str) -> None:
    """Such an id is refused before anything is sent."""
    asked: list[httpx.Request] = []
    client = _answering(lambda request: asked.append(request) or httpx.Response(200, json={}))
    with pytest.raises(Rejected):
        client.document(ref)
    assert asked == []


def test_an_id_is_one_segment() -> None:
    """Slashes and spaces are quoted."""
    asked: list[bytes] = []

    def handler(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.raw_path)
        answer = {"loggId": "a/b ø", "filer": []}
        return httpx.Response(200, json=answer, headers={"etag": '"1"'})

    assert _answering(handler).document("a/b ø").ref == "a/b ø"
    assert asked == [b"/api/v1/stafettlogger/a%2Fb%20%C3%B8"]


def test_a_file_that_is_not_whole_is_refused() -> None:
    """The digest of what came must be the digest that was promised."""
    answer = httpx.Response(200, content=b"bytes", headers={"innhold-sha256": "0" * 64})
    with pytest.raises(RemoteFault) as caught:
        _always(answer).file("a", "f")
    assert caught.value.code == "FEIL_FILSUM"


@pytest.mark.parametrize("body", [b"{", b"[]", b'{"loggId":1}', b'{"loggId":"%s"}' % KEY.encode()])
def test_an_order_whose_body_lacks_its_key_is_our_fault(body: bytes) -> None:
    """A log sent without its key could never be found again."""
    with pytest.raises(LocalFault) as caught:
        _always(httpx.Response(500)).put(_order(body=body))
    assert caught.value.code == "FEIL_NOKKEL"
    assert caught.value.__context__ is None


def test_a_file_that_changed_under_us_is_not_sent(connector: Connector) -> None:
    """Bytes that do not match the order's digest park the record."""
    with pytest.raises(Rejected) as caught:
        connector.put(_order(read_file=lambda _: b"noe annet"))
    assert caught.value.code == "FEIL_FILSUM"


def test_only_files_the_target_lacks_are_sent(running: Running, connector: Connector) -> None:
    """An update with the same file uploads nothing; with a new version of it, one."""
    path = "PUT /api/v1/stafettlogger/{id}/filer/{id}"

    def uploads() -> int:
        return int(running.journal()["requests"]["paths"].get(path, 0))

    first = connector.put(_order())
    assert uploads() == 1
    change = _order(text="ny", ref=first.ref, base_version=first.version)
    second = connector.put(change)
    assert uploads() == 1
    data = b"%PDF-1.7 ny"
    digest = hashlib.sha256(data).hexdigest()
    body = json.loads(change.body)
    body["filer"][0].update(sha256=digest, storrelse=len(data))
    name = body["filer"][0]["filId"]
    third = _order(
        body=json.dumps(body).encode(),
        files=(FileRef(name, digest, len(data), "application/pdf"),),
        read_file=lambda _: data,
        ref=first.ref,
        base_version=second.version,
    )
    connector.put(third)
    assert uploads() == 2
    assert connector.file(first.ref, name) == data


def test_a_log_id_that_another_log_has_parks_the_record(connector: Connector) -> None:
    """The id is taken by a log with another key: nothing is overwritten."""
    connector.put(_order())
    body = json.loads(_order().body)
    other = "00000000-0000-4000-8000-000000000002"
    taken = json.dumps({**body, "eksternNokkel": other}).encode()
    with pytest.raises(Rejected) as caught:
        connector.put(
            _order(key=other, body=taken, idempotency_key="x", read_file=_order().read_file)
        )
    assert caught.value.code == "ID_OPPTATT"


def test_several_logs_with_one_key_are_a_conflict() -> None:
    """Which of them is ours, nobody can say."""

    def handler(request: httpx.Request) -> httpx.Response:
        if request.method == "PUT":
            return httpx.Response(204)
        if request.method == "POST":
            return httpx.Response(409)
        hits = [{"loggId": name, "etag": "1"} for name in ("a", "b")]
        return httpx.Response(200, json={"logger": hits})

    with pytest.raises(Conflict) as caught:
        _answering(handler).put(_order())
    assert caught.value.code == "FLERE_I_MAAL"


def test_a_declared_breach_is_sent_and_an_undeclared_one_is_parked(connector: Connector) -> None:
    """The refusal carries the rule's code; the declaration lets the history in."""
    body = json.loads(_order().body)
    tiltak = body["oppmerksomheter"][0]["tiltak"]
    tiltak.append({**tiltak[0], "tiltakId": "t2"})
    raw = json.dumps(body).encode()
    with pytest.raises(Rejected) as caught:
        connector.put(_order(body=raw))
    assert caught.value.code == "R-071"
    written = connector.put(_order(body=raw, known_violations=(("R-071", "t2"),)))
    assert (
        len(json.loads(connector.document(written.ref).body)["oppmerksomheter"][0]["tiltak"]) == 2
    )


def test_the_token_is_for_the_municipality(running: Running) -> None:
    """Another tenant gets no token."""
    wrong = ConnectorSettings(
        "conexus_companion", running.url, running.token_url, "stafett", "hemmelig", "999999999"
    )
    stranger = open_connector(wrong)
    with pytest.raises(LocalFault) as caught:
        stranger.facts()
    assert caught.value.code == "IKKE_INNLOGGET"
    stranger.close()


@pytest.mark.parametrize("told", ["application/pdf", "tekst/blåbær", "a\r\nb: c", ""])
def test_a_media_type_no_header_can_say_stops_no_file(told: str) -> None:
    """The log keeps what it says; the header of its bytes says what a header can."""
    ref = FileRef("f", "0" * 64, 1, told)
    assert _media(ref) == (told if told == "application/pdf" else "application/octet-stream")
