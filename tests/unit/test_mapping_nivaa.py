"""The level out of titles (R-064): what is clear is read, what is not stays unknown."""

import pytest

from mappings.visma_samspill.nivaa import history, latest, level_of


@pytest.mark.parametrize(
    ("title", "level"),
    [
        ("Nivå 2-møte", 2),
        ("BTI-nivå to", 2),
        ("referat NIVÅ 3", 3),
        ("Niva 1", 1),
        ("Nivå: ein", 1),
        ("Evalueringsmøte nivå 1-3", None),
        ("Nivå 1 og 2", None),
        ("nivå 2, nivå 3", None),
        ("Nivå 4", None),
        ("Nivå 12", None),
        ("Nivåen er god", None),
        ("Møte 2", None),
        ("", None),
        (None, None),
    ],
)
def test_titles(title: str | None, level: int | None) -> None:
    """Digits and words after the word for level; ranges and lists are not one level."""
    assert level_of(title) == level


def test_the_latest_minutes_decide() -> None:
    """The newest title decides by instant, not by text; without a level there it is unknown."""
    older, newer = "2026-01-01T10:00:00+01:00", "2026-01-01T09:30:00Z"
    assert latest([(newer, "Nivå 2"), (older, "Nivå 1")]) == 2
    assert latest([(older, "Nivå 1"), (newer, "Møte")]) is None
    assert latest([(None, "Nivå 1")]) is None


def test_history_is_the_series_of_changes() -> None:
    """Equal neighbours are one period; a period ends where the next begins."""
    periods = history([("2026-02-01T10:00:00Z", "Nivå 1"), ("2026-03-01T10:00:00Z", "Nivå 1"),
                       ("2026-04-01T10:00:00Z", "Nivå 2")])  # fmt: skip
    assert [(p.nivaa, p.fra, p.til) for p in periods] == [
        (1, "2026-02-01T10:00:00Z", "2026-04-01T10:00:00Z"),
        (2, "2026-04-01T10:00:00Z", None),
    ]
