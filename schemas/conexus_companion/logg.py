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
This module must not import anything but pydantic, typing and the shapes of times.
"""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, TypeAdapter, with_config
from typing_extensions import TypedDict

from schemas.tid import WireDay, WireInstant

_WIRE = ConfigDict(extra="allow", hide_input_in_errors=True, strict=True)

Tid = WireInstant
Dato = WireDay
Id = Annotated[str, Field(min_length=1, max_length=80)]
Tekst = Annotated[str, Field(max_length=200_000)]


@with_config(_WIRE)
class Barn(TypedDict):
    """The child, youth or pregnant person the log is about."""

    personId: Id
    fodselsnummer: str | None
    navn: Tekst | None
    fodselsdag: Dato | None
    type: str
    loggerInn: bool | None


@with_config(_WIRE)
class Virksomhet(TypedDict):
    """The unit responsible for the log, or one named in it."""

    virksomhetId: Id
    navn: Tekst | None
    organisasjonsnummer: str | None
    type: str | None
    lederPersonId: str | None


@with_config(_WIRE)
class Ansatt(TypedDict):
    """Staff with a task or reading access in the log."""

    personId: Id
    fodselsnummer: str | None
    navn: Tekst | None
    epost: str | None
    mobil: str | None
    virksomhetId: str | None
    ekstern: bool | None


@with_config(_WIRE)
class Foresatt(TypedDict):
    """A guardian."""

    personId: Id
    fodselsnummer: str | None
    navn: Tekst | None
    epost: str | None
    mobil: str | None


@with_config(_WIRE)
class Lesetilgang(TypedDict):
    """Reading access without a task: the whole log or parts of it."""

    lesetilgangId: Id
    personId: Id
    omfang: str
    oppmerksomheter: list[Id]
    samtykkeId: str | None
    fra: Tid | None
    til: Tid | None


@with_config(_WIRE)
class Samtykke(TypedDict):
    """An uploaded, signed form with an expiry date (vendor FAQ)."""

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


@with_config(_WIRE)
class Evaluering(TypedDict):
    """One per measure, never changed."""

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


@with_config(_WIRE)
class Tiltak(TypedDict):
    """A measure with one aktør."""

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


@with_config(_WIRE)
class Maal(TypedDict):
    """The goal of a concern: sign of attainment, and steps towards it."""

    kjennetegn: Tekst | None
    delmaal: list[Tekst]


@with_config(_WIRE)
class Oppmerksomhet(TypedDict):
    """A concern with its goal and measures."""

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


@with_config(_WIRE)
class Mote(TypedDict):
    """A meeting."""

    moteId: Id
    tittel: Tekst | None
    dato: Tid | None
    type: str | None
    form: str | None
    deltakere: list[Id]


@with_config(_WIRE)
class Lysglimt(TypedDict):
    """A bright moment."""

    lysglimtId: Id
    forfatter: str | None
    forfatterRolle: str | None
    tid: Tid | None
    tekst: Tekst | None


@with_config(_WIRE)
class Notat(TypedDict):
    """A note; may carry one PDF."""

    notatId: Id
    tekst: Tekst | None
    dato: Tid | None
    forfatter: str | None
    oppmerksomhetId: str | None
    filId: str | None


@with_config(_WIRE)
class Fil(TypedDict):
    """Metadata of a binary; the bytes have their own address."""

    filId: Id
    filnavn: Tekst
    medietype: str
    storrelse: Annotated[int, Field(ge=0)]
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


@with_config(_WIRE)
class Overforing(TypedDict):
    """One hand-over of the log, oldest first."""

    overforingId: Id
    type: str
    begrunnelse: Tekst | None
    fraPersonId: str | None
    fraVirksomhetId: str | None
    tilPersonId: str | None
    tilVirksomhetId: str | None
    sendt: Tid | None
    akseptert: Tid | None


@with_config(_WIRE)
class Logg(TypedDict):
    """A stafettlogg in Conexus Companion."""

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
