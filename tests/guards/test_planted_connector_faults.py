"""Plants faults in one vendor's client and expects the contract suite to go red.

A suite that cannot fail protects nobody. The client is broken in a subclass, and the suite's own
test functions are called with it.
"""

import importlib.util
import json
import logging
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import pytest

from connectors.conexus_companion import connector as opening
from connectors.conexus_companion.klient import Klient
from connectors.http.gate import Gate
from gateway.errors import GatewayError, LocalFault, RemoteFault, Transient, UnknownOutcome
from gateway.ports.connector import Document, Order, Page, Written

CONTRACT = Path(__file__).parent.parent / "contract"


def _load(name: str, path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


SPOKEN = _load("planted_contract_conftest", CONTRACT / "conftest.py")
SUITE = _load("planted_contract_suite", CONTRACT / "test_every_connector.py")
HOSTILE = _load("planted_contract_hostile", CONTRACT / "test_every_connector_hostile.py")


class KeyNotSent(Klient):
    """Creates logs nobody can find again."""

    def put(self, order: Order) -> Written:
        body = json.loads(order.body)
        without = json.dumps({**body, "eksternNokkel": None}).encode()
        changed = {name: getattr(order, name) for name in Order.__slots__}
        return _Unchecked.put(self, Order(**{**changed, "body": without}))


class _Unchecked(Klient):
    """Sends an order whose body does not carry the key."""

    def put(self, order: Order) -> Written:
        ref = json.loads(order.body)["loggId"]
        self._upload(order, ref)
        headers = {"idempotency-key": order.idempotency_key, "varsling": "undertrykk"}
        body = b'{"logg":' + order.body + b',"kjenteAvvik":[]}'
        return self._write("stafettlogg.importer", "POST", ref, body, headers, order.key)


class IfMatchForgotten(Klient):
    """Overwrites whatever is there now."""

    def put(self, order: Order) -> Written:
        if order.ref is None:
            return super().put(order)
        changed = {name: getattr(order, name) for name in Order.__slots__}
        newest = self.document(order.ref).version
        return super().put(Order(**{**changed, "base_version": newest}))


class FirstPageOnly(Klient):
    """Believes the first page is all."""

    def page(self, cursor: str | None) -> Page:
        page = super().page(cursor)
        return Page(page.entries, None, page.total)


class WrongEncoding(Klient):
    """Reads UTF-8 as Latin-1."""

    def document(self, ref: str) -> Document:
        found = super().document(ref)
        body = found.body.decode("latin-1").encode()
        return Document(found.ref, found.version, body, found.files)


class LineBreakLost(Klient):
    """Makes a line break a space."""

    def document(self, ref: str) -> Document:
        found = super().document(ref)
        body = found.body.replace(b"\\n", b" ")
        return Document(found.ref, found.version, body, found.files)


class BusyIsFatal(Klient):
    """Stops the run because the system is busy."""

    def page(self, cursor: str | None) -> Page:
        try:
            return super().page(cursor)
        except Transient as exc:
            raise LocalFault(exc.code) from None


class CutWriteRetried(Klient):
    """Takes a cut write for one that was not done, and sends it again with a new key."""

    def _write(
        self,
        operation: str,
        method: str,
        ref: str,
        body: bytes,
        headers: Mapping[str, str],
        place: str,
    ) -> Written:
        try:
            return super()._write(operation, method, ref, body, headers, place)
        except UnknownOutcome:
            again = {**headers, "idempotency-key": "en annen"}
            return super()._write(operation, method, ref, body, again, place)


class RawError(Klient):
    """Lets the library's own error out."""

    def document(self, ref: str) -> Document:
        try:
            return super().document(ref)
        except Transient:
            raise httpx.ReadError("connection reset by peer") from None


class EchoesInput(Klient):
    """Chains the error of a validator that quotes what it read."""

    _last = b""

    def put(self, order: Order) -> Written:
        self._last = order.body
        return super().put(order)

    def document(self, ref: str) -> Document:
        try:
            return super().document(ref)
        except RemoteFault as exc:
            raise RemoteFault(exc.code) from ValueError(f"input_value={self._last.decode()}")


class NumberInAddress(Klient):
    """Looks a log up by the child's number."""

    def find(self, key: str, body: bytes) -> tuple[Written, ...]:
        self._session.call("stafettlogg.finn", "GET", f"/api/v1/eksterne/{SPOKEN.NUMBER}")
        return super().find(key, body)


class AnyAnswerWillDo(Klient):
    """Does not look at whose log the answer is."""

    def document(self, ref: str) -> Document:
        reply = self._session.call("stafettlogg.les", "GET", f"/api/v1/stafettlogger/{ref}")
        return Document(ref, reply.headers["etag"].strip('"'), reply.content)


class MailsEverybody(Klient):
    """Forgets to suppress the mail to the guardians."""

    def _write(
        self,
        operation: str,
        method: str,
        ref: str,
        body: bytes,
        headers: Mapping[str, str],
        place: str,
    ) -> Written:
        loud = {name: value for name, value in headers.items() if name != "varsling"}
        return super()._write(operation, method, ref, body, loud, place)


class NeverCloses(Klient):
    """Leaves its connections open."""

    def close(self) -> None:
        return


class FeedForgets(Klient):
    """Drops what changed on the way."""

    def changes(self, cursor: str | None) -> Page:
        page = super().changes(cursor)
        return Page((), page.cursor, page.total)


PLANTS: list[tuple[type[Klient], Callable[..., None], tuple[str, ...]]] = [
    (KeyNotSent, SUITE.test_the_same_key_twice_is_one_log, ()),
    (IfMatchForgotten, SUITE.test_a_stale_version_is_refused_and_nothing_changes, ()),
    (FirstPageOnly, SUITE.test_paging_gives_each_log_once, ()),
    (WrongEncoding, SUITE.test_what_is_put_can_be_got, ()),
    (LineBreakLost, SUITE.test_what_is_put_can_be_got, ()),
    (BusyIsFatal, HOSTILE.test_busy_is_transient_and_says_when, ()),
    (CutWriteRetried, HOSTILE.test_a_cut_around_a_write_is_settled_to_one_log, ("cut_before",)),
    (RawError, HOSTILE.test_only_gateway_errors_cross, ("reset",)),
    (EchoesInput, HOSTILE.test_garbage_is_a_remote_fault_and_quotes_nothing, ("html200",)),
    (NumberInAddress, SUITE.test_the_same_key_twice_is_one_log, ()),
    (AnyAnswerWillDo, HOSTILE.test_the_answer_for_another_log_is_caught, ()),
    (MailsEverybody, SUITE.test_creation_sends_no_mail, ()),
    (NeverCloses, SUITE.test_connections_are_closed, ()),
    (FeedForgets, SUITE.test_the_change_feed_tells_what_changed, ()),
]


@pytest.fixture
def broken(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Any]:
    """The vendor with the broken client in place of its own."""
    monkeypatch.setattr(opening, "Klient", request.param)
    vendor = SPOKEN.Vendor("conexus_companion", tmp_path / "data")
    yield vendor
    if isinstance(vendor.connector, NeverCloses):
        Klient.close(vendor.connector)
    vendor.close()


@pytest.mark.parametrize(
    ("broken", "check", "arguments"), PLANTS, indirect=["broken"], ids=lambda value: _name(value)
)
def test_a_planted_fault_turns_the_suite_red(
    broken: Any, check: Callable[..., None], arguments: tuple[str, ...]
) -> None:
    """The named test of the suite fails on the broken client."""
    red = (AssertionError, pytest.fail.Exception, GatewayError, httpx.ReadError)
    with pytest.raises(red):
        check(broken, *arguments)


def _name(value: Any) -> str:
    return str(getattr(value, "__name__", "-"))


@pytest.mark.parametrize("row", range(len(PLANTS)))
def test_the_whole_client_passes_where_the_broken_one_failed(row: int, tmp_path: Path) -> None:
    """The same checks are green on the client as it is, so the red above is the plant's."""
    _, check, arguments = PLANTS[row]
    vendor = SPOKEN.Vendor("conexus_companion", tmp_path / "data")
    try:
        check(vendor, *arguments)
    finally:
        vendor.close()


def test_an_open_gate_turns_the_suite_red(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the provenance gate an unconfirmed call reaches for the wire, and that is seen."""
    monkeypatch.setattr(Gate, "open", lambda *_: None)
    vendor = SPOKEN.Vendor("conexus_companion", tmp_path / "data")
    try:
        with pytest.raises(Transient):
            HOSTILE.test_an_unconfirmed_contract_sends_nothing(vendor, monkeypatch)
    finally:
        monkeypatch.undo()
        vendor.close()


def test_a_canary_in_a_log_record_is_refused() -> None:
    """The guard around every contract test sees a number that is logged."""
    record = logging.makeLogRecord({"msg": "hentet %s", "args": (SPOKEN.NUMBER,)})
    with pytest.raises(AssertionError):
        SPOKEN.refuse_canary([record])


def test_the_canary_is_found_anywhere_in_a_chain() -> None:
    """Cause, context, arguments and attributes are all searched."""
    hidden = RemoteFault("X")
    hidden.__context__ = json.JSONDecodeError("Expecting value", SPOKEN.SENTENCE, 0)
    assert SPOKEN.SENTENCE in SPOKEN.everything_said(hidden)
