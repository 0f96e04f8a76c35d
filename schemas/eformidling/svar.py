"""What an integrasjonspunkt answers: statuses, and messages others have sent. Open shapes.

Source: felleslosninger/efm-integrasjonspunkt (fd348ae2). Unknown keys are kept, and a status that
is not in the list is text: a new one must not stop a run.
"""

from enum import StrEnum
from typing import Annotated, NotRequired

from pydantic import ConfigDict, Field, TypeAdapter, with_config
from typing_extensions import TypedDict

from schemas.eformidling.sbd import Ord, Uuid

_WIRE = ConfigDict(extra="allow", hide_input_in_errors=True, strict=True)


class Status(StrEnum):
    """How far a message has come; none of them says that a person has seen it."""

    OPPRETTET = "OPPRETTET"
    SENDT = "SENDT"
    MOTTATT = "MOTTATT"
    LEVERT = "LEVERT"
    """The receiver's system has taken the message and removed it."""
    LEST = "LEST"
    LEVETID_UTLOPT = "LEVETID_UTLOPT"
    FEIL = "FEIL"
    ANNET = "ANNET"
    INNKOMMENDE_MOTTATT = "INNKOMMENDE_MOTTATT"
    INNKOMMENDE_LEVERT = "INNKOMMENDE_LEVERT"


@with_config(_WIRE)
class Meldingsstatus(TypedDict):
    """One status of one message."""

    id: int
    status: str
    messageId: str


@with_config(_WIRE)
class Statusside(TypedDict):
    """The statuses of a message, oldest first."""

    content: list[Meldingsstatus]


@with_config(_WIRE)
class _Id(TypedDict):
    instanceIdentifier: Annotated[str, Field(min_length=1, max_length=80)]


@with_config(_WIRE)
class _Hode(TypedDict):
    documentIdentification: _Id


@with_config(_WIRE)
class Mottatt(TypedDict):
    """Of a message from somebody else, only the id must be there."""

    standardBusinessDocumentHeader: _Hode


@with_config(_WIRE)
class _Innhold(TypedDict):
    meldingId: Uuid
    meldingstype: Ord


@with_config(_WIRE)
class _Avtalt(TypedDict):
    content: _Innhold


@with_config(_WIRE)
class AvtaltMottatt(TypedDict):
    """The part of a received document that two gateways have agreed on."""

    avtalt: _Avtalt


@with_config(_WIRE)
class _Identifikator(TypedDict):
    value: Annotated[str, Field(pattern=r"^\d{4}:\d{9}$")]


@with_config(_WIRE)
class _Aktoer(TypedDict):
    identifier: _Identifikator


@with_config(_WIRE)
class _Avsenderhode(TypedDict):
    sender: Annotated[list[_Aktoer], Field(min_length=1)]


@with_config(_WIRE)
class Avsender(TypedDict):
    """Whom a received document says it is from."""

    standardBusinessDocumentHeader: _Avsenderhode


@with_config(_WIRE)
class Feil(TypedDict):
    """An error: the class of the exception is all of it that is read."""

    exception: NotRequired[str]


STATUS: TypeAdapter[Meldingsstatus] = TypeAdapter(Meldingsstatus)
STATUSSIDE: TypeAdapter[Statusside] = TypeAdapter(Statusside)
MOTTATT: TypeAdapter[Mottatt] = TypeAdapter(Mottatt)
AVTALT: TypeAdapter[AvtaltMottatt] = TypeAdapter(AvtaltMottatt)
AVSENDER: TypeAdapter[Avsender] = TypeAdapter(Avsender)
FEIL: TypeAdapter[Feil] = TypeAdapter(Feil)
