"""A row of a listing that is odd is one log's fault, and closes the listing for nobody."""

from typing import Any

import pytest

from connectors.http.rows import entries
from gateway.effects.listing import UNUSABLE, usable


def version(row: Any) -> str:
    """As a connector reads it."""
    told = row.get("v")
    return told if isinstance(told, str) else ""


@pytest.mark.parametrize(
    "row", [None, [], "tekst", 7, {}, {"id": None}, {"id": 3}, {"id": ""}, {"id": "x" * 90}]
)
def test_a_row_without_an_id_is_named_and_the_others_are_read(row: Any) -> None:
    """By a name nobody can ask for, the same each time; the manifest keeps one of ours."""
    good = {"id": "a", "v": "1"}
    found = entries([good, row, {"id": "b", "v": "2"}], "id", version)
    assert [(e.ref, e.version) for e in found[::2]] == [("a", "1"), ("b", "2")]
    assert not found[1].ref.isprintable()
    assert found == entries([good, row, {"id": "b", "v": "2"}], "id", version)
    assert usable(found[1].ref).startswith(UNUSABLE)


@pytest.mark.parametrize("told", [None, 3, [], "", "x" * 300])
def test_a_version_nobody_can_read_is_no_version(told: Any) -> None:
    """The log is fetched each time, and that is all."""
    (found,) = entries([{"id": "a", "v": told}], "id", version)
    assert found.ref == "a"
    assert len(found.version) <= 200


def test_an_id_that_could_be_a_persons_number_is_not_kept() -> None:
    """Eleven digits, alone or in a text, get a name of ours."""
    number = "9" * 11
    for text in (number, f"logg {number}", f"{number}-1"):
        assert number not in usable(text)
    for text in ("9" * 12, f"0189c1f2-0000-7000-8000-a{number}"):
        assert usable(text) == text


@pytest.mark.parametrize(
    "text", ["118416-60651", "logg-11.84.16.62239", "logg 11 84 16 62239", "7-118416-60651"]
)
def test_a_persons_number_in_groups_is_not_kept(text: str) -> None:
    """As the number together is not: it gets a name of ours, and is parked."""
    assert usable(text).startswith(UNUSABLE)
    assert usable(text) == usable(text)


@pytest.mark.parametrize("text", ["118416-60652", "1184166065112", "sak-2026-0012345678901"])
def test_digits_that_are_nobodys_are_an_id(text: str) -> None:
    """Wrong control digits, or a longer number that merely holds eleven of them."""
    assert usable(text) == text
