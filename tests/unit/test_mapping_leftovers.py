"""What of a row without an id is kept finds that row again by what it says, or none at all."""

from typing import Any

import pytest

from mappings import leftovers

KEYS = frozenset({"participantId", "status"})
NAMED = ("participantId",)


def row(person: str | None, status: str = "signed") -> dict[str, Any]:
    """A signer as the rules write one."""
    return {"participantId": person, "status": status}


def back(
    before: list[dict[str, Any]], now: list[dict[str, Any]], named: tuple[str, ...] = NAMED
) -> list[Any]:
    """The extra key `ip` of each row after the way home; None where a row has none."""
    own = {i: {"ip": r["ip"]} for i, r in enumerate(before) if "ip" in r}
    kept = leftovers.tied(before, own, KEYS, named)
    record = leftovers.put_back({"signers": now}, {"@": {"signers": kept}})
    return [r.get("ip") for r in record["signers"]]


def test_each_row_has_its_own_again() -> None:
    """Nothing changed: every key stands where it stood."""
    assert back([row("a") | {"ip": 1}, row("b") | {"ip": 2}], [row("a"), row("b")]) == [1, 2]


@pytest.mark.parametrize("gone", [0, 1, 2])
def test_a_row_taken_away_moves_nobodys_key(gone: int) -> None:
    """The others keep theirs, and the key of the one who left is on nobody."""
    before = [row(p) | {"ip": p} for p in "abc"]
    now = [row(p) for p in "abc"]
    del now[gone]
    assert back(before, now) == [p for p in "abc" if p != "abc"[gone]]


def test_a_row_put_in_front_takes_nobodys_key() -> None:
    """A new signer at the first place has no key of another's."""
    assert back([row("a") | {"ip": 1}], [row("new"), row("a")]) == [None, 1]


def test_the_same_number_of_rows_is_no_reason() -> None:
    """One left and one came: the new one stands in the place, and is another."""
    assert back([row("a"), row("b") | {"ip": 2}], [row("a"), row("c")]) == [None, None]


def test_rows_in_another_order_keep_their_own() -> None:
    """A row is known by what it says, wherever it stands."""
    assert back([row("a") | {"ip": 1}, row("b") | {"ip": 2}], [row("b"), row("a")]) == [2, 1]


def test_an_edited_row_is_known_by_its_name() -> None:
    """The same person with another status is the same row; without a name nobody can tell."""
    before, now = [row("a", "sent") | {"ip": 1}, row("b")], [row("a", "signed"), row("b")]
    assert back(before, now) == [1, None]
    assert back(before, now, named=()) == [None, None]


def test_twins_are_told_apart_by_place_while_they_are_as_many() -> None:
    """Rows that say the same: the place among them tells, until one of them is gone."""
    before = [row("a"), row("a") | {"ip": 1}]
    assert back(before, [row("a"), row("a")]) == [None, 1]
    assert back(before, [row("x"), row("a"), row("a")]) == [None, None, 1]
    assert back(before, [row("a")]) == [None]
    assert back(before, [row("a"), row("a"), row("a")]) == [None] * 3


def test_a_name_that_two_have_is_no_name() -> None:
    """One of two rows of the same person was edited: which of them is not known."""
    before = [row("a", "sent") | {"ip": 1}, row("a", "refused")]
    assert back(before, [row("a", "signed"), row("a", "refused")]) == [None, None]
    assert back([row("a", "sent") | {"ip": 1}], [row("a"), row("a", "expired")]) == [None, None]


def test_no_name_at_all_is_no_name() -> None:
    """A row that names nobody is known by all it says, or not at all."""
    assert back([row(None, "sent") | {"ip": 1}], [row(None, "sent")]) == [1]
    assert back([row(None, "sent") | {"ip": 1}], [row(None, "signed")]) == [None]


def test_a_raw_code_follows_its_row_until_somebody_sets_another() -> None:
    """The row is known as the rules write it; the raw code stands while they still do."""
    raw = {"~": {"status": ["notSent", "fremmed"]}}
    kept = leftovers.tied([row("a", "fremmed")], {0: raw}, KEYS, NAMED)
    assert kept[0]["says"] == row("a", "notSent")
    for now, wanted in (("notSent", "fremmed"), ("signed", "signed")):
        again = leftovers.tied([row("a", "fremmed")], {0: {"~": dict(raw["~"])}}, KEYS, NAMED)
        record = leftovers.put_back({"signers": [row("a", now)]}, {"@": {"signers": again}})
        assert record["signers"] == [row("a", wanted)]


@pytest.mark.parametrize("mark", ["#", "@", "~", "?"])
def test_a_vendors_key_may_be_called_as_one_of_our_marks(mark: str) -> None:
    """It is a key like any other, whatever it holds."""
    for value in (None, 1, [], {"goals": ["goalId", []]}, "x"):
        record = row("a") | {mark: value}
        kept = leftovers.of(record, KEYS, None)
        assert leftovers.put_back(row("a"), kept) == record


def test_an_order_holds_also_when_records_come_and_go() -> None:
    """What is new stays behind the one it stands behind; what is gone leaves no gap."""

    def order(now: str, kept: str) -> str:
        found = leftovers.ordered([{"id": name} for name in now], "id", list(kept))
        return "".join(record["id"] for record in found)

    assert order("abcd", "dbac") == "dbac"
    assert order("aXbcd", "dbac") == "dbaXc"
    assert order("Xabcd", "dbac") == "Xdbac"
    assert order("abcdX", "dbac") == "dXbac"
    assert order("acd", "dbac") == "dac"
