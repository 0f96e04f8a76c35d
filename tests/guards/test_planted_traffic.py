"""Planted: what is said on the line and not in the contract file turns the recorder or filter red.

Each plant is one undeclared thing, in the client, in the token form or in the sandbox. The suite's
own recorder sees it; where the client reads it, the filter takes it away.
"""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from connectors.conexus_companion import connector as opening
from connectors.conexus_companion.klient import Klient
from connectors.http.reply import Reply
from connectors.http.session import Session
from connectors.http.token import ClientCredentials
from connectors.sandbox.app import Request, Response
from connectors.sandbox.server import Running
from gateway.errors import GatewayError
from gateway.ports.connector import Facts
from tests.contract.conftest import Vendor
from tests.contract.openapi_file import Contract
from tests.contract.traffic import Filter, Recorder, Said

SYSTEM = "conexus_companion"
Answering = Callable[[Request, Response], Response]


def _facts(vendor: Vendor) -> None:
    vendor.connector.facts()


def _put(vendor: Vendor) -> None:
    vendor.connector.put(vendor.order(vendor.key(1)))


def _calling(**more: Any) -> Callable[..., Reply]:
    """A session that says more than the client asks it to."""
    inner = Session.call

    def call(self: Session, operation: str, method: str, path: str, **given: Any) -> Reply:
        for name, value in more.items():
            given[name] = {**(given.get(name) or {}), **value}
        return inner(self, operation, method, path, **given)

    return call


def _form(self: ClientCredentials) -> dict[str, str]:
    settings = self._settings
    return {
        "grant_type": "client_credentials",
        "client_id": settings.client_id,
        "client_secret": settings.client_secret,
        "tenant_id": settings.tenant,
        "audience": "planted",
    }


CLIENT: list[tuple[str, type, str, Any, str, str]] = [
    ("a header", Session, "call", _calling(headers={"X-Planted": "1"}), "header", "x-planted"),
    ("a parameter", Session, "call", _calling(params={"planted": "1"}), "query", "planted"),
    ("a form field", ClientCredentials, "_form", _form, "body member", ".audience"),
]


@pytest.mark.parametrize(
    ("owner", "name", "planted", "kind", "what"),
    [row[1:] for row in CLIENT],
    ids=[row[0] for row in CLIENT],
)
def test_what_the_client_says_undeclared_is_red(
    owner: type,
    name: str,
    planted: Any,
    kind: str,
    what: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A header, a query parameter and a field of the token's form."""
    monkeypatch.setattr(owner, name, planted)
    recorder = _recorded(tmp_path, _facts)
    assert (kind, what) in {(said.kind, said.what) for said in recorder.said}
    with pytest.raises(AssertionError):
        recorder.refuse()


def _status(request: Request, answer: Response) -> Response:
    return Response(206, answer.body, answer.headers)


def _header(request: Request, answer: Response) -> Response:
    return Response(answer.status, answer.body, {**answer.headers, "X-Planted": "1"})


def _member(request: Request, answer: Response) -> Response:
    data = {**json.loads(answer.body), "planted": 1}
    return Response.of(answer.status, data, _apart(answer.headers))


def _missing(request: Request, answer: Response) -> Response:
    data = json.loads(answer.body)
    del data["rettigheter"]
    return Response.of(answer.status, data, _apart(answer.headers))


def _code(request: Request, answer: Response) -> Response:
    return Response.of(400, {"kode": "PLANTED", "sted": ""})


def _media(request: Request, answer: Response) -> Response:
    return Response(answer.status, answer.body, {"content-type": "text/plain"})


def _apart(headers: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name != "content-type"}


SERVER: list[tuple[str, Answering, str, str]] = [
    ("a status", _status, "status", "206"),
    ("a header", _header, "answer header", "x-planted"),
    ("a member", _member, "answer member", "200 .planted"),
    ("a missing member", _missing, "answer value", "200 .rettigheter required"),
    ("a code", _code, "answer value", "400 .kode enum"),
    ("a media type", _media, "answer body", "200 text/plain"),
]


@pytest.mark.parametrize(
    ("planted", "kind", "what"), [row[1:] for row in SERVER], ids=[row[0] for row in SERVER]
)
def test_what_the_sandbox_answers_undeclared_is_red(
    planted: Answering, kind: str, what: str, tmp_path: Path
) -> None:
    """Something the file does not say, or something it promises and that does not come."""
    recorder = _recorded(tmp_path, _facts, planted)
    assert Said(kind, "kommune.les", what) in recorder.said
    with pytest.raises(AssertionError):
        recorder.refuse()


class ReadsHeader(Klient):
    """Needs a header only our own sandbox gives."""

    def facts(self) -> Facts:
        reply = self._session.call("kommune.les", "GET", "/api/v1/kommune", check=_needs_header)
        assert reply.status == 200
        return super().facts()


class ReadsMember(Klient):
    """Needs a member only our own sandbox gives."""

    def facts(self) -> Facts:
        reply = self._session.call("kommune.les", "GET", "/api/v1/kommune", check=_needs_member)
        assert reply.status == 200
        return super().facts()


def _needs_header(reply: Reply) -> str | None:
    return None if "x-planted" in reply.headers else "UGYLDIG_SVAR"


def _needs_member(reply: Reply) -> str | None:
    return None if "planted" in reply.data() else "UGYLDIG_SVAR"


@pytest.mark.parametrize(
    ("client", "planted"),
    [(ReadsHeader, _header), (ReadsMember, _member)],
    ids=["header", "member"],
)
def test_a_client_that_needs_what_is_not_declared_is_red(
    client: type[Klient], planted: Answering, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With our own sandbox all goes well, and the recorder is red; through the filter it stops."""
    monkeypatch.setattr(opening, "Klient", client)
    with pytest.raises(AssertionError):
        _recorded(tmp_path / "one", _facts, planted).refuse()
    with pytest.raises(GatewayError):
        _recorded(tmp_path / "two", _facts, planted, through=Filter(Contract.of(SYSTEM)))


def test_a_path_and_a_method_that_are_not_there_are_red(tmp_path: Path) -> None:
    """A call of something no file has."""
    recorder = Recorder.of(SYSTEM)
    recorder.note(Request("GET", "/api/v1/planted", {}, {}, b""), Response(404))
    recorder.note(Request("PATCH", "/api/v1/kommune", {}, {}, b""), Response(405))
    assert {said.kind for said in recorder.said} == {"path"}
    assert len(recorder.said) == 2


def test_the_client_as_it_is_says_nothing_undeclared(tmp_path: Path) -> None:
    """The same calls without a plant are green, so the red above is the plants'."""
    for number, act in enumerate((_facts, _put)):
        recorder = _recorded(tmp_path / str(number), act)
        assert recorder.calls
        recorder.refuse()


def _recorded(
    folder: Path,
    act: Callable[[Vendor], None],
    planted: Answering | None = None,
    *,
    through: Filter | None = None,
) -> Recorder:
    """What the recorder noted while `act` was done; it may fail, when a plant is in its way."""
    recorder = Recorder.of(SYSTEM)

    def watch(running: Running) -> None:
        inner = running.app.handle
        if planted is not None:
            running.app.handle = lambda request: planted(request, inner(request))  # type: ignore[method-assign]
        if through is not None:
            through.watch(running)
        recorder.watch(running)

    vendor = Vendor(SYSTEM, folder, watch)
    try:
        act(vendor)
    except GatewayError:
        if through is not None:
            raise
    finally:
        vendor.close()
    return recorder
