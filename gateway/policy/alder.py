"""Whole years of age on a day; the birth date comes from its own field, never a number (C-6)."""

from datetime import date

ADULT = 18
"""Reached on the birthday; from then on the main person alone decides (C-1)."""


def age(born: date, on: date) -> int:
    """Years reached on `on`. A child born on 29 February has its birthday on 1 March otherwise."""
    had_birthday = (on.month, on.day) >= (born.month, born.day)
    return on.year - born.year - (0 if had_birthday else 1)
