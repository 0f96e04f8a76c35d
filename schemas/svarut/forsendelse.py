"""A shipment as it is sent: closed shapes of the fields the gateway uses.

Source: ks-no/fiks-svarut-klient (a822596), openapi/forsendelse-send-api-v2.json. A log is never
printed, so `kunDigitalLevering` is true and nothing else here. This module must not import
anything but pydantic and typing.
"""

from typing import Annotated, Literal, NotRequired

from pydantic import ConfigDict, Field, TypeAdapter, with_config
from typing_extensions import TypedDict

_CLOSED = ConfigDict(extra="forbid", hide_input_in_errors=True, strict=True)

Filnavn = Annotated[str, Field(min_length=1, max_length=226, pattern=r'^[^*:"\\/<>|?]+$')]
Tidspunkt = Annotated[
    str, Field(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$")
]
Referanse = Annotated[str, Field(min_length=1, max_length=100)]


@with_config(_CLOSED)
class Metadata(TypedDict):
    """A pair of our own; `nin` is the key receivers place a document by."""

    key: Annotated[str, Field(min_length=1)]
    value: str


@with_config(_CLOSED)
class Adresse(TypedDict):
    """The receiver; `digitalId` is its organisasjonsnummer, required when nothing is printed."""

    navn: Annotated[str, Field(min_length=1)]
    digitalId: Annotated[str, Field(pattern=r"^\d{9}$")]


@with_config(_CLOSED)
class Dokument(TypedDict):
    """One file: its name is the name of its part."""

    filnavn: Filnavn
    mimeType: Annotated[str, Field(min_length=1)]
    dokumentType: NotRequired[str]
    skalEkskluderesFraUtskrift: Literal[True]
    inneholderPersonsensitivInformasjon: Literal[True]
    ekstraMetadata: NotRequired[list[Metadata]]


@with_config(_CLOSED)
class MetadataFraAvleverende(TypedDict):
    """Noark metadata as the sender has them."""

    journalposttype: NotRequired[str]
    journalstatus: NotRequired[str]
    dokumentetsDato: NotRequired[Tidspunkt]
    tittel: NotRequired[str]
    ekstraMetadata: NotRequired[list[Metadata]]


@with_config(_CLOSED)
class MetadataForImport(TypedDict):
    """Noark metadata that fit the receiver: how the record shall be made there."""

    journalposttype: NotRequired[str]
    journalstatus: NotRequired[str]
    dokumentetsDato: NotRequired[Tidspunkt]
    tittel: NotRequired[str]


@with_config(_CLOSED)
class Forsendelse(TypedDict):
    """The part `forsendelse`. `eksternReferanse` is what a lost answer is found again by."""

    tittel: Annotated[str, Field(min_length=1, max_length=1000)]
    avgivendeSystem: Referanse
    mottaker: Adresse
    forsendelsestype: Referanse
    eksternReferanse: Referanse
    korrelasjonsid: Referanse
    kunDigitalLevering: Literal[True]
    taushetsbelagtPost: Literal[True]
    kryptert: bool
    krevNiva4Innlogging: bool
    metadataFraAvleverendeSystem: MetadataFraAvleverende
    metadataForImport: MetadataForImport
    dokumenter: Annotated[list[Dokument], Field(min_length=1)]


FORSENDELSE: TypeAdapter[Forsendelse] = TypeAdapter(Forsendelse)
