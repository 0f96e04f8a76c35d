"""The words of the letter to a family: one language, one or several readers, dates as people write.

Pure but for the file of words, which is read once. It decides nothing: what is true, and who may be
named, is decided by whoever fills the words in.
"""

import tomllib
from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

_HERE = Path(__file__).with_name("brev.toml")
_FALLBACK = "nb"


@lru_cache(maxsize=1)
def _words() -> dict[str, dict[str, Any]]:
    return tomllib.loads(_HERE.read_text(encoding="utf-8"))


def languages() -> tuple[str, ...]:
    """The languages the letter can be written in."""
    return tuple(_words())


class Words:
    """One language. `many` is whether more than one person reads, or nobody knows how many."""

    def __init__(self, language: str, *, many: bool) -> None:
        all_ = _words()
        self.language = language if language in all_ else _FALLBACK
        self._own = all_[self.language]
        self._reader = {name: self._own[name][many] for name in ("du", "deg")}

    def __call__(self, name: str, **told: str) -> str:
        """A text, filled in; it begins with a capital where a sentence does."""
        return _capital(str(self._own[name]).format_map({**self._reader, **told}))

    def plain(self, name: str, **told: str) -> str:
        """A text that stands within another."""
        return str(self._own[name]).format_map({**self._reader, **told})

    def counted(self, name: str, count: int, **told: str) -> str:
        """The text of one, or of several; `count` is not negative, and none has a text too."""
        form = {0: "_ingen", 1: "_en"}.get(count, "_flere")
        return self(name + form, antall=str(count), **told)

    def day(self, day: date) -> str:
        """A date with the month's name."""
        month = self._own["maaneder"][day.month - 1]
        return self.plain("dato", dag=str(day.day), maaned=month, aar=str(day.year))

    def listed(self, parts: Sequence[str]) -> str:
        """a, b and c."""
        if len(parts) < 2:
            return "".join(parts)
        return f"{', '.join(parts[:-1])} {self._own['og']} {parts[-1]}"

    def extras(self, names: Sequence[str]) -> list[str]:
        """What went along besides the themes, in plain words; a name without words is left out."""
        known: Mapping[str, str] = self._own["tillegg"]
        return [known[name] for name in names if name in known]


def _capital(text: str) -> str:
    """The first letter of every sentence: a sentence may begin with a word that was filled in."""
    return text[:1].upper() + text[1:]
