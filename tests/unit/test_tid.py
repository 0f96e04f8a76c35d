"""The one reader of times: every form a source writes, nothing no calendar has, never a raise."""

import re
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from schemas import tid
from schemas.tid import WireDay, WireInstant
from tests.laws import hostile

AT = datetime(2026, 3, 1, 10, tzinfo=timezone(timedelta(hours=1)))
FORMS = {
    "2026-03-01T10:00:00+01:00": "2026-03-01T10:00:00+01:00",
    "2026-03-01T10:00:00+0100": "2026-03-01T10:00:00+01:00",
    "2026-03-01T10:00+01:00": "2026-03-01T10:00:00+01:00",
    "2026-03-01T09:00:00Z": "2026-03-01T09:00:00Z",
    "2026-03-01T09:00:00z": "2026-03-01T09:00:00Z",
    "2026-03-01T09:00z": "2026-03-01T09:00:00Z",
    "2026-03-01T09:00:00.0000009Z": "2026-03-01T09:00:00.000000Z",
    "2026-02-28T19:00:00-1400": "2026-02-28T19:00:00-14:00",
}


@pytest.mark.parametrize(("text", "contract"), FORMS.items())
def test_every_form_is_the_same_moment(text, contract):
    """Read as written; written by the contract elsewhere; the same moment."""
    assert tid.moment(text) == AT
    assert tid.contract_form(text) == contract
    assert re.fullmatch(tid.CONTRACT_INSTANT, contract)
    assert TypeAdapter(WireInstant).validate_python(text) == text


@pytest.mark.parametrize("value", hostile.NO_TIMES, ids=lambda v: v.name)
def test_what_no_calendar_has_is_no_time(value):
    """Read by the wire all the same, so that it holds one log by its place."""
    text = value.text.strip('"')
    assert tid.moment(text) is tid.day(text) is tid.oslo_day(text) is None
    wire = TypeAdapter(WireInstant if "T" in text else WireDay)
    assert wire.validate_python(text) == text


@pytest.mark.parametrize(
    "text", ["2026-03-01", "2026-03-01T10:00:00", "", "٢٠٢٦-٠٣-٠١T١٠:٠٠:٠٠Z", "2026-W10-1T10:00Z",
             "2026-03-01T10:00:00Z\n", "20260301T100000Z", None, 5, 2.0, b"2026"],
)  # fmt: skip
def test_other_things_name_no_moment(text):
    """Without an offset nobody knows when it was; digits of other scripts are words."""
    assert tid.moment(text) is None


def test_days():
    """A day there is, in ASCII digits."""
    assert tid.day("2024-02-29") == date(2024, 2, 29)
    for text in ("2026-02-29", "2024-02-29\n", "２０２４-02-29", "2024-2-9", "20240229", None, 7):
        assert tid.day(text) is None


def test_the_edges_of_the_calendar():
    """The last hours of year 9999 are a moment, and no day in Oslo; nothing overflows."""
    assert tid.moment("9999-12-31T23:59:59Z") == datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
    assert tid.oslo_day("9999-12-31T23:59:59Z") is None
    assert tid.oslo_day("2026-06-30T23:00:00Z") == date(2026, 7, 1)
    assert tid.moment("0001-01-01T00:00:00+01:00") is None


@given(st.text(max_size=40) | st.from_regex(tid.READ_INSTANT) | st.from_regex(tid.READ_DAY))
def test_the_readers_are_total(text):
    """Whatever the text, an answer; and a contract's form is by the contract."""
    found = tid.moment(text)
    assert found is None or found.astimezone(UTC)
    tid.day(text)
    tid.oslo_day(text)
    form = tid.contract_form(text)
    assert form is None or (re.fullmatch(tid.CONTRACT_INSTANT, form) and tid.moment(form) == found)


@given(st.datetimes(timezones=st.just(UTC), min_value=datetime(2, 1, 1)))
def test_what_we_write_ourselves_is_read(at):
    """The library's own text of a moment is by the contract, and read back as the moment."""
    text = at.isoformat()
    assert re.fullmatch(tid.CONTRACT_INSTANT, text)
    assert tid.moment(text) == at


@pytest.mark.parametrize("wire", [WireDay, WireInstant])
def test_the_contract_says_what_may_be_written(wire):
    """The schema of the wire's types has the strict pattern, with no look-around in it."""
    pattern = TypeAdapter(wire).json_schema()["pattern"]
    assert "(?=" not in pattern and "(?!" not in pattern and "\\d" not in pattern
    for value in (*hostile.NO_TIMES, *hostile.LENIENT):
        text = value.text.strip('"')
        beyond = value.name in ("29. februar i vanlig år", "år 9999 vestfra", "år 1 østfra")
        assert beyond or not re.search(pattern, text), value.name
    with pytest.raises(ValidationError):
        TypeAdapter(wire).validate_python("i morgen")
