"""Dates and instants as text: what is read, what a contract asks for, and the moment they name.

A source writes times in more ways than its contract says, and some that no calendar has. They are
read all the same and kept as they were written: one bad date is then one place that is not known,
and not a document nobody can read. What no contract has a place for is never written to another
system (`contract_form`), and what is no time is no moment (`moment`, `day`): never a guess.

Read: `YYYY-MM-DDTHH:MM[:SS[.f{1,9}]](Z|z|±hh:mm|±hhmm)` and `YYYY-MM-DD`, in ASCII digits, whether
or not there is such a day. By contract: `YYYY-MM-DDTHH:MM:SS[.f{1,6}](Z|±hh:mm)`, months, days,
hours and offsets that exist (ISO 8601; offsets as in the world, -14:00 to +14:00). RFC 3339, 5.6.
"""

import re
from datetime import UTC, date, datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import Field, WithJsonSchema

_YEAR = r"(?:[1-9][0-9]{3}|0[1-9][0-9]{2}|00[1-9][0-9]|000[1-9])"
_MONTH_DAY = (
    r"(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])"
    r"|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)"
    r"|02-(?:0[1-9]|[12][0-9]))"
)
_DAY = rf"{_YEAR}-{_MONTH_DAY}"
_MINUTE = rf"{_DAY}T(?:[01][0-9]|2[0-3]):[0-5][0-9]"
_INSTANT = (
    rf"{_MINUTE}:[0-5][0-9](?:\.[0-9]{{1,6}})?"
    r"(?:Z|[+-](?:0[0-9]|1[0-3]):[0-5][0-9]|[+-]14:00)"
)

CONTRACT_DAY = rf"^{_DAY}$"
"""A date as every contract has it. 29 February passes in any year: a pattern counts no years."""
CONTRACT_INSTANT = rf"^{_INSTANT}$"
"""An instant as every contract has it. Without look-around, so that every engine knows it."""

READ_DAY = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
READ_INSTANT = (
    r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,9})?)?"
    r"([Zz]|[+-][0-9]{2}:?[0-9]{2})$"
)

WireDay = Annotated[
    str, Field(pattern=READ_DAY), WithJsonSchema({"type": "string", "pattern": CONTRACT_DAY})
]
WireInstant = Annotated[
    str,
    Field(pattern=READ_INSTANT),
    WithJsonSchema({"type": "string", "pattern": CONTRACT_INSTANT}),
]
"""In a vendor's document: read as above; the contract made of it says what may be written."""

_ANY_DAY, _CONTRACT = re.compile(READ_DAY[1:-1]), re.compile(_INSTANT)
_ANY_INSTANT = re.compile(
    rf"(?P<start>{_MINUTE})(?::(?P<second>[0-5][0-9])(?P<fraction>\.[0-9]{{1,9}})?)?"
    r"(?:[Zz]|(?P<hours>[+-](?:0[0-9]|1[0-3])):?(?P<minutes>[0-5][0-9])|(?P<most>[+-]14):?00)"
)
_MICROSECONDS = len(".123456")
"""What a contract holds of a fraction."""
OSLO = ZoneInfo("Europe/Oslo")


def moment(text: object) -> datetime | None:
    """The instant a text names, aware; None for everything that names none. Never raises.

    None also for a moment no clock in UTC can show (year 1 or 9999 with an offset), for a text
    without an offset, and for `24:00` and leap seconds, which nothing here can count with. Parts
    of a second beyond a microsecond are left out.
    """
    written = contract_form(text)
    if written is None:
        return None
    try:
        found = datetime.fromisoformat(written)
        found.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return found


def day(text: object) -> date | None:
    """The date a text names; None for everything that names none. Never raises."""
    if not isinstance(text, str) or not _ANY_DAY.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def oslo_day(text: object) -> date | None:
    """The date on a calendar in Oslo at the instant a text names; None where it names none."""
    found = moment(text)
    return None if found is None else day_in_oslo(found)


def day_in_oslo(found: datetime) -> date | None:
    """The same for a moment; None where the calendar ends on the way."""
    try:
        return found.astimezone(OSLO).date()
    except (ValueError, OverflowError):
        return None


def contract_form(text: object) -> str | None:
    """The text as a contract has it, the same moment; None for what is not in such a form.

    `2026-03-01T10:00+0100` is `2026-03-01T10:00:00+01:00`. What a contract has no place for beyond
    a microsecond is left out. Never raises.
    """
    if not isinstance(text, str):
        return None
    if _CONTRACT.fullmatch(text):
        return text
    found = _ANY_INSTANT.fullmatch(text)
    if found is None:
        return None
    fraction, offset = (found["fraction"] or "")[:_MICROSECONDS], "Z"
    if found["hours"]:
        offset = f"{found['hours']}:{found['minutes']}"
    elif found["most"]:
        offset = f"{found['most']}:00"
    return f"{found['start']}:{found['second'] or '00'}{fraction}{offset}"
