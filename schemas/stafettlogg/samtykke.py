"""Consent: what was signed, by whom, for what, and whether it still holds (R-110 to R-119)."""

from pydantic import Field

from schemas.stafettlogg.entitet import Dato, Entitet, Ref, Tid, Verdi
from schemas.stafettlogg.kodeverk import (
    Rettsgrunnlag,
    Samtykkeform,
    Samtykkestatus,
    Signaturstatus,
)


class Signatar(Verdi):
    """One signer and how far the signing has come."""

    person: Ref
    rolle: str | None = None
    status: Signaturstatus
    tid: Tid | None = None
    metode: str | None = None


class Mottaker(Verdi):
    """Who may receive: a service, optionally one person (B-16)."""

    virksomhet: str | None = Field(default=None, repr=False)
    person: str | None = Field(default=None, repr=False)
    rolle: str | None = None


class Samtykke(Entitet):
    """A consent. A new one replaces the old, whose text stays as evidence (E-1)."""

    mal: str | None = None
    tekst_signert: str | None = Field(default=None, repr=False)
    fil: Ref | None = None
    omfang: tuple[str, ...] = ()
    mottakere: tuple[Mottaker, ...] = ()
    oppmerksomheter: tuple[Ref, ...] = ()
    signatarer: tuple[Signatar, ...] = ()
    status: Samtykkestatus
    gyldig_fra: Dato | None = None
    gyldig_til: Dato | None = None
    trukket: Tid | None = None
    trukket_av: Ref | None = None
    rettsgrunnlag: Rettsgrunnlag | None = None
    rettsgrunnlag_tekst: str | None = None
    form: Samtykkeform | None = None
    arkivert_i: Ref | None = None
