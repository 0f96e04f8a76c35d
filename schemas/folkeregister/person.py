"""The few parts of a person that a move hint asks for: numbers, residence, address protection.

Source: Skatteetaten/folkeregisteret-api-dokumentasjon, src/konsumenttjenester/oppslag.md,
src/spm-og-svar/sos-adresser.md and sos-spesreg.md. Street, name of place and postcode are in the
register's answer but in no shape here: nothing of ours reads them. Unknown keys are kept.
"""

from enum import StrEnum
from typing import Annotated, Any, NotRequired

from pydantic import ConfigDict, Field, TypeAdapter, with_config
from typing_extensions import TypedDict

from schemas.folkeregister.hendelse import Nummer

_WIRE = ConfigDict(extra="allow", hide_input_in_errors=True, strict=True)
Kommunenummer = Annotated[str, Field(pattern=r"^\d{4}$")]


class Part(StrEnum):
    """The parts that may be asked for; the register always gives the numbers besides."""

    BOSTEDSADRESSE = "bostedsadresse"
    ADRESSEBESKYTTELSE = "adressebeskyttelse"


class Gradering(StrEnum):
    """How an address, or a person, is graded (`Adressegradering`)."""

    UGRADERT = "ugradert"
    KLIENTADRESSE = "klientadresse"
    FORTROLIG = "fortrolig"
    STRENGT_FORTROLIG = "strengtFortrolig"


@with_config(_WIRE)
class Identifikasjonsnummer(TypedDict):
    """One number a person has or had."""

    foedselsEllerDNummer: Nummer
    erGjeldende: NotRequired[bool]
    status: NotRequired[str]


@with_config(_WIRE)
class Adressebeskyttelse(TypedDict):
    """The person-level grade."""

    graderingsnivaa: NotRequired[str]
    erGjeldende: NotRequired[bool]


@with_config(_WIRE)
class Vegadresse(TypedDict):
    """A street address: the municipality alone."""

    kommunenummer: NotRequired[Kommunenummer]


@with_config(_WIRE)
class Matrikkelnummer(TypedDict):
    """A cadastre number: the municipality alone."""

    kommunenummer: NotRequired[Kommunenummer]


@with_config(_WIRE)
class Matrikkeladresse(TypedDict):
    """A cadastre address."""

    matrikkelnummer: NotRequired[Matrikkelnummer]


@with_config(_WIRE)
class UkjentBosted(TypedDict):
    """Lives somewhere, perhaps in a known municipality."""

    bostedskommune: NotRequired[Kommunenummer]


@with_config(_WIRE)
class Bostedsadresse(TypedDict):
    """A residence, now or before: one of three kinds of address."""

    erGjeldende: NotRequired[bool]
    vegadresse: NotRequired[Vegadresse]
    matrikkeladresse: NotRequired[Matrikkeladresse]
    ukjentBosted: NotRequired[UkjentBosted]
    adressegradering: NotRequired[str]
    flyttedato: NotRequired[str]


@with_config(_WIRE)
class Folkeregisterperson(TypedDict):
    """A person's parts."""

    identifikasjonsnummer: NotRequired[list[Identifikasjonsnummer]]
    bostedsadresse: NotRequired[list[Bostedsadresse]]
    adressebeskyttelse: NotRequired[list[Adressebeskyttelse]]


@with_config(_WIRE)
class Oppslag(TypedDict):
    """The answer for one number. What it holds is checked by itself, person by person."""

    foedselsEllerDNummer: Nummer
    folkeregisterperson: NotRequired[dict[str, Any]]


@with_config(_WIRE)
class Bulkoppslag(TypedDict):
    """The answer to a look-up of many."""

    oppslag: list[Oppslag]


BULKOPPSLAG: TypeAdapter[Bulkoppslag] = TypeAdapter(Bulkoppslag)
PERSON: TypeAdapter[Folkeregisterperson] = TypeAdapter(Folkeregisterperson)
