"""The short answers of Conexus Companion: facts, listings, receipts and the import envelope.

`assumed`, like the log itself. Unknown keys are kept; a key that is missing is an error.
"""

from typing import Annotated, Any, NotRequired

from pydantic import ConfigDict, Field, TypeAdapter, WithJsonSchema, with_config
from typing_extensions import TypedDict

from schemas.conexus_companion.logg import Id, Logg, Overforing
from schemas.tid import CONTRACT_INSTANT

_WIRE = ConfigDict(extra="allow", hide_input_in_errors=True, strict=True)
_CLOSED = ConfigDict(extra="forbid", hide_input_in_errors=True, strict=True)

Antall = Annotated[int, Field(ge=0)]
Etag = Annotated[str, Field(min_length=1, max_length=200)]
Markor = Annotated[str, Field(min_length=1, max_length=500)]
Listetid = Annotated[str, WithJsonSchema({"type": "string", "pattern": CONTRACT_INSTANT})]
"""A time by the contract; any text is read, so that one odd log does not close the listing."""


@with_config(_WIRE)
class Kommune(TypedDict):
    """Whom the token is valid for, and what the system holds. `ledigPlass` is bytes.

    `synligInnenSekunder`: a log that was made is found by its key and stands in the listing within
    so many seconds. Until then "not found" does not mean "not there"; a read by id is never
    behind. Left out, the vendor gives no word.
    """

    organisasjonsnummer: Annotated[str, Field(pattern=r"^\d{9}$")]
    produkt: str
    kontrakt: str
    miljo: str
    rettigheter: list[str]
    antallLogger: Antall
    ledigPlass: Antall | None
    synligInnenSekunder: NotRequired[Annotated[float, Field(ge=0)] | None]


@with_config(_WIRE)
class Loggrad(TypedDict):
    """A log in a listing. In the change feed a deleted log has status `SLETTET`."""

    loggId: Id
    etag: Etag
    status: str
    sistOppdatert: Listetid | None


@with_config(_WIRE)
class Liste(TypedDict):
    """A page; `antall` is the count of all, `nesteMarkor` is null on the last page."""

    antall: Antall
    logger: list[Loggrad]
    nesteMarkor: Markor | None


@with_config(_WIRE)
class Side(TypedDict):
    """A page as it is read, of either kind: a row that cannot be read is that log's fault, and
    closes the listing for nobody else."""

    antall: Antall
    logger: list[Any]
    nesteMarkor: Markor | None


@with_config(_WIRE)
class Endringer(TypedDict):
    """A page of the change feed; `antall` is what is left, `nesteMarkor` is never null."""

    antall: Antall
    logger: list[Loggrad]
    nesteMarkor: Markor


@with_config(_WIRE)
class Treff(TypedDict):
    """Where a log stands, and its version."""

    loggId: Id
    etag: Etag


@with_config(_WIRE)
class Funn(TypedDict):
    """The logs that carry one external key."""

    logger: list[Treff]


@with_config(_CLOSED)
class Avvik(TypedDict):
    """A rule of entry that the history breaks, declared by the sender."""

    regel: Annotated[str, Field(pattern=r"^[A-Z]-\d{2,3}$")]
    enhet: Id


@with_config(_CLOSED)
class Innsending(TypedDict):
    """The body of the import operations."""

    logg: Logg
    kjenteAvvik: list[Avvik]


@with_config(_CLOSED)
class Opprettelse(TypedDict):
    """The body of ordinary creation and editing."""

    logg: Logg


@with_config(_WIRE)
class Feil(TypedDict):
    """An error: a public code and where (an id or a path), never a value."""

    kode: str
    sted: str


@with_config(_WIRE)
class Overforinger(TypedDict):
    """The hand-overs of a log, oldest first."""

    overforinger: list[Overforing]


KOMMUNE: TypeAdapter[Kommune] = TypeAdapter(Kommune)
LISTE: TypeAdapter[Liste] = TypeAdapter(Liste)
ENDRINGER: TypeAdapter[Endringer] = TypeAdapter(Endringer)
SIDE: TypeAdapter[Side] = TypeAdapter(Side)
FUNN: TypeAdapter[Funn] = TypeAdapter(Funn)
TREFF: TypeAdapter[Treff] = TypeAdapter(Treff)
INNSENDING: TypeAdapter[Innsending] = TypeAdapter(Innsending)
OPPRETTELSE: TypeAdapter[Opprettelse] = TypeAdapter(Opprettelse)
OVERFORINGER: TypeAdapter[Overforinger] = TypeAdapter(Overforinger)
FEIL: TypeAdapter[Feil] = TypeAdapter(Feil)
