"""A standard business document with an `avtalt` message, as it is sent: closed shapes.

Source: felleslosninger/docs (edc2469b), schemas/common/sbdh.schema.json and
schemas/eformidling/eformidling_avtalt.schema.json. What is agreed between two gateways stands in
`content`: which message it is, never what is in it. This module must not import anything but
pydantic and typing.
"""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, TypeAdapter, with_config
from typing_extensions import TypedDict

_CLOSED = ConfigDict(extra="forbid", hide_input_in_errors=True, strict=True)

Uuid = Annotated[str, Field(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]
Ord = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,39}$")]
"""A word of the protocol."""
Tidspunkt = Annotated[
    str, Field(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$")
]


@with_config(_CLOSED)
class Identifikator(TypedDict):
    """An organisation: ISO 6523, `0192:` and its number."""

    authority: Literal["iso6523-actorid-upis"]
    value: Annotated[str, Field(pattern=r"^0192:\d{9}$")]


@with_config(_CLOSED)
class Aktoer(TypedDict):
    """Sender or receiver."""

    identifier: Identifikator


@with_config(_CLOSED)
class Dokumentidentifikasjon(TypedDict):
    """Which kind of message this is, and its id."""

    standard: str
    typeVersion: str
    instanceIdentifier: Uuid
    type: Literal["avtalt"]
    creationDateAndTime: Tidspunkt


@with_config(_CLOSED)
class Omfangsopplysning(TypedDict):
    """When the message is no longer of any use."""

    expectedResponseDateTime: Tidspunkt


@with_config(_CLOSED)
class Omfang(TypedDict):
    """The conversation the message belongs to, and its process."""

    type: Literal["ConversationId"]
    instanceIdentifier: Uuid
    identifier: str
    scopeInformation: Annotated[list[Omfangsopplysning], Field(min_length=1, max_length=1)]


@with_config(_CLOSED)
class Forretningsomfang(TypedDict):
    """The scopes."""

    scope: Annotated[list[Omfang], Field(min_length=1, max_length=1)]


@with_config(_CLOSED)
class Hode(TypedDict):
    """The header."""

    headerVersion: Literal["1.0"]
    sender: Annotated[list[Aktoer], Field(min_length=1, max_length=1)]
    receiver: Annotated[list[Aktoer], Field(min_length=1, max_length=1)]
    documentIdentification: Dokumentidentifikasjon
    businessScope: Forretningsomfang


@with_config(_CLOSED)
class Innhold(TypedDict):
    """What two gateways have agreed: the message's own id, and a word of the protocol."""

    meldingId: Uuid
    meldingstype: Ord


@with_config(_CLOSED)
class Avtalt(TypedDict):
    """An agreed message."""

    identifier: str
    content: Innhold


@with_config(_CLOSED)
class Dokument(TypedDict):
    """The whole document."""

    standardBusinessDocumentHeader: Hode
    avtalt: Avtalt


DOKUMENT: TypeAdapter[Dokument] = TypeAdapter(Dokument)
