"""The Conexus log document as it crosses the wire: one nested document.

The contract is `assumed` (connectors/conexus_companion/operasjoner.py): no vendor documents an
interface for log content. Words follow the screens described in the municipal guide (Companion
menus, buttons and rules). Every key is required and may be null where the type says so, so that
an absent key is drift and never a silent null. Unknown keys are kept (`extra="allow"`).

Quirks, each where it bites:
- a concern has exactly one goal, and the goal has no id of its own;
- a measure `HJEM` is the guardians' responsibility although the screen shows the relay holder
  (`vistAnsvarlig`); `aktor` may therefore be null there;
- `fodselsdag` is the column where the screen shows eleven digits; here it is the date;
- external staff may be registered as employees of the unit (`ekstern`).
This module must not import anything but pydantic and typing.
"""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, TypeAdapter
from typing_extensions import TypedDict

_WIRE = ConfigDict(extra="allow", hide_input_in_errors=True, strict=True)

Tid = Annotated[
    str, Field(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)$")
]
Dato = Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\d$")]
Id = Annotated[str, Field(min_length=1, max_length=80)]
Tekst = Annotated[str, Field(max_length=200_000)]


class Barn(TypedDict):
    """The child, youth or pregnant person the log is about."""

    __pydantic_config__ = _WIRE
    personId: Id
    fodselsnummer: str | None
    navn: Tekst | None
    fodselsdag: Dato | None
    type: str
    loggerInn: bool | None


class Virksomhet(TypedDict):
    """The unit responsible for the log, or one named in it."""

    __pydantic_config__ = _WIRE
    virksomhetId: Id
    navn: Tekst | None
    organisasjonsnummer: str | None
    type: str | None
    lederPersonId: str | None


class Ansatt(TypedDict):
    """Staff with a task or reading access in the log."""

    __pydantic_config__ = _WIRE
    personId: Id
    fodselsnummer: str | None
    navn: Tekst | None
    epost: str | None
    mobil: str | None
    virksomhetId: str | None
    ekstern: bool | None


class Foresatt(TypedDict):
    """A guardian."""

    __pydantic_config__ = _WIRE
    personId: Id
    fodselsnummer: str | None
    navn: Tekst | None
    epost: str | None
    mobil: str | None


class Lesetilgang(TypedDict):
    """Reading access without a task: the whole log or parts of it."""

    __pydantic_config__ = _WIRE
    lesetilgangId: Id
    personId: Id
    omfang: str
    oppmerksomheter: list[Id]
    samtykkeId: str | None
    fra: Tid | None
    til: Tid | None


class Samtykke(TypedDict):
    """An uploaded, signed form with an expiry date (vendor FAQ)."""

    __pydantic_config__ = _WIRE
    samtykkeId: Id
    gjelder: list[str]
    skjema: Tekst | None
    filId: str | None
    lastetOpp: Tid | None
    lastetOppAv: str | None
    signertAv: list[Id]
    signertDato: Dato | None
    utloper: Dato | None
    mottakere: list[str]
    oppmerksomheter: list[Id]
    trukket: Tid | None
    trukketAv: str | None
    erstattetAv: str | None


class Evaluering(TypedDict):
    """One per measure, never changed."""

    __pydantic_config__ = _WIRE
    evalueringId: Id
    farge: str | None
    virket: str | None
    tekst: Tekst | None
    dato: Dato | None
    moteId: str | None
    familienEnig: bool | None
    veienVidere: str | None
    opprettet: Tid | None
    opprettetAv: str | None


class Tiltak(TypedDict):
    """A measure with one aktør."""

    __pydantic_config__ = _WIRE
    tiltakId: Id
    tekst: Tekst | None
    arena: str | None
    aktor: str | None
    vistAnsvarlig: str | None
    startdato: Dato | None
    frist: Dato | None
    status: str
    erstattetAv: str | None
    opprettet: Tid | None
    opprettetAv: str | None
    endret: Tid | None
    evaluering: Evaluering | None


class Maal(TypedDict):
    """The goal of a concern: sign of attainment, and steps towards it."""

    __pydantic_config__ = _WIRE
    kjennetegn: Tekst | None
    delmaal: list[Tekst]


class Oppmerksomhet(TypedDict):
    """A concern with its goal and measures."""

    __pydantic_config__ = _WIRE
    oppmerksomhetId: Id
    kategori: str | None
    tekst: Tekst | None
    status: str
    opprettholdendeFaktorer: Tekst | None
    opprettet: Tid | None
    opprettetAv: str | None
    endret: Tid | None
    maal: Maal
    tiltak: list[Tiltak]


class Mote(TypedDict):
    """A meeting."""

    __pydantic_config__ = _WIRE
    moteId: Id
    tittel: Tekst | None
    dato: Tid | None
    type: str | None
    form: str | None
    deltakere: list[Id]


class Lysglimt(TypedDict):
    """A bright moment."""

    __pydantic_config__ = _WIRE
    lysglimtId: Id
    forfatter: str | None
    forfatterRolle: str | None
    tid: Tid | None
    tekst: Tekst | None


class Notat(TypedDict):
    """A note; may carry one PDF."""

    __pydantic_config__ = _WIRE
    notatId: Id
    tekst: Tekst | None
    dato: Tid | None
    forfatter: str | None
    oppmerksomhetId: str | None
    filId: str | None


class Fil(TypedDict):
    """Metadata of a binary; the bytes have their own address."""

    __pydantic_config__ = _WIRE
    filId: Id
    filnavn: Tekst
    medietype: str
    storrelse: Annotated[int, Field(ge=0)]
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Overforing(TypedDict):
    """One hand-over of the log, oldest first."""

    __pydantic_config__ = _WIRE
    overforingId: Id
    type: str
    begrunnelse: Tekst | None
    fraPersonId: str | None
    fraVirksomhetId: str | None
    tilPersonId: str | None
    tilVirksomhetId: str | None
    sendt: Tid | None
    akseptert: Tid | None


class Logg(TypedDict):
    """A stafettlogg in Conexus Companion."""

    __pydantic_config__ = _WIRE
    loggId: Id
    eksternNokkel: str | None
    status: Literal["OPPRETTET", "AKTIV", "PASSIV"]
    passivAarsak: str | None
    nivaa: Annotated[int, Field(ge=1, le=3)] | None
    opprettet: Tid | None
    opprettetAv: str | None
    sistOppdatert: Tid | None
    barn: Barn
    virksomhetId: str | None
    virksomheter: list[Virksomhet]
    stafettholder: str | None
    ansatte: list[Ansatt]
    foresatte: list[Foresatt]
    lesetilganger: list[Lesetilgang]
    samtykker: list[Samtykke]
    oppmerksomheter: list[Oppmerksomhet]
    moter: list[Mote]
    lysglimt: list[Lysglimt]
    notater: list[Notat]
    filer: list[Fil]
    overforinger: list[Overforing]


LOGG: TypeAdapter[Logg] = TypeAdapter(Logg)
