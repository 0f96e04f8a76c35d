"""The verdict on one log: a value, never an exception.

`Finding` is what one rule says. A `hold` stops the whole log; a `note` is told and changes nothing;
otherwise one entity (or one field of it) is withheld and the rest may go. Codes are public; the
guarded reason of a code is shown only to those configured to see it (C-4: the marking of a
protected address is itself confidential). Nothing here may hold a value from the log.
"""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule's finding. `entity` is empty for the log as a whole; `until` says when to retry."""

    code: str
    rules: tuple[str, ...]
    hold: bool
    entity: str = ""
    field: str = ""
    until: datetime | None = None
    note: bool = False

    @property
    def place(self) -> str:
        """Where, as ids and names of fields; empty for the log as a whole."""
        return " ".join(part for part in (self.entity, self.field) if part)


@dataclass(frozen=True, slots=True)
class Verdict:
    """All findings of all rules, in rule order."""

    findings: tuple[Finding, ...] = ()

    @property
    def holds(self) -> tuple[Finding, ...]:
        """The findings that stop the whole log."""
        return tuple(f for f in self.findings if f.hold)

    @property
    def notes(self) -> tuple[Finding, ...]:
        """The findings that are only told: they neither hold nor withhold."""
        return tuple(f for f in self.findings if f.note)

    @property
    def held(self) -> bool:
        """True when the log must not leave now."""
        return any(f.hold for f in self.findings)

    @property
    def code(self) -> str:
        """The public code of the first hold, or an empty string."""
        return next((f.code for f in self.findings if f.hold), "")

    @property
    def place(self) -> str:
        """Where the first hold is, when it is at one place."""
        return next((f.place for f in self.findings if f.hold), "")

    @property
    def until(self) -> datetime | None:
        """When the log may be tried again, if every hold is one that time removes."""
        times = [f.until for f in self.holds]
        known = [t for t in times if t is not None]
        return max(known) if known and len(known) == len(times) else None

    def withheld(self) -> dict[tuple[str, str], str]:
        """(entity id, field or "") -> public code, for the parts that stay behind."""
        return {(f.entity, f.field): f.code for f in self.findings if not (f.hold or f.note)}


@dataclass(frozen=True, slots=True)
class Release:
    """What the exit gate lets through: proof that the verdict was asked. Made by the gate only."""

    logg_id: str
    content_sha: str
    verdict: Verdict = field(repr=False)
