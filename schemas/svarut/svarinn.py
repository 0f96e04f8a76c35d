"""What SvarInn v1 gives a receiving system: a list of shipments that wait. Open shapes.

Source: KS, SvarInn v1; ks-no/svarut-sak-mottak (08106e79), SvarUtForsendelse.json. Older replies
lack the level, the type, the external reference and the sums, so only the id must be there. What
is not understood is left out by whoever reads, one shipment at a time.
"""

from typing import Annotated, Any, NotRequired

from pydantic import ConfigDict, Field, TypeAdapter, with_config
from typing_extensions import TypedDict

_WIRE = ConfigDict(extra="allow", hide_input_in_errors=True, strict=True)


@with_config(_WIRE)
class Filmetadata(TypedDict):
    """One file of a shipment."""

    filnavn: NotRequired[str | None]


@with_config(_WIRE)
class Par(TypedDict):
    """A pair of the sender's own."""

    key: str
    value: str


@with_config(_WIRE)
class Avleverende(TypedDict):
    """What the sender's system said of it."""

    ekstraMetadata: NotRequired[list[Par] | None]


@with_config(_WIRE)
class Svaradresse(TypedDict):
    """Who is answered."""

    orgnr: NotRequired[str | None]


@with_config(_WIRE)
class Ventende(TypedDict):
    """One shipment that waits."""

    id: Annotated[str, Field(min_length=1, max_length=80)]
    date: NotRequired[int | None]
    forsendelseType: NotRequired[str | None]
    eksternRef: NotRequired[str | None]
    filmetadata: NotRequired[list[Filmetadata] | None]
    metadataFraAvleverendeSystem: NotRequired[Avleverende | None]
    svarSendesTil: NotRequired[Svaradresse | None]


VENTENDE: TypeAdapter[Ventende] = TypeAdapter(Ventende)
LISTE: TypeAdapter[list[Any]] = TypeAdapter(list[Any])
