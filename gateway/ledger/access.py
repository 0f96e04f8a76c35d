"""Who was shown what of a log, and on what ground: an entry before anything is shown.

Whatever lays out or prints the content of a log, or what is sealed about it, asks for an `Access`,
which only `note` makes; so no way to a person is without its entry, also when the process dies in
between. The entry holds a reference, a role, ids and codes, never what was shown.
"""

from dataclasses import dataclass
from enum import StrEnum

import sqlalchemy as sa

from gateway.ledger.chain import Fact, append
from gateway.ledger.database import Database
from gateway.staff.member import Acting

KIND = "innsyn"
"""The kind of the entry."""


class Shown(StrEnum):
    """What a person is shown."""

    LOGG = "logg"
    """What the gateway decided about one log, place by place."""
    VERSJONER = "versjoner"
    """Where somebody's words were written over."""
    PROEVE = "proeve"
    """A run's sample, and the words people said of it."""
    UTTAK = "uttak"
    """The files of a snapshot, for the one who files it by hand."""
    IP_PAKKE = "ippakke"
    PAPIRER = "papirer"
    BREV = "brev"
    REGISTER = "register"
    """The numbers of a family, for the one who asks the register about them."""
    FORSLAG = "forslag"
    """Where a child may have moved."""
    OVERFOERING = "overfoering"
    """Who the counterpart of a hand-over is."""


class Ground(StrEnum):
    """Why it is shown. A person's role is told beside it."""

    MIGRERING = "migrering"
    """A migration is followed up: what stopped, what was lost, is it right there."""
    ARKIVPLIKT = "arkivplikt"
    INDIVIDUELL_PLAN = "individuellPlan"
    ANSVARSOVERFOERING = "ansvarsoverfoering"


@dataclass(frozen=True, slots=True)
class Access:
    """Proof that the entry is written. Made by `note` only."""

    hva: Shown
    id: str

    def covers(self, hva: Shown, own: str) -> None:
        """Raise ValueError when the entry is about something else."""
        if (self.hva, self.id) != (hva, own):
            raise ValueError("the access entry is about something else")


def note(
    database: Database,
    at: str,
    who: Acting,
    hva: Shown,
    own: str,
    ground: Ground,
    *,
    logg: str = "",
) -> Access:
    """Write that somebody is about to be shown something. `own` is the id of what it is (a log, a
    snapshot, a run, a hand-over), `logg` the log it is about where that is another."""
    with database.begin() as connection:
        return note_in(connection, at, who, hva, own, ground, logg=logg)


def note_in(
    connection: sa.Connection,
    at: str,
    who: Acting,
    hva: Shown,
    own: str,
    ground: Ground,
    *,
    logg: str = "",
) -> Access:
    """The same, in the caller's transaction."""
    body = {
        "av": who.ref,
        "rolle": who.rolle,
        "hva": hva.value,
        "id": own,
        "grunnlag": ground.value,
    }
    append(connection, at, [Fact(KIND, logg=logg, body=body)])
    return Access(hva, own)
