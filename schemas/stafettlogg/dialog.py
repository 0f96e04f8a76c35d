"""Meetings, messages and calendar of a log (R-080, R-100 to R-105)."""

from pydantic import Field

from schemas.stafettlogg.entitet import Entitet, Ref, Tid
from schemas.stafettlogg.kodeverk import Moeteform


class Moete(Entitet):
    """A meeting. `type` is a `Moetetype` or an unknown code kept as it came."""

    tittel: str | None = Field(default=None, repr=False)
    dato: Tid | None = None
    slutt: Tid | None = None
    type: str | None = None
    form: Moeteform | None = None
    sted: str | None = Field(default=None, repr=False)
    nivaa: int | None = None
    deltakere: tuple[Ref, ...] = ()


class Moetereferat(Entitet):
    """Minutes, with the child's views (R-092)."""

    moete: Ref | None = None
    tittel: str | None = Field(default=None, repr=False)
    mal_id: str | None = None
    tekst: str | None = Field(default=None, repr=False)
    barnets_synspunkt: str | None = Field(default=None, repr=False)
    nivaa: int | None = None
    avsender: Ref | None = None
    mottakere: tuple[Ref, ...] = ()
    tid: Tid | None = None
    vedlegg: tuple[Ref, ...] = ()


class Innkalling(Entitet):
    """A call to a meeting."""

    moete: Ref | None = None
    avsender: Ref | None = None
    mottakere: tuple[Ref, ...] = ()
    emne: str | None = Field(default=None, repr=False)
    tekst: str | None = Field(default=None, repr=False)
    mal_id: str | None = None
    tid: Tid | None = None
    vedlegg: tuple[Ref, ...] = ()


class Melding(Entitet):
    """A message. `type` is `melding`, `lysglimt` or `notat` (the last two when mapped there)."""

    type: str = "melding"
    avsender: Ref | None = None
    mottakere: tuple[Ref, ...] = ()
    tid: Tid | None = None
    emne: str | None = Field(default=None, repr=False)
    tekst: str | None = Field(default=None, repr=False)
    mal_id: str | None = None
    vedlegg: tuple[Ref, ...] = ()


class Kalenderhendelse(Entitet):
    """A calendar entry that is not a meeting."""

    tid: Tid | None = None
    slutt: Tid | None = None
    tittel: str | None = Field(default=None, repr=False)
    sted: str | None = Field(default=None, repr=False)
    deltakere: tuple[Ref, ...] = ()
