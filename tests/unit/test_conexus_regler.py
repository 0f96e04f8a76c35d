"""The vendor's rules of entry, one breach at a time, on the sample log."""

import copy
import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from connectors.conexus_companion.sandbox.regler import (
    Brudd,
    edit_breaches,
    entry_breaches,
    undeclared,
)
from connectors.conexus_companion.sandbox.sample import sample_order

MADE = datetime.fromisoformat("2026-03-02T09:00:00+01:00")
LATER = MADE + timedelta(days=1)


@pytest.fixture
def logg() -> dict[str, Any]:
    """A log without breaches."""
    wire: dict[str, Any] = json.loads(sample_order("k", "tekst")[0])
    return wire


def _rules(logg: dict[str, Any]) -> list[tuple[str, str]]:
    return [(brudd.regel, brudd.enheter[0]) for brudd in entry_breaches(logg)]


def test_the_sample_breaks_nothing(logg: dict[str, Any]) -> None:
    """A log as a user enters it passes."""
    assert _rules(logg) == []
    assert list(edit_breaches(logg, logg, LATER)) == []


def test_no_content_before_consent(logg: dict[str, Any]) -> None:
    """R-003: status OPPRETTET holds no content, and any part of it counts."""
    logg["status"] = "OPPRETTET"
    assert _rules(logg) == [("R-003", "logg-k")]
    for part in ("oppmerksomheter", "notater"):
        logg[part] = []
    assert _rules(logg) == []


def test_one_active_measure_per_actor_and_concern(logg: dict[str, Any]) -> None:
    """R-071: another status, another aktør or another concern is fine; the same is not."""
    first = logg["oppmerksomheter"][0]["tiltak"][0]
    second = {**first, "tiltakId": "t2"}
    logg["oppmerksomheter"][0]["tiltak"].append(second)
    assert _rules(logg) == [("R-071", "tiltak-k")]
    for change in ({"status": "EVALUERT"}, {"aktor": "ansatt-2"}, {"aktor": None}):
        logg["oppmerksomheter"][0]["tiltak"][1] = {**second, **change}
        assert _rules(logg) == []
    other = {**logg["oppmerksomheter"][0], "oppmerksomhetId": "o2", "tiltak": [second]}
    logg["oppmerksomheter"][0]["tiltak"].pop()
    logg["oppmerksomheter"].append(other)
    assert _rules(logg) == []


def test_a_concern_comes_with_its_first_measure(logg: dict[str, Any]) -> None:
    """R-076, by import and by ordinary entry."""
    logg["oppmerksomheter"][0]["tiltak"] = []
    assert _rules(logg) == [("R-076", "opp-k")]


def test_a_new_concern_comes_with_its_goal(logg: dict[str, Any]) -> None:
    """R-076 by ordinary entry: sign of attainment or steps; an old concern is left alone."""
    empty = {**logg, "oppmerksomheter": []}
    logg["oppmerksomheter"][0]["maal"] = {"kjennetegn": None, "delmaal": []}
    assert [b.regel for b in edit_breaches(logg, empty, LATER)] == ["R-076"]
    assert list(edit_breaches(logg, logg, LATER)) == []


@pytest.mark.parametrize(("hours", "locked"), [(7.99, False), (8, True), (9, True)])
def test_measure_text_locks_after_eight_hours(
    logg: dict[str, Any], hours: float, locked: bool
) -> None:
    """R-077: the text, and the measure itself, stand after eight hours."""
    now = MADE + timedelta(hours=hours)
    changed = copy.deepcopy(logg)
    changed["oppmerksomheter"][0]["tiltak"][0]["tekst"] = "annen"
    assert [b.regel for b in edit_breaches(changed, logg, now)] == ["R-077"] * locked
    gone = copy.deepcopy(logg)
    gone["oppmerksomheter"][0]["tiltak"] = []
    assert [b.regel for b in edit_breaches(gone, logg, now)] == ["R-077"] * locked
    dated = copy.deepcopy(logg)
    dated["oppmerksomheter"][0]["tiltak"][0]["frist"] = "2026-12-01"
    assert list(edit_breaches(dated, logg, now)) == []


def test_an_evaluation_is_never_changed(logg: dict[str, Any]) -> None:
    """R-078: adding the first is fine; changing, removing or dropping its measure is not."""
    done = copy.deepcopy(logg)
    done["oppmerksomheter"][0]["tiltak"][0]["evaluering"] = {"evalueringId": "e", "farge": "GRONN"}
    assert list(edit_breaches(done, logg, MADE)) == []
    assert [b.regel for b in edit_breaches(logg, done, MADE)] == ["R-078"]
    other = copy.deepcopy(done)
    other["oppmerksomheter"][0]["tiltak"][0]["evaluering"]["farge"] = "GUL"
    assert [b.regel for b in edit_breaches(other, done, MADE)] == ["R-078"]
    none_left = {**done, "oppmerksomheter": []}
    assert [b.regel for b in edit_breaches(none_left, done, MADE)] == ["R-078"]


def test_only_a_pdf_is_a_note_file(logg: dict[str, Any]) -> None:
    """R-091: another media type, or a file the log does not name."""
    logg["filer"][0]["medietype"] = "image/png"
    assert _rules(logg) == [("R-091", "notat-k")]
    logg["filer"] = []
    assert _rules(logg) == [("R-091", "notat-k")]


def test_a_declaration_names_the_rule_and_one_of_its_entities() -> None:
    """Another rule or another entity does not cover a breach."""
    brudd = Brudd("R-071", ("t1", "t2", "o1"))

    def left(*declared: tuple[str, str]) -> Brudd | None:
        return undeclared(iter([brudd]), [{"regel": r, "enhet": e} for r, e in declared])

    assert left(("R-071", "t2")) is None
    assert left(("R-071", "o1")) is None
    assert left(("R-071", "t9")) == brudd
    assert left(("R-076", "t1")) == brudd
    assert left() == brudd
