"""What eleven digits say of themselves, and whether a text holds a person's number.

The digits only: the codes a log has for kinds of numbers are the model's
(`stafettlogg.identifikator`). So whoever writes an id or a place down, a connector too, can ask
without knowing the model. No function here raises, and nothing here repeats the number.
"""

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

_K1 = (3, 7, 6, 1, 8, 9, 4, 5, 2)
_K2 = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)
_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
BETWEEN = re.compile(r"[\s.,_\u00ad\u200b-\u200d\u2010-\u2015\u2043\u2060\u2212\ufeff-]+")
"""What people write between the groups of a number."""
OURS = re.compile(
    r"(?i)\b(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?:plan|run)-20\d{6}-[0-9a-f]{8})\b"
)
"""Ids of ours, and UUIDs of anybody: they may be digits by chance."""
_GROUPED = re.compile(rf"\d+(?:{BETWEEN.pattern}\d+)*")
_DIGITS = re.compile(r"\d+")

Regel = Literal["gammel", "2032"]


@dataclass(frozen=True, slots=True)
class Lest:
    """What a number is by its digits. One without a date starts with 8 or 9 (FH-numbers)."""

    datert: bool
    dnummer: bool
    syntetisk: bool
    regel: Regel


def read(number: str) -> Lest | None:
    """An eleven-digit number as its digits have it, or None when it is not one. Source: C-6."""
    if len(number) != 11 or not (number.isascii() and number.isdigit()):
        return None
    regel = _regel([int(d) for d in number])
    if regel is None:
        return None
    if number[0] in "89":
        return Lest(datert=False, dnummer=False, syntetisk=False, regel=regel)
    day, month, year = int(number[:2]), int(number[2:4]), int(number[4:6])
    dnummer = day > 40
    if dnummer:
        day -= 40
    synthetic = month > 40
    if synthetic:
        month -= 80 if month > 80 else 40
    if not _is_day(day, month, year):
        return None
    return Lest(datert=True, dnummer=dnummer, syntetisk=synthetic, regel=regel)


def is_somebodys_number(text: str) -> bool:
    """True when a text holds eleven digits that are a person's by their control digits: together
    and no part of a longer number, or in groups with separators between, in whatever digits.

    For ids and places that systems make, where eleven digits may be anything: the proof is asked.
    """
    plain = OURS.sub("/", _plain_digits(text))
    return any(_is_in(_DIGITS.findall(run)) for run in _GROUPED.findall(plain))


def without_separators(text: str) -> str:
    """The text without what people write between the groups of a number, in plain digits."""
    return BETWEEN.sub("", _plain_digits(text))


def _plain_digits(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text)
    return "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in plain)


def _is_in(groups: list[str]) -> bool:
    """Whether some groups in a row are a person's number."""
    for first in range(len(groups)):
        number = ""
        for group in groups[first:]:
            number += group
            if len(number) > 10:
                break
        if read(number) is not None:
            return True
    return False


def _regel(digits: list[int]) -> Regel | None:
    second = sum(d * w for d, w in zip(digits, _K2, strict=False)) + digits[10]
    if second % 11:
        return None
    first = (sum(d * w for d, w in zip(digits, _K1, strict=False)) + digits[9]) % 11
    if first == 0:
        return "gammel"
    return "2032" if first <= 3 else None


def _is_day(day: int, month: int, year: int) -> bool:
    if not 1 <= month <= 12 or not 1 <= day <= _DAYS[month - 1]:
        return False
    return (month, day) != (2, 29) or year % 4 == 0
