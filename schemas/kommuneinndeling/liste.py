"""Municipalities with the dates their codes are valid, and the changes between them.

The shape is that of SSB's KLASS, classification 131, joined from two answers: `codes?from=&to=`
(`validToInRequestedRange` is exclusive, and absent while the code is in use) and
`changes?from=&to=`. A change whose old code lives on is a border change; one whose old code ends
is a renumbering, a merger or, with more than one new code, a split. SSB does not reuse codes.
"""

from collections.abc import Iterable
from datetime import date
from functools import cached_property
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

_SHAPE = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)
Kode = Annotated[str, Field(pattern=r"^\d{4}$")]


class Kommune(BaseModel):
    """A code and when it is valid; the end is exclusive."""

    model_config = _SHAPE
    code: Kode
    name: str = ""
    validFromInRequestedRange: date  # noqa: N815 - KLASS' own spelling
    validToInRequestedRange: date | None = None  # noqa: N815

    def valid(self, on: date) -> bool:
        """Whether the code is in use on a date."""
        end = self.validToInRequestedRange
        return self.validFromInRequestedRange <= on and (end is None or on < end)


class Kodeendring(BaseModel):
    """One code passed into another, whole or in part."""

    model_config = _SHAPE
    oldCode: Kode  # noqa: N815 - KLASS' own spelling
    newCode: Kode  # noqa: N815
    changeOccurred: date  # noqa: N815


class Kommuneliste(BaseModel):
    """Every code of a range of years, and every change within it."""

    model_config = _SHAPE
    codes: tuple[Kommune, ...]
    codeChanges: tuple[Kodeendring, ...] = ()  # noqa: N815 - KLASS' own spelling

    @cached_property
    def _by_code(self) -> dict[str, tuple[Kommune, ...]]:
        found: dict[str, tuple[Kommune, ...]] = {}
        for one in self.codes:
            found[one.code] = (*found.get(one.code, ()), one)
        return found

    def known(self, code: str) -> bool:
        """Whether the code is in the list at all, now or at another time."""
        return code in self._by_code

    def name(self, code: str) -> str:
        """What the municipality is called; empty for a number that is not in the list."""
        return next((one.name for one in self._by_code.get(code, ())), "")

    def valid(self, code: str, on: date) -> bool:
        """Whether the code is in use on a date."""
        return any(one.valid(on) for one in self._by_code.get(code, ()))

    def future(self, code: str, on: date) -> bool:
        """Whether every validity of the code begins after the date: a number that leaked early."""
        found = self._by_code.get(code, ())
        return bool(found) and all(one.validFromInRequestedRange > on for one in found)

    def reformed(self, code: str, on: date) -> frozenset[str]:
        """What a code is called on a date: itself while it is valid, else where changes of code
        have carried it, forwards or backwards. Border changes carry nothing."""
        if self.valid(code, on):
            return frozenset({code})
        forwards = not self.future(code, on)
        found: set[str] = set()
        seen, left = {code}, [code]
        while left:
            now = left.pop()
            for change in self.codeChanges:
                old, new = (
                    (change.oldCode, change.newCode)
                    if forwards
                    else (change.newCode, change.oldCode)
                )
                if old != now or new in seen or self.border(change):
                    continue
                seen.add(new)
                if self.valid(new, on):
                    found.add(new)
                else:
                    left.append(new)
        return frozenset(found)

    def border(self, change: Kodeendring) -> bool:
        """Whether a change moved a border only: the old code lived on, and the new was there."""
        on = change.changeOccurred
        before = any(
            one.validFromInRequestedRange < on and (one.validToInRequestedRange or on) >= on
            for one in self._by_code.get(change.newCode, ())
        )
        return before and self.valid(change.oldCode, on)

    def carved(self, old: str, new: str) -> bool:
        """Whether `new` was made from a part of `old`, which lives on under its own code."""
        return any(
            change.oldCode == old
            and change.newCode == new
            and self.valid(old, change.changeOccurred)
            and not self.border(change)
            for change in self.codeChanges
        )

    def changed_on(self, codes: Iterable[str], on: date) -> bool:
        """Whether any of the codes came, went or was cut on a date."""
        wanted = set(codes)
        return any(
            change.changeOccurred == on and wanted & {change.oldCode, change.newCode}
            for change in self.codeChanges
        )

    def border_changes(self, old: Iterable[str], new: str) -> tuple[date, ...]:
        """When a part of one of `old` became part of `new` by a border change."""
        wanted = set(old)
        return tuple(
            sorted(
                change.changeOccurred
                for change in self.codeChanges
                if change.oldCode in wanted and change.newCode == new and self.border(change)
            )
        )
