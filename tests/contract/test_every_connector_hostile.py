"""The contract of the connector port when the other side misbehaves, for every vendor.

Faults are made on the wire by the vendor's sandbox. The tests name no vendor.
"""

import importlib
import socket
from typing import Any

import pytest

from gateway.errors import GatewayError, LocalFault, RemoteFault, Transient, UnknownOutcome
from gateway.ports.connector import Connector, Written

WRITE = r"^(POST|PUT|PATCH|DELETE) /(?!connect)"
READ = r"^GET /"
ANY = r"^[A-Z]+ /(?!connect)"
LETTERS = "Æøå Čáŋŧđž 🦊 linje\nny"


def conftest(vendor: Any) -> Any:
    """The module the fixture comes from: `texts`, `everything_said` and the canary."""
    return importlib.import_module(type(vendor).__module__)


def test_busy_is_transient_and_says_when(vendor: Any) -> None:
    """429 and 503 tell when to come back, for reads and for writes."""
    impatient = vendor.connect(attempts=1)
    impatient.facts()
    for kind in ("busy429", "busy503"):
        with vendor.fault({"kind": kind, "match": ANY, "times": 0, "retry_after": 7}):
            with pytest.raises(Transient) as read:
                impatient.page(None)
            with pytest.raises(Transient) as write:
                impatient.put(vendor.order(vendor.key(1)))
        assert read.value.retry_after == 7
        assert write.value.retry_after == 7
    assert vendor.refs() == []


def test_busy_for_a_while_is_waited_out(vendor: Any) -> None:
    """Two refusals in a row do not reach the caller."""
    with vendor.fault({"kind": "busy503", "match": ANY, "times": 2}):
        vendor.connector.put(vendor.order(vendor.key(1)))
    assert len(vendor.refs()) == 1


def test_a_token_that_has_died_is_renewed(vendor: Any) -> None:
    """One 401 in the middle of a run costs nothing but a new token."""
    vendor.connector.facts()
    with vendor.fault({"kind": "unauthorized", "match": ANY, "times": 1}):
        vendor.connector.put(vendor.order(vendor.key(1)))
    assert len(vendor.refs()) == 1


@pytest.mark.parametrize("kind", ["cut_after", "cut_before", "reset", "short_body", "server500"])
def test_a_cut_around_a_write_is_settled_to_one_log(vendor: Any, kind: str) -> None:
    """Cut each write of a creation in turn: never a retry by itself, and one whole log after."""
    unknown = 0
    for turn in range(40):
        order = vendor.order(vendor.key(turn), f"Runde {turn}")
        rule = {"kind": kind, "match": WRITE, "skip": turn, "times": 1}
        with vendor.fault(rule):
            try:
                vendor.connector.put(order)
                struck = vendor.running.journal()["faults"][0]["struck"]
            except UnknownOutcome:
                unknown += 1
                struck = 1
        _settle(vendor, order, f"Runde {turn}")
        assert len(vendor.refs()) == turn + 1
        if not struck:
            break
    else:
        raise AssertionError("a creation never came to its last write")
    assert unknown


def _settle(vendor: Any, order: Any, text: str) -> Written:
    """As the gateway does: read back first, and give the same order only then. A creation that
    was sent and does not show is sent again when a person has looked for it."""
    assert len(vendor.connector.find(order.key, order.body)) <= 1
    written: Written = vendor.settle(order)
    (standing,) = vendor.connector.find(order.key, order.body)
    assert standing.ref == written.ref
    document = vendor.connector.document(written.ref)
    assert text in conftest(vendor).texts(document.body)
    assert len(document.files) == len(order.files)
    return written


@pytest.mark.parametrize("kind", ["html200", "cut_json", "wrong_encoding", "short_body"])
def test_garbage_is_a_remote_fault_and_quotes_nothing(vendor: Any, kind: str) -> None:
    """An answer that stays unreadable stops the connector, and nothing of it is repeated."""
    spoken = conftest(vendor)
    written = vendor.connector.put(vendor.order(vendor.key(1), spoken.CANARY))
    with (
        vendor.fault({"kind": kind, "match": READ, "times": 0}),
        pytest.raises(RemoteFault) as caught,
    ):
        vendor.connector.document(written.ref)
    said = spoken.everything_said(caught.value)
    assert spoken.NUMBER not in said
    assert spoken.SENTENCE not in said


@pytest.mark.parametrize("kind", ["html200", "cut_json", "wrong_encoding", "short_body", "reset"])
def test_garbage_once_is_read_again(vendor: Any, kind: str) -> None:
    """A single bad answer does not stop anything."""
    written = vendor.connector.put(vendor.order(vendor.key(1), LETTERS))
    with vendor.fault({"kind": kind, "match": READ, "times": 1}):
        document = vendor.connector.document(written.ref)
    assert LETTERS in conftest(vendor).texts(document.body)


def test_a_bomb_is_not_unpacked(vendor: Any) -> None:
    """A small answer that swells beyond the cap is refused."""
    written = vendor.connector.put(vendor.order(vendor.key(1)))
    with (
        vendor.fault({"kind": "gzip_bomb", "match": READ, "times": 0, "megabytes": 8}),
        pytest.raises(RemoteFault) as caught,
    ):
        vendor.connector.document(written.ref)
    assert caught.value.code == "FOR_STORT_SVAR"


def test_the_answer_for_another_log_is_caught(vendor: Any) -> None:
    """Another child's log never passes as the one asked for; once only is read again."""
    refs = [vendor.connector.put(vendor.order(vendor.key(n))).ref for n in (1, 2)]
    with (
        vendor.fault({"kind": "wrong_document", "match": READ, "times": 0}),
        pytest.raises((RemoteFault, Transient)),
    ):
        vendor.connector.document(refs[0])
    with vendor.fault({"kind": "wrong_document", "match": READ, "times": 1}):
        assert vendor.connector.document(refs[0]).ref == refs[0]


def test_an_unknown_field_is_carried(vendor: Any) -> None:
    """Drift is data: a field from the next version is handed on, not an error."""
    written = vendor.connector.put(vendor.order(vendor.key(1)))
    with vendor.fault({"kind": "drift", "match": READ, "times": 0}):
        document = vendor.connector.document(written.ref)
    assert b"feltFraNesteVersjon" in document.body


_FAST = (
    "busy429",
    "busy503",
    "reset",
    "cut_before",
    "unauthorized",
    "forbidden",
    "server500",
    "empty_page",
    "short_page",
    "double_page",
    "drift",
    "poison",
    "emptied",
    "cut_after",
    "short_body",
    "cut_json",
    "html200",
    "wrong_encoding",
)


@pytest.mark.parametrize("kind", [*_FAST, "stall", "drip"])
def test_only_gateway_errors_cross(vendor: Any, kind: str) -> None:
    """Whatever the other side does, every method answers or raises one of the six kinds."""
    spoken = conftest(vendor)
    order = vendor.order(vendor.key(1), spoken.CANARY)
    written = vendor.connector.put(order)
    hasty = vendor.connect(attempts=1, timeout=0.1, deadline=0.15)
    hasty.facts()
    rule = {"kind": kind, "match": ANY, "times": 0, "mode": "list_to_text", "int_to_text": True}
    with vendor.fault({**rule, "seconds": 0.2, "retry_after": 0}):
        for act in _methods(hasty, written, vendor):
            try:
                act()
            except GatewayError as error:
                said = spoken.everything_said(error)
                assert spoken.NUMBER not in said
                assert spoken.SENTENCE not in said


def _methods(connector: Connector, written: Written, vendor: Any) -> list[Any]:
    new = vendor.order(vendor.key(2), conftest(vendor).CANARY)
    old = vendor.order(
        vendor.key(1), conftest(vendor).CANARY + ".", ref=written.ref, version=written.version
    )
    return [
        connector.facts,
        lambda: connector.page(None),
        lambda: connector.changes(None),
        lambda: connector.document(written.ref),
        lambda: connector.file(written.ref, "ukjent-fil"),
        lambda: connector.find(new.key, new.body),
        lambda: connector.put(new),
        lambda: connector.put(old),
        lambda: connector.delete(written.ref, written.version),
    ]


def test_an_unconfirmed_contract_sends_nothing(vendor: Any, monkeypatch: Any) -> None:
    """Against a host that is not this machine, assumed operations are refused before the wire."""
    written = Written("noe", "1")
    far = vendor.connect(base_url="https://leverandor.invalid", token_url="https://id.invalid")
    tried: list[str] = []

    def refuse(*_: Any, **__: Any) -> None:
        tried.append("connect")
        raise OSError

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)
    for act in _methods(far, written, vendor)[1:]:
        with pytest.raises(LocalFault) as caught:
            act()
        assert caught.value.code == "UBEKREFTET_KONTRAKT"
    assert tried == []
