"""Plants what is sent a second time, and expects the contract suites to go red.

A form that makes a plan, a deposit that makes a record: each may be sent once. The connectors and
the delivery are broken here as they could be in truth, and the suites' own tests are called.
"""

import importlib.util
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from connectors.gi_arkiv.arkiv import GiArkiv
from connectors.http.session import Session
from connectors.noark5.klient import Klient
from connectors.svarut.arkiv import SvarUt
from connectors.visma_samspill import connector as samspill
from gateway.arkiv.levering import Tilstand
from gateway.effects.archiving import delivery, sending, showing
from gateway.errors import GatewayError, UnknownOutcome
from gateway.ports.connector import Order, Written
from tests.contract import test_every_archive_lagging as archives
from tests.contract.archive_stand import Arkivstand
from tests.contract.delivering import deliveries

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


# -- archives -----------------------------------------------------------------------------------
class Forgetful:
    """A delivery that takes "not found" for "not there"."""

    def __init__(self, *_: Any) -> None:
        pass

    def once(self, _what: str) -> Any:
        """Nothing is remembered."""
        return nullcontext()


class InThisProcess(Forgetful):
    """A delivery that remembers as long as one turn lasts."""

    def __init__(self, *_: Any) -> None:
        self._sent: set[str] = set()

    @contextmanager
    def once(self, what: str) -> Iterator[None]:
        """Remembered here alone."""
        if what in self._sent:
            raise UnknownOutcome("KANSKJE_ARKIVERT", place=what)
        self._sent.add(what)
        yield


def _delivery(kind: type) -> Callable[[pytest.MonkeyPatch], None]:
    return lambda patch: patch.setattr(delivery, "Sending", kind)


def _asks_nobody(patch: pytest.MonkeyPatch) -> None:
    """A client that makes what it is told to make."""
    ny, made = Klient.ny, GiArkiv._made
    patch.setattr(Klient, "ny", lambda *words: ny(*words[:-1], nullcontext()))
    patch.setattr(GiArkiv, "_made", lambda *words: made(*words[:-1], nullcontext()))
    deposit = SvarUt.deposit

    def unwatched(self: SvarUt, uttak: Any, found: Any) -> Any:
        return deposit(self, replace(uttak, once=lambda _what: nullcontext()), found)

    patch.setattr(SvarUt, "deposit", unwatched)


def _each_snapshot_for_itself(patch: pytest.MonkeyPatch) -> None:
    """A folder is remembered by the snapshot that made it, and by no other of the log."""
    patch.setattr(sending, "is_folder", lambda _what: False)


def _everything_again(patch: pytest.MonkeyPatch) -> None:
    """Trying everything again includes what nobody has looked for."""
    patch.setattr(sending, "CODE", "EN_ANNEN_KODE")


def _waits_for_ever(patch: pytest.MonkeyPatch) -> None:
    """A person is never told."""
    patch.setattr(
        delivery.Deliverer,
        "_unseen",
        lambda _self, error, *_: delivery.Outcome(Tilstand.SENDES, error.code, error.place),
    )


def _believes_any_search(patch: pytest.MonkeyPatch) -> None:
    """What does not show after the rest is sent again, whatever is known of the search."""
    patch.setattr(showing, "shows", lambda *_: True)


def _refusals_kept(patch: pytest.MonkeyPatch) -> None:
    """What the archive said no to stands as sent."""
    patch.setattr(sending.Sending, "_forget", lambda *_: None)


TWICE = "two folders|two records|made twice"
LONG = 1.5
"""Seconds of lag: long beside a deposit, also on a slow machine."""
N5 = "noark5+uten_klasse"
LAGS = archives.test_a_search_that_lags_makes_nothing_twice
LOST = archives.test_a_lost_answer_makes_nothing_twice
TWO = archives.test_two_snapshots_of_one_log_in_an_archive_that_lags
NEVER = archives.test_what_never_shows_is_a_persons_and_is_never_sent_again
BUSY = archives.test_a_busy_archive_is_no_person_s_task
CUT = ({"kind": "cut_after"}, LONG)


@dataclass(frozen=True)
class Plant:
    """An archive, what is broken, the suite's test that sees it, and what that says."""

    archive: str
    breach: Callable[[pytest.MonkeyPatch], None]
    check: Callable[..., None]
    arguments: tuple[Any, ...] = ()
    says: str | None = TWICE


DEPOSITS = (
    Plant(N5, _delivery(Forgetful), LAGS),
    Plant("gi_arkiv", _delivery(Forgetful), LAGS),
    Plant(N5, _delivery(InThisProcess), LOST, CUT),
    Plant("svarut", _delivery(Forgetful), LOST, CUT),
    Plant(N5, _asks_nobody, LAGS),
    Plant("gi_arkiv", _asks_nobody, NEVER),
    Plant("svarut", _asks_nobody, NEVER),
    Plant("gi_arkiv", _each_snapshot_for_itself, TWO),
    Plant("gi_arkiv", _everything_again, NEVER, says=None),
    Plant("gi_arkiv", _waits_for_ever, NEVER, says=None),
    Plant("gi_arkiv", _refusals_kept, BUSY, says=None),
    Plant(N5, _believes_any_search, NEVER),
)


def _checked(row: int, folder: Path, patch: pytest.MonkeyPatch, *, broken: bool) -> None:
    """The suite's test on this archive, broken or as it is, with a lag nobody outruns."""
    plant = DEPOSITS[row]
    for word, value in (("LAG", LONG), ("RO", 1.2), ("PATIENCE", 6.0)):
        patch.setattr(archives, word, value)
    stand = Arkivstand(plant.archive, folder / "arkiv", lambda: "")
    try:
        with deliveries(folder / "ledger", archives.RO) as night:
            if broken:
                plant.breach(patch)
            plant.check(stand, night, *plant.arguments)
    finally:
        stand.close()


@pytest.mark.parametrize("row", range(len(DEPOSITS)))
def test_a_deposit_sent_again_turns_the_suite_red(
    row: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Planted breach: a delivery, an archive or a retry that believes a search that shows none."""
    with pytest.raises(AssertionError, match=DEPOSITS[row].says):
        _checked(row, tmp_path, monkeypatch, broken=True)


@pytest.mark.parametrize("row", [0, 1, 3, 7, 8, 10])
def test_the_deposit_as_it_is_passes_where_the_broken_one_failed(
    row: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same checks are green on what stands here."""
    _checked(row, tmp_path, monkeypatch, broken=False)
