"""The sandbox chassis: what it refuses, what it counts, and that each fault does what it says."""

import json
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from connectors.sandbox.app import Request, Response
from connectors.sandbox.counting import pattern, words_of
from connectors.sandbox.faults import KINDS, BadRule, FaultBook
from connectors.sandbox.lag import Fresh
from connectors.sandbox.server import Running, start

PAGE = {"antall": 3, "rader": [{"radId": "a"}, {"radId": "b"}], "neste": "m2"}


class Shop:
    """An application with one list and documents."""

    system = "butikk"
    tenant = "899100107"
    page_keys = ("rader", "neste")
    page_path = r"^/rader$"

    def __init__(self) -> None:
        self.handled: list[str] = []
        self.lags: list[float] = []

    def handle(self, request: Request) -> Response:
        """A page, or a document that names itself."""
        self.handled.append(f"{request.method} {request.path}")
        self.lags.append(request.lag)
        if request.path == "/rader":
            rows = [{"radId": "c"}] if request.query.get("markor") else PAGE["rader"]
            return Response.of(200, {**PAGE, "rader": rows})
        name = request.path.rpartition("/")[2]
        inner = {"delId": 7, "liste": [1]}
        return Response.of(200, {"navn": name, "org": self.tenant, "tekst": "blåbær", "del": inner})

    def other(self, path: str) -> str | None:
        """Another document."""
        return "/ting/annen" if path.startswith("/ting/") else None

    def journal(self) -> dict[str, Any]:
        """Counts of its own."""
        return {"handled": len(self.handled)}


@pytest.fixture
def running() -> Iterator[Running]:
    """A served application."""
    with start(Shop()) as served:
        yield served


@pytest.fixture
def client(running: Running) -> Iterator[httpx.Client]:
    """A plain client with a token."""
    form = {
        "grant_type": "client_credentials",
        "client_id": "stafett",
        "client_secret": "hemmelig",
        "tenant_id": "899100107",
    }
    with httpx.Client(base_url=running.url, timeout=2, trust_env=False) as opened:
        token = opened.post("/connect/token", data=form).json()["access_token"]
        opened.headers["authorization"] = f"Bearer {token}"
        yield opened


def test_only_loopback_is_bound() -> None:
    """A sandbox cannot be opened to other machines."""
    with pytest.raises(ValueError, match="loopback"):
        start(Shop(), host="0.0.0.0")


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"client_secret": "feil"}, 401),
        ({"client_id": "feil"}, 401),
        ({"grant_type": "password"}, 400),
        ({"tenant_id": "999999999"}, 400),
        ({}, 200),
    ],
)
def test_the_token_address_is_strict(running: Running, change: dict[str, str], status: int) -> None:
    """Wrong secret, grant or tenant gets no token."""
    form = {
        "grant_type": "client_credentials",
        "client_id": "stafett",
        "client_secret": "hemmelig",
        "tenant_id": "899100107",
        "scope": "les",
    }
    answer = httpx.post(running.token_url, data={**form, **change}, trust_env=False)
    assert answer.status_code == status
    if status == 200:
        assert answer.json()["token_type"] == "Bearer"
        assert answer.json()["scope"] == "les"


def test_without_a_token_nothing_is_answered(running: Running, client: httpx.Client) -> None:
    """401 without, with a wrong and with a revoked token; control paths need none."""
    assert httpx.get(running.url + "/ting/a", trust_env=False).status_code == 401
    wrong = {"authorization": "Bearer feil"}
    assert httpx.get(running.url + "/ting/a", headers=wrong, trust_env=False).status_code == 401
    assert client.get("/ting/a").status_code == 200
    assert client.post("/_sandbox/revoke").status_code == 200
    assert client.get("/ting/a").status_code == 401
    assert httpx.get(running.url + "/_sandbox/", trust_env=False).json() == {"sandbox": "butikk"}


def _raw(running: Running, sent: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", running.port), timeout=2) as wire:
        wire.sendall(sent)
        wire.shutdown(socket.SHUT_WR)
        got = b""
        while piece := wire.recv(65536):
            got += piece
    return got


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"hei\r\n\r\n", b"400"),
        (b"GET /x HTTP/1.0\r\n\r\n", b"400"),
        (b"BREW /x HTTP/1.1\r\n\r\n", b"501"),
        (b"GET /x?a=1&a=2 HTTP/1.1\r\n\r\n", b"400"),
        (b"GET /%ff HTTP/1.1\r\n\r\n", b"400"),
        (b"GET /x HTTP/1.1\r\na : b\r\n\r\n", b"400"),
        (b"GET /x HTTP/1.1\r\na: b\r\na: c\r\n\r\n", b"400"),
        (b"POST /x HTTP/1.1\r\ncontent-length: -1\r\n\r\n", b"400"),
        (b"POST /x HTTP/1.1\r\ncontent-length: 9\r\n\r\nkort", b"400"),
        (b"POST /x HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n", b"411"),
        (b"POST /x HTTP/1.1\r\ncontent-length: 99999999999\r\n\r\n", b"413"),
        (
            b"GET /x HTTP/1.1\r\n" + b"".join(b"h%d: c\r\n" % n for n in range(200)) + b"\r\n",
            b"431",
        ),
    ],
)
def test_malformed_requests_are_refused(running: Running, sent: bytes, status: bytes) -> None:
    """Bytes that are not a request get an error and a closed line, not a guess."""
    assert _raw(running, sent).startswith(b"HTTP/1.1 " + status)


def test_a_connection_is_kept(running: Running, client: httpx.Client) -> None:
    """Many requests, one connection."""
    for _ in range(5):
        assert client.get("/ting/a").status_code == 200
    assert running.open_connections == 1


def test_the_journal_counts_by_pattern(client: httpx.Client) -> None:
    """Paths without ids, with the application's own counts beside."""
    client.get("/ting/a1")
    client.get("/ting/b2")
    journal = client.get("/_sandbox/journal").json()
    assert journal["requests"]["paths"]["GET /ting/{id}"] == 2
    assert journal["requests"]["total"] == 3
    assert journal["handled"] == 2
    assert pattern("/api/v1/ting/12") == "/api/v1/ting/{id}"
    assert pattern("/api/v1/ting/logg-abc") == "/api/v1/ting/{id}"
    words = words_of({"paths": {"/api/{v}/ting-liste/{id}": {}}})
    assert pattern("/api/abc/ting-liste/ting", words) == "/api/{id}/ting-liste/{id}"


def test_rules_are_checked_before_they_are_in_force(client: httpx.Client) -> None:
    """A misspelt fault is refused, and the old rules stay."""
    assert client.post("/_sandbox/faults", json=[{"kind": "busy503"}]).status_code == 200
    for bad in ([{"kind": "bussy"}], [{"kind": "drip", "tims": 2}], {"kind": "drip"}, "drip", [1]):
        assert client.post("/_sandbox/faults", json=bad).status_code == 400
    assert client.post("/_sandbox/faults", content=b"{").status_code == 400
    assert client.get("/ting/a").status_code == 503


def test_when_a_rule_strikes() -> None:
    """Match, skip, every and times; then never again."""
    book = FaultBook()
    book.replace([{"kind": "reset", "match": "^GET /a", "skip": 1, "every": 2, "times": 2}])
    assert book.strike("POST", "/a") is None
    struck = [book.strike("GET", "/a") is not None for _ in range(8)]
    assert struck == [False, True, False, True, False, False, False, False]


def test_random_faults_can_be_repeated() -> None:
    """The same seed strikes at the same requests, near the share that was asked."""
    rule = {"kind": "reset", "probability": 0.3, "times": 0}
    runs = []
    for _ in range(2):
        book = FaultBook()
        book.replace([rule], seed=7)
        runs.append([book.strike("GET", "/") is not None for _ in range(300)])
    assert runs[0] == runs[1]
    assert 60 < sum(runs[0]) < 120


def test_a_bad_rule_says_which_part() -> None:
    """Kind, key or value."""
    for rule, part in (
        ({"kind": "x"}, "kind"),
        ({"kind": "drip", "x": 1}, "key"),
        ({"kind": "drip", "match": "("}, "value"),
    ):
        with pytest.raises(BadRule, match=part):
            FaultBook().replace([rule])


def struck(running: Running, client: httpx.Client, path: str = "/ting/a", **rule: Any) -> Any:
    """The answer to a GET of `path` under one fault."""
    running.faults([{"times": 0, **rule}])
    return client.get(path)


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("busy429", 429),
        ("busy503", 503),
        ("unauthorized", 401),
        ("forbidden", 403),
        ("server500", 500),
    ],
)
def test_refusals_come_before_handling(
    running: Running, client: httpx.Client, kind: str, status: int
) -> None:
    """The application is not asked, unless the rule says so."""
    answer = struck(running, client, kind=kind, retry_after=3)
    assert answer.status_code == status
    assert answer.headers.get("retry-after", "3") == "3"
    assert running.app.journal() == {"handled": 0}
    struck(running, client, kind="server500", handled=True)
    assert running.app.journal() == {"handled": 1}


def test_busy_can_give_a_date(running: Running, client: httpx.Client) -> None:
    """Retry-After as an HTTP date."""
    answer = struck(running, client, kind="busy429", retry_after="date")
    assert answer.headers["retry-after"].endswith("GMT")


@pytest.mark.parametrize(
    ("kind", "handled"),
    [("reset", 0), ("cut_before", 0), ("cut_after", 1)],
)
def test_cuts_give_no_answer(
    running: Running, client: httpx.Client, kind: str, handled: int
) -> None:
    """The line ends before or after the application was asked."""
    error = httpx.ReadError if kind == "reset" else httpx.RemoteProtocolError
    with pytest.raises(error):
        struck(running, client, kind=kind)
    assert running.app.journal() == {"handled": handled}


def test_a_short_body_breaks_its_promise(running: Running, client: httpx.Client) -> None:
    """Content-Length is longer than what comes."""
    with pytest.raises(httpx.RemoteProtocolError, match="without sending complete"):
        struck(running, client, kind="short_body")


def test_cut_json_has_the_right_length_and_no_end(running: Running, client: httpx.Client) -> None:
    """A well-formed answer around half a document."""
    whole = client.get("/ting/a").content
    answer = struck(running, client, kind="cut_json")
    assert answer.status_code == 200
    assert whole.startswith(answer.content)
    with pytest.raises(ValueError, match=r".*"):
        answer.json()


def test_html_comes_with_200(running: Running, client: httpx.Client) -> None:
    """A maintenance page that says it is fine."""
    answer = struck(running, client, kind="html200")
    assert (answer.status_code, answer.content[:9]) == (200, b"<!doctype")
    assert answer.headers["content-type"].startswith("text/html")


def test_wrong_encoding_is_not_utf8(running: Running, client: httpx.Client) -> None:
    """Latin-1 bytes under a promise of UTF-8, also when the text was plain."""
    for path in ("/ting/a", "/rader"):
        answer = struck(running, client, path, kind="wrong_encoding")
        with pytest.raises(UnicodeDecodeError):
            answer.content.decode("utf-8")


def test_a_stall_holds_back_the_second_half(running: Running, client: httpx.Client) -> None:
    """Half comes at once, the rest after the pause."""
    running.faults([{"kind": "stall", "seconds": 0.2}])
    began = time.monotonic()
    assert client.get("/ting/a").json()["navn"] == "a"
    assert time.monotonic() - began >= 0.2


def test_a_drip_comes_in_many_pieces(running: Running, client: httpx.Client) -> None:
    """Byte by byte, and whole in the end."""
    running.faults([{"kind": "drip", "seconds": 0.0001}])
    with client.stream("GET", "/ting/a") as answer:
        pieces = list(answer.iter_raw())
    assert len(pieces) > 5
    assert json.loads(b"".join(pieces))["navn"] == "a"


def test_a_gzip_bomb_is_small_on_the_wire(running: Running, client: httpx.Client) -> None:
    """A hundred times larger when unpacked."""
    running.faults([{"kind": "gzip_bomb", "megabytes": 2}])
    with client.stream("GET", "/ting/a") as answer:
        size = sum(len(piece) for piece in answer.iter_bytes())
        assert size > 100 * int(answer.headers["content-length"])


def test_pages_that_lie(running: Running, client: httpx.Client) -> None:
    """Empty, short, double and emptied pages, each well-formed."""
    client.get("/rader")
    empty = struck(running, client, "/rader", kind="empty_page").json()
    assert (empty["rader"], empty["neste"], empty["antall"]) == ([], None, 3)
    short = struck(running, client, "/rader", kind="short_page", n=1).json()
    assert (len(short["rader"]), short["neste"]) == (1, "m2")
    gone = struck(running, client, "/rader", kind="emptied").json()
    assert (gone["rader"], gone["neste"], gone["antall"]) == ([], None, 0)


def test_a_double_page_repeats_the_one_before(running: Running, client: httpx.Client) -> None:
    """The previous page's entries stand again in front of the new ones."""
    running.faults([{"kind": "double_page", "match": "GET /rader", "skip": 1}])
    client.get("/rader")
    twice = client.get("/rader", params={"markor": "m2"}).json()
    assert [row["radId"] for row in twice["rader"]] == ["a", "b", "c"]


def test_a_cursor_can_stand_still(running: Running, client: httpx.Client) -> None:
    """The first cursor is given again and again."""
    running.faults([{"kind": "repeat_cursor", "match": "GET /rader", "times": 3}])
    assert {client.get("/rader").json()["neste"] for _ in range(3)} == {"m2"}


def test_documents_that_lie(running: Running, client: httpx.Client) -> None:
    """Drift, poison, another document and another municipality."""
    assert struck(running, client, kind="drift").json()["feltFraNesteVersjon"]
    retyped = struck(running, client, kind="drift", add=False, int_to_text=True).json()
    assert retyped["del"]["delId"] == "7"
    assert struck(running, client, kind="poison").json()["del"]["delId"] is None
    listed = struck(running, client, kind="poison", mode="list_to_text").json()
    assert listed["del"]["liste"] == "tekst"
    assert struck(running, client, kind="wrong_document").json()["navn"] == "annen"
    other = struck(running, client, kind="wrong_tenant", tenant="974760673").json()
    assert other["org"] == "974760673"


def test_a_lag_is_told_to_the_application_beside_other_faults(
    running: Running, client: httpx.Client
) -> None:
    """The rule strikes what it matches, without end, and takes no other rule's turn."""
    running.faults(
        [{"kind": "lag", "match": "/rader", "seconds": 3}, {"kind": "cut_after", "match": "/rader"}]
    )
    with pytest.raises(httpx.RemoteProtocolError):
        client.get("/rader")
    for path in ("/rader", "/ting/a", "/rader"):
        assert client.get(path).status_code == 200
    assert running.app.lags == [3, 3, 0, 3]
    struck = {rule["kind"]: rule["struck"] for rule in running.journal()["faults"]}
    assert struck == {"lag": 3, "cut_after": 1}


def test_an_index_that_lags_hides_the_new_and_only_that() -> None:
    """By its own clock, the newest first; what was set anew is new again."""
    now = [0.0]
    fresh = Fresh(lambda: now[0])
    for name in ("a", "b", "c"):
        fresh.made(name)
        now[0] += 1
    assert fresh.hidden(0) == frozenset()
    assert fresh.hidden(1.5) == {"c"}
    assert fresh.hidden(2) == {"c"}
    assert fresh.hidden(60) == {"a", "b", "c"}
    fresh.made("a")
    assert fresh.hidden(0.5) == {"a"}


def test_every_kind_is_proved_here() -> None:
    """A new kind of fault needs a test in this file, and a dialect one in its own."""
    here = Path(__file__)
    files = (here, here.with_name("test_http_dialects.py"))
    source = "".join(file.read_text(encoding="utf-8") for file in files)
    assert {kind for kind in KINDS if f'"{kind}"' not in source} == set()
