"""Persons, participation and units of a log.

A person is known by the gateway's own id; a fødselsnummer is a field, never a key (C-6).
"""

from pydantic import Field

from schemas.stafettlogg.entitet import Dato, Entitet, Ref, Tid, Verdi
from schemas.stafettlogg.kodeverk import (
    Adressebeskyttelse,
    Deltakerstatus,
    Foreldreansvar,
    Hovedpersontype,
    Identtype,
    Tilgangsomfang,
)


class Identifikator(Verdi):
    """One identifier of a person. `verdi` is masked in `repr` and `str`."""

    type: Identtype
    verdi: str = Field(repr=False)
    status: str | None = None


class Person(Entitet):
    """A person in the log: child, guardian or staff."""

    identifikatorer: tuple[Identifikator, ...] = Field(default=(), repr=False)
    foedselsdato: Dato | None = Field(default=None, repr=False)
    navn: str | None = Field(default=None, repr=False)
    epost: str | None = Field(default=None, repr=False)
    mobil: str | None = Field(default=None, repr=False)
    adressebeskyttelse: Adressebeskyttelse = Field(default=Adressebeskyttelse.UKJENT, repr=False)
    ekstern: bool | None = Field(
        default=None, description="registered as staff of a unit that may not employ them (R-044)"
    )


class Hovedperson(Verdi):
    """Whom the log is about; exactly one per log (R-005)."""

    person: Ref
    type: Hovedpersontype
    logger_inn: bool | None = None


class Rolleskifte(Verdi):
    """One interval in a participant's role history (R-137)."""

    rolle: str
    fra: Tid | None = None
    til: Tid | None = None


class Deltakelse(Entitet):
    """person x log x role x interval. `rolle` is a `Rolle` or an unknown code kept as it came."""

    person: Ref
    rolle: str
    virksomhet: Ref | None = None
    status: Deltakerstatus = Deltakerstatus.AKTIV
    fra: Tid | None = None
    til: Tid | None = None
    tilgang_til: Dato | None = None
    til_plan_slettes: bool = False
    foreldreansvar: Foreldreansvar | None = None
    rollehistorikk: tuple[Rolleskifte, ...] = ()


class Lesetilgang(Entitet):
    """Reading access to all or part of a log, given by a consent (R-031)."""

    person: Ref
    omfang: Tilgangsomfang
    oppmerksomheter: tuple[Ref, ...] = ()
    samtykke: Ref | None = None
    fra: Tid | None = None
    til: Tid | None = None


class Virksomhet(Entitet):
    """A unit: school, kindergarten, health centre; may be private or shared (R-006)."""

    orgnr: str | None = None
    navn: str | None = None
    type: str | None = None
    kommuner: tuple[str, ...] = ()
    leder: Ref | None = None
