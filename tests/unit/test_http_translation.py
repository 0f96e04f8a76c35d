"""Every foreign exception and every status has one meaning."""

import inspect
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.http.faults import MEANINGS, Unreadable, meaning, translate
from connectors.http.refusals import LONGEST_WAIT, code_in, refusal, retry_after
from gateway.errors import (
    Conflict,
    GatewayError,
    LocalFault,
    Rejected,
    RemoteFault,
    Transient,
    UnknownOutcome,
)

EXPORTED = [
    value
    for name in httpx.__all__
    if inspect.isclass(value := getattr(httpx, name)) and issubclass(value, BaseException)
]


def _made(kind: type[Exception]) -> Exception:
    return kind.__new__(kind)


def test_the_table_names_every_exception_httpx_exports() -> None:
    """A new class in the library must be given a meaning before it can pass."""
    assert EXPORTED
    assert set(EXPORTED) <= set(MEANINGS)


@pytest.mark.parametrize("kind", sorted(MEANINGS, key=lambda kind: kind.__name__))
@pytest.mark.parametrize("write", [False, True])
@pytest.mark.parametrize("answered", [False, True])
def test_each_exception_becomes_one_of_the_six(
    kind: type[Exception], write: bool, answered: bool
) -> None:
    """Whatever is raised, the translation is a GatewayError, and a sent write is never retried."""
    error = translate(_made(kind), write=write, answered=answered, place="x")
    assert isinstance(error, GatewayError)
    if write and answered:
        assert isinstance(error, UnknownOutcome)


@pytest.mark.parametrize("kind", [httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout])
def test_a_write_that_never_left_may_be_sent_again(kind: type[Exception]) -> None:
    """A failed connection is Transient also for a write."""
    error = translate(_made(kind), write=True, answered=False, place="x")
    assert type(error) is Transient


@pytest.mark.parametrize("kind", [httpx.ReadTimeout, httpx.WriteError, httpx.RemoteProtocolError])
def test_a_write_that_may_have_landed_is_unknown(kind: type[Exception]) -> None:
    """Once something was sent, only reading back tells."""
    error = translate(_made(kind), write=True, answered=False, place="x")
    assert type(error) is UnknownOutcome


def test_a_short_body_is_unreadable() -> None:
    """A protocol error after the status line is a body that does not keep its length."""
    error = translate(httpx.RemoteProtocolError(""), write=False, answered=True, place="x")
    assert type(error) is Unreadable


def test_an_unheard_of_exception_counts_as_a_broken_line() -> None:
    """The careful reading: perhaps it was sent."""

    class Newcomer(Exception):
        pass

    assert meaning(Newcomer()) is meaning(httpx.ReadError(""))


@pytest.mark.parametrize(
    ("status", "read", "write", "code"),
    [
        (400, Rejected, Rejected, "AVVIST"),
        (401, LocalFault, LocalFault, "IKKE_INNLOGGET"),
        (403, LocalFault, LocalFault, "MANGLER_RETTIGHET"),
        (404, Conflict, Conflict, "BORTE"),
        (410, Conflict, Conflict, "BORTE"),
        (409, Conflict, Conflict, "ENDRET_I_MAAL"),
        (412, Conflict, Conflict, "ENDRET_I_MAAL"),
        (413, Rejected, Rejected, "FOR_STOR"),
        (422, Rejected, Rejected, "AVVIST"),
        (429, Transient, Transient, "OPPTATT"),
        (503, Transient, Transient, "UTILGJENGELIG"),
        (500, Transient, UnknownOutcome, None),
        (502, Transient, UnknownOutcome, None),
        (504, Transient, UnknownOutcome, None),
        (301, RemoteFault, RemoteFault, "OMDIRIGERING"),
        (405, RemoteFault, RemoteFault, "UVENTET_STATUS"),
        (202, RemoteFault, UnknownOutcome, None),
    ],
)
def test_each_status_has_its_meaning(
    status: int, read: type[GatewayError], write: type[GatewayError], code: str | None
) -> None:
    """Read and write may differ: a 5xx says nothing of whether a write was done."""
    for is_write, kind in ((False, read), (True, write)):
        error = refusal(status, {}, b"", write=is_write, place="x")
        assert type(error) is kind
        if code is not None:
            assert error.code == code


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b'{"kode":"R-071"}', "R-071"),
        (b'{"code":"TOO_MANY"}', "TOO_MANY"),
        (b'{"kode":"Ola Nordmann"}', None),
        (b'{"kode":"12345678901"}', None),
        (b'{"kode":"A-01817112345"}', None),
        (b'{"kode":7}', None),
        (b'["R-071"]', None),
        (b"<html>", None),
        (b"", None),
        (b"[" * 100_000, None),
    ],
)
def test_only_a_code_is_taken_from_a_refusal(body: bytes, code: str | None) -> None:
    """A name, a number or a page of HTML is not repeated."""
    assert code_in(body) == code


NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("7", 7),
        ("0", 0),
        ("-5", 0),
        ("1e9", LONGEST_WAIT),
        ("99999999999999999999999999", LONGEST_WAIT),
        ("inf", LONGEST_WAIT),
        ("nan", None),
        ("soon", None),
        ("", None),
        (format_datetime(NOW + timedelta(seconds=9), usegmt=True), 9),
        (format_datetime(NOW - timedelta(days=9), usegmt=True), 0),
        ("Fri, 99 Foo 2026 99:99:99 GMT", None),
    ],
)
def test_retry_after_is_tolerant(value: str, seconds: float | None) -> None:
    """Seconds, dates and nonsense; the answer's own date is the clock."""
    headers = {"retry-after": value, "date": format_datetime(NOW, usegmt=True)}
    assert retry_after(headers) == seconds


@given(st.text(max_size=60))
def test_retry_after_never_fails(value: str) -> None:
    """Any text gives None or a wait within the cap."""
    found = retry_after({"retry-after": value})
    assert found is None or 0 <= found <= LONGEST_WAIT
