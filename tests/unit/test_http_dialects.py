"""HTTP as the world speaks it, read: tags, gzip, BOM, numbers, doubled members, an answer that is
an address alone, and what each dialect of the sandbox does on the wire."""

import gzip
import json
import zlib
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from connectors.http.body import read_body
from connectors.http.faults import Garbled, Unreadable
from connectors.http.strictjson import load, parse
from connectors.http.tags import opaque
from connectors.sandbox.app import Request, Response
from connectors.sandbox.server import Running, start
from connectors.sandbox.tampering import Tampering
from gateway.errors import RemoteFault

TEXT = '{"tekst":"blåbær \\u2028 slutt","tall":3}'.encode()


@pytest.mark.parametrize(
    "header",
    ['"v1"', 'W/"v1"', '"v1-gzip"', 'W/"v1--gzip"', '"v1;gzip"', '"v1-br"', ' "v1" ', "v1"],
)
def test_a_tag_is_the_version_it_names(header: str) -> None:
    """Weak or suffixed by a proxy, with quotes or, in a body, without."""
    assert opaque(header) == "v1"


@pytest.mark.parametrize("header", ['"gzip"', '"v1-gz"', '"-gzip-v1"', '"v1-gzipped"'])
def test_a_tag_that_only_looks_suffixed_is_kept(header: str) -> None:
    """Only what a proxy writes is taken away."""
    assert opaque(header) == header.strip('"')


class _Pieces(httpx.SyncByteStream):
    def __init__(self, body: bytes, size: int) -> None:
        self._body, self._size = body, size

    def __iter__(self) -> Iterator[bytes]:
        for start_at in range(0, len(self._body), self._size):
            yield self._body[start_at : start_at + self._size]


def body(raw: bytes, encoding: str = "gzip", size: int = 7, cap: int = 10_000) -> bytes:
    """The body as read when it comes in pieces of `size`."""
    answer = httpx.Response(200, headers={"content-encoding": encoding}, stream=_Pieces(raw, size))
    return read_body(answer, cap=cap, clock=lambda: 0.0, until=1.0, place="her")


@pytest.mark.parametrize("size", [1, 2, 7, 1000])
@pytest.mark.parametrize("cuts", [(0,), (0, 5), (0, 5, 9, 20)])
def test_gzip_of_several_members_is_read_to_its_end(size: int, cuts: tuple[int, ...]) -> None:
    """Whatever the pieces are, nothing is cut off."""
    ends = [*cuts[1:], len(TEXT)]
    raw = b"".join(gzip.compress(TEXT[a:b]) for a, b in zip(cuts, ends, strict=True))
    assert body(raw, size=size) == TEXT
    assert body(raw + b"\0" * 9, size=size) == TEXT


@pytest.mark.parametrize("name", ["gzip", "GZIP", "x-gzip", " Gzip "])
def test_gzip_has_several_names(name: str) -> None:
    """Names of encodings are without case, and `x-gzip` is the same one."""
    assert body(gzip.compress(TEXT), name) == TEXT


@pytest.mark.parametrize("size", [1, 1000])
def test_a_member_that_is_cut_is_no_body(size: int) -> None:
    """Also the second one, and what is not gzip at all behind the first."""
    first, second = gzip.compress(TEXT), gzip.compress(TEXT)
    with pytest.raises(Unreadable):
        body(first + second[:-3], size=size)
    with pytest.raises(Unreadable):
        body(first + b"rest", size=size)


def test_members_do_not_pass_the_cap() -> None:
    """A thousand small members are one large body."""
    swollen = gzip.compress(b" " * 1000) * 1000
    with pytest.raises(RemoteFault, match="FOR_STORT_SVAR"):
        body(swollen, size=1000, cap=5000)
    assert zlib.decompress(gzip.compress(b""), wbits=31) == b""


def test_json_may_begin_with_a_bom_and_have_whole_floats() -> None:
    """RFC 8259 8.1 lets a reader pass over a BOM; 2.0 is 2, and 2.5 is itself."""
    assert load(b"\xef\xbb\xbf" + TEXT) == json.loads(TEXT)
    found = load(b'{"a":2.0,"b":[3.00,1e2,2.5],"c":"2.0","d":true}')
    assert found == {"a": 2, "b": [3, 100, 2.5], "c": "2.0", "d": True}
    assert [type(found["a"]), type(found["b"][1]), type(found["d"])] == [int, int, bool]


@pytest.mark.parametrize(
    "text",
    ['{"a":1,"a":1}', '{"a":1,"\\u0061":2}', '[{"b":{"a":1,"c":0,"a":[]}}]'],
)
def test_a_member_that_stands_twice_is_refused(text: str) -> None:
    """At any depth, however it is written, also when both say the same."""
    with pytest.raises(Garbled) as caught:
        parse(text.encode(), "application/json", "her")
    assert caught.value.code == "DOBBELT_FELT"


class Shop:
    """An application with one document and one list that has three pages."""

    system = "butikk"
    tenant = "899100107"
    page_keys = ("rader", "neste")
    page_path = r"^/rader$"
    page_token = "markor"

    def handle(self, request: Request) -> Response:
        """A page, a stale version, or a document with a tag."""
        if request.path == "/rader":
            turn = int(request.query.get("markor", "0"))
            rows = [{"radId": f"{turn}"}] if turn < 3 else []
            return Response.of(200, {"rader": rows, "neste": str(turn + 1)})
        if "if-match" in request.headers:
            return Response.of(412, {"kode": "ENDRET"})
        status = 201 if request.method == "POST" else 200
        return Response.of(status, {"tingId": "t1", "antall": 2}, {"etag": '"v1"'})

    def spoil(self, request: Request, how: Tampering) -> None:
        """What becomes of three bytes that were brought."""
        self.kept = (request.path, how(b"abc"))

    def journal(self) -> dict[str, Any]:
        """Nothing is counted."""
        return {}


@pytest.fixture
def running() -> Iterator[Running]:
    """A served application."""
    with start(Shop()) as served:
        yield served


def told(running: Running, method: str, path: str, rule: dict[str, Any], **more: Any) -> Any:
    """The answer a plain client gets under `rule`, undecoded."""
    form = {
        "grant_type": "client_credentials", "client_id": "stafett", "client_secret": "hemmelig",
        "tenant_id": Shop.tenant,
    }  # fmt: skip
    running.faults([])
    with httpx.Client(base_url=running.url, timeout=2, trust_env=False) as client:
        token = client.post("/connect/token", data=form).json()["access_token"]
        running.faults([{**rule, "times": 0}])
        heads = {"authorization": f"Bearer {token}", **more.pop("headers", {})}
        return client.request(method, path, headers=heads, **more)


def test_tags_on_the_wire(running: Running) -> None:
    """The same version, said as a proxy says it."""
    assert told(running, "GET", "/ting", {"kind": "weak_tag"}).headers["etag"] == 'W/"v1"'
    assert told(running, "GET", "/ting", {"kind": "suffixed_tag"}).headers["etag"] == '"v1-gzip"'


def test_bodies_on_the_wire(running: Running) -> None:
    """gzip in pieces and by other names, a BOM, whole floats, a member twice."""
    plain = b'{"tingId":"t1","antall":2}'
    for rule, name in (
        ({"kind": "gzip_members"}, "gzip"),
        ({"kind": "gzip_named", "mode": "x-gzip"}, "x-gzip"),
    ):
        answer = told(running, "GET", "/ting", rule)
        assert answer.headers["content-encoding"] == name
    assert told(running, "GET", "/ting", {"kind": "bom"}).content == b"\xef\xbb\xbf" + plain
    assert b"2.0" in told(running, "GET", "/ting", {"kind": "whole_floats"}).content
    doubled = told(running, "GET", "/ting", {"kind": "doubled_member"}).content
    assert doubled == b'{"tingId":null,' + plain[1:]


def test_answers_on_the_wire(running: Running) -> None:
    """An address alone, 409 for a stale version, a token without a life."""
    made = told(running, "POST", "/ting", {"kind": "empty_created"}, json={})
    assert (made.status_code, made.content, made.headers["location"]) == (201, b"", "/ting/t1")
    stale = told(running, "PUT", "/ting", {"kind": "stale409"}, headers={"if-match": '"v0"'})
    assert stale.status_code == 409
    for mode, life in (("absent", "none"), ("null", None), ("text", "3600 seconds")):
        form = {
            "grant_type": "client_credentials", "client_id": "stafett",
            "client_secret": "hemmelig", "tenant_id": Shop.tenant,
        }  # fmt: skip
        running.faults([{"kind": "token_life", "mode": mode, "times": 0}])
        answer = httpx.post(running.token_url, data=form, trust_env=False).json()
        assert answer.get("expires_in", "none") == life


def test_content_behind_the_back(running: Running) -> None:
    """Answered as done, and the application is told to lose it, or to have another."""
    for kind in ("content_lost", "content_swapped"):
        assert told(running, "PUT", "/ting", {"kind": kind}, content=b"abc").status_code == 200
        path, kept = running.app.kept  # type: ignore[attr-defined]
        assert path == "/ting"
        assert kept != b"abc"
        assert (kept is None) == (kind == "content_lost")


def test_pages_on_the_wire(running: Running) -> None:
    """Two pages in one answer, and an empty page that has a new cursor every time."""
    longer = told(running, "GET", "/rader", {"kind": "long_page"}).json()
    assert ([r["radId"] for r in longer["rader"]], longer["neste"]) == (["0", "1"], "2")
    rule = {"kind": "fresh_cursor"}
    assert told(running, "GET", "/rader", rule, params={"markor": "1"}).json()["neste"] == "2"
    assert told(running, "GET", "/rader", rule, params={"markor": "3"}).json()["neste"] == "40001"
