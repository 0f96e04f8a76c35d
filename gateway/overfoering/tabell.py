"""What a row of a state table is, and the one function that looks a table up. Pure.

A table is data: `(state, event) -> ordered rules`. The first rule whose guards all hold is taken;
where none is, the answer says which guard said no. An event a state has no rule for is ignored,
with a reason a person can be told; nothing raises.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from gateway.overfoering.tilstand import Effekt, Hendelse, Tilstand, Vakt

Svar = Callable[[Vakt], str]
"""Asks a guard: an empty string is yes, anything else the public code of the no."""


@dataclass(frozen=True, slots=True)
class Regel:
    """To `til` when every guard of `krever` says yes and every guard of `mangler` says no."""

    til: Tilstand
    effekter: tuple[Effekt, ...] = ()
    krever: tuple[Vakt, ...] = ()
    mangler: tuple[Vakt, ...] = ()
    kode: str = ""
    """The public code the row carries from now on."""


Tabell = Mapping[tuple[Tilstand, Hendelse], tuple[Regel, ...]]


@dataclass(frozen=True, slots=True)
class Steg:
    """The answer: a rule that is taken, or the public code of why nothing happens."""

    fra: Tilstand
    hendelse: Hendelse
    regel: Regel | None
    kode: str = ""

    @property
    def til(self) -> Tilstand:
        """Where the row stands afterwards."""
        return self.regel.til if self.regel else self.fra


UBERETTIGET = "HENDELSE_PASSER_IKKE"
"""The state has no rule for the event: too late, too early, or for the other side."""


def steg(tabell: Tabell, fra: Tilstand, hendelse: Hendelse, vakt: Svar) -> Steg:
    """Look the table up. Guards are asked at most once each and in the order they stand."""
    regler = tabell.get((fra, hendelse))
    if regler is None:
        return Steg(fra, hendelse, None, UBERETTIGET)
    svar: dict[Vakt, str] = {}

    def nei(one: Vakt) -> str:
        if one not in svar:
            svar[one] = vakt(one)
        return svar[one]

    for regel in regler:
        if not any(nei(one) for one in regel.krever) and all(nei(one) for one in regel.mangler):
            return Steg(fra, hendelse, regel, regel.kode)
    refused = [nei(one) for one in regler[0].krever if nei(one)]
    return Steg(fra, hendelse, None, refused[0] if refused else UBERETTIGET)
