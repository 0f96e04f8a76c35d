"""What SvarUt v2 answers: ids, statuses, receiving systems.

Source: ks-no/fiks-svarut-klient (a822596), openapi/*-v2.json; the meaning of each status is from
ks-no/svarut-rest-klient, json/forsendelseStatus.json. Unknown keys are kept, and a status that
is not in the list is text: a new one must not stop a night.
"""

from enum import StrEnum
from typing import Annotated

from pydantic import ConfigDict, Field, TypeAdapter, with_config
from typing_extensions import TypedDict

_WIRE = ConfigDict(extra="allow", hide_input_in_errors=True, strict=True)
Id = Annotated[str, Field(min_length=1, max_length=80)]


class Status(StrEnum):
    """The statuses of a shipment."""

    MOTTATT = "MOTTATT"
    """The call was received, and the shipment has an id."""
    AKSEPTERT = "AKSEPTERT"
    """The message is validated and the file of the shipment made."""
    AVVIST = "AVVIST"
    """Metadata are missing or broken, or the file could not be made."""
    VARSLET = "VARSLET"
    """A notice of the shipment has been sent."""
    LEST = "LEST"
    """The whole file has been downloaded by the receiver."""
    SENDT_PRINT = "SENDT_PRINT"
    """Handed over to the printer."""
    PRINTET = "PRINTET"
    """The printer says that it is printed."""
    MANUELT_HANDTERT = "MANUELT_HANDTERT"
    """Ended by a person, for instance after a fault."""
    SENDT_DIGITALT = "SENDT_DIGITALT"
    """Sent digitally, not read yet; will never go to print."""
    SENDT_SDP = "SENDT_SDP"
    """Sent to a citizen's digital mailbox."""
    LEVERT_SDP = "LEVERT_SDP"
    """Delivered to a citizen's digital mailbox."""
    KLAR_FOR_MOTTAK = "KLAR_FOR_MOTTAK"
    """Waits for the receiver to download it."""
    IKKE_LEVERT = "IKKE_LEVERT"
    """Digital delivery only, and it could not be delivered."""


@with_config(_WIRE)
class Sendt(TypedDict):
    """The answer to a shipment."""

    id: Id


@with_config(_WIRE)
class Oppslag(TypedDict):
    """Shipments with an external reference."""

    forsendelseIds: list[Id]


@with_config(_WIRE)
class Funnet(TypedDict):
    """One shipment of a lookup with metadata."""

    id: Id
    dato: str


@with_config(_WIRE)
class MetadataOppslag(TypedDict):
    """Shipments with an external reference, and when they were sent."""

    forsendelser: list[Funnet]


@with_config(_WIRE)
class ForsendelseStatus(TypedDict):
    """How far one shipment has come."""

    id: Id
    sisteStatusEndring: str
    status: str


@with_config(_WIRE)
class Statuser(TypedDict):
    """How far shipments have come."""

    statuser: list[ForsendelseStatus]


@with_config(_WIRE)
class Mottakersystem(TypedDict):
    """A system that fetches shipments of a type for an organisation."""

    id: str
    navn: str
    organisasjonsnummer: str
    forsendelseType: str
    niva: int


@with_config(_WIRE)
class Mottakersystemer(TypedDict):
    """The receiving systems of an organisation."""

    mottakersystemer: list[Mottakersystem]


SENDT: TypeAdapter[Sendt] = TypeAdapter(Sendt)
OPPSLAG: TypeAdapter[Oppslag] = TypeAdapter(Oppslag)
METADATA: TypeAdapter[MetadataOppslag] = TypeAdapter(MetadataOppslag)
STATUSER: TypeAdapter[Statuser] = TypeAdapter(Statuser)
MOTTAKERSYSTEMER: TypeAdapter[Mottakersystemer] = TypeAdapter(Mottakersystemer)
