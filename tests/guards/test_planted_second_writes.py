"""Plants what is sent a second time, and expects the contract suites to go red.

A form that makes a plan, a deposit that makes a record: each may be sent once. The connectors and
the delivery are broken here as they could be in truth, and the suites' own tests are called.
"""

import importlib.util
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from connectors.http.session import Session
from connectors.visma_samspill import connector as samspill
from gateway.errors import GatewayError, UnknownOutcome
from gateway.ports.connector import Order, Written

CONTRACT = Path(__file__).parent.parent / "contract"


def _load(name: str, path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


SPOKEN = _load("planted_again_conftest", CONTRACT / "conftest.py")
LAGGING = _load("planted_again_lagging", CONTRACT / "test_every_connector_lagging.py")


class FormAgain(samspill.SamspillConnector):
    """Takes "not found" for "not there": the form goes whenever a search shows nothing."""

    def put(self, order: Order) -> Written:
        return super().put(replace(order, once=lambda: None))


class FormForgotten(samspill.SamspillConnector):
    """Remembers the form in this process alone."""

    def put(self, order: Order) -> Written:
        sent = vars(self).setdefault("sent", set())
        known = order.key in sent
        sent.add(order.key)
        try:
            return super().put(order if known else replace(order, once=lambda: None))
        except UnknownOutcome:
            sent.clear()
            raise


class FormRetried(samspill.SamspillConnector):
    """Leaves the form to the session, which tries again what was busy."""

    def put(self, order: Order) -> Written:
        call = Session.call

        def calling(session: Session, *words: Any, **more: Any) -> Any:
            once = more.pop("once", None)
            if once is not None:
                once()
            return call(session, *words, **more)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Session, "call", calling)
            return super().put(order)


class TakesAnothersPlan(samspill.SamspillConnector):
    """Gives back whatever plan stands there."""

    def find(self, key: str, body: bytes) -> tuple[Written, ...]:
        return tuple(Written(entry.ref, entry.version) for entry in self.page(None).entries[:1])


AGAIN: list[tuple[type[samspill.SamspillConnector], Callable[..., None], tuple[Any, ...]]] = [
    (FormAgain, LAGGING.test_a_search_that_lags_makes_nothing_twice, ()),
    (FormAgain, LAGGING.test_a_lost_answer_and_a_lag_make_nothing_twice, ({"kind": "cut_after"},)),
    (FormAgain, LAGGING.test_what_cannot_be_repeated_is_not_sent_unwatched, ()),
    (FormForgotten, LAGGING.test_a_search_that_lags_makes_nothing_twice, ()),
    (FormRetried, LAGGING.test_what_was_watched_is_sent_a_single_time, ("busy503", True, 0.0)),
    (FormRetried, LAGGING.test_what_was_watched_is_sent_a_single_time, ("unauthorized", True, 0.0)),
    (TakesAnothersPlan, LAGGING.test_a_search_that_lags_makes_nothing_twice, ()),
]


@pytest.mark.parametrize("row", range(len(AGAIN)))
def test_a_form_sent_again_turns_the_suite_red(
    row: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Planted breach: the search lags or the answer is lost, and a second plan is made."""
    broken, check, arguments = AGAIN[row]
    monkeypatch.setattr(samspill, "SamspillConnector", broken)
    vendor = SPOKEN.Vendor("visma_samspill", tmp_path / "data")
    try:
        with pytest.raises((AssertionError, pytest.fail.Exception, GatewayError)):
            check(vendor, *arguments)
    finally:
        vendor.close()


@pytest.mark.parametrize("row", range(len(AGAIN)))
def test_the_form_as_it_is_sent_passes_where_the_broken_one_failed(
    row: int, tmp_path: Path
) -> None:
    """The same checks are green on the connector as it is."""
    _, check, arguments = AGAIN[row]
    vendor = SPOKEN.Vendor("visma_samspill", tmp_path / "data")
    try:
        check(vendor, *arguments)
    finally:
        vendor.close()
