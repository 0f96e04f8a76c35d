"""What a hand-over stands on: whom it is for, what was chosen, and what people have said. Pure.

These are the answers a person gives when a hand-over is started. The free words are for the
receiving relay holder and travel only inside the sealed package.
"""

from dataclasses import dataclass, field

from gateway.overfoering.utvalg import Tillegg
from schemas.overfoering.koder import Begrunnelse, Maaltype, Rettet


@dataclass(frozen=True, slots=True)
class Aktoer:
    """Who acts: a reference from the unit's list of staff, and the role acted in."""

    ref: str = field(repr=False)
    rolle: str
    paa_vegne_av: str = field(default="", repr=False)
    """The holder a leader acts for (R-017)."""


@dataclass(frozen=True, slots=True)
class Enhet:
    """The receiving unit, as the directory names it."""

    orgnr: str = field(repr=False)
    navn: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Grunnlag:
    """One hand-over as it was started. `utvalg` are ids of concerns; none is the default.

    `lest_av` is who read the signed form and vouches that it covers type, receiver and selection
    where the vendor's consent has no field for it; it never overrides a field that says no.
    """

    maaltype: Maaltype
    begrunnelse: Begrunnelse
    mottaker: str = field(repr=False)
    enhet: Enhet = field(repr=False)
    rettet: Rettet
    person: str = field(default="", repr=False)
    utvalg: tuple[str, ...] = ()
    tillegg: tuple[Tillegg, ...] = ()
    samtykke: str = ""
    lest_av: str = field(default="", repr=False)
    informert: str = ""
    """When the guardians were told (R-119), ISO text."""
    hoert: str = ""
    """When the family was heard on who takes over (R-014), ISO text."""
    ord: str = field(default="", repr=False)
    """Words to the new holder; inside the sealed package only."""
