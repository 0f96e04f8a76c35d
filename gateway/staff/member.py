"""One member of staff, and one who acts. Names, numbers and contact are never shown by `repr`.

They live in memory only: the file is the municipality's, and nothing of it is stored or logged but
the reference.
"""

from dataclasses import dataclass, field
from datetime import date

from gateway.staff.roles import Act


@dataclass(frozen=True, slots=True)
class Ansatt:
    """Somebody who works in a unit. `fra` and `til` are the first and the last day, both included;
    None is open."""

    ref: str = field(repr=False)
    virksomhet: str = field(repr=False)
    virksomhet_navn: str = field(repr=False)
    roller: frozenset[str]
    navn: str = field(repr=False)
    epost: str = field(default="", repr=False)
    numre: tuple[str, ...] = field(default=(), repr=False)
    fra: date | None = None
    til: date | None = None

    def works_on(self, day: date) -> bool:
        """Whether the day is within the time they are employed."""
        return (self.fra is None or self.fra <= day) and (self.til is None or day <= self.til)


@dataclass(frozen=True, slots=True)
class Acting:
    """Proof that the staff file was asked: who acts, in which role, and in what. Made by
    `Staff.acting` only."""

    ref: str
    rolle: str
    act: Act
