"""What the rules may look at besides the log: the municipality's settings and answers from ports.

Everything is a value, read before the rules run, so that a verdict can be explained and repeated.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from schemas.stafettlogg.kodeverk import Adressebeskyttelse
from schemas.stafettlogg.person import Person


class Signatar(StrEnum):
    """Who signs in an age band (B-02)."""

    FORESATTE = "foresatte"
    UNGDOM = "ungdom"
    BEGGE = "begge"


@dataclass(frozen=True, slots=True)
class Samtykkeregler:
    """A municipality's rules of consent (B-01 to B-03). Ages are whole years, reached."""

    egen_alder: int = 16
    under: Signatar = Signatar.FORESATTE
    fra: Signatar = Signatar.BEGGE
    alle_foresatte: bool = True


@dataclass(frozen=True, slots=True)
class Minimering:
    """What is left behind by default (B-28)."""

    med_bilde: bool = False
    med_presentasjon: bool = True


@dataclass(frozen=True, slots=True)
class Policyramme:
    """The frame a verdict is given in.

    `protection` holds the register's answer per person id; a person without an answer is
    `UKJENT`, and not knowing means no. `born` holds the register's birth dates, used where the
    log has none and compared where it has; None where the register was not asked or could not
    answer, which is a no as well. `registered` holds the persons of the log who are in our staff
    file; None where the municipality has no such file, and then nobody is missed. `staff_read` is
    false where there is one and it cannot be read. `going_home` is true for a reversal: the log
    returns to the system it came from, so nothing is widened and nothing is new there.
    """

    now: datetime
    kommunenummer: str
    production: bool
    samtykke: Samtykkeregler = Samtykkeregler()
    minimering: Minimering = Minimering()
    redigering_timer: int = 8
    target_reads_whole_log: bool = True
    going_home: bool = False
    protection: Mapping[str, Adressebeskyttelse] = field(default_factory=dict, repr=False)
    born: Mapping[str, date] | None = field(default=None, repr=False)
    registered: frozenset[str] | None = field(default=None, repr=False)
    staff_read: bool = True


class Adresseregister(Protocol):
    """The port to the population register. An answer missing for a person means unknown."""

    def check(self, persons: tuple[Person, ...]) -> Mapping[str, Adressebeskyttelse]:
        """Person id -> grade. Raises GatewayError when the register cannot answer."""
        ...

    def born(self, persons: tuple[Person, ...]) -> Mapping[str, date]:
        """Person id -> birth date, for logs whose system has no field for it (C-6).

        Never read from the number. Raises GatewayError when the register cannot answer.
        """
        ...
