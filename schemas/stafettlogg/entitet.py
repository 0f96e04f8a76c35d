"""What every canonical entity shares: frozen data, identity and provenance.

Times and dates are kept as the ISO text the source wrote (`Tid`, `Dato`), because a round trip
must give back the same bytes: `10:00:00Z` and `11:00:00+01:00` are one instant but two texts.
A text may name no day at all; `schemas.tid` is the one reader of them. This module must not know
any concrete entity.
"""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema
from pydantic.alias_generators import to_camel

from schemas.stafettlogg.kodeverk import Kildesystem
from schemas.tid import READ_DAY, READ_INSTANT

Tid = Annotated[
    str,
    Field(
        pattern=READ_INSTANT,
        description="ISO 8601 instant with offset, as the source wrote it",
    ),
]
Dato = Annotated[str, Field(pattern=READ_DAY, description="ISO 8601 calendar date")]
_SYSTEM = r"^[a-z][a-z0-9_]{1,39}$"
Kilde = Annotated[
    Kildesystem | Annotated[str, Field(pattern=_SYSTEM)],
    Field(union_mode="left_to_right"),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": _SYSTEM,
            "examples": [one.value for one in Kildesystem],
            "description": "The system an entity was first written in. `conexus`, `samspill`, "
            "`gateway` (a gateway of this protocol) and `papir` (a person) are these here; another "
            "system has a word of its own. One a reader does not know is a foreign system and is "
            "kept as it stands.",
        }
    ),
]
"""The systems we know are of the enum, and another vendor's is its word: foreign to all of ours."""
Ref = Annotated[str, Field(min_length=1, description="the canonical id of another entity")]


class Verdi(BaseModel):
    """Frozen data without identity of its own. Errors never quote the input (it is personal)."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        hide_input_in_errors=True,
        alias_generator=to_camel,
        populate_by_name=True,
    )


class Entitet(Verdi):
    """An entity with the gateway's own id and its provenance (rules.md part D, conventions)."""

    id: Ref
    kildesystem: Kilde
    kilde_id: str | None = None
    opprettet: Tid | None = None
    opprettet_av: Ref | None = None
    endret: Tid | None = None
    avledet: bool = False
    avledet_regel: str | None = None
    raa: str | None = Field(
        default=None, description="vendor fields without a row, verbatim as canonical JSON"
    )
