"""What may be sent when something new is made: one closed shape per kind of arkivenhet.

Field names are those of Noark 5 tjenestegrensesnitt 1.1, chapter 7. The server gives systemID,
opprettetDato, numbers and `_links`; none of these may be sent. Codes are `{"kode": …}`, dates
carry a time zone. This module must not import anything but pydantic and typing.
"""

from typing import Annotated, Any, Literal, NotRequired

from pydantic import ConfigDict, Field, TypeAdapter, with_config
from typing_extensions import TypedDict

_CLOSED = ConfigDict(extra="forbid", hide_input_in_errors=True, strict=True)

Tekst = Annotated[str, Field(min_length=1, max_length=4000)]
Tidspunkt = Annotated[
    str, Field(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)$")
]
Sjekksum = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Egne = Annotated[dict[str, str], Field(min_length=1)]
"""virksomhetsspesifikkeMetadata: `<navnerom>-v<n>:<felt>` to value, names registered first."""


@with_config(_CLOSED)
class Kode(TypedDict):
    """A value of a code list; the list is the archive's own."""

    kode: Tekst
    kodenavn: NotRequired[Tekst]


@with_config(_CLOSED)
class Skjerming(TypedDict):
    """Who may not see what, on whose authority, for how long. Names which fields are shielded."""

    tilgangsrestriksjon: Kode
    skjermingshjemmel: Tekst
    skjermingMetadata: Annotated[list[Kode], Field(min_length=1)]
    skjermingDokument: NotRequired[Kode]
    skjermingsvarighet: NotRequired[Annotated[int, Field(ge=1)]]
    skjermingOpphoererDato: NotRequired[Tidspunkt]


@with_config(_CLOSED)
class NyKlasse(TypedDict):
    """The child's class: `klasseID` is the child's number, and only ever stands here."""

    klasseID: Tekst
    tittel: Tekst
    beskrivelse: NotRequired[Tekst]
    skjerming: NotRequired[Skjerming]


@with_config(_CLOSED)
class NySaksmappe(TypedDict):
    """A folder. `beskrivelse` carries our key: a direct field, so every server can filter on it."""

    tittel: Tekst
    offentligTittel: NotRequired[Tekst]
    beskrivelse: NotRequired[Tekst]
    administrativEnhet: NotRequired[Tekst]
    saksansvarlig: NotRequired[Tekst]
    saksstatus: NotRequired[Kode]
    skjerming: NotRequired[Skjerming]
    virksomhetsspesifikkeMetadata: NotRequired[Egne]


@with_config(_CLOSED)
class NyJournalpost(TypedDict):
    """A record."""

    tittel: Tekst
    offentligTittel: NotRequired[Tekst]
    beskrivelse: NotRequired[Tekst]
    journalposttype: Kode
    journalstatus: Kode
    dokumentetsDato: NotRequired[Tidspunkt]
    skjerming: NotRequired[Skjerming]
    virksomhetsspesifikkeMetadata: NotRequired[Egne]


@with_config(_CLOSED)
class NyDokumentbeskrivelse(TypedDict):
    """A document of a record."""

    tittel: Tekst
    tilknyttetRegistreringSom: Kode
    dokumentnummer: Annotated[int, Field(ge=1)]
    dokumenttype: NotRequired[Kode]
    dokumentstatus: NotRequired[Kode]
    eksternReferanse: NotRequired[Tekst]
    skjerming: NotRequired[Skjerming]


@with_config(_CLOSED)
class NyDokumentobjekt(TypedDict):
    """A file to come. What is filled in here is verified by the server when the bytes arrive."""

    variantformat: Kode
    format: Kode
    filnavn: Tekst
    mimeType: Tekst
    sjekksum: Sjekksum
    sjekksumAlgoritme: Literal["SHA-256"]
    filstoerrelse: Annotated[int, Field(ge=0)]
    versjonsnummer: NotRequired[Annotated[int, Field(ge=0)]]


@with_config(_CLOSED)
class Foedselsnummer(TypedDict):
    """A person's number, in a body."""

    foedselsnummer: Annotated[str, Field(pattern=r"^\d{11}$")]


@with_config(_CLOSED)
class NyPartPerson(TypedDict):
    """The child as party of the folder, where the archive part has no classes."""

    navn: Tekst
    partRolle: Kode
    personidentifikator: NotRequired[list[Foedselsnummer]]


@with_config(_CLOSED)
class NyttEgetFelt(TypedDict):
    """Registers the name of a field of our own; done once per archive, by its keeper."""

    navn: Annotated[str, Field(pattern=r"^[a-z0-9-]+-v\d+:[A-Za-z0-9]+$")]
    type: Tekst
    beskrivelse: NotRequired[Tekst]
    kilde: NotRequired[Tekst]


NYE: dict[str, TypeAdapter[Any]] = {
    "klasse": TypeAdapter(NyKlasse),
    "saksmappe": TypeAdapter(NySaksmappe),
    "journalpost": TypeAdapter(NyJournalpost),
    "dokumentbeskrivelse": TypeAdapter(NyDokumentbeskrivelse),
    "dokumentobjekt": TypeAdapter(NyDokumentobjekt),
    "part": TypeAdapter(NyPartPerson),
    "egetfelt": TypeAdapter(NyttEgetFelt),
}
"""Which shape a new one of each kind must have."""
