"""What every message of the protocol begins with, and the text rules they share.

Frozen, strict about types, and silent about values: an error never quotes what it refuses.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from schemas.overfoering.koder import Meldingstype

_TID = (
    r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}"
    r"(\.[0-9]{1,6})?(Z|[+-](0[0-9]|1[0-3]):[0-5][0-9]|[+-]14:00)$"
)
"""Digits are those of ASCII: `\\d` is more in some languages, ours among them. No offset of the
world is larger than 14 hours (`schemas.tid`)."""
Uuid = Annotated[str, Field(pattern=r"^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$")]
Orgnr = Annotated[str, Field(pattern=r"^[0-9]{9}$")]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Tid = Annotated[str, Field(pattern=_TID)]
VERSJONSFORM = r"^[0-9]{1,3}\.[0-9]{1,3}$"
"""Major and minor."""
Kode = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.:-]{1,60}$")]


class Verdi(BaseModel):
    """Frozen data of the protocol. Unknown fields are refused here; see `meldinger.read`."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        hide_input_in_errors=True,
        alias_generator=to_camel,
        populate_by_name=True,
    )


class Hode(Verdi):
    """Who says what in which conversation.

    `nr` counts the sender's messages of this attempt from 1 (0 for a receipt), and `forrige` is
    the SHA-256 of the message before it, so that each direction is a chain both sides hold.
    `sett` is the highest `nr` the sender has taken from the other side: less than one's own means
    the message was lost, more means one's own books were set back.
    """

    protokoll: Literal["stafettlogg-overfoering"] = "stafettlogg-overfoering"
    versjon: Annotated[str, Field(pattern=VERSJONSFORM)]
    melding_id: Uuid
    overfoering_id: Uuid
    forsoek: int = Field(ge=1, le=99)
    type: Meldingstype
    side: Literal["avgiver", "mottaker"] = Field(description="which side of the hand-over speaks")
    fra: Orgnr = Field(repr=False)
    til: Orgnr = Field(repr=False)
    sendt: Tid
    nr: int = Field(ge=0, le=100_000)
    forrige: Sha256
    sett: int = Field(ge=0, le=100_000)
