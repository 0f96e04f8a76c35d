"""The verdicts of a hint, as values. None of them moves anything (C-5, I3)."""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from gateway.flytting.sist import Sist

SANNSYNLIG = "FLYTTING_SANNSYNLIG"
"""The child is registered in another municipality."""
USIKKER = "FLYTTING_USIKKER"
"""The same, with a reason to doubt it; a person asks the family first."""
MANUELL = "P-20"
"""The log needs a person. The same code as everywhere else, and it never says why (C-4)."""


class Kastgrunn(StrEnum):
    """Why a hint is thrown away. Counted in the summary of a round, and kept nowhere."""

    UVEDKOMMENDE = "uvedkommende"
    DELT_BOSTED = "deltBosted"
    SAMME_KOMMUNE = "sammeKommune"
    HJEMME = "hjemme"
    """The child lives in our own municipality, so there is nothing to hand over."""
    REFORM = "reform"
    GRENSEJUSTERING = "grensejustering"
    FRAMTIDIG_KODE = "framtidigKode"
    UTENFLYTTING = "utenFlytting"
    SAMME_FLYTTEDATO = "sammeFlyttedato"
    """A code we do not know yet, and the date of moving stands: our list is older than it."""
    ALLEREDE_FORESLAATT = "alleredeForeslaatt"
    HOS_MENNESKE = "hosMenneske"


class Trekkgrunn(StrEnum):
    """Why an open proposal is withdrawn."""

    ANNULLERT = "annullert"
    KORRIGERT = "korrigert"
    TILBAKE = "tilbake"
    ERSTATTET = "erstattet"
    MANUELL = "manuell"
    LOGG_IKKE_AKTIV = "loggIkkeAktiv"


@dataclass(frozen=True, slots=True)
class Kast:
    """Nothing comes of it. `sist` is what we know from now on, or None: as before."""

    grunn: Kastgrunn
    sist: Sist | None = None


@dataclass(frozen=True, slots=True)
class Sperret:
    """A task for a person, without a single detail. What we knew is forgotten."""

    sist: Sist


@dataclass(frozen=True, slots=True)
class Forslag:
    """A proposal for the holder and the leader. It is no evidence, and it expires."""

    kode: str
    fra: str = field(repr=False)
    til: str = field(repr=False)
    flyttedato: date | None = field(repr=False, default=None)


@dataclass(frozen=True, slots=True)
class Trekk:
    """An open proposal is withdrawn, and then what the hint says besides."""

    grunn: Trekkgrunn
    etterpaa: "Kast | Sperret | Forslag"


Dom = Kast | Sperret | Forslag | Trekk


@dataclass(frozen=True, slots=True)
class Aapen:
    """What a person has in front of them for this log; `til` is empty for a task without
    details."""

    kode: str
    til: str = field(repr=False, default="")


def secured(dom: Dom | None, *, family_open: bool, today: date) -> Dom | None:
    """A proposal only stands when the register has said, just now, that nobody in the family is
    protected; else it is a task without details (C-4)."""
    if family_open:
        return dom
    if isinstance(dom, Forslag):
        return Sperret(Sist(today, manuell=True))
    if isinstance(dom, Trekk) and isinstance(dom.etterpaa, Forslag):
        return Trekk(Trekkgrunn.MANUELL, Sperret(Sist(today, manuell=True)))
    return dom


def proposes(dom: Dom | None) -> bool:
    """Whether a verdict would put a proposal before a person."""
    return isinstance(dom.etterpaa if isinstance(dom, Trekk) else dom, Forslag)
