"""The BTI level out of the title of minutes, conservatively (R-064): unknown stays unknown."""

import re
from collections.abc import Iterable

from schemas.stafettlogg.spor import Nivaaperiode
from schemas.tid import moment

_WORDS = {"en": 1, "ein": 1, "éin": 1, "én": 1, "to": 2, "tre": 3, "1": 1, "2": 2, "3": 3}
_LEVEL = re.compile(
    r"\bniv[åa](?:\s*[-:]?\s*(\d+)|[\s:-]+(en|ein|éin|én|to|tre)\b)"
    r"(\s*(?:[-–/,&+]|og|eller|til)\s*(?:niv[åa]\s*)?(?:\d|en\b|ein\b|to\b|tre\b))?",
    re.IGNORECASE,
)


def level_of(title: str | None) -> int | None:
    """1, 2 or 3 when the title names exactly one level, else None."""
    found: set[int | None] = set()
    for digit, word, more in _LEVEL.findall(title or ""):
        found.add(None if more else _WORDS.get((digit or word).lower()))
    return found.pop() if len(found) == 1 else None


def history(minutes: Iterable[tuple[str | None, str | None]]) -> tuple[Nivaaperiode, ...]:
    """Periods out of (instant, title) of minutes; those without a level or a time are skipped."""
    stated = [
        (when, at, level)
        for at, title in minutes
        if (when := moment(at)) is not None and (level := level_of(title)) is not None
    ]
    stated.sort(key=lambda entry: entry[0])
    changes = [entry for i, entry in enumerate(stated) if i == 0 or stated[i - 1][2] != entry[2]]
    return tuple(
        Nivaaperiode(
            nivaa=level,
            fra=at,
            til=changes[i + 1][1] if i + 1 < len(changes) else None,
            kilde="referattittel",
        )
        for i, (_, at, level) in enumerate(changes)
    )


def latest(minutes: Iterable[tuple[str | None, str | None]]) -> int | None:
    """The level of the latest minutes; None when that title names none."""
    dated = [(when, title) for at, title in minutes if (when := moment(at)) is not None]
    return level_of(max(dated, key=lambda entry: entry[0])[1]) if dated else None
