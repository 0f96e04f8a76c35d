"""The register's event feed and event document, as far as a move hint needs them.

Source: Skatteetaten/folkeregisteret-api-dokumentasjon, src/konsumenttjenester/hendelsesliste.md,
and Hendelsedokument_v1.4.xsd for the codes. The key is spelled `hendelsetype` in some of the
examples and `hendelsestype` in others, so both are read (`type_of`). Unknown keys are kept, and
codes are text: a new one must not stop the feed.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any, NotRequired

from pydantic import ConfigDict, Field, TypeAdapter, with_config
from typing_extensions import TypedDict

_WIRE = ConfigDict(extra="allow", hide_input_in_errors=True, strict=True)
Nummer = Annotated[str, Field(pattern=r"^\d{11}$")]
Dokumentid = Annotated[str, Field(pattern=r"^[0-9A-Za-z-]{1,64}$")]


class Hendelsestype(StrEnum):
    """The types a move hint cares about, one way or the other; the register has many more."""

    BOSTED = "endringIBostedsadresse"
    BOSTED_UTEN_FLYTTING = "endringIBostedsadresseUtenFlytting"
    DELT_BOSTED = "endringIDeltBosted"
    ADRESSEBESKYTTELSE = "endringIAdressebeskyttelse"
    OPPDATERT = "personErOppdatert"
    UTFLYTTING = "endringIUtflytting"
    UTFLYTTET = "personErUtflyttet"
    INNFLYTTING = "endringIInnflytting"
    BOSATT = "personErBosatt"
    IDENTIFIKASJONSNUMMER = "endringIIdentifikasjonsnummer"
    DUBLETT = "personErOpphoertSomDublett"


class Entitetsendring(StrEnum):
    """What was done to an entity of a person."""

    REGISTRERE_NY = "registrereNy"
    KORRIGERE = "korrigere"
    ANNULLERE = "annullere"
    KORRIGERE_HISTORISK = "korrigereHistorisk"


@with_config(_WIRE)
class Feedhendelse(TypedDict):
    """What an entry of the feed tells: one person, one type, and where the documents are."""

    folkeregisteridentifikator: Nummer
    hendelsestype: NotRequired[str]
    hendelsetype: NotRequired[str]
    hendelsesdokument: NotRequired[Dokumentid]
    persondokument: NotRequired[Dokumentid]
    ajourholdstidspunkt: NotRequired[str]


@with_config(_WIRE)
class Feedinnslag(TypedDict):
    """One entry of the feed. What it tells is checked by itself: an entry that cannot be read
    must not hide the thousand around it."""

    sekvensnummer: Annotated[int, Field(ge=0)]
    hendelse: NotRequired[dict[str, Any]]


@with_config(_WIRE)
class Egenskapshendelse(TypedDict):
    """One entity that was changed, and how."""

    entitet: str
    entitetsendring: str


@with_config(_WIRE)
class Dokumenthendelse(TypedDict):
    """The content of an event document."""

    folkeregisteridentifikator: Nummer
    hendelsestype: NotRequired[str]
    hendelsetype: NotRequired[str]
    egenskapshendelse: NotRequired[list[Egenskapshendelse]]


@with_config(_WIRE)
class Hendelsesdokument(TypedDict):
    """One event in full."""

    dokumentidentifikator: NotRequired[str]
    hendelse: Dokumenthendelse


@with_config(_WIRE)
class Sistesekvens(TypedDict):
    """The newest event's number."""

    sekvensnummer: Annotated[int, Field(ge=0)]


FEED: TypeAdapter[list[Feedinnslag]] = TypeAdapter(list[Feedinnslag])
FEEDHENDELSE: TypeAdapter[Feedhendelse] = TypeAdapter(Feedhendelse)
DOKUMENT: TypeAdapter[Hendelsesdokument] = TypeAdapter(Hendelsesdokument)
SISTE: TypeAdapter[Sistesekvens] = TypeAdapter(Sistesekvens)


def type_of(hendelse: Mapping[str, Any]) -> str:
    """The event's type, whichever way it is spelled; empty when it says none."""
    return str(hendelse.get("hendelsestype") or hendelse.get("hendelsetype") or "")
