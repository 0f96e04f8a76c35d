"""What the connector port promises when a search lags, an answer is lost, or both: never two.

A server whose index is filled after the write says "not found" of what is there. The order is
given again as the core gives it, with the same memory of what was sent; what was made is counted
by the sandbox, from outside. The tests name no vendor.
"""

import importlib
import os
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from gateway.errors import GatewayError, LocalFault, UnknownOutcome
from gateway.ports.connector import Written

FULL = bool(os.environ.get("STAFETT_FULL"))
ANY = r"^[A-Z]+ /(?!connect)"
WRITE = r"^(POST|PUT|PATCH|DELETE) /(?!connect)"
LAG = 0.4
BEHIND = {"kind": "lag", "match": ANY, "seconds": LAG}
PATIENCE = LAG + 0.4
LOST: tuple[Mapping[str, Any], ...] = (
    {"kind": "cut_after"},
    {"kind": "cut_before"},
    {"kind": "reset", "handled": True},
    {"kind": "server500", "handled": True},
    {"kind": "html200"},
)
"""An answer that does not come, of a write that was done or was not."""


def texts(vendor: Any, body: bytes) -> list[str]:
    """Every text value of a document."""
    found: list[str] = importlib.import_module(type(vendor).__module__).texts(body)
    return found


def whole(vendor: Any, written: Written, order: Any, text: str) -> None:
    """One log, with the text and every file, found by its key when the index has caught up."""
    time.sleep(LAG)
    (standing,) = vendor.connector.find(order.key, order.body)
    assert standing.ref == written.ref
    document = vendor.connector.document(written.ref)
    assert text in texts(vendor, document.body)
    assert len(document.files) == len(order.files)


def test_a_search_that_lags_makes_nothing_twice(vendor: Any) -> None:
    """The same order until it goes through, and twice more when it has: one log each."""
    for number in range(2):
        order = vendor.order(vendor.key(number), f"Runde {number}")
        with vendor.fault(BEHIND):
            written = vendor.settle(order, PATIENCE)
            assert vendor.settle(order, PATIENCE).ref == written.ref
            assert vendor.settle(order, PATIENCE).ref == written.ref
        assert vendor.made() == number + 1
        whole(vendor, written, order, f"Runde {number}")


def test_an_index_that_falls_behind_again_makes_nothing_twice(vendor: Any) -> None:
    """Found, written whole, and then not found: the order comes again (a crash before the
    receipt), with its own words and with others, and finds the log or says that it cannot tell."""
    order = vendor.order(vendor.key(1), "Første tekst")
    written = vendor.connector.put(order)
    other = vendor.order(vendor.key(1), "Andre tekst")
    with vendor.fault({**BEHIND, "seconds": 60}):
        for again in (order, other, order):
            try:
                assert vendor.connector.put(again).ref == written.ref
            except UnknownOutcome as error:
                assert error.code == "KANSKJE_OPPRETTET"
                assert error.place == order.key
    assert vendor.made() == 1
    assert vendor.connector.put(order).ref == written.ref
    assert vendor.made() == 1


@pytest.mark.parametrize("lost", LOST, ids=lambda lost: str(lost["kind"]))
def test_a_lost_answer_and_a_lag_make_nothing_twice(vendor: Any, lost: Mapping[str, Any]) -> None:
    """A call of a creation, early and late, loses its answer while the search is behind."""
    struck = 0
    turns = range(40) if FULL else (0, 2, 5, 9)
    for number, turn in enumerate(turns):
        order = vendor.order(vendor.key(number), f"Runde {number}")
        with vendor.fault({**lost, "match": WRITE, "skip": turn, "times": 1}, BEHIND):
            try:
                written = vendor.connector.put(order)
            except GatewayError:
                written = vendor.settle(order, PATIENCE)
            struck += vendor.running.journal()["faults"][0]["struck"]
        assert vendor.made() == number + 1
        whole(vendor, written, order, f"Runde {number}")
    assert struck


def test_what_cannot_be_repeated_is_not_sent_unwatched(vendor: Any) -> None:
    """An order nobody watches sends no form; a creation that carries its key needs no watch, and
    is one also when the search is behind."""
    order = replace(vendor.order(vendor.key(1)), once=_nobody)
    with vendor.fault({**BEHIND, "seconds": 60}):
        try:
            vendor.connector.put(order)
        except LocalFault as fault:
            assert fault.code == "OPPRETTING_UTEN_VAKT"
            assert vendor.made() == 0
        else:
            vendor.connector.put(order)
            assert vendor.made() == 1


def _nobody() -> None:
    raise LocalFault("OPPRETTING_UTEN_VAKT")


@pytest.mark.parametrize("lag", [0.0, LAG], ids=["seen at once", "lagging"])
@pytest.mark.parametrize("handled", [False, True], ids=["undone", "done"])
@pytest.mark.parametrize("kind", ["busy503", "busy429", "unauthorized", "server500", "cut_before"])
def test_what_was_watched_is_sent_a_single_time(
    vendor: Any, kind: str, handled: bool, lag: float
) -> None:
    """Busy, refused, silent, or done and said to be busy: the client does not send it again, and
    what was done is found when it shows."""
    order = vendor.order(vendor.key(1))
    before: list[int] = []
    behind = [{**BEHIND, "seconds": lag}] if lag else []

    def once() -> None:
        order.once()
        before.append(requests(vendor))
        rule = {"kind": kind, "match": ANY, "handled": handled, "retry_after": 0}
        vendor.running.faults([rule, *behind])

    with vendor.fault(*behind):
        try:
            vendor.connector.put(replace(order, once=once))
        except GatewayError:
            assert len(before) == 1
            assert requests(vendor) == before[0] + 1
        else:
            assert before == []  # a creation that carries its key is not watched
        vendor.settle(order, lag * 2)
    assert vendor.made() == 1


def requests(vendor: Any) -> int:
    """How many calls have been made."""
    return int(vendor.running.journal()["requests"]["total"])


def test_the_vendor_s_own_word_of_the_lag_is_read(vendor: Any) -> None:
    """`seen_within` is what the system says; silence is None, and a negative word is not one."""
    assert vendor.connector.facts().seen_within is None
    with vendor.fault({**BEHIND, "seconds": 7.5}):
        assert vendor.connector.facts().seen_within == 7.5
