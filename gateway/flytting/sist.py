"""What we knew of where a watched child lived, and what a page of the feed hints about one.

Several events of one person in a page are one hint: the register answers with how it is now, not
with how it was between them.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date

from gateway.ports.folkeregister import (
    Bosted,
    Endring,
    Gradering,
    Hendelseslag,
    Personstand,
)

_LOOKED_INTO = frozenset(
    {
        Hendelseslag.BOSTED,
        Hendelseslag.UTENFLYTTING,
        Hendelseslag.BESKYTTELSE,
        Hendelseslag.OPPDATERT,
        Hendelseslag.UKJENT,
    }
)
_OF_RESIDENCE = frozenset(
    {
        Hendelseslag.BOSTED,
        Hendelseslag.UTENFLYTTING,
        Hendelseslag.BESKYTTELSE,
        Hendelseslag.UKJENT,
    }
)
_CORRECTED = frozenset({Endring.ANNULLERT, Endring.KORRIGERT})


@dataclass(frozen=True, slots=True)
class Sist:
    """Where the child lived when we last knew. `kommune` is empty when we never did, and when it
    may not be kept (C-4)."""

    sett: date
    kommune: str = field(repr=False, default="")
    flyttedato: date | None = field(repr=False, default=None)
    manuell: bool = field(repr=False, default=False)
    """A person has been told once that this child cannot be followed."""

    def moved(self, bosted: Bosted) -> bool | None:
        """Whether the date of moving is another than it was; None when one of them is unknown."""
        if self.flyttedato is None or bosted.flyttedato is None:
            return None
        return self.flyttedato != bosted.flyttedato


@dataclass(frozen=True, slots=True)
class Tegn:
    """What is hinted about one person, all events of a page together. A reconciliation hints at
    nothing and compares everything."""

    slag: frozenset[Hendelseslag] = frozenset()
    endringer: frozenset[Endring] = frozenset()
    avstemming: bool = False

    @property
    def looked_into(self) -> bool:
        """Whether the person must be looked up: shared residence alone, or a name, is no reason."""
        return self.avstemming or bool(self.slag & _LOOKED_INTO)

    @property
    def without_moving(self) -> bool:
        """Whether the register says, and says nothing else, that nobody moved."""
        return not self.avstemming and self.slag & _LOOKED_INTO == {Hendelseslag.UTENFLYTTING}

    @property
    def of_residence(self) -> bool:
        """Whether it may be about a residence, and not only about the person somehow."""
        return self.avstemming or bool(self.slag & _OF_RESIDENCE)

    @property
    def corrected(self) -> bool:
        """Whether a residence was corrected or annulled."""
        return bool(self.endringer & _CORRECTED)

    @property
    def doubtful(self) -> bool:
        """Whether something was done that we do not understand, or undone and yet stands."""
        return bool(self.endringer & {Endring.UKJENT, Endring.ANNULLERT})

    def joined(self, other: "Tegn") -> "Tegn":
        """Both hints as one."""
        return replace(
            self,
            slag=self.slag | other.slag,
            endringer=self.endringer | other.endringer,
            avstemming=self.avstemming or other.avstemming,
        )


def one_person(stands: Iterable[Personstand]) -> Personstand | None:
    """What the register says under each of a child's numbers, as one. The strictest grade holds;
    two different residences are none, and somebody nobody knows is None."""
    found = list(stands)
    if not found:
        return None
    graded = any(one.gradering is not Gradering.INGEN for one in found)
    homes = {one.bosted for one in found if one.bosted is not None}
    return Personstand(
        tuple(dict.fromkeys(number for one in found for number in one.numre)),
        Gradering.GRADERT if graded else Gradering.INGEN,
        homes.pop() if len(homes) == 1 else None,
    )
